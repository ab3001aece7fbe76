package store

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// LineRow is a vendor line with what a list shows of its usage. It holds no
// patient; the person who used the unit is filled for a hospital's scope only.
type LineRow struct {
	billing.Line
	Product       string
	Size          string
	ProductID     catalog.ProductID
	Unit          custody.UnitID
	DI            string
	Lot           string
	Serial        string
	Expiry        string
	Pseudonym     string
	SiteName      string
	TimeZone      string
	HospitalName  string
	VendorName    string
	Outcome       usage.Outcome
	Quantity      int64
	Verdict       authentic.Verdict
	UnitPrice     money.Amount
	Steps         billing.Steps
	InvoiceNumber string
	InvoiceState  billing.InvoiceState
	Sample        bool
	Corrected     usage.CorrectionKind // empty while the usage stands
	UsedBy        string
	TapEvent      string
	TaxCategory   string
	TaxRateBP     int
	Rebillable    bool
	PORule        consign.PORule
	Pricing       consign.Pricing
}

type lineRowRecord struct {
	Base          lineRecord `gorm:"embedded"`
	Product       string
	Size          string
	ProductID     string
	UnitID        string
	Di            string
	Lot           string
	Serial        string
	Expiry        string
	Pseudonym     string
	SiteName      string
	TimeZone      string
	HospitalName  string
	VendorName    string
	Outcome       string
	Quantity      int64
	Verdict       string
	VerdictReason string
	UnitMinor     int64
	Steps         string
	InvoiceNumber string
	InvoiceState  string
	Sample        bool
	Corrected     string
	UsedBy        string
	TapEvent      string
	TaxCategory   string
	TaxRateBP     int `gorm:"column:tax_rate_bp"`
	Rebillable    bool
	PoRule        string
	Pricing       string
}

const lineRowColumns = `vendor_lines.*, p.name AS product, p.size, p.id AS product_id, p.rebillable, n.id AS unit_id, n.di, n.lot, n.serial, n.expiry,
	c.pseudonym, s.name AS site_name, s.time_zone, h.name AS hospital_name, v.name AS vendor_name, v.sample,
	u.outcome, u.quantity, u.verdict, u.verdict_reason, d.unit_minor, d.steps,
	COALESCE(i.number, '') AS invoice_number, COALESCE(i.state, '') AS invoice_state, COALESCE(k.kind, '') AS corrected, u.tap_event_id AS tap_event, w.tax_category, w.tax_rate_bp, w.po_rule, w.pricing`

const lineRowJoins = `JOIN usages u ON u.id = vendor_lines.usage_id
	JOIN units n ON n.id = u.unit_id
	JOIN products p ON p.id = u.product_id
	JOIN cases c ON c.id = vendor_lines.case_id
	JOIN sites s ON s.id = vendor_lines.site_id
	JOIN organisations h ON h.id = vendor_lines.hospital_id
	JOIN organisations v ON v.id = vendor_lines.vendor_id
	JOIN price_decisions d ON d.id = vendor_lines.decision_id
	JOIN agreement_versions w ON w.id = d.agreement_version_id
	LEFT JOIN invoices i ON i.id = vendor_lines.invoice_id
	LEFT JOIN usage_corrections k ON k.usage_id = vendor_lines.usage_id`

// lineRows starts a list of lines with their names. Whoever is bounded by a
// vendor gets no name of a hospital's person.
func (q Queries) lineRows() *gorm.DB {
	who, join := "'' AS used_by", ""
	if _, vendor := q.scope.Vendor(); !vendor {
		who, join = "COALESCE(a.name, '') AS used_by", " LEFT JOIN people a ON a.id = u.actor_id"
	}
	return q.from("vendor_lines").Select(lineRowColumns + ", " + who).Joins(lineRowJoins + join)
}

func (r lineRowRecord) row() (LineRow, error) {
	out := LineRow{
		Line: r.Base.line(), Product: r.Product, Size: r.Size, ProductID: catalog.ProductID(r.ProductID), Unit: custody.UnitID(r.UnitID),
		DI: r.Di, Lot: r.Lot, Serial: r.Serial, Expiry: r.Expiry, Pseudonym: r.Pseudonym, SiteName: r.SiteName, TimeZone: r.TimeZone,
		HospitalName: r.HospitalName, VendorName: r.VendorName, Outcome: usage.Outcome(r.Outcome), Quantity: r.Quantity,
		Verdict:       authentic.Verdict{Level: authentic.Level(r.Verdict), Reason: authentic.Reason(r.VerdictReason)},
		UnitPrice:     money.Amount{Minor: r.UnitMinor, Currency: money.Currency(r.Base.Currency)},
		InvoiceNumber: r.InvoiceNumber, InvoiceState: billing.InvoiceState(r.InvoiceState), Sample: r.Sample,
		Corrected: usage.CorrectionKind(r.Corrected), UsedBy: r.UsedBy, TapEvent: r.TapEvent,
		TaxCategory: r.TaxCategory, TaxRateBP: r.TaxRateBP, Rebillable: r.Rebillable,
		PORule: consign.PORule(r.PoRule), Pricing: pricingOf(r.Pricing),
	}
	return out, json.Unmarshal([]byte(r.Steps), &out.Steps)
}

func lineRowsOf(records []lineRowRecord) ([]LineRow, error) {
	out := make([]LineRow, len(records))
	for i, r := range records {
		var err error
		if out[i], err = r.row(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// LineFilter narrows a list of vendor lines. Empty fields narrow nothing.
type LineFilter struct {
	States   []billing.LineState
	Vendor   access.OrganisationID
	Hospital access.OrganisationID
	From, To time.Time // effective time, half-open
	Text     string    // a lot, serial or pseudonym, whole
}

func (f LineFilter) apply(list *gorm.DB) *gorm.DB {
	if len(f.States) > 0 {
		list = list.Where("vendor_lines.state IN ?", f.States)
	}
	if f.Vendor != "" {
		list = list.Where("vendor_lines.vendor_id = ?", string(f.Vendor))
	}
	if f.Hospital != "" {
		list = list.Where("vendor_lines.hospital_id = ?", string(f.Hospital))
	}
	if !f.From.IsZero() {
		list = list.Where("vendor_lines.effective_at >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		list = list.Where("vendor_lines.effective_at < ?", micros(f.To))
	}
	if f.Text != "" {
		list = list.Where("(n.lot = ? OR n.serial = ? OR c.pseudonym = ?)", f.Text, f.Text, f.Text)
	}
	return list
}

// Lines lists vendor lines with their names, newest first.
func (q Queries) Lines(f LineFilter, page Page) (Listed[LineRow], error) {
	return linePage(f.apply(q.lineRows()), page)
}

// linePage returns one page of a query of lineRows, newest first.
func linePage(rows *gorm.DB, page Page) (Listed[LineRow], error) {
	list, err := page.before(rows.Order("vendor_lines.effective_at DESC, vendor_lines.id DESC"), "vendor_lines.effective_at, vendor_lines.id")
	if err != nil {
		return Listed[LineRow]{}, err
	}
	var records []lineRowRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[LineRow]{}, err
	}
	part := cut(page, records, func(r lineRowRecord) []any { return []any{r.Base.EffectiveAt, r.Base.ID} })
	lines, err := lineRowsOf(part.Rows)
	return Listed[LineRow]{Rows: lines, Next: part.Next}, err
}

// LineRow returns one vendor line of the scope with its names.
func (q Queries) LineRow(id billing.LineID) (LineRow, error) {
	r, err := first[lineRowRecord](q.lineRows().Where("vendor_lines.id = ?", string(id)), "line")
	if err != nil {
		return LineRow{}, err
	}
	return r.row()
}

// LinesOfInvoice returns the lines that an invoice has collected, in the order
// of documents; at most limit.
func (q Queries) LinesOfInvoice(id billing.InvoiceID, limit int) ([]LineRow, error) {
	var records []lineRowRecord
	err := q.lineRows().Where("vendor_lines.invoice_id = ?", string(id)).
		Order("vendor_lines.case_id, vendor_lines.effective_at, vendor_lines.id").Limit(limit).Find(&records).Error
	if err != nil {
		return nil, err
	}
	return lineRowsOf(records)
}

// LineCount is how many lines stand in a state and what they are worth.
type LineCount struct {
	State    billing.LineState
	Currency money.Currency
	Count    int64
	Minor    int64
}

// LineCounts sums the scope's lines that are not yet on an issued invoice, by
// state and currency.
func (q Queries) LineCounts() ([]LineCount, error) {
	var out []LineCount
	err := q.from("vendor_lines").Where("state IN ('waiting', 'billable', 'unpriced', 'held', 'awaiting_po', 'collected')").
		Select("state, currency, COUNT(*) AS count, CAST(SUM(net_minor) AS BIGINT) AS minor").
		Group("state, currency").Order("state, currency").Find(&out).Error
	return out, err
}

// UsedSince sums the scope's usages since an instant that were not corrected,
// by currency; the state of the result is empty.
func (q Queries) UsedSince(t time.Time) ([]LineCount, error) {
	var out []LineCount
	err := q.from("vendor_lines").Where("effective_at >= ? AND state <> 'cancelled'", micros(t)).
		Select("currency, COUNT(*) AS count, CAST(SUM(net_minor) AS BIGINT) AS minor").Group("currency").Order("currency").Find(&out).Error
	return out, err
}
