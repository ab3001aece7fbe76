package store

import (
	"encoding/json"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// ListPrice is what one unit of use of a product costs from an instant on.
type ListPrice struct {
	ID        string
	Vendor    access.OrganisationID
	Product   catalog.ProductID
	Price     money.Amount
	ValidFrom time.Time
}

type listPriceRecord struct {
	ID          string
	VendorID    string
	ProductID   string
	Currency    string
	AmountMinor int64
	ValidFrom   int64
	CreatedAt   int64
	SetBy       string // who answers for the price; whoever does, approves no invoice with it
}

func (listPriceRecord) TableName() string { return "list_prices" }

// AddListPrice adds a list price. A price that begins at the same instant is
// refused as a Conflict by its unique key: a price is replaced, never edited.
func (tx *Tx) AddListPrice(p ListPrice) (string, error) {
	id := tx.NewID()
	return id, tx.db.Create(&listPriceRecord{
		ID: id, VendorID: string(p.Vendor), ProductID: string(p.Product), Currency: string(p.Price.Currency),
		AmountMinor: p.Price.Minor, ValidFrom: micros(p.ValidFrom), CreatedAt: micros(tx.now), SetBy: string(tx.actor.Person),
	}).Error
}

// ListPrices returns a product's list prices, newest first, at most 100.
func (q Queries) ListPrices(product catalog.ProductID) ([]ListPrice, error) {
	var records []listPriceRecord
	err := q.from("list_prices").Where("product_id = ?", string(product)).
		Order("valid_from DESC, id DESC").Limit(100).Find(&records).Error
	out := make([]ListPrice, len(records))
	for i, r := range records {
		out[i] = ListPrice{
			ID: r.ID, Vendor: access.OrganisationID(r.VendorID), Product: catalog.ProductID(r.ProductID),
			Price: money.Amount{Minor: r.AmountMinor, Currency: money.Currency(r.Currency)}, ValidFrom: instant(r.ValidFrom),
		}
	}
	return out, err
}

// UsageOfLine returns what the price of a line's usage depends on; the rest of
// the usage is left empty.
func (tx *Tx) UsageOfLine(id billing.LineID) (usage.Usage, error) {
	type row struct {
		ID, HospitalID, SiteID, VendorID, AgreementVersionID, ProductID, CaseID string
		Outcome, Reason, OverrideReason, Incomplete                             string
		Quantity, FactAt, UndoUntil                                             int64
	}
	r, err := first[row](tx.bounded().Raw(`SELECT u.id, u.hospital_id, u.site_id, u.vendor_id, u.agreement_version_id, u.product_id, u.case_id,
		u.outcome, u.reason, u.override_reason, u.incomplete, u.quantity, u.fact_at, u.undo_until
		FROM vendor_lines l JOIN usages u ON u.id = l.usage_id WHERE l.id = ?`, string(id)), "usage")
	return usage.Usage{
		ID: usage.ID(r.ID), Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID),
		Vendor: access.OrganisationID(r.VendorID), AgreementVersion: consign.VersionID(r.AgreementVersionID),
		Product: catalog.ProductID(r.ProductID), Case: usage.CaseID(r.CaseID), Outcome: usage.Outcome(r.Outcome),
		Reason: r.Reason, OverrideReason: r.OverrideReason, Incomplete: r.Incomplete, Quantity: r.Quantity,
		FactAt: instant(r.FactAt), UndoUntil: instant(r.UndoUntil),
	}, err
}

// UnpricedLines returns the scope's lines of a product that wait for a price,
// oldest first.
func (q Queries) UnpricedLines(product catalog.ProductID, limit int) ([]billing.Line, error) {
	var records []lineRecord
	err := q.from("vendor_lines").Select("vendor_lines.*").Joins("JOIN usages u ON u.id = vendor_lines.usage_id").
		Where("vendor_lines.state = 'unpriced' AND u.product_id = ?", string(product)).
		Order("vendor_lines.effective_at, vendor_lines.id").Limit(limit).Find(&records).Error
	out := make([]billing.Line, len(records))
	for i, r := range records {
		out[i] = r.line()
	}
	return out, err
}

type decisionRecord struct {
	ID                 string
	UsageID            string
	Revision           int
	VendorID           string
	HospitalID         string
	AgreementVersionID string
	Outcome            string
	Currency           string
	UnitMinor          int64
	NetMinor           int64
	Quantity           int64
	Inputs             string
	InputsSHA256       string `gorm:"column:inputs_sha256"`
	Steps              string
	Engine             string
	DecidedAt          int64
}

func (decisionRecord) TableName() string { return "price_decisions" }

func (r decisionRecord) decision() (billing.Decision, error) {
	d := billing.Decision{
		ID: billing.DecisionID(r.ID), Usage: usage.ID(r.UsageID), Revision: r.Revision,
		Parties: parties(r.VendorID, r.HospitalID), Version: consign.VersionID(r.AgreementVersionID),
		Outcome:  billing.PriceOutcome(r.Outcome),
		Unit:     money.Amount{Minor: r.UnitMinor, Currency: money.Currency(r.Currency)},
		Net:      money.Amount{Minor: r.NetMinor, Currency: money.Currency(r.Currency)},
		Quantity: r.Quantity, Inputs: r.Inputs, InputsSHA256: r.InputsSHA256, Engine: r.Engine, DecidedAt: instant(r.DecidedAt),
	}
	return d, json.Unmarshal([]byte(r.Steps), &d.Steps)
}

func parties(vendor, hospital string) billing.Parties {
	return billing.Parties{Vendor: access.OrganisationID(vendor), Hospital: access.OrganisationID(hospital)}
}

// AddDecision stores a price decision. The id is the caller's.
func (tx *Tx) AddDecision(d billing.Decision) error {
	steps, err := json.Marshal(d.Steps)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO price_decisions (id, usage_id, revision, vendor_id, hospital_id, agreement_version_id, outcome,
		currency, unit_minor, net_minor, quantity, inputs, inputs_sha256, steps, engine, decided_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(d.ID), string(d.Usage), d.Revision, string(d.Vendor), string(d.Hospital), string(d.Version), string(d.Outcome),
		string(d.Net.Currency), d.Unit.Minor, d.Net.Minor, d.Quantity, d.Inputs, d.InputsSHA256, string(steps), d.Engine,
		micros(d.DecidedAt))
	return err
}

// Decision returns the latest price decision of a usage.
func (q Queries) Decision(u billing.UsageID) (billing.Decision, error) {
	r, err := first[decisionRecord](q.from("price_decisions").Where("usage_id = ?", string(u)).Order("revision DESC"), "price")
	if err != nil {
		return billing.Decision{}, err
	}
	return r.decision()
}

// Decisions returns every revision of a usage's price, the first one first.
func (q Queries) Decisions(u billing.UsageID) ([]billing.Decision, error) {
	var records []decisionRecord
	if err := q.from("price_decisions").Where("usage_id = ?", string(u)).Order("revision").Limit(100).Find(&records).Error; err != nil {
		return nil, err
	}
	out := make([]billing.Decision, len(records))
	for i, r := range records {
		var err error
		if out[i], err = r.decision(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// WalkDecisions calls visit for every price decision, by id, until it returns
// an error.
func (q Queries) WalkDecisions(visit func(billing.Decision) error) error {
	const page = 1000
	for after := ""; ; {
		var records []decisionRecord
		if err := q.from("price_decisions").Where("id > ?", after).Order("id").Limit(page).Find(&records).Error; err != nil {
			return err
		}
		for _, r := range records {
			d, _ := r.decision() // reasons that cannot be read are none, for the visitor to notice
			if err := visit(d); err != nil {
				return err
			}
			after = r.ID
		}
		if len(records) < page {
			return nil
		}
	}
}

// VendorOfProduct returns who sells a product of the scope.
func (q Queries) VendorOfProduct(id catalog.ProductID) (access.OrganisationID, error) {
	type row struct{ VendorID string }
	r, err := first[row](q.from("products").Select("products.vendor_id").Where("products.id = ?", string(id)), "product")
	return access.OrganisationID(r.VendorID), err
}

// ProductNames returns the names of the scope's products by id, at most 5,000:
// what a price list of an agreement shows.
func (q Queries) ProductNames() (map[string]string, error) {
	var rows []struct{ ID, Name string }
	err := q.from("products").Select("products.id, products.name").Limit(5000).Find(&rows).Error
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}
