package store

import (
	"gorm.io/gorm"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

type usageRecord struct {
	ID                 string
	HospitalID         string
	SiteID             string
	PlaceID            string
	VendorID           string
	AgreementVersionID string
	UnitID             string
	ProductID          string
	CaseID             string
	Outcome            string
	Quantity           int64
	Reason             string
	Verdict            string
	VerdictReason      string
	TapEventID         string
	OverrideReason     string
	OverrideBy         string
	Incomplete         string
	ActorID            string
	MovementID         string
	ReplacesID         *string
	FactAt             int64
	RecordedAt         int64
	UndoUntil          int64
}

func (usageRecord) TableName() string { return "usages" }

func (r usageRecord) usage() usage.Usage {
	return usage.Usage{
		ID: usage.ID(r.ID), Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID),
		Place: custody.PlaceID(r.PlaceID), Vendor: access.OrganisationID(r.VendorID),
		AgreementVersion: consign.VersionID(r.AgreementVersionID), Unit: custody.UnitID(r.UnitID),
		Product: catalog.ProductID(r.ProductID), Case: usage.CaseID(r.CaseID), Outcome: usage.Outcome(r.Outcome),
		Quantity: r.Quantity, Reason: r.Reason,
		Verdict:  authentic.Verdict{Level: authentic.Level(r.Verdict), Reason: authentic.Reason(r.VerdictReason)},
		TapEvent: r.TapEventID, OverrideReason: r.OverrideReason, OverrideBy: access.PersonID(r.OverrideBy),
		Incomplete: r.Incomplete, Actor: access.PersonID(r.ActorID), Movement: custody.MovementID(r.MovementID),
		Replaces: usage.ID(textOrEmpty(r.ReplacesID)), FactAt: instant(r.FactAt), RecordedAt: instant(r.RecordedAt),
		UndoUntil: instant(r.UndoUntil),
	}
}

// AddUsage stores a usage; its id and RecordedAt are given by the caller.
func (tx *Tx) AddUsage(u usage.Usage) error {
	_, err := tx.exec(`INSERT INTO usages (id, hospital_id, site_id, place_id, vendor_id, agreement_version_id, unit_id, product_id,
		case_id, outcome, quantity, reason, verdict, verdict_reason, tap_event_id, override_reason, override_by, incomplete,
		actor_id, movement_id, replaces_id, fact_at, recorded_at, undo_until)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(u.ID), string(u.Hospital), string(u.Site), string(u.Place), string(u.Vendor), string(u.AgreementVersion),
		string(u.Unit), string(u.Product), string(u.Case), string(u.Outcome), u.Quantity, u.Reason,
		string(u.Verdict.Level), string(u.Verdict.Reason), u.TapEvent, u.OverrideReason, string(u.OverrideBy), u.Incomplete,
		string(u.Actor), string(u.Movement), textOrNull(string(u.Replaces)), micros(u.FactAt), micros(u.RecordedAt), micros(u.UndoUntil))
	return err
}

// Correct ends a usage and reports whether this write was the one to end it.
func (tx *Tx) Correct(c usage.Correction) (bool, error) {
	done := tx.db.Exec(`INSERT INTO usage_corrections (id, usage_id, hospital_id, vendor_id, kind, reason, actor_id, recorded_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (usage_id) DO NOTHING`,
		tx.NewID(), string(c.Usage), string(c.Hospital), string(c.Vendor), string(c.Kind), c.Reason, string(c.Actor), micros(tx.now))
	return done.RowsAffected == 1, done.Error
}

// Usage returns one usage of the scope.
func (q Queries) Usage(id usage.ID) (usage.Usage, error) {
	r, err := first[usageRecord](q.from("usages").Where("usages.id = ?", string(id)), "usage")
	return r.usage(), err
}

// Correction returns how a usage ended; false while it is live.
func (q Queries) Correction(id usage.ID) (usage.Correction, bool, error) {
	var rows []struct {
		ID, UsageID, HospitalID, VendorID, Kind, Reason, ActorID string
		RecordedAt                                               int64
	}
	err := q.from("usage_corrections").Where("usage_corrections.usage_id = ?", string(id)).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return usage.Correction{}, false, err
	}
	r := rows[0]
	return usage.Correction{
		ID: usage.CorrectionID(r.ID), Usage: usage.ID(r.UsageID), Hospital: access.OrganisationID(r.HospitalID),
		Vendor: access.OrganisationID(r.VendorID), Kind: usage.CorrectionKind(r.Kind), Reason: r.Reason,
		Actor: access.PersonID(r.ActorID), RecordedAt: instant(r.RecordedAt),
	}, true, nil
}

// UsageFilter narrows a list of usages; empty fields do not.
type UsageFilter struct {
	Hospital access.OrganisationID
	Vendor   access.OrganisationID
	Case     usage.CaseID
	Unit     custody.UnitID
	LiveOnly bool
}

// UsageRow is a usage with the words a list shows. ActorName and SecondName
// are the hospital's people: a vendor's pages do not show them.
type UsageRow struct {
	usage.Usage
	Ended      usage.CorrectionKind // empty while live
	EndReason  string
	Pseudonym  string
	Product    string
	Size       string
	DI         string
	Lot        string
	Serial     string
	Expiry     string
	Place      string
	Site       string
	TimeZone   string
	Hospital   string
	Vendor     string
	ActorName  string
	SecondName string
}

type usageListRecord struct {
	Base         usageRecord `gorm:"embedded"`
	EndKind      string
	EndReason    string
	Pseudonym    string
	ProductName  string
	ProductSize  string
	DI           string `gorm:"column:di"`
	Lot          string
	Serial       string
	Expiry       string
	PlaceName    string
	SiteName     string
	TimeZone     string
	HospitalName string
	VendorName   string
	ActorName    string
	SecondName   string
}

func (r usageListRecord) row() UsageRow {
	return UsageRow{
		Usage: r.Base.usage(), Ended: usage.CorrectionKind(r.EndKind), EndReason: r.EndReason, Pseudonym: r.Pseudonym,
		Product: r.ProductName, Size: r.ProductSize, DI: r.DI, Lot: r.Lot, Serial: r.Serial, Expiry: r.Expiry,
		Place: r.PlaceName, Site: r.SiteName, TimeZone: r.TimeZone, Hospital: r.HospitalName, Vendor: r.VendorName,
		ActorName: r.ActorName, SecondName: r.SecondName,
	}
}

func (q Queries) listUsages(f UsageFilter) *gorm.DB {
	list := q.from("usages").Select(`usages.*, COALESCE(k.kind, '') AS end_kind, COALESCE(k.reason, '') AS end_reason,
		cases.pseudonym AS pseudonym, products.name AS product_name, products.size AS product_size,
		units.di AS di, units.lot AS lot, units.serial AS serial, units.expiry AS expiry,
		places.name AS place_name, sites.name AS site_name, sites.time_zone AS time_zone,
		hospitals.name AS hospital_name, vendors.name AS vendor_name,
		COALESCE(actors.name, '') AS actor_name, COALESCE(seconds.name, '') AS second_name`).
		Joins("JOIN cases ON cases.id = usages.case_id").
		Joins("JOIN products ON products.id = usages.product_id").
		Joins("JOIN units ON units.id = usages.unit_id").
		Joins("JOIN places ON places.id = usages.place_id").
		Joins("JOIN sites ON sites.id = usages.site_id").
		Joins("JOIN organisations hospitals ON hospitals.id = usages.hospital_id").
		Joins("JOIN organisations vendors ON vendors.id = usages.vendor_id").
		Joins("LEFT JOIN usage_corrections k ON k.usage_id = usages.id").
		Joins("LEFT JOIN people actors ON actors.id = usages.actor_id").
		Joins("LEFT JOIN people seconds ON seconds.id = usages.override_by")
	for _, c := range []struct{ column, value string }{
		{"usages.hospital_id", string(f.Hospital)}, {"usages.vendor_id", string(f.Vendor)},
		{"usages.case_id", string(f.Case)}, {"usages.unit_id", string(f.Unit)},
	} {
		if c.value != "" {
			list = list.Where(c.column+" = ?", c.value)
		}
	}
	if f.LiveOnly {
		list = list.Where("k.id IS NULL")
	}
	return list
}

// Usages lists usages, newest first.
func (q Queries) Usages(f UsageFilter, page Page) (Listed[UsageRow], error) {
	list, err := page.before(q.listUsages(f).Order("usages.recorded_at DESC, usages.id DESC"), "usages.recorded_at, usages.id")
	if err != nil {
		return Listed[UsageRow]{}, err
	}
	var records []usageListRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[UsageRow]{}, err
	}
	part := cut(page, records, func(r usageListRecord) []any { return []any{r.Base.RecordedAt, r.Base.ID} })
	out := Listed[UsageRow]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.row())
	}
	return out, nil
}

// UsageRow returns one usage of the scope with its words.
func (q Queries) UsageRow(id usage.ID) (UsageRow, error) {
	r, err := first[usageListRecord](q.listUsages(UsageFilter{}).Where("usages.id = ?", string(id)), "usage")
	return r.row(), err
}

// AddVendorNotice stores that a vendor was told about a usage; once is enough.
func (tx *Tx) AddVendorNotice(u usage.Usage) error {
	return tx.db.Exec(`INSERT INTO vendor_notices (id, vendor_id, hospital_id, usage_id, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (usage_id) DO NOTHING`, tx.NewID(), string(u.Vendor), string(u.Hospital), string(u.ID), micros(tx.now)).Error
}
