package store

import (
	"cmp"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/sdm"
)

type profileRecord struct {
	ID           string
	VendorID     string
	Name         string
	Mode         string
	Layout       string
	MACFrom      string `gorm:"column:mac_from"`
	EncLength    int
	Tamper       bool
	TamperOffset int
	LowerHex     bool
	URLTemplate  string `gorm:"column:url_template"`
	KeyRef       string
	Derivation   string
	CreatedAt    int64
	Technology   string
	EPCPrefix    int `gorm:"column:epc_prefix"`
	EPCFilter    int `gorm:"column:epc_filter"`
}

func (profileRecord) TableName() string { return "tag_profiles" }

func (r profileRecord) profile() authentic.Profile {
	return authentic.Profile{
		ID: authentic.ProfileID(r.ID), Vendor: access.OrganisationID(r.VendorID), Name: r.Name, Mode: sdm.Mode(r.Mode),
		URLTemplate: r.URLTemplate, MACInput: r.MACFrom, MirrorsFile: r.EncLength > 0, Tamper: r.Tamper,
		LowerCase: r.LowerHex, KeyRef: r.KeyRef, Derivation: authentic.Derivation(r.Derivation), CreatedAt: instant(r.CreatedAt),
		Technology: authentic.Technology(r.Technology), EPC: authentic.EPCRule{PrefixLength: r.EPCPrefix, Filter: r.EPCFilter},
	}
}

// CreateProfile adds a tag profile under its own id (it stands in tags' URLs).
func (tx *Tx) CreateProfile(p authentic.Profile) error {
	if !p.Keyed() { // what the table needs of a profile that says nothing of messages
		p.Mode, p.Derivation = sdm.ModePlain, authentic.AN10922
	}
	return tx.db.Create(&profileRecord{
		ID: string(p.ID), VendorID: string(p.Vendor), Name: p.Name, Mode: string(p.Mode), Layout: p.Layout(),
		MACFrom: p.MACInput, EncLength: p.FileMirrorLength(), Tamper: p.Tamper, LowerHex: p.LowerCase,
		URLTemplate: p.URLTemplate, KeyRef: p.KeyRef, Derivation: string(p.Derivation), CreatedAt: micros(tx.now),
		Technology: string(cmp.Or(p.Technology, authentic.NTAG424)), EPCPrefix: p.EPC.PrefixLength, EPCFilter: p.EPC.Filter,
	}).Error
}

// Profile returns one tag profile.
func (q Queries) Profile(id authentic.ProfileID) (authentic.Profile, error) {
	r, err := first[profileRecord](q.from("tag_profiles").Where("tag_profiles.id = ?", string(id)), "tag profile")
	return r.profile(), err
}

// Profiles lists the scope's tag profiles, by name.
func (q Queries) Profiles() ([]authentic.Profile, error) {
	var records []profileRecord
	err := q.from("tag_profiles").Order("tag_profiles.name, tag_profiles.id").Limit(1000).Find(&records).Error
	out := make([]authentic.Profile, len(records))
	for i, r := range records {
		out[i] = r.profile()
	}
	return out, err
}

type tagRecord struct {
	ID         string
	Identity   string
	Technology string
	ProfileID  *string
	VendorID   string
	HospitalID *string
	UnitID     *string
	EPC        string `gorm:"column:epc"`
	Epoch      int64
	State      string
	TamperedAt *int64
	BoundAt    *int64
	BoundBy    string
	RetiredAt  *int64
	CreatedAt  int64
}

func (tagRecord) TableName() string { return "tags" }

func (r tagRecord) tag() authentic.Tag {
	return authentic.Tag{
		ID: authentic.TagID(r.ID), Identity: r.Identity, Technology: authentic.Technology(r.Technology),
		Profile: authentic.ProfileID(textOrEmpty(r.ProfileID)), Vendor: access.OrganisationID(r.VendorID),
		Hospital: access.OrganisationID(textOrEmpty(r.HospitalID)), Unit: textOrEmpty(r.UnitID), EPC: r.EPC, Epoch: r.Epoch,
		State: authentic.TagState(r.State), TamperedAt: instantOrZero(r.TamperedAt), BoundAt: instantOrZero(r.BoundAt),
		BoundBy: access.PersonID(r.BoundBy), RetiredAt: instantOrZero(r.RetiredAt), CreatedAt: instant(r.CreatedAt),
	}
}

// CreateTag adds a tag that is not bound to a unit yet, and its counter for
// its epoch, and returns its id.
func (tx *Tx) CreateTag(t authentic.Tag) (authentic.TagID, error) {
	id := tx.NewID()
	err := tx.db.Create(&tagRecord{
		ID: id, Identity: t.Identity, Technology: string(t.Technology), ProfileID: textOrNull(string(t.Profile)),
		VendorID: string(t.Vendor), EPC: t.EPC, Epoch: t.Epoch, State: string(authentic.TagActive), CreatedAt: micros(tx.now),
	}).Error
	if err != nil {
		return "", err
	}
	return authentic.TagID(id), tx.db.Exec("INSERT INTO tag_counters (tag_id, epoch, last) VALUES (?, ?, NULL)", id, t.Epoch).Error
}

// BindTag binds an active, unbound tag to a unit and reports whether it did:
// a tag has at most one live unit. An unbound tag belongs to no hospital yet,
// so the bound of the actor's scope is the unit's, which the caller has read.
func (tx *Tx) BindTag(tag authentic.TagID, u custody.Unit) (bool, error) {
	done := tx.Unbounded().from("tags").Where("id = ? AND unit_id IS NULL AND state = ?", string(tag), string(authentic.TagActive)).
		Updates(map[string]any{
			"unit_id": string(u.ID), "hospital_id": string(u.Hospital),
			"bound_at": micros(tx.now), "bound_by": string(tx.actor.Person),
		})
	return done.RowsAffected == 1, done.Error
}

// RetireTags retires the tags of a unit that came to its end; a later read of
// one is a reused tag. ReviveTags takes that back when the end is undone.
func (tx *Tx) RetireTags(unit custody.UnitID) error {
	_, err := tx.exec("UPDATE tags SET state = 'retired', retired_at = ? WHERE unit_id = ? AND state = 'active'", micros(tx.now), string(unit))
	return err
}

// ReviveTags makes the retired tags of a unit active again.
func (tx *Tx) ReviveTags(unit custody.UnitID) error {
	return tx.db.Exec("UPDATE tags SET state = 'active', retired_at = NULL WHERE unit_id = ? AND state = 'retired'",
		string(unit)).Error
}

// TagByIdentity returns the tag known by a keyed digest, TagByEPC the one with
// an EPC (hex, upper case).
func (q Queries) TagByIdentity(identity string) (authentic.Tag, error) {
	r, err := first[tagRecord](q.from("tags").Where("tags.identity = ?", identity), "tag")
	return r.tag(), err
}

// TagByEPC returns the tag with an EPC.
func (q Queries) TagByEPC(epc string) (authentic.Tag, error) {
	r, err := first[tagRecord](q.from("tags").Where("tags.epc = ? AND tags.epc <> ''", epc), "tag")
	return r.tag(), err
}

// Tags returns the tags of a unit.
func (q Queries) Tags(unit custody.UnitID) ([]authentic.Tag, error) {
	var records []tagRecord
	err := q.from("tags").Where("tags.unit_id = ?", string(unit)).Order("tags.created_at, tags.id").Find(&records).Error
	out := make([]authentic.Tag, len(records))
	for i, r := range records {
		out[i] = r.tag()
	}
	return out, err
}
