package store

import (
	"time"

	"gorm.io/gorm"

	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
)

// ShipNotice is what a vendor says is coming to a site.
type ShipNotice struct {
	ID           string
	Vendor       access.OrganisationID
	VendorName   string
	Hospital     access.OrganisationID
	HospitalName string
	Site         access.SiteID
	SiteName     string
	Agreement    consign.AgreementID
	Number       string // of the vendor's
	DueOn        string // YYYY-MM-DD, may be empty
	Open         bool
	Units        int64
	Expected     int64 // units that did not come yet
	CreatedAt    time.Time
}

type shipNoticeRecord struct {
	ID          string
	VendorID    string
	HospitalID  string
	SiteID      string
	AgreementID string
	Number      string
	DueOn       string
	State       string
	Units       int64
	CreatedBy   string
	CreatedAt   int64
	ClosedBy    string
	ClosedAt    *int64
}

func (shipNoticeRecord) TableName() string { return "ship_notices" }

type shipNoticeRow struct {
	Base         shipNoticeRecord `gorm:"embedded"`
	VendorName   string
	HospitalName string
	SiteName     string
	Expected     int64
}

func (row shipNoticeRow) notice() ShipNotice {
	r := row.Base
	return ShipNotice{
		ID: r.ID, Vendor: access.OrganisationID(r.VendorID), VendorName: row.VendorName,
		Hospital: access.OrganisationID(r.HospitalID), HospitalName: row.HospitalName,
		Site: access.SiteID(r.SiteID), SiteName: row.SiteName, Agreement: consign.AgreementID(r.AgreementID),
		Number: r.Number, DueOn: r.DueOn, Open: r.State == "open", Units: r.Units, Expected: row.Expected, CreatedAt: instant(r.CreatedAt),
	}
}

// AddShipNotice stores a notice of units that exist as expected, and returns
// its id.
func (tx *Tx) AddShipNotice(n ShipNotice, units []custody.UnitID) (string, error) {
	id := tx.NewID()
	err := tx.db.Create(&shipNoticeRecord{
		ID: id, VendorID: string(n.Vendor), HospitalID: string(n.Hospital), SiteID: string(n.Site), AgreementID: string(n.Agreement),
		Number: n.Number, DueOn: n.DueOn, State: "open", Units: int64(len(units)), CreatedBy: string(tx.actor.Person), CreatedAt: micros(tx.now),
	}).Error
	for _, u := range units {
		if err != nil {
			return "", err
		}
		err = tx.db.Exec("INSERT INTO ship_notice_units (notice_id, unit_id, vendor_id, hospital_id) VALUES (?, ?, ?, ?)",
			id, string(u), string(n.Vendor), string(n.Hospital)).Error
	}
	return id, err
}

// CloseShipNotice ends an open notice of the scope and reports whether it was
// open.
func (tx *Tx) CloseShipNotice(id string) (bool, error) {
	done := tx.from("ship_notices").Where("id = ? AND state = 'open'", id).
		Updates(map[string]any{"state": "closed", "closed_by": string(tx.actor.Person), "closed_at": micros(tx.now)})
	return done.RowsAffected == 1, done.Error
}

func (q Queries) notices() *gorm.DB {
	return q.from("ship_notices").Select(`ship_notices.*, v.name AS vendor_name, h.name AS hospital_name, s.name AS site_name,
		(SELECT COUNT(*) FROM ship_notice_units n JOIN units u ON u.id = n.unit_id
			WHERE n.notice_id = ship_notices.id AND u.state = 'expected') AS expected`).
		Joins("JOIN organisations v ON v.id = ship_notices.vendor_id").
		Joins("JOIN organisations h ON h.id = ship_notices.hospital_id").
		Joins("JOIN sites s ON s.id = ship_notices.site_id")
}

// ShipNotice returns one notice of the scope.
func (q Queries) ShipNotice(id string) (ShipNotice, error) {
	row, err := first[shipNoticeRow](q.notices().Where("ship_notices.id = ?", id), "ship notice")
	return row.notice(), err
}

// ShipNotices lists the scope's notices, newest first; open ones alone when
// asked.
func (q Queries) ShipNotices(open bool, page Page) (Listed[ShipNotice], error) {
	list := q.notices().Order("ship_notices.id DESC")
	if open {
		list = list.Where("ship_notices.state = 'open'")
	}
	list, err := page.before(list, "ship_notices.id")
	if err != nil {
		return Listed[ShipNotice]{}, err
	}
	var rows []shipNoticeRow
	if err := list.Find(&rows).Error; err != nil {
		return Listed[ShipNotice]{}, err
	}
	part := cut(page, rows, func(r shipNoticeRow) []any { return []any{r.Base.ID} })
	out := Listed[ShipNotice]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.notice())
	}
	return out, nil
}

// NoticeUnits returns the ids of a notice's units, in the order in which they
// were announced.
func (q Queries) NoticeUnits(notice string) ([]custody.UnitID, error) {
	var ids []custody.UnitID
	err := q.from("ship_notice_units").Where("ship_notice_units.notice_id = ?", notice).
		Order("ship_notice_units.unit_id").Limit(1000).Pluck("unit_id", &ids).Error
	return ids, err
}

// DifferenceKind says how a receipt differs from its notice.
type DifferenceKind string

// The kinds of difference.
const (
	Short        DifferenceKind = "short"         // announced, did not come
	NotAnnounced DifferenceKind = "not_announced" // came without being announced
)

// Difference is one unit in which a receipt differs from its notice.
type Difference struct {
	Kind DifferenceKind
	Unit custody.UnitID
	At   time.Time
}

// AddDifference stores a difference of a notice.
func (tx *Tx) AddDifference(n ShipNotice, kind DifferenceKind, unit custody.UnitID) error {
	return tx.db.Exec(`INSERT INTO receipt_differences (id, notice_id, vendor_id, hospital_id, site_id, kind, unit_id, recorded_by, recorded_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.NewID(), n.ID, string(n.Vendor), string(n.Hospital), string(n.Site), string(kind), string(unit),
		string(tx.actor.Person), micros(tx.now)).Error
}

// Differences returns the differences of a notice, oldest first.
func (q Queries) Differences(notice string) ([]Difference, error) {
	var rows []struct {
		Kind, UnitID string
		RecordedAt   int64
	}
	err := q.from("receipt_differences").Where("receipt_differences.notice_id = ?", notice).Order("receipt_differences.id").Limit(1000).Find(&rows).Error
	out := make([]Difference, len(rows))
	for i, r := range rows {
		out[i] = Difference{Kind: DifferenceKind(r.Kind), Unit: custody.UnitID(r.UnitID), At: instant(r.RecordedAt)}
	}
	return out, err
}
