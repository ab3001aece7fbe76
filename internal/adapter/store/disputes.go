package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

type disputeRecord struct {
	ID            string
	VendorID      string
	HospitalID    string
	InvoiceID     string
	InvoiceLineID string
	Currency      string
	AmountMinor   int64
	State         string
	Reason        string
	Answer        string
	CreditNoteID  *string
	OpenedBy      string
	OpenedAt      int64
	AnswerDueAt   int64
	ChangedAt     int64
	Version       int64
}

func (disputeRecord) TableName() string { return "disputes" }

func (r disputeRecord) dispute() billing.Dispute {
	d := billing.Dispute{
		ID: billing.DisputeID(r.ID), Invoice: billing.InvoiceID(r.InvoiceID), Line: r.InvoiceLineID, Parties: parties(r.VendorID, r.HospitalID),
		Amount: money.Amount{Minor: r.AmountMinor, Currency: money.Currency(r.Currency)}, State: billing.DisputeState(r.State),
		Reason: r.Reason, Answer: r.Answer, OpenedBy: access.PersonID(r.OpenedBy), OpenedAt: instant(r.OpenedAt),
		AnswerDueAt: instant(r.AnswerDueAt), ChangedAt: instant(r.ChangedAt), Version: r.Version,
	}
	if r.CreditNoteID != nil {
		d.Credit = billing.CreditID(*r.CreditNoteID)
	}
	return d
}

// AddDispute stores a new dispute. A line has one live dispute at a time.
func (tx *Tx) AddDispute(d billing.Dispute) (billing.Dispute, error) {
	d.ID, d.Version, d.OpenedBy, d.OpenedAt, d.ChangedAt = billing.DisputeID(tx.NewID()), 1, tx.actor.Person, tx.now, tx.now
	return d, tx.db.Create(&disputeRecord{
		ID: string(d.ID), VendorID: string(d.Vendor), HospitalID: string(d.Hospital), InvoiceID: string(d.Invoice), InvoiceLineID: d.Line,
		Currency: string(d.Amount.Currency), AmountMinor: d.Amount.Minor, State: string(d.State), Reason: d.Reason, Answer: d.Answer,
		OpenedBy: string(d.OpenedBy), OpenedAt: micros(d.OpenedAt), AnswerDueAt: micros(d.AnswerDueAt), ChangedAt: micros(tx.now), Version: 1,
	}).Error
}

// SaveDispute writes state, answer and credit note over the version that was read.
func (tx *Tx) SaveDispute(from billing.DisputeState, d billing.Dispute) (billing.Dispute, error) {
	if !from.MayBecome(d.State) {
		return d, fault.Newf(fault.Conflict, "This dispute is %q; that step is not open any more.", from.Word())
	}
	var credit any
	if d.Credit != "" {
		credit = string(d.Credit)
	}
	result := tx.from("disputes").Where("id = ? AND version = ? AND state = ?", string(d.ID), d.Version, string(from)).Updates(map[string]any{
		"state": string(d.State), "answer": d.Answer, "credit_note_id": credit, "changed_at": micros(tx.now), "version": d.Version + 1,
	})
	if result.Error == nil && result.RowsAffected == 0 {
		return d, fault.New(fault.Conflict, "This dispute was changed by somebody else at the same moment. Reload and look again.")
	}
	d.Version++
	d.ChangedAt = tx.now
	tx.Announce(Event{Kind: "invoice", Subject: string(d.Invoice), HospitalID: string(d.Hospital), VendorID: string(d.Vendor)})
	return d, result.Error
}

// Dispute returns one dispute of the scope.
func (q Queries) Dispute(id billing.DisputeID) (billing.Dispute, error) {
	r, err := first[disputeRecord](q.from("disputes").Where("disputes.id = ?", string(id)), "dispute")
	return r.dispute(), err
}

// DisputeOfCredit returns the dispute that a credit note settles; NotFound when
// it settles none.
func (q Queries) DisputeOfCredit(id billing.CreditID) (billing.Dispute, error) {
	r, err := first[disputeRecord](q.from("disputes").Where("credit_note_id = ? AND state = 'agreed'", string(id)), "dispute")
	return r.dispute(), err
}

// DisputesOf returns the disputes of an invoice, oldest first.
func (q Queries) DisputesOf(id billing.InvoiceID) ([]billing.Dispute, error) {
	var records []disputeRecord
	err := q.from("disputes").Where("invoice_id = ?", string(id)).Order("id").Limit(500).Find(&records).Error
	out := make([]billing.Dispute, len(records))
	for i, r := range records {
		out[i] = r.dispute()
	}
	return out, err
}

// NamedDispute is a dispute with what a list shows of it.
type NamedDispute struct {
	billing.Dispute
	VendorName, HospitalName, Number, Product, Lot, Serial, Pseudonym string
}

type namedDisputeRecord struct {
	Base         disputeRecord `gorm:"embedded"`
	VendorName   string
	HospitalName string
	Number       string
	Product      string
	Lot          string
	Serial       string
	Pseudonym    string
}

// Disputes lists disputes, the one whose answer is due first at the top; live
// keeps those that still stop their amount.
func (q Queries) Disputes(live bool, page Page) (Listed[NamedDispute], error) {
	list := q.from("disputes").Select(`disputes.*, v.name AS vendor_name, h.name AS hospital_name, i.number, l.description AS product, l.lot, l.serial,
		l.case_pseudonym AS pseudonym`).
		Joins(`JOIN organisations v ON v.id = disputes.vendor_id JOIN organisations h ON h.id = disputes.hospital_id
			JOIN invoices i ON i.id = disputes.invoice_id JOIN invoice_lines l ON l.id = disputes.invoice_line_id`)
	if live {
		list = list.Where("disputes.state IN ('opened', 'vendor_answered', 'agreed', 'escalated')")
	} else {
		list = list.Where("disputes.state IN ('credited', 'withdrawn')")
	}
	list, err := page.after(list.Order("disputes.answer_due_at, disputes.id"), "disputes.answer_due_at, disputes.id")
	if err != nil {
		return Listed[NamedDispute]{}, err
	}
	var records []namedDisputeRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[NamedDispute]{}, err
	}
	part := cut(page, records, func(r namedDisputeRecord) []any { return []any{r.Base.AnswerDueAt, r.Base.ID} })
	out := Listed[NamedDispute]{Next: part.Next, Rows: make([]NamedDispute, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = NamedDispute{r.Base.dispute(), r.VendorName, r.HospitalName, r.Number, r.Product, r.Lot, r.Serial, r.Pseudonym}
	}
	return out, nil
}
