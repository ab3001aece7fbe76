package store

import (
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

func unitID(id string) custody.UnitID { return custody.UnitID(id) }

// BillingTerms is what the agreement, the site and the case of a line say
// about its way to an invoice.
type BillingTerms struct {
	Consolidation consign.Consolidation
	IssueMode     consign.IssueMode
	PORule        consign.PORule
	PaymentDays   int
	TaxCategory   string
	TaxRateBP     int
	TimeZone      string
	CaseState     usage.CaseState
	Sample        bool
	Pricing       consign.Pricing
}

type termsRecord struct {
	Consolidation string
	IssueMode     string
	PoRule        string
	PaymentDays   int
	TaxCategory   string
	TaxRateBP     int `gorm:"column:tax_rate_bp"`
	TimeZone      string
	CaseState     string
	Sample        bool
	Pricing       string
}

const termsJoins = ` FROM vendor_lines l JOIN price_decisions d ON d.id = l.decision_id
	JOIN agreement_versions v ON v.id = d.agreement_version_id JOIN sites s ON s.id = l.site_id
	JOIN cases c ON c.id = l.case_id JOIN organisations o ON o.id = l.vendor_id `

// InvoiceTerms returns the terms of an invoice's first line.
func (tx *Tx) InvoiceTerms(id billing.InvoiceID) (BillingTerms, error) {
	r, err := first[termsRecord](tx.bounded().Raw(`SELECT v.consolidation, v.issue_mode, v.po_rule, v.payment_days, v.tax_category, v.tax_rate_bp,
		s.time_zone, c.state AS case_state, o.sample, v.pricing`+termsJoins+`WHERE l.invoice_id = ? ORDER BY l.id LIMIT 1`, string(id)), "invoice")
	return r.terms(), err
}

func (r termsRecord) terms() BillingTerms {
	return BillingTerms{
		Consolidation: consign.Consolidation(r.Consolidation), IssueMode: consign.IssueMode(r.IssueMode), PORule: consign.PORule(r.PoRule),
		PaymentDays: r.PaymentDays, TaxCategory: r.TaxCategory, TaxRateBP: r.TaxRateBP, TimeZone: r.TimeZone,
		CaseState: usage.CaseState(r.CaseState), Sample: r.Sample, Pricing: pricingOf(r.Pricing),
	}
}

// AddInvoice stores a new invoice; its id, version and times are set here.
func (tx *Tx) AddInvoice(i billing.Invoice) (billing.Invoice, error) {
	i.ID, i.Version, i.CreatedAt, i.ChangedAt = billing.InvoiceID(tx.NewID()), 1, tx.now, tx.now
	tx.announceInvoice(i)
	return i, tx.db.Create(toInvoiceRecord(i)).Error
}

// SaveInvoice writes an invoice over the version that was read. It refuses as
// a Conflict when somebody changed it since; the state machine was asked by
// the caller's rule, and is asked again here against the stored state.
func (tx *Tx) SaveInvoice(from billing.InvoiceState, i billing.Invoice) (billing.Invoice, error) {
	if from != i.State && !from.MayBecome(i.State) {
		return i, fault.Newf(fault.Conflict, "An invoice that is %q cannot become %q.", from.Word(), i.State.Word())
	}
	read := i.Version
	i.Version, i.ChangedAt = read+1, tx.now
	result := tx.bounded().Model(&invoiceRecord{}).Where("id = ? AND version = ? AND state = ?", string(i.ID), read, string(from)).
		Select("*").Omit("id", "vendor_id", "hospital_id", "created_at").Updates(toInvoiceRecord(i))
	if result.Error == nil && result.RowsAffected == 0 {
		return i, fault.New(fault.Conflict, "This invoice was changed by somebody else at the same moment. Reload and look again.")
	}
	tx.announceInvoice(i)
	return i, result.Error
}

func (tx *Tx) announceInvoice(i billing.Invoice) {
	tx.Announce(Event{Kind: "invoice", Subject: string(i.ID), HospitalID: string(i.Hospital), VendorID: string(i.Vendor)})
}

// WindowInvoices returns the invoices of one window, of every part, latest part
// first. On PostgreSQL they are locked, so that nobody freezes them meanwhile.
func (tx *Tx) WindowInvoices(p billing.Parties, currency, window string) ([]billing.Invoice, error) {
	statement := `SELECT * FROM invoices WHERE vendor_id = ? AND hospital_id = ? AND currency = ? AND window_key = ? ORDER BY part DESC, id DESC`
	if tx.postgres() {
		statement += ` FOR UPDATE`
	}
	var records []invoiceRecord
	err := tx.bounded().Raw(statement, string(p.Vendor), string(p.Hospital), currency, window).Scan(&records).Error
	out := make([]billing.Invoice, len(records))
	for i, r := range records {
		out[i] = r.invoice()
	}
	return out, err
}

// LockWindow makes other writers of the same collecting window wait. On SQLite
// there is one writer anyway.
func (tx *Tx) LockWindow(p billing.Parties, currency, window string) error {
	if !tx.postgres() {
		return nil
	}
	return tx.db.Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, string(p.Vendor)+string(p.Hospital)+currency+window).Error
}

// AddInvoiceLines stores the lines of a frozen invoice. A usage or a serial
// that is live on another document is refused by the unique indexes.
func (tx *Tx) AddInvoiceLines(lines []billing.InvoiceLine) error {
	records := make([]invoiceLineRecord, len(lines))
	for i, l := range lines {
		records[i] = invoiceLineRecord{
			ID: tx.NewID(), InvoiceID: string(l.Invoice), Position: l.Position, VendorID: string(l.Vendor), HospitalID: string(l.Hospital),
			VendorLineID: string(l.Line), UsageID: string(l.Usage), UnitID: string(l.Unit), Di: l.DI, Lot: l.Lot, Serial: l.Serial,
			Description: l.Description, CasePseudonym: l.Case, ServiceDate: l.ServiceDate, PriceSentence: l.PriceSentence,
			Quantity: l.Quantity, UnitMinor: l.UnitMinor, NetMinor: l.NetMinor, TaxMinor: l.TaxMinor,
			TaxCategory: l.TaxCategory, TaxRateBP: l.TaxRateBP, Live: true, Rebillable: l.Rebillable, PoNumber: l.PONumber,
			TaxReason: l.TaxReason, CertificateID: l.Certificate,
		}
	}
	return tx.db.CreateInBatches(records, 50).Error
}

// DropInvoiceLines takes the lines of an unissued invoice off the document, so
// that it can collect again.
func (tx *Tx) DropInvoiceLines(id billing.InvoiceID) error {
	return tx.bounded().Exec(`DELETE FROM invoice_lines WHERE invoice_id = ? AND invoice_id IN
		(SELECT id FROM invoices WHERE number = '')`, string(id)).Error
}

// TakeOffInvoice takes a collected line's amount off its collecting invoice.
// Others who do the same wait: people correct usages of one invoice at once,
// while the worker adds to it.
func (tx *Tx) TakeOffInvoice(l billing.Line) error {
	statement := `SELECT * FROM invoices WHERE id = ?`
	if tx.postgres() {
		statement += ` FOR UPDATE`
	}
	r, err := first[invoiceRecord](tx.bounded().Raw(statement, string(l.Invoice)), "invoice")
	if err != nil {
		return err
	}
	i := r.invoice()
	i.NetMinor -= l.Net.Minor
	_, err = tx.SaveInvoice(billing.Collecting, i)
	return err
}

// ReopenInvoice lets an invoice that has no number yet collect again: its
// document lines go, its vendor lines are collected. A draft at a provider has
// been deleted there before, and goes back by way of frozen.
func (tx *Tx) ReopenInvoice(i billing.Invoice) (billing.Invoice, error) {
	if i.State == billing.DraftRemote || i.State == billing.Verified {
		from := i.State
		i.State, i.Provider = billing.Frozen, ""
		var err error
		if i, err = tx.SaveInvoice(from, i); err != nil {
			return i, err
		}
	}
	rows, err := tx.Unbounded().InvoiceLines(i.ID)
	if err != nil {
		return i, err
	}
	ids := make([]billing.LineID, len(rows))
	for n, r := range rows {
		ids[n] = r.Line
	}
	if err := tx.MoveLines(ids, billing.LineInvoiced, billing.LineCollected, i.ID); err != nil {
		return i, err
	}
	if err := tx.DropInvoiceLines(i.ID); err != nil {
		return i, err
	}
	from := i.State
	i.State, i.TaxMinor, i.TotalMinor, i.Parked, i.ParkedReason = billing.Collecting, 0, 0, false, ""
	return tx.SaveInvoice(from, i)
}

// NextNumber returns the next number of a vendor's series and counts it up in
// this transaction. The row stays locked until the transaction ends; a
// rollback gives the number back, so the series has no gap.
func (tx *Tx) NextNumber(p billing.Parties, document string, year int, prefix string) (int64, error) {
	err := tx.db.Exec(`INSERT INTO number_series (vendor_id, document, fiscal_year, prefix, next) VALUES (?, ?, ?, ?, 2)
		ON CONFLICT (vendor_id, document, fiscal_year, prefix) DO UPDATE SET next = number_series.next + 1`,
		string(p.Vendor), document, year, prefix).Error
	if err != nil {
		return 0, err
	}
	var next []int64
	err = tx.db.Raw(`SELECT next FROM number_series WHERE vendor_id = ? AND document = ? AND fiscal_year = ? AND prefix = ?`,
		string(p.Vendor), document, year, prefix).Scan(&next).Error
	if err != nil || len(next) == 0 {
		return 0, err
	}
	return next[0] - 1, nil
}

// DueCutOffs returns collecting invoices whose window is over: its end has
// come, or its case is closed and nothing of the case still waits for its undo
// time. Parked ones are left to people.
func (q Queries) DueCutOffs(now time.Time, limit int) ([]billing.InvoiceID, error) {
	if !q.scope.ReachesAll() {
		return nil, errOutOfScope
	}
	var ids []billing.InvoiceID
	err := q.bounded().Raw(`SELECT i.id FROM invoices i WHERE i.state = 'collecting' AND i.parked = ? AND (i.window_end <= ? OR (
			i.window_key LIKE 'case:%' AND EXISTS (SELECT 1 FROM cases c WHERE c.id = SUBSTR(i.window_key, 6, 36) AND c.state = 'closed')
			AND NOT EXISTS (SELECT 1 FROM vendor_lines w WHERE w.state = 'waiting' AND w.vendor_id = i.vendor_id AND w.case_id = SUBSTR(i.window_key, 6, 36))))
		AND EXISTS (SELECT 1 FROM vendor_lines l WHERE l.invoice_id = i.id)
		ORDER BY i.id LIMIT ?`, false, micros(now), limit).Scan(&ids).Error
	return ids, err
}

// NextCutOffAt returns when the next collecting window ends; zero when none does.
func (q Queries) NextCutOffAt() (time.Time, error) {
	var at []int64
	err := q.bounded().Raw(`SELECT window_end FROM invoices WHERE state = 'collecting' AND parked = ? ORDER BY window_end LIMIT 1`, false).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return instant(at[0]), nil
}
