package auditing

import (
	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
)

// verifyLedger checks that every journal entry sums to zero, and that usages,
// prices, lines, invoices, payments and postings say the same.
func verifyLedger(q store.Queries, s *Summary) error {
	err := q.WalkJournal(func(e billing.Entry) error {
		if err := e.Check(); err != nil {
			return &Finding{Check: Ledger, Kind: "journal entry", ID: string(e.ID), Sentence: "its postings do not sum to zero"}
		}
		return nil
	})
	if err != nil {
		return settle(s, err)
	}
	if s.Rows, err = q.CountFacts(); err != nil {
		return err
	}
	breach, err := q.CheckLedger()
	if err != nil || breach == nil {
		return err
	}
	s.Finding = &Finding{Check: Ledger, Kind: breach.Kind, ID: breach.ID, Sentence: breach.Sentence}
	return nil
}
