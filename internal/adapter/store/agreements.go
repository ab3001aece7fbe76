package store

import (
	"cmp"
	"encoding/json"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
)

type agreementRecord struct {
	ID         string
	VendorID   string
	HospitalID string
	Number     string
	CreatedAt  int64

	Scope       string
	SiteID      *string
	BuyingGroup string
}

func (agreementRecord) TableName() string { return "agreements" }

func (r agreementRecord) agreement() consign.Agreement {
	return consign.Agreement{
		ID: consign.AgreementID(r.ID), Vendor: access.OrganisationID(r.VendorID),
		Hospital: access.OrganisationID(r.HospitalID), Number: r.Number,
		Scope: consign.Scope(r.Scope), Site: access.SiteID(textOrEmpty(r.SiteID)), Group: r.BuyingGroup,
	}
}

type versionRecord struct {
	ID             string
	AgreementID    string
	VendorID       string
	HospitalID     string
	Version        int
	ValidFrom      int64
	ValidTo        *int64
	TitleEvent     string
	WastePayer     string
	RemovedMinutes int
	UndoMinutes    int
	SheetRule      string
	PORule         string `gorm:"column:po_rule"`
	Consolidation  string
	IssueMode      string
	Currency       string
	DiscountBP     int `gorm:"column:discount_bp"`
	PaymentDays    int
	TrunkAllowed   bool
	TaxCategory    string
	TaxRateBP      int `gorm:"column:tax_rate_bp"`
	Terms          string
	CreatedAt      int64
	Pricing        string
	PublishedBy    string
}

func (versionRecord) TableName() string { return "agreement_versions" }

// versionRow is a version with its agreement's number.
type versionRow struct {
	Base   versionRecord `gorm:"embedded"` // exported, for the mapper passes over other embedded structs
	Number string
}

// versionColumns are the columns of a version in the order of fields.
const versionColumns = `agreement_versions.id, agreement_versions.agreement_id, agreement_versions.vendor_id, agreement_versions.hospital_id,
	agreement_versions.version, agreement_versions.valid_from, agreement_versions.valid_to, agreement_versions.title_event,
	agreement_versions.waste_payer, agreement_versions.removed_minutes, agreement_versions.undo_minutes, agreement_versions.sheet_rule,
	agreement_versions.po_rule, agreement_versions.consolidation, agreement_versions.issue_mode, agreement_versions.currency,
	agreement_versions.discount_bp, agreement_versions.payment_days, agreement_versions.trunk_allowed, agreement_versions.tax_category,
	agreement_versions.tax_rate_bp, agreement_versions.pricing, agreements.number`

func (row *versionRow) fields() []any {
	r := &row.Base
	return []any{
		&r.ID, &r.AgreementID, &r.VendorID, &r.HospitalID, &r.Version, &r.ValidFrom, &r.ValidTo, &r.TitleEvent,
		&r.WastePayer, &r.RemovedMinutes, &r.UndoMinutes, &r.SheetRule, &r.PORule, &r.Consolidation, &r.IssueMode, &r.Currency,
		&r.DiscountBP, &r.PaymentDays, &r.TrunkAllowed, &r.TaxCategory, &r.TaxRateBP, &r.Pricing, &row.Number,
	}
}

func (row versionRow) version() consign.Version {
	r := row.Base
	return consign.Version{
		ID: consign.VersionID(r.ID), Agreement: consign.AgreementID(r.AgreementID), Number: row.Number,
		Vendor: access.OrganisationID(r.VendorID), Hospital: access.OrganisationID(r.HospitalID),
		Version: r.Version, ValidFrom: instant(r.ValidFrom), ValidTo: instantOrZero(r.ValidTo),
		Terms: consign.Terms{
			TitleEvent: consign.TitleEvent(r.TitleEvent), WastePayer: consign.Payer(r.WastePayer),
			RemovedMinutes: r.RemovedMinutes, UndoMinutes: r.UndoMinutes,
			SheetRule: consign.SheetRule(r.SheetRule), PORule: consign.PORule(r.PORule),
			Consolidation: consign.Consolidation(r.Consolidation), IssueMode: consign.IssueMode(r.IssueMode),
			Currency: r.Currency, DiscountBP: r.DiscountBP, PaymentDays: r.PaymentDays,
			TrunkAllowed: r.TrunkAllowed, TaxCategory: r.TaxCategory, TaxRateBP: r.TaxRateBP, Pricing: pricingOf(r.Pricing),
		},
	}
}

// pricingOf reads stored pricing. CreateVersion wrote it from the same type, so
// that a text it cannot read is none; the ledger check tells of it.
func pricingOf(text string) (p consign.Pricing) {
	if text != "" {
		_ = json.Unmarshal([]byte(text), &p)
	}
	return p
}

// pricingText is how pricing is stored: nothing when there is none.
func pricingText(p consign.Pricing) (string, error) {
	raw, err := json.Marshal(p)
	if err != nil || string(raw) == "{}" {
		return "", err
	}
	return string(raw), nil
}

// CreateAgreement adds an agreement and returns its id.
func (tx *Tx) CreateAgreement(a consign.Agreement) (consign.AgreementID, error) {
	id := tx.NewID()
	return consign.AgreementID(id), tx.db.Create(&agreementRecord{
		ID: id, VendorID: string(a.Vendor), HospitalID: string(a.Hospital), Number: a.Number, CreatedAt: micros(tx.now),
		Scope: string(cmp.Or(a.Scope, consign.OfHospital)), SiteID: textOrNull(string(a.Site)), BuyingGroup: a.Group,
	}).Error
}

// CreateVersion adds a version of an agreement and returns its id. terms is
// the wording both sides signed. An open version in force before it ends where
// this one begins.
func (tx *Tx) CreateVersion(v consign.Version, terms string) (consign.VersionID, error) {
	err := tx.from("agreement_versions").
		Where("agreement_id = ? AND valid_to IS NULL AND valid_from < ?", string(v.Agreement), micros(v.ValidFrom)).
		Update("valid_to", micros(v.ValidFrom)).Error
	if err != nil {
		return "", err
	}
	pricing, err := pricingText(v.Pricing)
	if err != nil {
		return "", err
	}
	id := tx.NewID()
	return consign.VersionID(id), tx.db.Create(&versionRecord{
		ID: id, AgreementID: string(v.Agreement), VendorID: string(v.Vendor), HospitalID: string(v.Hospital),
		Version: v.Version, ValidFrom: micros(v.ValidFrom), ValidTo: microsOrNull(v.ValidTo),
		TitleEvent: string(v.TitleEvent), WastePayer: string(v.WastePayer),
		RemovedMinutes: v.RemovedMinutes, UndoMinutes: v.UndoMinutes, SheetRule: string(v.SheetRule),
		PORule: string(v.PORule), Consolidation: string(v.Consolidation), IssueMode: string(v.IssueMode),
		Currency: v.Currency, DiscountBP: v.DiscountBP, PaymentDays: v.PaymentDays, TrunkAllowed: v.TrunkAllowed,
		TaxCategory: v.TaxCategory, TaxRateBP: v.TaxRateBP, Terms: terms, CreatedAt: micros(tx.now),
		Pricing: pricing, PublishedBy: string(tx.Actor().Person),
	}).Error
}

// Agreements lists the scope's agreements, by number, at most 1000.
func (q Queries) Agreements() ([]consign.Agreement, error) {
	var records []agreementRecord
	err := q.from("agreements").Order("number, id").Limit(1000).Find(&records).Error
	out := make([]consign.Agreement, len(records))
	for i, r := range records {
		out[i] = r.agreement()
	}
	return out, err
}

// AgreementVersion returns one version.
func (q Queries) AgreementVersion(id consign.VersionID) (consign.Version, error) {
	return q.version("agreement_versions.id = ?", string(id))
}

// VersionInForce returns the version of an agreement in force at an instant.
func (q Queries) VersionInForce(agreement consign.AgreementID, at time.Time) (consign.Version, error) {
	return q.version(`agreement_versions.agreement_id = ? AND agreement_versions.valid_from <= ?
		AND (agreement_versions.valid_to IS NULL OR agreement_versions.valid_to > ?)`, string(agreement), micros(at), micros(at))
}

// VersionBetween returns the version in force between a vendor and a hospital
// at an instant: of several agreements, the one whose version began last.
func (q Queries) VersionBetween(vendor, hospital access.OrganisationID, at time.Time) (consign.Version, error) {
	return q.version(`agreement_versions.hospital_id = ? AND agreement_versions.vendor_id = ? AND agreement_versions.valid_from <= ?
		AND (agreement_versions.valid_to IS NULL OR agreement_versions.valid_to > ?)`,
		string(hospital), string(vendor), micros(at), micros(at))
}

func (q Queries) version(where string, args ...any) (consign.Version, error) {
	var row versionRow
	bound, more := q.where("agreement_versions")
	err := q.one("agreement in force", "SELECT "+versionColumns+` FROM agreement_versions JOIN agreements ON agreements.id = agreement_versions.agreement_id
		WHERE `+where+" AND "+bound+" ORDER BY agreement_versions.valid_from DESC, agreement_versions.id LIMIT 1", append(args, more...), row.fields()...)
	if err != nil {
		return consign.Version{}, err
	}
	return row.version(), nil
}

// VersionFor returns the version of an agreement that rules a fact: the one in
// force or, when none is (the agreement ran out), the last that began before.
// A fact is never refused because a contract ended.
func (q Queries) VersionFor(agreement consign.AgreementID, at time.Time) (consign.Version, error) {
	return q.version("agreement_versions.agreement_id = ? AND agreement_versions.valid_from <= ?", string(agreement), micros(at))
}

// AddAgreementPrices adds the prices of a new version. A second price of the
// same kind for the same item or family is refused as a Conflict.
func (tx *Tx) AddAgreementPrices(v consign.Version, prices []consign.Price) error {
	for _, p := range prices {
		subject := p.Product
		if p.Kind == consign.PriceOfFamily {
			subject = p.Family
		}
		err := tx.db.Exec(`INSERT INTO agreement_prices (id, agreement_version_id, vendor_id, hospital_id, kind, subject, replaces_id, fixed,
			price_value, price_scale, per_quantity, discount_bp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			tx.NewID(), string(v.ID), string(v.Vendor), string(v.Hospital), string(p.Kind), subject, p.Replaces, p.Fixed,
			p.Value, p.Scale, max(p.Per, 1), p.DiscountBP).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// AgreementPrices returns the prices of a version, items first.
func (q Queries) AgreementPrices(version consign.VersionID) ([]consign.Price, error) {
	var rows []struct {
		ID, Kind, Subject, ReplacesID string
		Fixed                         bool
		PriceValue, PerQuantity       int64
		PriceScale                    int
		DiscountBP                    int `gorm:"column:discount_bp"`
	}
	err := q.from("agreement_prices").Where("agreement_version_id = ?", string(version)).
		Order("CASE kind WHEN 'item' THEN 0 WHEN 'family' THEN 1 ELSE 2 END, subject").Limit(5000).Find(&rows).Error
	out := make([]consign.Price, len(rows))
	for i, r := range rows {
		out[i] = consign.Price{
			ID: r.ID, Kind: consign.PriceKind(r.Kind), Replaces: r.ReplacesID, Fixed: r.Fixed, Value: r.PriceValue,
			Scale: r.PriceScale, Per: r.PerQuantity, DiscountBP: r.DiscountBP,
		}
		if out[i].Kind == consign.PriceOfFamily {
			out[i].Family = r.Subject
		} else {
			out[i].Product = r.Subject
		}
	}
	return out, err
}
