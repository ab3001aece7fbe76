package store

import (
	"crypto/sha256"
	"encoding/hex"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

type creditRecord struct {
	ID             string
	VendorID       string
	HospitalID     string
	InvoiceID      string
	Currency       string
	State          string
	Number         string
	Reason         string
	Explanation    string
	NetMinor       int64
	TaxMinor       int64
	TotalMinor     int64
	IssuedOn       string
	ProviderNumber string
	ProposedBy     string
	ProposedAt     int64
	DecidedBy      string
	DecidedAt      *int64
	DeclineReason  string
	Sample         bool
	Version        int64
}

func (creditRecord) TableName() string { return "credit_notes" }

func (r creditRecord) credit() billing.CreditNote {
	return billing.CreditNote{
		ID: billing.CreditID(r.ID), Invoice: billing.InvoiceID(r.InvoiceID), Parties: parties(r.VendorID, r.HospitalID),
		Currency: money.Currency(r.Currency), State: billing.CreditState(r.State), Number: r.Number,
		Reason: billing.CreditReason(r.Reason), Explanation: r.Explanation, NetMinor: r.NetMinor, TaxMinor: r.TaxMinor, TotalMinor: r.TotalMinor,
		IssuedOn: r.IssuedOn, ProviderNumber: r.ProviderNumber, ProposedBy: access.PersonID(r.ProposedBy), ProposedAt: instant(r.ProposedAt),
		DecidedBy: access.PersonID(r.DecidedBy), DecidedAt: instantOrZero(r.DecidedAt), DeclineReason: r.DeclineReason, Sample: r.Sample, Version: r.Version,
	}
}

func toCreditRecord(c billing.CreditNote) *creditRecord {
	return &creditRecord{
		ID: string(c.ID), VendorID: string(c.Vendor), HospitalID: string(c.Hospital), InvoiceID: string(c.Invoice), Currency: string(c.Currency),
		State: string(c.State), Number: c.Number, Reason: string(c.Reason), Explanation: c.Explanation,
		NetMinor: c.NetMinor, TaxMinor: c.TaxMinor, TotalMinor: c.TotalMinor, IssuedOn: c.IssuedOn, ProviderNumber: c.ProviderNumber,
		ProposedBy: string(c.ProposedBy), ProposedAt: micros(c.ProposedAt), DecidedBy: string(c.DecidedBy), DecidedAt: microsOrNull(c.DecidedAt),
		DeclineReason: c.DeclineReason, Sample: c.Sample, Version: c.Version,
	}
}

type creditLineRecord struct {
	ID            string
	CreditNoteID  string
	VendorID      string
	HospitalID    string
	InvoiceLineID string
	Position      int
	Quantity      int64
	NetMinor      int64
	TaxMinor      int64
}

func (creditLineRecord) TableName() string { return "credit_lines" }

// LockInvoice returns an invoice and, on PostgreSQL, makes other writers of it
// wait: what is credited and disputed on a document is counted under it.
func (tx *Tx) LockInvoice(id billing.InvoiceID) (billing.Invoice, error) {
	list := tx.from("invoices").Where("invoices.id = ?", string(id))
	if tx.postgres() {
		list = list.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	r, err := first[invoiceRecord](list, "invoice")
	return r.invoice(), err
}

// AddCredit stores a proposed credit note with its lines. The invoice is
// locked by the caller.
func (tx *Tx) AddCredit(c billing.CreditNote) (billing.CreditNote, error) {
	c.ID, c.State, c.Version = billing.CreditID(tx.NewID()), billing.CreditProposed, 1
	c.ProposedBy, c.ProposedAt = tx.actor.Person, tx.now
	if err := tx.db.Create(toCreditRecord(c)).Error; err != nil {
		return c, err
	}
	records := make([]creditLineRecord, len(c.Lines))
	for n := range c.Lines {
		l := &c.Lines[n]
		l.ID, l.Position = tx.NewID(), n+1
		records[n] = creditLineRecord{
			ID: l.ID, CreditNoteID: string(c.ID), VendorID: string(c.Vendor), HospitalID: string(c.Hospital), InvoiceLineID: l.Line,
			Position: l.Position, Quantity: l.Quantity, NetMinor: l.NetMinor, TaxMinor: l.TaxMinor,
		}
	}
	return c, tx.db.CreateInBatches(records, 100).Error
}

// SaveCredit writes a decided credit note over the version that was read.
func (tx *Tx) SaveCredit(c billing.CreditNote) (billing.CreditNote, error) {
	read := c.Version
	c.Version, c.DecidedBy, c.DecidedAt = read+1, tx.actor.Person, tx.now
	result := tx.bounded().Model(&creditRecord{}).Where("id = ? AND version = ? AND state = 'proposed'", string(c.ID), read).
		Select("*").Omit("id", "vendor_id", "hospital_id", "invoice_id", "proposed_by", "proposed_at").Updates(toCreditRecord(c))
	if result.Error == nil && result.RowsAffected == 0 {
		return c, fault.New(fault.Conflict, "This credit note was decided by somebody else at the same moment. Reload and look again.")
	}
	tx.Announce(Event{Kind: "invoice", Subject: string(c.Invoice), HospitalID: string(c.Hospital), VendorID: string(c.Vendor)})
	return c, result.Error
}

// Credit returns one credit note of the scope with its lines.
func (q Queries) Credit(id billing.CreditID) (billing.CreditNote, error) {
	r, err := first[creditRecord](q.from("credit_notes").Where("credit_notes.id = ?", string(id)), "credit note")
	if err != nil {
		return billing.CreditNote{}, err
	}
	c := r.credit()
	c.Lines, err = q.creditLines(string(id))
	return c, err
}

func (q Queries) creditLines(id string) ([]billing.CreditLine, error) {
	var records []creditLineRecord
	err := q.from("credit_lines").Where("credit_note_id = ?", id).Order("position").Find(&records).Error
	out := make([]billing.CreditLine, len(records))
	for i, r := range records {
		out[i] = billing.CreditLine{ID: r.ID, Line: r.InvoiceLineID, Position: r.Position, Quantity: r.Quantity, NetMinor: r.NetMinor, TaxMinor: r.TaxMinor}
	}
	return out, err
}

// CreditsOf returns the credit notes of an invoice, oldest first, without
// their lines.
func (q Queries) CreditsOf(id billing.InvoiceID) ([]billing.CreditNote, error) {
	return creditsIn(q.from("credit_notes").Where("invoice_id = ?", string(id)).Order("credit_notes.id"))
}

func creditsIn(list *gorm.DB) ([]billing.CreditNote, error) {
	var records []creditRecord
	err := list.Find(&records).Error
	out := make([]billing.CreditNote, len(records))
	for i, r := range records {
		out[i] = r.credit()
	}
	return out, err
}

// CreditFilter narrows a list of credit notes. Empty fields narrow nothing.
type CreditFilter struct {
	States               []billing.CreditState
	Vendor               access.OrganisationID
	Hospital             access.OrganisationID
	IssuedFrom, IssuedTo string // YYYY-MM-DD, both inclusive
}

func (f CreditFilter) apply(list *gorm.DB) *gorm.DB {
	if len(f.States) > 0 {
		list = list.Where("credit_notes.state IN ?", f.States)
	}
	for _, c := range []struct{ condition, value string }{
		{"credit_notes.vendor_id = ?", string(f.Vendor)},
		{"credit_notes.hospital_id = ?", string(f.Hospital)},
		{"credit_notes.issued_on >= ?", f.IssuedFrom},
		{"credit_notes.issued_on <> '' AND credit_notes.issued_on <= ?", f.IssuedTo},
	} {
		if c.value != "" {
			list = list.Where(c.condition, c.value)
		}
	}
	return list
}

// NamedCredit is a credit note with the names of its parties and the number of
// its invoice.
type NamedCredit struct {
	billing.CreditNote
	VendorName, HospitalName, InvoiceNumber string
}

type namedCreditRecord struct {
	Base          creditRecord `gorm:"embedded"`
	VendorName    string
	HospitalName  string
	InvoiceNumber string
}

func (q Queries) creditRows() *gorm.DB {
	return q.from("credit_notes").Select("credit_notes.*, v.name AS vendor_name, h.name AS hospital_name, i.number AS invoice_number").
		Joins("JOIN organisations v ON v.id = credit_notes.vendor_id JOIN organisations h ON h.id = credit_notes.hospital_id JOIN invoices i ON i.id = credit_notes.invoice_id")
}

// Credits lists credit notes, newest first, without their lines.
func (q Queries) Credits(f CreditFilter, page Page) (Listed[NamedCredit], error) {
	list, err := page.before(f.apply(q.creditRows()).Order("credit_notes.id DESC"), "credit_notes.id")
	if err != nil {
		return Listed[NamedCredit]{}, err
	}
	var records []namedCreditRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[NamedCredit]{}, err
	}
	part := cut(page, records, func(r namedCreditRecord) []any { return []any{r.Base.ID} })
	out := Listed[NamedCredit]{Next: part.Next, Rows: make([]NamedCredit, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = NamedCredit{r.Base.credit(), r.VendorName, r.HospitalName, r.InvoiceNumber}
	}
	return out, nil
}

// AllCredits calls visit for every credit note of the scope and filter, with
// its lines, in the order of their ids, until it returns an error.
func (q Queries) AllCredits(f CreditFilter, visit func(NamedCredit) error) error {
	const page = 200
	for after := ""; ; {
		var records []namedCreditRecord
		if err := f.apply(q.creditRows()).Where("credit_notes.id > ?", after).Order("credit_notes.id").Limit(page).Find(&records).Error; err != nil {
			return err
		}
		for _, r := range records {
			c := NamedCredit{r.Base.credit(), r.VendorName, r.HospitalName, r.InvoiceNumber}
			var err error
			if c.Lines, err = q.creditLines(r.Base.ID); err != nil {
				return err
			}
			if err := visit(c); err != nil {
				return err
			}
			after = r.Base.ID
		}
		if len(records) < page {
			return nil
		}
	}
}

// Credited returns what credit notes, proposed or issued, take of an invoice's
// lines, by the id of the line. issuedOnly leaves proposals out.
func (q Queries) Credited(id billing.InvoiceID, issuedOnly bool) (map[string]billing.Credited, error) {
	states := []string{"issued", "proposed"}
	if issuedOnly {
		states = states[:1]
	}
	var rows []struct {
		InvoiceLineID                string
		Quantity, NetMinor, TaxMinor int64
	}
	err := q.from("credit_lines").Select(`credit_lines.invoice_line_id, CAST(SUM(credit_lines.quantity) AS BIGINT) AS quantity,
		CAST(SUM(credit_lines.net_minor) AS BIGINT) AS net_minor, CAST(SUM(credit_lines.tax_minor) AS BIGINT) AS tax_minor`).
		Joins("JOIN credit_notes c ON c.id = credit_lines.credit_note_id").
		Where("c.invoice_id = ? AND c.state IN ?", string(id), states).Group("credit_lines.invoice_line_id").Find(&rows).Error
	out := make(map[string]billing.Credited, len(rows))
	for _, r := range rows {
		out[r.InvoiceLineID] = billing.Credited{Quantity: r.Quantity, NetMinor: r.NetMinor, TaxMinor: r.TaxMinor}
	}
	return out, err
}

// EndInvoiceLines takes lines of an issued or void document out of force, so
// that their usages may be billed again. The rows stay as they were printed.
func (tx *Tx) EndInvoiceLines(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return tx.bounded().Exec(`UPDATE invoice_lines SET live = ? WHERE id IN ?`, false, ids).Error
}

type creditRenderRecord struct {
	ID           string
	CreditNoteID string
	VendorID     string
	HospitalID   string
	Format       string
	Renderer     string
	Bytes        []byte
	SHA256       string `gorm:"column:sha256"`
	CreatedAt    int64
}

func (creditRenderRecord) TableName() string { return "credit_renders" }

// AddCreditRender stores the bytes of a credit note at its issue. A credit note
// has one render per format, for ever.
func (tx *Tx) AddCreditRender(c billing.CreditNote, format, renderer string, bytes []byte) (string, error) {
	sum := sha256.Sum256(bytes)
	digest, id := hex.EncodeToString(sum[:]), tx.NewID()
	if err := tx.keepParties(id, c.Parties); err != nil {
		return "", err
	}
	return digest, tx.db.Create(&creditRenderRecord{
		ID: id, CreditNoteID: string(c.ID), VendorID: string(c.Vendor), HospitalID: string(c.Hospital),
		Format: format, Renderer: renderer, Bytes: bytes, SHA256: digest, CreatedAt: micros(tx.now),
	}).Error
}

// CreditRender returns the stored bytes of a credit note; Invoice is empty.
func (q Queries) CreditRender(id billing.CreditID, format string) (Render, error) {
	r, err := first[creditRenderRecord](q.from("credit_renders").Where("credit_note_id = ? AND format = ?", string(id), format), "document")
	return Render{Parties: parties(r.VendorID, r.HospitalID), Format: r.Format, Renderer: r.Renderer, Bytes: r.Bytes, SHA256: r.SHA256}, err
}

// CreditDocument returns a credit note as a document, with the lines it gives
// back parts of.
func (q Queries) CreditDocument(c billing.CreditNote) (billing.Document, error) {
	of, err := q.InvoiceDocument(c.Invoice)
	if err != nil {
		return billing.Document{}, err
	}
	return c.Document(of), nil
}

// InvoiceDocument reads everything a document shows.
func (q Queries) InvoiceDocument(id billing.InvoiceID) (doc billing.Document, err error) {
	doc.Kind = billing.InvoiceDocument
	if doc.Invoice, err = q.Invoice(id); err != nil {
		return doc, err
	}
	if doc.Seller, err = q.Organisation(doc.Invoice.Vendor); err != nil {
		return doc, err
	}
	if doc.Payer, err = q.Organisation(doc.Invoice.Hospital); err != nil {
		return doc, err
	}
	doc.Lines, err = q.InvoiceLines(id)
	return doc, err
}

// CreditedLines returns the vendor lines of an invoice that were credited in
// full and whose usages still stand without another line.
func (tx *Tx) CreditedLines(id billing.InvoiceID) ([]billing.Line, error) {
	var records []lineRecord
	err := tx.from("vendor_lines").Select("vendor_lines.*").
		Where(`vendor_lines.invoice_id = ? AND vendor_lines.state = 'no_charge'
			AND EXISTS (SELECT 1 FROM invoice_lines l WHERE l.vendor_line_id = vendor_lines.id AND l.invoice_id = vendor_lines.invoice_id AND NOT l.live)
			AND NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.usage_id = vendor_lines.usage_id)`, string(id)).
		Order("vendor_lines.id").Limit(billing.MaxLines).Find(&records).Error
	out := make([]billing.Line, len(records))
	for i, r := range records {
		out[i] = r.line()
	}
	return out, err
}

// Corrected reports whether a usage was undone, moved or reversed.
func (tx *Tx) Corrected(u billing.UsageID) (bool, error) {
	return tx.exists(`SELECT 1 FROM usage_corrections WHERE usage_id = ? LIMIT 1`, string(u))
}
