package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/standard/money"
)

// RequireProof refuses to go on when the writing person's last proof of who
// they are is too old for an amount; without amounts, for anything at all. It
// stands in the write itself: no page, form or script goes around it.
func (tx *Tx) RequireProof(amounts ...money.Amount) error {
	policy := access.ProofPolicy{}
	if len(amounts) == 0 {
		return policy.Require(tx.actor, tx.now)
	}
	for _, a := range amounts {
		if err := policy.RequireFor(tx.actor, tx.now, a.Minor); err != nil {
			return err
		}
	}
	return nil
}
