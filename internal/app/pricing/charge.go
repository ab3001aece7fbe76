// Package pricing turns a usage into money in the usage's own transaction: the
// price with its reasons, the vendor's line, both books' entries and the work
// that follows. It never stops a nurse: a missing price makes a queue entry.
//
// It promises that a usage has at most one live line, and that taking a usage
// back takes its money back in the same transaction. It does not invoice.
package pricing

import (
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// Crediting issues a credit note whose agreement issues documents by itself,
// inside the transaction that proposed it.
type Crediting interface {
	IssueByTerms(tx *store.Tx, c billing.CreditNote, i billing.Invoice) error
}

// Desk prices usages. Without Crediting every credit note of a tier waits for
// a person.
type Desk struct {
	Store     *store.Store
	Crediting Crediting
}

// Charge prices a usage and puts it on its way to an invoice, inside the
// transaction that recorded it. A price that cannot be decided, or a usage
// that must not be billed by itself, waits in a queue with the reason.
func (d *Desk) Charge(tx *store.Tx, u usage.Usage) error {
	decision, err := decide(tx, u, 1)
	if err != nil {
		return err
	}
	line := billing.Line{
		ID: billing.LineID(tx.NewID()), Usage: u.ID, Decision: decision.ID, Parties: decision.Parties,
		Site: u.Site, Case: u.Case, Net: decision.Net, EffectiveAt: u.FactAt, BillableFrom: u.UndoUntil,
	}
	line.State, line.Reason = billing.FirstState(u, decision)
	line.CapPending = decision.AwaitsCap()
	if err := holdIfBilled(tx, u, &line); err != nil {
		return err
	}
	if err := tx.AddDecision(decision); err != nil {
		return err
	}
	if err := tx.AddLine(line); err != nil {
		return err
	}
	if err := tx.PostNew(billing.TitleEntries(u.ID, decision.Revision, decision.Parties, decision.Net, u.FactAt)); err != nil {
		return err
	}
	if line.CapPending {
		return awaitCase(tx, u, decision)
	}
	return follow(tx, line)
}

// awaitCase sets the end of a cap's waiting; a case that is closed already is
// settled at once, and the late line has what is left of the cap.
func awaitCase(tx *store.Tx, u usage.Usage, d billing.Decision) error {
	c, err := tx.Unbounded().Case(u.Case)
	if err != nil {
		return err
	}
	if c.State == usage.CaseClosed {
		return settleCaps(tx, u.Case)
	}
	version, err := tx.Unbounded().AgreementVersion(d.Version)
	if err != nil {
		return err
	}
	until := tx.Now().AddDate(0, 0, version.Pricing.CapWait())
	return tx.Enqueue(TopicCap, string(u.Case), string(u.Hospital), string(u.Vendor), until, struct{}{})
}

// holdIfBilled holds the line of a usage that corrects one whose money is on a
// document already: the same unit is never billed twice, and the document is
// corrected by a credit note.
func holdIfBilled(tx *store.Tx, u usage.Usage, line *billing.Line) error {
	if u.Replaces == "" {
		return nil
	}
	old, err := tx.Unbounded().LiveLine(u.Replaces)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case old.State == billing.LineInvoiced:
		line.State, line.Reason = billing.LineHeld, "The corrected usage is invoiced already. Waits for its credit note."
	}
	return nil
}

// follow arms the work of a line that waits for its undo time.
func follow(tx *store.Tx, line billing.Line) error {
	if line.State != billing.LineWaiting || line.CapPending {
		return nil
	}
	return tx.Enqueue(billing.TopicLine, string(line.ID), string(line.Hospital), string(line.Vendor), line.BillableFrom, struct{}{})
}

// laterOf returns the later instant.
func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
