package pricing

import (
	"cmp"
	"encoding/json"
	"slices"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// CaseClosed settles the caps of a case in the transaction that closes it.
func (d *Desk) CaseClosed(tx *store.Tx, c usage.Case) error {
	return settleCaps(tx, c.ID)
}

// settleCaps decides the shares of every cap of a case: each waiting line has a
// later revision of its price, with the cap in its reasons, and goes on.
func settleCaps(tx *store.Tx, id usage.CaseID) error {
	pending, err := tx.CapsPending(id)
	if err != nil || !pending {
		return err
	}
	lines, err := tx.CaseDecisions(id)
	if err != nil {
		return err
	}
	groups, err := capGroups(lines)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := g.settle(tx); err != nil {
			return err
		}
	}
	return nil
}

// capGroup is the lines under one cap: those that wait for it, in the order of
// their recording, and what was decided before.
type capGroup struct {
	key     string
	taken   int64
	nets    []int64
	waiting []store.LineDecision
	inputs  []billing.PriceInputs
}

func capGroups(lines []store.LineDecision) ([]*capGroup, error) {
	byKey := map[string]*capGroup{}
	for _, l := range lines {
		in, err := readInputs(l.Decision)
		if err != nil {
			return nil, err
		}
		if in.Cap == nil {
			continue
		}
		key := in.AgreementNumber + "|" + in.Cap.Cap.Name + "|" + string(in.Currency)
		g := byKey[key]
		if g == nil {
			g = &capGroup{key: key}
			byKey[key] = g
		}
		if !l.Line.CapPending {
			g.taken += l.Line.Net.Minor
			continue
		}
		g.nets = append(g.nets, l.Decision.Net.Minor)
		g.waiting, g.inputs = append(g.waiting, l), append(g.inputs, in)
	}
	groups := make([]*capGroup, 0, len(byKey))
	for _, g := range byKey {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *capGroup) int { return cmp.Compare(a.key, b.key) })
	return groups, nil
}

func readInputs(d billing.Decision) (in billing.PriceInputs, err error) {
	if d.Engine == billing.EngineList {
		return in, nil // knew no caps
	}
	err = json.Unmarshal([]byte(d.Inputs), &in)
	return in, err
}

func (g *capGroup) settle(tx *store.Tx) error {
	for i, l := range g.waiting {
		in := g.inputs[i]
		in.Cap = &billing.CapShare{Cap: in.Cap.Cap, Nets: g.nets, Index: i, Taken: g.taken}
		u, err := tx.UsageOfLine(l.Line.ID)
		if err != nil {
			return err
		}
		next, err := decision(tx, u, in, l.Decision.Revision+1)
		if err != nil {
			return err
		}
		if next.Outcome != billing.Priced {
			return fault.New(fault.Internal, "A case's cap could not be computed. Its lines wait.")
		}
		if err := tx.SetCapPending(l.Line.ID, false); err != nil {
			return err
		}
		if err := revise(tx, l.Line, next); err != nil {
			return err
		}
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(l.Line.Site)), Action: "line.capped", Kind: "line", Object: string(l.Line.ID),
			Old: map[string]string{"net": l.Line.Net.String()}, New: map[string]string{"net": next.Net.String()},
		})
		l.Line.CapPending, l.Line.Net = false, next.Net
		if l.Line.State == billing.LineWaiting {
			if err := goOnAfterCap(tx, l.Line, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// goOnAfterCap lets a line that waited for its cap go on, or ends its way where
// the cap left nothing of it.
func goOnAfterCap(tx *store.Tx, line billing.Line, d billing.Decision) error {
	if d.Net.IsZero() {
		return tx.MoveLine(line, billing.LineNoCharge, d.Steps.Sentence("en"), "")
	}
	line.BillableFrom = laterOf(line.BillableFrom, tx.Now())
	return follow(tx, line)
}

// revise gives a line a later decision and posts the difference, so that both
// books carry the amount that holds.
func revise(tx *store.Tx, line billing.Line, next billing.Decision) error {
	if err := tx.AddDecision(next); err != nil {
		return err
	}
	if err := tx.RepriceLine(line, next); err != nil {
		return err
	}
	change, err := next.Net.Sub(line.Net)
	if err != nil {
		return err
	}
	return tx.Post(billing.TitleEntries(line.Usage, next.Revision, line.Parties, change, line.EffectiveAt))
}
