package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

type endRecord struct {
	ID         string
	VendorID   string
	HospitalID string
	InvoiceID  string
	Kind       string
	Reason     string
	State      string
	AskedBy    string
	AskedAt    int64
	DecidedBy  string
	DecidedAt  *int64
}

func (endRecord) TableName() string { return "invoice_requests" }

func (r endRecord) request() billing.EndRequest {
	return billing.EndRequest{
		ID: r.ID, Invoice: billing.InvoiceID(r.InvoiceID), Parties: parties(r.VendorID, r.HospitalID), Kind: billing.EndKind(r.Kind),
		Reason: r.Reason, State: r.State, AskedBy: access.PersonID(r.AskedBy), AskedAt: instant(r.AskedAt),
		DecidedBy: access.PersonID(r.DecidedBy), DecidedAt: instantOrZero(r.DecidedAt),
	}
}

// AddEndRequest stores a demand to end an invoice. One at a time may wait.
func (tx *Tx) AddEndRequest(i billing.Invoice, kind billing.EndKind, reason string) (string, error) {
	id := tx.NewID()
	return id, tx.db.Create(&endRecord{
		ID: id, VendorID: string(i.Vendor), HospitalID: string(i.Hospital), InvoiceID: string(i.ID), Kind: string(kind), Reason: reason,
		State: "asked", AskedBy: string(tx.actor.Person), AskedAt: micros(tx.now),
	}).Error
}

// DecideEndRequest closes a waiting demand as "done" or "refused".
func (tx *Tx) DecideEndRequest(id, state string) error {
	result := tx.from("invoice_requests").Where("id = ? AND state = 'asked'", id).
		Updates(map[string]any{"state": state, "decided_by": string(tx.actor.Person), "decided_at": micros(tx.now)})
	if result.Error == nil && result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This was decided by somebody else at the same moment. Reload and look again.")
	}
	return result.Error
}

// EndRequest returns the demand that waits on an invoice; NotFound when none does.
func (q Queries) EndRequest(id billing.InvoiceID) (billing.EndRequest, error) {
	r, err := first[endRecord](q.from("invoice_requests").Where("invoice_id = ? AND state = 'asked'", string(id)), "request")
	return r.request(), err
}

// EndRequests returns the scope's waiting demands, oldest first, at most 200.
func (q Queries) EndRequests() ([]billing.EndRequest, error) {
	var records []endRecord
	err := q.from("invoice_requests").Where("state = 'asked'").Order("id").Limit(200).Find(&records).Error
	out := make([]billing.EndRequest, len(records))
	for i, r := range records {
		out[i] = r.request()
	}
	return out, err
}

// ReleaseLines puts the vendor lines of a void invoice into the held queue with
// the reason, for people to bill again or leave.
func (tx *Tx) ReleaseLines(i billing.Invoice, reason string) error {
	err := tx.bounded().Exec(`UPDATE vendor_lines SET state = 'held', state_reason = ?, invoice_id = NULL, changed_at = ?
		WHERE invoice_id = ? AND state = 'invoiced'`, reason, micros(tx.now), string(i.ID)).Error
	if err != nil {
		return err
	}
	return tx.bounded().Exec(`UPDATE invoice_lines SET live = ? WHERE invoice_id = ?`, false, string(i.ID)).Error
}
