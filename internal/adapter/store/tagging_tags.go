package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
)

// TagFilter narrows a list of tags; empty fields do not.
type TagFilter struct {
	Profile    authentic.ProfileID
	Technology authentic.Technology
	State      authentic.TagState
	Unbound    bool
	Among      []authentic.TagID // when given, of these alone
	// Text is looked for at the beginning of the unit's lot and serial, and as
	// the tag's own number (its id or EPC).
	Text string
}

// TagRow is a tag with the words a list shows.
type TagRow struct {
	authentic.Tag
	ProfileName string
	Product     string // of its unit, or of the label it waits with
	Size        string
	Lot, Serial string
	DI, Expiry  string // likewise; Expiry is YYYY-MM-DD, empty for none
	Hospital    string // name
	Vendor      string
	Waiting     bool // made for a unit that is not on record yet
}

type tagListRecord struct {
	Base         tagRecord `gorm:"embedded"`
	ProfileName  string
	ProductName  string
	ProductSize  string
	UnitLot      string
	UnitSerial   string
	UnitDI       string `gorm:"column:unit_di"`
	UnitExpiry   string
	LabelDI      string `gorm:"column:label_di"`
	LabelLot     string
	LabelSerial  string
	LabelExpiry  string
	HospitalName string
	VendorName   string
}

func (r tagListRecord) row() TagRow {
	t := TagRow{
		Tag: r.Base.tag(), ProfileName: r.ProfileName, Product: r.ProductName, Lot: r.UnitLot, Serial: r.UnitSerial,
		Size: r.ProductSize, DI: r.UnitDI, Expiry: r.UnitExpiry, Hospital: r.HospitalName, Vendor: r.VendorName,
	}
	if t.Unit == "" && r.LabelDI != "" {
		t.Waiting, t.Lot, t.Serial, t.DI, t.Expiry = true, r.LabelLot, r.LabelSerial, r.LabelDI, r.LabelExpiry
	}
	return t
}

// TagList lists tags, newest first.
func (q Queries) TagList(f TagFilter, page Page) (Listed[TagRow], error) {
	list := q.from("tags").Select(`tags.*, COALESCE(tag_profiles.name, '') AS profile_name,
		COALESCE(products.name, '') AS product_name, COALESCE(products.size, '') AS product_size,
		COALESCE(units.di, '') AS unit_di, COALESCE(units.expiry, '') AS unit_expiry, COALESCE(tag_labels.expiry, '') AS label_expiry, COALESCE(units.lot, '') AS unit_lot, COALESCE(units.serial, '') AS unit_serial,
		COALESCE(tag_labels.di, '') AS label_di, COALESCE(tag_labels.lot, '') AS label_lot, COALESCE(tag_labels.serial, '') AS label_serial,
		COALESCE(hospitals.name, '') AS hospital_name, vendors.name AS vendor_name`).
		Joins("JOIN organisations vendors ON vendors.id = tags.vendor_id").
		Joins("LEFT JOIN tag_profiles ON tag_profiles.id = tags.profile_id").
		Joins("LEFT JOIN units ON units.id = tags.unit_id").
		Joins("LEFT JOIN tag_labels ON tag_labels.tag_id = tags.id").
		Joins("LEFT JOIN products ON products.id = COALESCE(units.product_id, (SELECT product_id FROM product_levels WHERE product_levels.di = tag_labels.di))").
		Joins("LEFT JOIN organisations hospitals ON hospitals.id = tags.hospital_id").
		Order("tags.id DESC")
	for _, c := range []struct{ column, value string }{
		{"tags.profile_id", string(f.Profile)}, {"tags.technology", string(f.Technology)}, {"tags.state", string(f.State)},
	} {
		if c.value != "" {
			list = list.Where(c.column+" = ?", c.value)
		}
	}
	if f.Among != nil {
		list = list.Where("tags.id IN ?", f.Among)
	}
	if f.Unbound {
		list = list.Where("tags.unit_id IS NULL")
	}
	if f.Text != "" {
		like := likeEscape.Replace(f.Text) + "%"
		list = list.Where(`(units.serial LIKE ? ESCAPE '\' OR units.lot LIKE ? ESCAPE '\' OR tag_labels.serial LIKE ? ESCAPE '\'
			OR tag_labels.lot LIKE ? ESCAPE '\' OR tags.id = ? OR tags.epc = ?)`, like, like, like, like, f.Text, f.Text)
	}
	list, err := page.before(list, "tags.id")
	if err != nil {
		return Listed[TagRow]{}, err
	}
	var records []tagListRecord
	if err := list.Scan(&records).Error; err != nil {
		return Listed[TagRow]{}, err
	}
	part := cut(page, records, func(r tagListRecord) []any { return []any{r.Base.ID} })
	out := Listed[TagRow]{Next: part.Next, Rows: make([]TagRow, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = r.row()
	}
	return out, nil
}

// Tag returns one tag of the scope.
func (q Queries) Tag(id authentic.TagID) (authentic.Tag, error) {
	r, err := first[tagRecord](q.from("tags").Where("tags.id = ?", string(id)), "tag")
	return r.tag(), err
}

// TagTaps returns the checks of a tag, newest first, the last of them up to a
// limit.
func (q Queries) TagTaps(id authentic.TagID, limit int) ([]authentic.Tap, error) {
	var records []tapRecord
	err := q.from("tap_events").Where("tap_events.tag_id = ?", string(id)).
		Order("tap_events.at DESC, tap_events.id DESC").Limit(limit).Find(&records).Error
	out := make([]authentic.Tap, len(records))
	for i, r := range records {
		out[i] = r.tap()
	}
	return out, err
}

// RenewTag puts a tag that was written anew into its new epoch: it stands for
// nothing, and its counter begins with the value of its first message.
func (tx *Tx) RenewTag(id authentic.TagID, profile authentic.ProfileID, epoch int64) error {
	err := tx.db.Exec(`UPDATE tags SET profile_id = ?, epoch = ?, state = 'active', unit_id = NULL, hospital_id = NULL, bound_at = NULL, bound_by = '',
		retired_at = NULL WHERE id = ?`, string(profile), epoch, string(id)).Error
	if err != nil {
		return err
	}
	return tx.db.Exec("INSERT INTO tag_counters (tag_id, epoch, last) VALUES (?, ?, NULL)", string(id), epoch).Error
}

// RetireTag ends a tag for good and reports whether it was active. It stays on
// its unit's record: a later read of it is a reused tag.
func (tx *Tx) RetireTag(id authentic.TagID, state authentic.TagState) (bool, error) {
	done := tx.db.Exec("UPDATE tags SET state = ?, retired_at = ? WHERE id = ? AND state = 'active'", string(state), micros(tx.now), string(id))
	return done.RowsAffected == 1, done.Error
}

type labelRecord struct {
	TagID     string
	VendorID  string
	DI        string `gorm:"column:di"`
	Lot       string
	Serial    string
	Expiry    string
	CreatedAt int64
}

func (labelRecord) TableName() string { return "tag_labels" }

// LabelTag notes what an unbound tag was made for.
func (tx *Tx) LabelTag(id authentic.TagID, vendor access.OrganisationID, l authentic.Label) error {
	if err := tx.db.Exec("DELETE FROM tag_labels WHERE tag_id = ?", string(id)).Error; err != nil {
		return err
	}
	return tx.db.Create(&labelRecord{
		TagID: string(id), VendorID: string(vendor), DI: l.DI, Lot: l.Lot, Serial: l.Serial, Expiry: l.Expiry, CreatedAt: micros(tx.now),
	}).Error
}

// TagLabel returns what an unbound tag was made for; zero when it was made for
// nothing in particular.
func (q Queries) TagLabel(id authentic.TagID) (authentic.Label, error) {
	var records []labelRecord
	err := q.from("tag_labels").Where("tag_labels.tag_id = ?", string(id)).Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return authentic.Label{}, err
	}
	r := records[0]
	return authentic.Label{DI: r.DI, Lot: r.Lot, Serial: r.Serial, Expiry: r.Expiry}, nil
}

// BindWaiting binds the active tags that were made for a unit, by DI and
// serial, and agree with its lot and expiry as far as they name them. It
// returns those it bound.
func (tx *Tx) BindWaiting(u custody.Unit) ([]authentic.TagID, error) {
	if u.Serial == "" {
		return nil, nil
	}
	var ids []string
	err := tx.Unbounded().from("tags").Select("tags.id").Joins("JOIN tag_labels ON tag_labels.tag_id = tags.id").
		Where(`tags.unit_id IS NULL AND tags.state = 'active' AND tags.vendor_id = ? AND tag_labels.di = ? AND tag_labels.serial = ?
			AND tag_labels.lot IN ('', ?) AND tag_labels.expiry IN ('', ?)`, string(u.Vendor), u.DI, u.Serial, u.Lot, u.Expiry).
		Order("tags.id").Limit(10).Scan(&ids).Error
	if err != nil {
		return nil, err
	}
	var bound []authentic.TagID
	for _, id := range ids {
		ok, err := tx.BindTag(authentic.TagID(id), u)
		if err != nil {
			return nil, err
		}
		if ok {
			bound = append(bound, authentic.TagID(id))
		}
	}
	return bound, nil
}

// TagsByEpoch counts the active tags of a profile by the epoch of their keys.
func (q Queries) TagsByEpoch(profile authentic.ProfileID) (map[int64]int64, error) {
	var rows []struct{ Epoch, N int64 }
	err := q.from("tags").Select("tags.epoch, COUNT(*) AS n").Where("tags.profile_id = ? AND tags.state = 'active'", string(profile)).
		Group("tags.epoch").Scan(&rows).Error
	out := make(map[int64]int64, len(rows))
	for _, r := range rows {
		out[r.Epoch] = r.N
	}
	return out, err
}
