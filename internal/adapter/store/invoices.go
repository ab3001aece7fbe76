package store

import (
	"strings"

	"gorm.io/gorm"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

type invoiceRecord struct {
	ID               string
	VendorID         string
	HospitalID       string
	Currency         string
	State            string
	Parked           bool
	ParkedReason     string
	WindowKey        string
	WindowStart      int64
	WindowEnd        int64
	Part             int
	Number           string
	NetMinor         int64
	TaxMinor         int64
	TotalMinor       int64
	PaidMinor        int64
	CreditedMinor    int64
	DisputedMinor    int64
	RebillOf         string
	VoidReason       string
	TaxCategory      string
	TaxRateBP        int `gorm:"column:tax_rate_bp"`
	PaymentDays      int
	PaymentReference string
	BuyerReference   string
	OrderReference   string
	IssuedOn         string
	DueOn            string
	Provider         string
	Sample           bool
	Version          int64
	CreatedAt        int64
	ChangedAt        int64
}

func (invoiceRecord) TableName() string { return "invoices" }

func (r invoiceRecord) invoice() billing.Invoice {
	return billing.Invoice{
		ID: billing.InvoiceID(r.ID), Parties: parties(r.VendorID, r.HospitalID), Currency: money.Currency(r.Currency),
		State: billing.InvoiceState(r.State), Parked: r.Parked, ParkedReason: r.ParkedReason,
		Window: billing.Window{Key: r.WindowKey, Start: instant(r.WindowStart), End: instant(r.WindowEnd)}, Part: r.Part,
		Number: r.Number, NetMinor: r.NetMinor, TaxMinor: r.TaxMinor, TotalMinor: r.TotalMinor,
		PaidMinor: r.PaidMinor, CreditedMinor: r.CreditedMinor, DisputedMinor: r.DisputedMinor,
		RebillOf: billing.InvoiceID(r.RebillOf), VoidReason: r.VoidReason, TaxCategory: r.TaxCategory, TaxRateBP: r.TaxRateBP,
		PaymentDays: r.PaymentDays, PaymentReference: r.PaymentReference, BuyerReference: r.BuyerReference, OrderReference: r.OrderReference,
		IssuedOn: r.IssuedOn, DueOn: r.DueOn, Provider: r.Provider, Sample: r.Sample, Version: r.Version,
		CreatedAt: instant(r.CreatedAt), ChangedAt: instant(r.ChangedAt),
	}
}

func toInvoiceRecord(i billing.Invoice) *invoiceRecord {
	return &invoiceRecord{
		ID: string(i.ID), VendorID: string(i.Vendor), HospitalID: string(i.Hospital), Currency: string(i.Currency),
		State: string(i.State), Parked: i.Parked, ParkedReason: i.ParkedReason,
		WindowKey: i.Window.Key, WindowStart: micros(i.Window.Start), WindowEnd: micros(i.Window.End), Part: i.Part,
		Number: i.Number, NetMinor: i.NetMinor, TaxMinor: i.TaxMinor, TotalMinor: i.TotalMinor,
		PaidMinor: i.PaidMinor, CreditedMinor: i.CreditedMinor, DisputedMinor: i.DisputedMinor,
		RebillOf: string(i.RebillOf), VoidReason: i.VoidReason, TaxCategory: i.TaxCategory, TaxRateBP: i.TaxRateBP,
		PaymentDays: i.PaymentDays, PaymentReference: i.PaymentReference, BuyerReference: i.BuyerReference, OrderReference: i.OrderReference,
		IssuedOn: i.IssuedOn, DueOn: i.DueOn, Provider: i.Provider, Sample: i.Sample, Version: i.Version,
		CreatedAt: micros(i.CreatedAt), ChangedAt: micros(i.ChangedAt),
	}
}

// Invoice returns one invoice of the scope.
func (q Queries) Invoice(id billing.InvoiceID) (billing.Invoice, error) {
	r, err := first[invoiceRecord](q.from("invoices").Where("invoices.id = ?", string(id)), "invoice")
	return r.invoice(), err
}

// InvoiceRow is an invoice with the names of its parties.
type InvoiceRow = billing.NamedInvoice

type invoiceRowRecord struct {
	Base         invoiceRecord `gorm:"embedded"`
	VendorName   string
	HospitalName string
	Pseudonym    string
}

// InvoiceFilter narrows a list of invoices. Empty fields narrow nothing.
type InvoiceFilter struct {
	States   []billing.InvoiceState
	Parked   bool // only parked ones
	Vendor   access.OrganisationID
	Hospital access.OrganisationID
	// IssuedFrom and IssuedTo bound the date of issue (YYYY-MM-DD, both inclusive).
	IssuedFrom, IssuedTo string
	// OverdueOn keeps what was due before this date and is not paid.
	OverdueOn string
	Text      string // number or payment reference
}

func (f InvoiceFilter) apply(list *gorm.DB) *gorm.DB {
	if len(f.States) > 0 {
		list = list.Where("invoices.state IN ?", f.States)
	}
	if f.Parked {
		list = list.Where("invoices.parked = ?", true)
	}
	for _, c := range []struct{ condition, value string }{
		{"invoices.vendor_id = ?", string(f.Vendor)},
		{"invoices.hospital_id = ?", string(f.Hospital)},
		{"invoices.issued_on >= ?", f.IssuedFrom},
		{"invoices.issued_on <> '' AND invoices.issued_on <= ?", f.IssuedTo},
		{"invoices.state IN ('open', 'sent') AND invoices.due_on < ?", f.OverdueOn},
	} {
		if c.value != "" {
			list = list.Where(c.condition, c.value)
		}
	}
	if f.Text != "" {
		text := strings.ToUpper(strings.ReplaceAll(f.Text, " ", ""))
		list = list.Where("(invoices.number = ? OR invoices.payment_reference = ?)", text, text)
	}
	return list
}

func (q Queries) invoiceRows() *gorm.DB {
	return q.from("invoices").Select(`invoices.*, v.name AS vendor_name, h.name AS hospital_name,
		COALESCE((SELECT c.pseudonym FROM cases c WHERE invoices.window_key LIKE 'case:%' AND c.id = SUBSTR(invoices.window_key, 6, 36)), '') AS pseudonym`).
		Joins("JOIN organisations v ON v.id = invoices.vendor_id JOIN organisations h ON h.id = invoices.hospital_id")
}

// Invoices lists invoices with the names of their parties, newest first.
func (q Queries) Invoices(f InvoiceFilter, page Page) (Listed[InvoiceRow], error) {
	list, err := page.before(f.apply(q.invoiceRows()).Order("invoices.id DESC"), "invoices.id")
	if err != nil {
		return Listed[InvoiceRow]{}, err
	}
	var records []invoiceRowRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[InvoiceRow]{}, err
	}
	part := cut(page, records, func(r invoiceRowRecord) []any { return []any{r.Base.ID} })
	out := Listed[InvoiceRow]{Next: part.Next, Rows: make([]InvoiceRow, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = InvoiceRow{Invoice: r.Base.invoice(), VendorName: r.VendorName, HospitalName: r.HospitalName, Case: r.Pseudonym}
	}
	return out, nil
}

// InvoiceRow returns one invoice of the scope with the names of its parties.
func (q Queries) InvoiceRow(id billing.InvoiceID) (InvoiceRow, error) {
	r, err := first[invoiceRowRecord](q.invoiceRows().Where("invoices.id = ?", string(id)), "invoice")
	return InvoiceRow{Invoice: r.Base.invoice(), VendorName: r.VendorName, HospitalName: r.HospitalName, Case: r.Pseudonym}, err
}

// AllInvoices calls visit for every invoice of the scope and filter in the
// order of their ids, until it returns an error.
func (q Queries) AllInvoices(f InvoiceFilter, visit func(InvoiceRow) error) error {
	const page = 500
	for after := ""; ; {
		var records []invoiceRowRecord
		err := f.apply(q.invoiceRows()).Where("invoices.id > ?", after).Order("invoices.id").Limit(page).Find(&records).Error
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := visit(InvoiceRow{Invoice: r.Base.invoice(), VendorName: r.VendorName, HospitalName: r.HospitalName, Case: r.Pseudonym}); err != nil {
				return err
			}
			after = r.Base.ID
		}
		if len(records) < page {
			return nil
		}
	}
}

// InvoiceSum is how many invoices stand in a state and their amounts.
type InvoiceSum struct {
	State      billing.InvoiceState
	Currency   money.Currency
	Count      int64
	TotalMinor int64
	PaidMinor  int64
}

// InvoiceSums sums the scope's invoices that match, by state and currency.
func (q Queries) InvoiceSums(f InvoiceFilter) ([]InvoiceSum, error) {
	var out []InvoiceSum
	err := f.apply(q.from("invoices")).Select(`state, currency, COUNT(*) AS count,
		CAST(SUM(CASE WHEN state = 'collecting' THEN net_minor ELSE total_minor END) AS BIGINT) AS total_minor,
		CAST(SUM(paid_minor) AS BIGINT) AS paid_minor`).Group("state, currency").Order("state, currency").Find(&out).Error
	return out, err
}

type invoiceLineRecord struct {
	ID            string
	InvoiceID     string
	Position      int
	VendorID      string
	HospitalID    string
	VendorLineID  string
	UsageID       string
	UnitID        string
	Di            string
	Lot           string
	Serial        string
	Description   string
	CasePseudonym string
	ServiceDate   string
	PriceSentence string
	Quantity      int64
	UnitMinor     int64
	NetMinor      int64
	TaxMinor      int64
	TaxCategory   string
	TaxRateBP     int `gorm:"column:tax_rate_bp"`
	Live          bool
	Rebillable    bool
	PoNumber      string
	TaxReason     string
	CertificateID string
}

func (invoiceLineRecord) TableName() string { return "invoice_lines" }

func (r invoiceLineRecord) line() billing.InvoiceLine {
	return billing.InvoiceLine{
		ID: r.ID, Invoice: billing.InvoiceID(r.InvoiceID), Position: r.Position, Parties: parties(r.VendorID, r.HospitalID),
		Line: billing.LineID(r.VendorLineID), Usage: billing.UsageID(r.UsageID), Unit: unitID(r.UnitID),
		DI: r.Di, Lot: r.Lot, Serial: r.Serial, Description: r.Description, Case: r.CasePseudonym, ServiceDate: r.ServiceDate,
		PriceSentence: r.PriceSentence, Quantity: r.Quantity, UnitMinor: r.UnitMinor, NetMinor: r.NetMinor, TaxMinor: r.TaxMinor,
		TaxCategory: r.TaxCategory, TaxRateBP: r.TaxRateBP, Live: r.Live, Rebillable: r.Rebillable, PONumber: r.PoNumber,
		TaxReason: r.TaxReason, Certificate: r.CertificateID,
	}
}

// InvoiceLines returns the frozen lines of an invoice in their order.
func (q Queries) InvoiceLines(id billing.InvoiceID) ([]billing.InvoiceLine, error) {
	var records []invoiceLineRecord
	err := q.from("invoice_lines").Where("invoice_id = ?", string(id)).Order("position").Find(&records).Error
	out := make([]billing.InvoiceLine, len(records))
	for i, r := range records {
		out[i] = r.line()
	}
	return out, err
}
