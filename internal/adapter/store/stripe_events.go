package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
)

// Notice is a stored event of Stripe.
type Notice struct {
	remote.Event
	Connection  remote.ConnectionID
	Vendor      access.OrganisationID
	ReceivedAt  time.Time
	State       string // "stored", "done" or "quarantined"
	Reason      string
	ProcessedAt time.Time
}

type noticeRecord struct {
	ID           string
	ConnectionID *string
	VendorID     *string
	Account      string
	Mode         string
	Type         string
	ObjectKind   string
	Object       string
	HappenedAt   int64
	ReceivedAt   int64
	State        string
	Reason       string
	ProcessedAt  *int64
}

func (noticeRecord) TableName() string { return "stripe_events" }

func (r noticeRecord) notice() Notice {
	n := Notice{
		Event: remote.Event{
			ID: r.ID, Type: r.Type, Account: r.Account, Live: r.Mode == string(remote.Live), ObjectKind: r.ObjectKind, Object: r.Object,
			CreatedAt: instant(r.HappenedAt),
		},
		ReceivedAt: instant(r.ReceivedAt), State: r.State, Reason: r.Reason, ProcessedAt: instantOrZero(r.ProcessedAt),
	}
	if r.ConnectionID != nil {
		n.Connection = remote.ConnectionID(*r.ConnectionID)
	}
	if r.VendorID != nil {
		n.Vendor = access.OrganisationID(*r.VendorID)
	}
	return n
}

// AddNotice stores an event once and reports whether it is new.
func (tx *Tx) AddNotice(n Notice) (bool, error) {
	var connection, vendor *string
	if n.Connection != "" {
		c, v := string(n.Connection), string(n.Vendor)
		connection, vendor = &c, &v
	}
	done := tx.bounded().Exec(`INSERT INTO stripe_events (id, connection_id, vendor_id, account, mode, type, object_kind, object, happened_at,
		received_at, state, reason, processed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING`,
		n.ID, connection, vendor, n.Account, string(n.Mode()), n.Type, n.ObjectKind, n.Object, micros(n.CreatedAt), micros(tx.now), n.State, n.Reason)
	return done.RowsAffected == 1, done.Error
}

// EndNotice notes what became of an event.
func (tx *Tx) EndNotice(id, state, reason string) error {
	return tx.bounded().Exec(`UPDATE stripe_events SET state = ?, reason = ?, processed_at = ? WHERE id = ? AND state = 'stored'`,
		state, reason, micros(tx.now), id).Error
}

// Notice returns one stored event of the scope.
func (q Queries) Notice(id string) (Notice, error) {
	r, err := first[noticeRecord](q.from("stripe_events").Where("stripe_events.id = ?", id), "notice")
	return r.notice(), err
}

// Quarantined lists events that were not believed, newest first.
func (q Queries) Quarantined(limit int) ([]Notice, error) {
	var records []noticeRecord
	err := q.from("stripe_events").Where("stripe_events.state = 'quarantined'").Order("received_at DESC, id DESC").Limit(limit).Find(&records).Error
	out := make([]Notice, len(records))
	for i, r := range records {
		out[i] = r.notice()
	}
	return out, err
}

// Finding is a difference between our books and Stripe that a person settles.
type Finding struct {
	ID         string
	Connection remote.ConnectionID
	Vendor     access.OrganisationID
	Invoice    billing.InvoiceID
	Kind       string
	Subject    string
	Sentence   string
	FoundAt    time.Time
}

type findingRecord struct {
	ID           string
	ConnectionID string
	VendorID     string
	InvoiceID    *string
	Kind         string
	Subject      string
	Sentence     string
	FoundAt      int64
}

func (r findingRecord) finding() Finding {
	f := Finding{
		ID: r.ID, Connection: remote.ConnectionID(r.ConnectionID), Vendor: access.OrganisationID(r.VendorID), Kind: r.Kind,
		Subject: r.Subject, Sentence: r.Sentence, FoundAt: instant(r.FoundAt),
	}
	if r.InvoiceID != nil {
		f.Invoice = billing.InvoiceID(*r.InvoiceID)
	}
	return f
}

// AddFinding notes a difference and reports whether it is new: the same one is
// noted once until it is settled.
func (tx *Tx) AddFinding(f Finding) (bool, error) {
	var invoice *string
	if f.Invoice != "" {
		id := string(f.Invoice)
		invoice = &id
	}
	done := tx.bounded().Exec(`INSERT INTO stripe_findings (id, connection_id, vendor_id, invoice_id, kind, subject, sentence, found_at, settled_at, settled_by, settled_why)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '', '') ON CONFLICT DO NOTHING`,
		tx.NewID(), string(f.Connection), string(f.Vendor), invoice, f.Kind, f.Subject, f.Sentence, micros(tx.now))
	return done.RowsAffected == 1, done.Error
}

// SettleFinding ends a difference of the scope.
func (tx *Tx) SettleFinding(id, why string) error {
	done := tx.from("stripe_findings").Where("stripe_findings.id = ? AND settled_at IS NULL", id).
		Updates(map[string]any{"settled_at": micros(tx.now), "settled_by": string(tx.actor.Person), "settled_why": why})
	if done.Error == nil && done.RowsAffected == 0 {
		return absent("open difference")
	}
	return done.Error
}

// ClearFindings ends the differences of a kind on a subject that are gone by
// themselves.
func (tx *Tx) ClearFindings(c remote.ConnectionID, kind, subject string) error {
	return tx.bounded().Exec(`UPDATE stripe_findings SET settled_at = ?, settled_why = 'gone by itself' WHERE connection_id = ? AND kind = ? AND subject = ? AND settled_at IS NULL`,
		micros(tx.now), string(c), kind, subject).Error
}

// HasFinding reports whether a difference of a kind on a subject is open.
func (q Queries) HasFinding(c remote.ConnectionID, kind, subject string) (bool, error) {
	var n int64
	err := q.from("stripe_findings").Where("connection_id = ? AND kind = ? AND subject = ? AND settled_at IS NULL", string(c), kind, subject).Count(&n).Error
	return n > 0, err
}

// Findings lists the open differences of the scope, oldest first.
func (q Queries) Findings(limit int) ([]Finding, error) {
	var records []findingRecord
	err := q.from("stripe_findings").Where("settled_at IS NULL").Order("found_at, id").Limit(limit).Find(&records).Error
	out := make([]Finding, len(records))
	for i, r := range records {
		out[i] = r.finding()
	}
	return out, err
}

// Movement is a movement of a vendor's balance with whom it belongs to.
type Movement struct {
	remote.Movement
	Connection remote.ConnectionID
	Vendor     access.OrganisationID
	Hospital   access.OrganisationID // empty: of nothing that we know
	Invoice    billing.InvoiceID
}

// AddMovement stores a movement once and reports whether it is new.
func (tx *Tx) AddMovement(m Movement) (bool, error) {
	var hospital, invoice *string
	if m.Invoice != "" {
		h, i := string(m.Hospital), string(m.Invoice)
		hospital, invoice = &h, &i
	}
	done := tx.bounded().Exec(`INSERT INTO stripe_movements (connection_id, id, vendor_id, hospital_id, invoice_id, type, currency, amount, fee, net, source, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (connection_id, id) DO NOTHING`,
		string(m.Connection), m.ID, string(m.Vendor), hospital, invoice, m.Type, m.Currency, m.Amount, m.Fee, m.Net, m.Source, micros(m.CreatedAt))
	return done.RowsAffected == 1, done.Error
}
