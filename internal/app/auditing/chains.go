package auditing

import (
	"errors"
	"fmt"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
)

// verifyAudit walks every chain from its first entry and compares its end with
// the stored head.
func verifyAudit(q store.Queries, s *Summary) error {
	heads, err := q.AuditHeads()
	if err != nil {
		return err
	}
	var last *audit.Entry
	err = q.WalkAudit(func(e audit.Entry) error {
		s.Rows++
		if last != nil && last.Chain != e.Chain {
			if err := checkEnd(heads, *last); err != nil {
				return err
			}
			last = nil
		}
		if err := e.Check(last); err != nil {
			return asFinding(err)
		}
		last = &e
		return nil
	})
	if err == nil && last != nil {
		err = checkEnd(heads, *last)
	}
	if err == nil {
		err = checkNoneLost(heads)
	}
	return settle(s, err)
}

// checkEnd compares the last entry of a chain with its head and strikes the
// chain off the list.
func checkEnd(heads map[audit.ChainID]audit.Entry, last audit.Entry) error {
	head, known := heads[last.Chain]
	delete(heads, last.Chain)
	switch {
	case !known:
		return chainFinding(last.Chain, last.Seq, "the chain has no head")
	case head.Seq > last.Seq:
		return chainFinding(last.Chain, last.Seq+1, fmt.Sprintf("the chain ends here, its head says entry %d", head.Seq))
	case head.Seq != last.Seq || head.Hash != last.Hash:
		return chainFinding(last.Chain, last.Seq, "the head of the chain says otherwise")
	}
	return nil
}

// checkNoneLost finds chains of which a head is left and no entry.
func checkNoneLost(heads map[audit.ChainID]audit.Entry) error {
	for chain, head := range heads {
		if head.Seq > 0 {
			return chainFinding(chain, 1, "every entry of the chain is gone")
		}
	}
	return nil
}

func asFinding(err error) error {
	if b, ok := errors.AsType[*audit.Break](err); ok {
		return chainFinding(b.Chain, b.Seq, b.Reason)
	}
	return err
}

func chainFinding(chain audit.ChainID, seq int64, sentence string) *Finding {
	return &Finding{Check: Audit, Kind: "audit entry", ID: fmt.Sprintf("%s #%d", chain, seq), Sentence: sentence}
}
