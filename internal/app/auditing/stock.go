package auditing

import (
	"errors"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/custody"
)

// verifyStock rebuilds every unit and every holding from its movements and
// compares them, and the totals, with what is stored.
func verifyStock(q store.Queries, s *Summary) error {
	err := q.WalkStock(func(u custody.Unit, movements []custody.Movement) error {
		s.Rows += int64(len(movements))
		return stockFinding(custody.CheckUnit(u, movements))
	})
	if err == nil {
		err = stockFinding(q.CheckHoldings())
	}
	if err == nil {
		err = stockFinding(q.CheckMovements())
	}
	return settle(s, err)
}

func stockFinding(err error) error {
	b, broken := errors.AsType[*custody.Breach](err)
	switch {
	case !broken:
		return err
	case b.Movement != "":
		return &Finding{Check: Stock, Kind: "movement", ID: string(b.Movement), Sentence: b.Rule + ": " + b.Detail}
	}
	return &Finding{Check: Stock, Kind: "unit", ID: string(b.Unit), Sentence: b.Rule + ": " + b.Detail}
}
