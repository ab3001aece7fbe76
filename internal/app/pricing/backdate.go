package pricing

import (
	"context"
	"strconv"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
)

// mayAgree lets those speak for a side who answer for its money.
func mayAgree(actor access.Actor) error {
	if actor.May(access.HoldLines) {
		return nil
	}
	return fault.New(fault.Forbidden, "Prices of usages are accepted by finance and the vendor's office.")
}

// Backdated proposes, for a version that was just published and begins in the
// past, each usage that it would price otherwise, and returns how many. It
// changes no price: a person accepts each.
func (d *Desk) Backdated(tx *store.Tx, v consign.Version) (int, error) {
	if !v.ValidFrom.Before(tx.Now()) {
		return 0, nil
	}
	return proposePrices(tx, v)
}

// mostProposed bounds what one back-dated version proposes; a version that
// reaches further is agreed in parts.
const mostProposed = 5000

func proposePrices(tx *store.Tx, v consign.Version) (int, error) {
	lines, err := tx.AffectedLines(v.Agreement, v.ValidFrom, v.ID, mostProposed+1)
	if err != nil {
		return 0, err
	}
	if len(lines) > mostProposed {
		return 0, fault.Newf(fault.Invalid, "More than %d usages lie after the day from which the version holds. Agree on a later day.", mostProposed)
	}
	proposed := 0
	for _, line := range lines {
		next, err := wouldCost(tx, line)
		if err != nil {
			return 0, err
		}
		if next.Version != v.ID || next.Outcome == billing.Priced && next.Net == line.Net {
			continue
		}
		err = tx.AddReprice(store.Reprice{
			Usage: line.Usage, Line: line.ID, Version: v.ID, Parties: line.Parties, Currency: next.Net.Currency,
			OldMinor: line.Net.Minor, NewMinor: next.Net.Minor, Sentence: next.Steps.Sentence("en"), State: "open",
		})
		if err != nil {
			return 0, err
		}
		proposed++
	}
	return proposed, nil
}

// wouldCost decides a line again without storing anything. Its position in a
// tier is the one it has.
func wouldCost(tx *store.Tx, line billing.Line) (billing.Decision, error) {
	u, err := tx.UsageOfLine(line.ID)
	if err != nil {
		return billing.Decision{}, err
	}
	last, err := tx.Unbounded().Decision(line.Usage)
	if err != nil {
		return billing.Decision{}, err
	}
	f, err := tx.PriceFacts(u)
	if err != nil {
		return billing.Decision{}, err
	}
	in, before := f.Inputs, billing.PriceInputs{}
	if before, err = readInputs(last); err != nil {
		return billing.Decision{}, err
	}
	if tier, found := f.Pricing.TierOf(string(u.Product), f.Family); found && before.Tier != nil && before.Tier.Tier.Name == tier.Name {
		in.Tier = &billing.TierPosition{Tier: tier, Window: before.Tier.Window, Before: before.Tier.Before}
	}
	return decision(tx, u, in, last.Revision+1)
}

// AcceptPrice gives one usage the price that a back-dated version proposes, as
// a later revision. A line on an issued document stays as it is: what is owed
// is noted, for a credit note and a new invoice.
func (d *Desk) AcceptPrice(ctx context.Context, cmd store.Command, agreement consign.AgreementID, id string, accept bool) (string, error) {
	if err := mayAgree(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		proposals, err := tx.Reprices(agreement)
		if err != nil {
			return "", err
		}
		for _, p := range proposals {
			if p.ID == id {
				return acceptPrice(tx, p, accept)
			}
		}
		return "", fault.New(fault.NotFound, "There is no such proposal, or it is not yours to see.")
	})
}

func acceptPrice(tx *store.Tx, p store.Reprice, accept bool) (string, error) {
	line, err := tx.Line(p.Line)
	if err != nil {
		return "", err
	}
	state := "declined"
	if accept {
		if state, err = reviseLine(tx, line, p); err != nil {
			return "", err
		}
	}
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(p.Vendor)), Action: "price." + state, Kind: "line", Object: string(p.Line),
		Old: map[string]string{"net": line.Net.String()}, New: map[string]string{"minor": strconv.FormatInt(p.NewMinor, 10)},
	})
	return state, tx.EndReprice(p.ID, state)
}

func reviseLine(tx *store.Tx, line billing.Line, p store.Reprice) (string, error) {
	switch line.State {
	case billing.LineInvoiced:
		return "credit_due", nil
	case billing.LineCancelled:
		return "", fault.New(fault.Conflict, "The usage was corrected meanwhile, so there is nothing to price.")
	}
	next, err := wouldCost(tx, line)
	if err != nil {
		return "", err
	}
	if next.Outcome != billing.Priced || next.Net.Minor != p.NewMinor {
		return "", fault.New(fault.Conflict, "The price would be another by now. Decline this proposal and agree anew.")
	}
	if line.State == billing.LineCollected {
		if err := tx.TakeOffInvoice(line); err != nil {
			return "", err
		}
		if err := tx.MoveLine(line, billing.LineBillable, "", ""); err != nil {
			return "", err
		}
		line.State = billing.LineBillable
	}
	if line.PONumber != "" { // the order was for another amount: it is asked for again
		if err := tx.DetachOrders(line.ID); err != nil {
			return "", err
		}
		if err := tx.SetLinePO(line.ID, billing.POAwaiting, ""); err != nil {
			return "", err
		}
	}
	if err := revise(tx, line, next); err != nil {
		return "", err
	}
	if line.State == billing.LineBillable {
		return "accepted", tx.Enqueue(billing.TopicLine, string(line.ID), string(line.Hospital), string(line.Vendor), tx.Now(), struct{}{})
	}
	if line.State == billing.LineUnpriced || line.State == billing.LineNoCharge {
		line.Net = next.Net
		return "accepted", resume(tx, line, next)
	}
	return "accepted", nil
}
