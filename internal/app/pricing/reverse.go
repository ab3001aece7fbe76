package pricing

import (
	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// Reverse takes the money of a corrected usage back, inside the transaction
// that corrected it: the line is cancelled, its work called off, its entries
// reversed, and an invoice that has no number yet collects again without it.
// A numbered document never changes: a credit note over the line is proposed,
// which the vendor's office issues; the correction itself is not refused.
func (d *Desk) Reverse(tx *store.Tx, u usage.Usage, reason string) error {
	line, err := tx.Unbounded().LiveLine(u.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if line.State == billing.LineInvoiced {
		line, err = takeOffDocument(tx, line)
		if err != nil || line.State == billing.LineInvoiced {
			return err
		}
	}
	if line.State == billing.LineCollected {
		if err := tx.TakeOffInvoice(line); err != nil {
			return err
		}
	}
	if err := tx.MoveLine(line, billing.LineCancelled, "The usage was corrected.", ""); err != nil {
		return err
	}
	if err := tx.CancelJob(billing.TopicLine, string(line.ID)); err != nil {
		return err
	}
	if line.PONumber != "" {
		if err := tx.DetachOrders(line.ID); err != nil {
			return err
		}
	}
	return tx.ReverseEntries(string(u.ID), billing.TitleEntry, billing.UnUseEntry, "usage", string(u.ID))
}

// unissued reports whether nobody outside this database has seen the document:
// it has no number, and no other provider holds its draft.
func unissued(i billing.Invoice) bool {
	switch i.State {
	case billing.Frozen, billing.Approved:
		return true
	case billing.DraftRemote, billing.Verified:
		return i.Provider == "local"
	}
	return false
}

// takeOffDocument makes an unnumbered invoice collect again and returns the
// line as it then stands; for one with a number a credit note is proposed, and
// one whose draft somebody else holds is parked.
func takeOffDocument(tx *store.Tx, line billing.Line) (billing.Line, error) {
	i, err := tx.Unbounded().Invoice(line.Invoice)
	if err != nil {
		return line, err
	}
	if unissued(i) {
		if _, err := tx.ReopenInvoice(i); err != nil {
			return line, err
		}
		line.State = billing.LineCollected
		return line, nil
	}
	switch {
	case i.State == billing.Uncollectible || i.State == billing.Void:
		return line, nil // nobody owes it any more
	case i.Number != "":
		return line, proposeCredit(tx, line, i)
	}
	i.Parked = true
	i.ParkedReason = "A usage on this invoice was corrected while its draft is at the payment provider. Release the invoice to collect again without it."
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: "invoice.parked", Kind: "invoice", Object: string(i.ID),
		New: map[string]string{"line": string(line.ID)}, Reason: i.ParkedReason,
	})
	_, err = tx.SaveInvoice(i.State, i)
	return line, err
}
