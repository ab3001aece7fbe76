package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

type lineRecord struct {
	ID           string
	UsageID      string
	DecisionID   string
	VendorID     string
	HospitalID   string
	SiteID       string
	CaseID       string
	Currency     string
	NetMinor     int64
	State        string
	StateReason  string
	InvoiceID    *string
	EffectiveAt  int64
	BillableFrom int64
	ChangedAt    int64
	CapPending   bool
	PoState      string
	PoNumber     string
	HeldUntil    *int64
}

func (lineRecord) TableName() string { return "vendor_lines" }

func (r lineRecord) line() billing.Line {
	l := billing.Line{
		ID: billing.LineID(r.ID), Usage: usage.ID(r.UsageID), Decision: billing.DecisionID(r.DecisionID),
		Parties: parties(r.VendorID, r.HospitalID), Site: access.SiteID(r.SiteID), Case: usage.CaseID(r.CaseID),
		Net:   money.Amount{Minor: r.NetMinor, Currency: money.Currency(r.Currency)},
		State: billing.LineState(r.State), Reason: r.StateReason,
		EffectiveAt: instant(r.EffectiveAt), BillableFrom: instant(r.BillableFrom), ChangedAt: instant(r.ChangedAt),
		CapPending: r.CapPending, PO: billing.POState(r.PoState), PONumber: r.PoNumber, HeldUntil: instantOrZero(r.HeldUntil),
	}
	if r.InvoiceID != nil {
		l.Invoice = billing.InvoiceID(*r.InvoiceID)
	}
	return l
}

// AddLine stores a vendor line. The unique index on live lines is the hard
// stop: a second live line of a usage is refused as a Conflict.
func (tx *Tx) AddLine(l billing.Line) error {
	_, err := tx.exec(`INSERT INTO vendor_lines (id, usage_id, decision_id, vendor_id, hospital_id, site_id, case_id, currency, net_minor,
		state, state_reason, invoice_id, effective_at, billable_from, changed_at, cap_pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)`,
		string(l.ID), string(l.Usage), string(l.Decision), string(l.Vendor), string(l.Hospital), string(l.Site), string(l.Case),
		string(l.Net.Currency), l.Net.Minor, string(l.State), l.Reason,
		micros(l.EffectiveAt), micros(l.BillableFrom), micros(tx.now), l.CapPending)
	return err
}

// Line returns one vendor line of the scope.
func (q Queries) Line(id billing.LineID) (billing.Line, error) {
	r, err := first[lineRecord](q.from("vendor_lines").Where("vendor_lines.id = ?", string(id)), "line")
	return r.line(), err
}

// LiveLine returns the line of a usage that is not cancelled; NotFound when it
// has none.
func (q Queries) LiveLine(u billing.UsageID) (billing.Line, error) {
	r, err := first[lineRecord](q.from("vendor_lines").Where("usage_id = ? AND state <> 'cancelled'", string(u)), "line")
	return r.line(), err
}

// MoveLine changes a line's state if it still stands as l says, and the line
// may go there; else it is refused as a Conflict. The invoice is kept for
// collected and invoiced lines and taken off otherwise.
func (tx *Tx) MoveLine(l billing.Line, to billing.LineState, reason string, invoice billing.InvoiceID) error {
	if !l.State.MayBecome(to) {
		return fault.Newf(fault.Conflict, "This line is %q and cannot become %q.", l.State.Word(), to.Word())
	}
	var in any
	if invoice != "" {
		in = string(invoice)
	}
	result := tx.bounded().Exec(`UPDATE vendor_lines SET state = ?, state_reason = ?, invoice_id = ?, changed_at = ? WHERE id = ? AND state = ?`,
		string(to), reason, in, micros(tx.now), string(l.ID), string(l.State))
	if result.Error == nil && result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This line was changed by somebody else at the same moment. Reload and look again.")
	}
	if result.Error == nil {
		tx.Announce(Event{Kind: "line", Subject: string(l.ID), HospitalID: string(l.Hospital), VendorID: string(l.Vendor)})
	}
	return result.Error
}

// RepriceLine gives a line a later decision and its amount.
func (tx *Tx) RepriceLine(l billing.Line, d billing.Decision) error {
	result := tx.bounded().Exec(`UPDATE vendor_lines SET decision_id = ?, currency = ?, net_minor = ?, changed_at = ? WHERE id = ? AND state = ?`,
		string(d.ID), string(d.Net.Currency), d.Net.Minor, micros(tx.now), string(l.ID), string(l.State))
	if result.Error == nil && result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This line was changed by somebody else at the same moment. Reload and look again.")
	}
	return result.Error
}

// SetHeldUntil sets when a hold ends by itself; the zero time: never.
func (tx *Tx) SetHeldUntil(id billing.LineID, until time.Time) error {
	return tx.bounded().Exec(`UPDATE vendor_lines SET held_until = ? WHERE id = ?`, microsOrNull(until), string(id)).Error
}

// NoteLine changes the reason that a line shows, and nothing else.
func (tx *Tx) NoteLine(l billing.Line, reason string) error {
	tx.Announce(Event{Kind: "line", Subject: string(l.ID), HospitalID: string(l.Hospital), VendorID: string(l.Vendor)})
	return tx.bounded().Exec(`UPDATE vendor_lines SET state_reason = ?, changed_at = ? WHERE id = ?`, reason, micros(tx.now), string(l.ID)).Error
}
