package pricing

import (
	"context"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// Explanation is a stored decision, in words and computed once more.
type Explanation struct {
	Decision billing.Decision
	Sentence string
	// Difference says how the computation of today differs from what is
	// stored; empty when it agrees. A difference is an error of the product or
	// of its data, never a new price.
	Difference string
}

// Explain returns why a usage costs what it costs, and computes it again from
// the stored inputs with the engine that decided. Refusals: Forbidden,
// NotFound.
func (d *Desk) Explain(ctx context.Context, actor access.Actor, u billing.UsageID) (Explanation, error) {
	if !actor.May(access.SeeInvoices) {
		return Explanation{}, fault.New(fault.Forbidden, "Prices are shown to finance, auditors and the vendor's office.")
	}
	decision, err := d.Store.Read(ctx, actor.Scope()).Decision(u)
	if err != nil {
		return Explanation{}, err
	}
	return Explanation{decision, decision.Steps.Sentence("en"), decision.Difference()}, nil
}
