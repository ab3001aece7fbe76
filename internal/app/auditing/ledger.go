package auditing

import (
	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
)

// verifyLedger checks that every journal entry stands as it was posted, that
// usages, prices, lines, invoices, payments and postings say the same, and that
// every price comes out again as it was decided.
func verifyLedger(q store.Queries, s *Summary) error {
	var err error
	if s.Rows, err = q.CountFacts(); err != nil {
		return err
	}
	breach, err := q.CheckLedger()
	switch {
	case err != nil:
		return err
	case breach != nil:
		s.Finding = &Finding{Check: Ledger, Kind: breach.Kind, ID: breach.ID, Sentence: breach.Sentence}
		return nil
	}
	return settle(s, q.WalkDecisions(func(d billing.Decision) error {
		if difference := d.Difference(); difference != "" {
			return &Finding{Check: Ledger, Kind: "price decision", ID: string(d.ID), Sentence: difference}
		}
		return nil
	}))
}
