package store

import (
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// RemoteInvoice is an invoice's document at Stripe, with what was booked here
// of its payments, in Stripe's units.
type RemoteInvoice struct {
	Invoice billing.InvoiceID
	billing.Parties
	Connection remote.ConnectionID
	Remote     string // Stripe's id; empty while there is none
	Digest     string // of what the draft was made from
	Status     remote.InvoiceStatus
	Number     string
	HostedURL  string
	PDF        string
	Charge     string
	Paid       int64
	Refunded   int64
	Disputed   int64
	Holder     string
	HeldUntil  time.Time
	CreatedAt  time.Time
	ChangedAt  time.Time
}

type remoteInvoiceRecord struct {
	InvoiceID    string
	VendorID     string
	HospitalID   string
	ConnectionID string
	RemoteID     string
	Digest       string
	Status       string
	Number       string
	HostedURL    string `gorm:"column:hosted_url"`
	PdfURL       string `gorm:"column:pdf_url"`
	Charge       string
	Paid         int64
	Refunded     int64
	Disputed     int64
	Holder       string
	HeldUntil    int64
	CreatedAt    int64
	ChangedAt    int64
}

func (remoteInvoiceRecord) TableName() string { return "stripe_invoices" }

func (r remoteInvoiceRecord) invoice() RemoteInvoice {
	return RemoteInvoice{
		Invoice: billing.InvoiceID(r.InvoiceID), Parties: parties(r.VendorID, r.HospitalID), Connection: remote.ConnectionID(r.ConnectionID),
		Remote: r.RemoteID, Digest: r.Digest, Status: remote.InvoiceStatus(r.Status), Number: r.Number, HostedURL: r.HostedURL, PDF: r.PdfURL,
		Charge: r.Charge, Paid: r.Paid, Refunded: r.Refunded, Disputed: r.Disputed, Holder: r.Holder, HeldUntil: instant(r.HeldUntil),
		CreatedAt: instant(r.CreatedAt), ChangedAt: instant(r.ChangedAt),
	}
}

// RemoteInvoice returns an invoice's document at Stripe; NotFound when it has
// none.
func (q Queries) RemoteInvoice(id billing.InvoiceID) (RemoteInvoice, error) {
	r, err := first[remoteInvoiceRecord](q.from("stripe_invoices").Where("stripe_invoices.invoice_id = ?", string(id)), "document at Stripe")
	return r.invoice(), err
}

// RemoteInvoiceBy returns the document with Stripe's id; NotFound when it is
// none of ours.
func (q Queries) RemoteInvoiceBy(remoteID string) (RemoteInvoice, error) {
	r, err := first[remoteInvoiceRecord](q.from("stripe_invoices").Where("stripe_invoices.remote_id = ?", remoteID), "document at Stripe")
	return r.invoice(), err
}

// RemoteInvoiceByCharge returns the document that a payment paid.
func (q Queries) RemoteInvoiceByCharge(charge string) (RemoteInvoice, error) {
	r, err := first[remoteInvoiceRecord](q.from("stripe_invoices").Where("stripe_invoices.charge = ?", charge), "document at Stripe")
	return r.invoice(), err
}

// RemoteInvoicesOf calls visit with every document of a connection that Stripe
// knows, by invoice id.
func (q Queries) RemoteInvoicesOf(c remote.ConnectionID, visit func(RemoteInvoice) error) error {
	const page = 500
	for after := ""; ; {
		var records []remoteInvoiceRecord
		err := q.from("stripe_invoices").Where("connection_id = ? AND remote_id <> '' AND invoice_id > ?", string(c), after).
			Order("invoice_id").Limit(page).Find(&records).Error
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := visit(r.invoice()); err != nil {
				return err
			}
			after = r.InvoiceID
		}
		if len(records) < page {
			return nil
		}
	}
}

// HasOpenDocuments reports whether a connection has drafts or open documents.
func (q Queries) HasOpenDocuments(c remote.ConnectionID) (bool, error) {
	var n int64
	err := q.from("stripe_invoices").Where("connection_id = ? AND status IN ('draft', 'open')", string(c)).Count(&n).Error
	return n > 0, err
}

// HoldRemoteInvoice takes an invoice's document for one worker until a time,
// making the row when there is none. It refuses as a Conflict while another
// worker holds it.
func (tx *Tx) HoldRemoteInvoice(fresh RemoteInvoice, holder string, until time.Time) (RemoteInvoice, error) {
	err := tx.bounded().Exec(`INSERT INTO stripe_invoices (invoice_id, vendor_id, hospital_id, connection_id, remote_id, digest, status, number,
		hosted_url, pdf_url, charge, paid, refunded, disputed, holder, held_until, created_at, changed_at)
		VALUES (?, ?, ?, ?, '', ?, '', '', '', '', '', 0, 0, 0, '', 0, ?, ?) ON CONFLICT (invoice_id) DO NOTHING`,
		string(fresh.Invoice), string(fresh.Vendor), string(fresh.Hospital), string(fresh.Connection), fresh.Digest, micros(tx.now), micros(tx.now)).Error
	if err != nil {
		return fresh, err
	}
	if err := tx.KeepHold(fresh.Invoice, holder, until); err != nil {
		return fresh, err
	}
	return tx.Unbounded().RemoteInvoice(fresh.Invoice)
}

// KeepHold prolongs, or takes, a worker's hold. It refuses as a Conflict while
// another worker holds the document.
func (tx *Tx) KeepHold(id billing.InvoiceID, holder string, until time.Time) error {
	done := tx.bounded().Exec(`UPDATE stripe_invoices SET holder = ?, held_until = ? WHERE invoice_id = ? AND (holder = ? OR held_until <= ?)`,
		holder, micros(until), string(id), holder, micros(tx.now))
	if done.Error == nil && done.RowsAffected == 0 {
		return fault.New(fault.Conflict, "Another worker is busy with this document at Stripe. It goes on by itself.")
	}
	return done.Error
}

// SaveRemoteInvoice writes what is known of a document at Stripe. The hold is
// left as it is.
func (tx *Tx) SaveRemoteInvoice(i RemoteInvoice) error {
	tx.Announce(Event{Kind: "invoice", Subject: string(i.Invoice), HospitalID: string(i.Hospital), VendorID: string(i.Vendor)})
	return tx.bounded().Exec(`UPDATE stripe_invoices SET connection_id = ?, remote_id = ?, digest = ?, status = ?, number = ?, hosted_url = ?, pdf_url = ?,
		charge = ?, paid = ?, refunded = ?, disputed = ?, changed_at = ? WHERE invoice_id = ?`,
		string(i.Connection), i.Remote, i.Digest, string(i.Status), i.Number, i.HostedURL, i.PDF, i.Charge, i.Paid, i.Refunded, i.Disputed, micros(tx.now), string(i.Invoice)).Error
}

// ReleaseRemoteHold ends a worker's hold on a document.
func (tx *Tx) ReleaseRemoteHold(id billing.InvoiceID, holder string) error {
	return tx.bounded().Exec(`UPDATE stripe_invoices SET holder = '', held_until = 0 WHERE invoice_id = ? AND holder = ?`, string(id), holder).Error
}

// LockRemoteInvoice returns the document row inside a write, locked on
// PostgreSQL, so that two effects on it follow each other.
func (tx *Tx) LockRemoteInvoice(remoteID string) (RemoteInvoice, error) {
	statement := `SELECT * FROM stripe_invoices WHERE remote_id = ?`
	if tx.postgres() {
		statement += ` FOR UPDATE`
	}
	r, err := first[remoteInvoiceRecord](tx.bounded().Raw(statement, remoteID), "document at Stripe")
	return r.invoice(), err
}

// AbandonedDrafts returns documents whose invoice has gone back to collecting:
// their drafts at Stripe are nobody's.
func (q Queries) AbandonedDrafts(limit int) ([]RemoteInvoice, error) {
	return q.remoteWhere(`r.status = 'draft' AND r.remote_id <> '' AND i.state = 'collecting'`, limit)
}

// UnmirroredEnds returns documents that are open at Stripe and ended here:
// paid elsewhere, void or written off.
func (q Queries) UnmirroredEnds(limit int) ([]RemoteInvoice, error) {
	return q.remoteWhere(`r.status = 'open' AND i.state IN ('paid', 'void', 'uncollectible') AND i.parked = ?`, limit, false)
}

// UnmirroredCredits returns issued credit notes of documents at Stripe that
// have no credit note there.
func (q Queries) UnmirroredCredits(limit int) ([]billing.CreditID, error) {
	if !q.scope.ReachesAll() {
		return nil, errOutOfScope
	}
	var ids []billing.CreditID
	err := q.bounded().Raw(`SELECT c.id FROM credit_notes c JOIN stripe_invoices r ON r.invoice_id = c.invoice_id
		WHERE c.state = 'issued' AND c.provider_number = '' AND r.status IN ('open', 'paid') ORDER BY c.id LIMIT ?`, limit).Scan(&ids).Error
	return ids, err
}

// SetProviderNumber notes under which number the provider has a credit note.
func (tx *Tx) SetProviderNumber(id billing.CreditID, number string) error {
	return tx.bounded().Exec(`UPDATE credit_notes SET provider_number = ? WHERE id = ? AND provider_number = ''`, number, string(id)).Error
}

func (q Queries) remoteWhere(condition string, limit int, args ...any) ([]RemoteInvoice, error) {
	if !q.scope.ReachesAll() {
		return nil, errOutOfScope
	}
	var records []remoteInvoiceRecord
	err := q.bounded().Raw(`SELECT r.* FROM stripe_invoices r JOIN invoices i ON i.id = r.invoice_id WHERE `+condition+
		` ORDER BY r.invoice_id LIMIT ?`, append(args, limit)...).Scan(&records).Error
	out := make([]RemoteInvoice, len(records))
	for n, r := range records {
		out[n] = r.invoice()
	}
	return out, err
}

// RaiseNumber makes a vendor's series go on after n, when it has not got as
// far: after a restore, numbers may be out that the backup did not know.
func (tx *Tx) RaiseNumber(p billing.Parties, document string, year int, prefix string, n int64) error {
	return tx.db.Exec(`INSERT INTO number_series (vendor_id, document, fiscal_year, prefix, next) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (vendor_id, document, fiscal_year, prefix) DO UPDATE SET next = excluded.next WHERE number_series.next < excluded.next`,
		string(p.Vendor), document, year, prefix, n+1).Error
}
