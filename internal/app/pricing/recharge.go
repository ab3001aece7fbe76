package pricing

import (
	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// Recharge prices a usage anew whose line was credited in full, and gives it a
// fresh line that may be collected at once. Its books begin again with a title
// event. An empty line means that the usage costs nothing now. Refusals:
// Conflict (no price can be decided).
func (d *Desk) Recharge(tx *store.Tx, credited billing.Line) (billing.Line, error) {
	u, err := tx.UsageOfLine(credited.ID)
	if err != nil {
		return billing.Line{}, err
	}
	last, err := tx.Unbounded().Decision(credited.Usage)
	if err != nil {
		return billing.Line{}, err
	}
	decision, err := decide(tx, u, last.Revision+1)
	switch {
	case err != nil:
		return billing.Line{}, err
	case decision.Outcome == billing.Unpriced:
		return billing.Line{}, fault.New(fault.Conflict, decision.Steps.Sentence("en"))
	case decision.Net.IsZero():
		return billing.Line{}, nil
	}
	if err := tx.MoveLine(credited, billing.LineCancelled, "Billed again.", credited.Invoice); err != nil {
		return billing.Line{}, err
	}
	line := billing.Line{
		ID: billing.LineID(tx.NewID()), Usage: u.ID, Decision: decision.ID, Parties: decision.Parties, Site: u.Site, Case: u.Case,
		Net: decision.Net, State: billing.LineWaiting, EffectiveAt: u.FactAt, BillableFrom: laterOf(u.UndoUntil, tx.Now()),
	}
	if err := tx.AddDecision(decision); err != nil {
		return line, err
	}
	if err := tx.AddLine(line); err != nil {
		return line, err
	}
	return line, tx.PostNew(billing.TitleEntries(u.ID, decision.Revision, decision.Parties, decision.Net, u.FactAt))
}
