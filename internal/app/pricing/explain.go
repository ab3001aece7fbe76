package pricing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

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
	return Explanation{decision, decision.Steps.Sentence("en"), Difference(decision)}, nil
}

// Difference computes a stored decision again and says how it differs, or
// nothing.
func Difference(d billing.Decision) string {
	sum := sha256.Sum256([]byte(d.Inputs))
	if hex.EncodeToString(sum[:]) != d.InputsSHA256 {
		return "The stored inputs do not match their digest."
	}
	if d.Engine != billing.Engine {
		return "This program no longer has the engine " + d.Engine + "."
	}
	var in billing.PriceInputs
	if err := json.Unmarshal([]byte(d.Inputs), &in); err != nil {
		return "The stored inputs cannot be read."
	}
	outcome, unit, net, steps := billing.Decide(in)
	switch {
	case outcome != d.Outcome || unit != d.Unit || net != d.Net:
		return "Computed again it is " + string(outcome) + ", " + net.String() + "; stored is " + string(d.Outcome) + ", " + d.Net.String() + "."
	case steps.Sentence("en") != d.Steps.Sentence("en"):
		return "The reasons computed again read differently."
	}
	return ""
}
