package store

import (
	"math"
	"slices"

	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// AuditFilter narrows a list of audit entries; an empty field admits all.
type AuditFilter struct {
	Action string
	Kind   string // of the object
	Object string
	// Actor is a person, or SystemActors for what the product did by itself.
	Actor string
}

// SystemActors asks an AuditFilter for what the product did by itself.
const SystemActors = "system"

// AuditChains returns the chains that belong to the scope's organisation: its
// own and those of its sites, in the order of their names. A person who is
// bound to sites has the chains of these sites only; the operator has the
// installation's own beside that of its organisation.
func (q Queries) AuditChains() ([]audit.ChainID, error) {
	var chains []audit.ChainID
	if q.scope.Organisation != "" && len(q.scope.Sites) == 0 {
		chains = append(chains, audit.OrganisationChain(string(q.scope.Organisation)))
	}
	if q.scope.Kind == access.Operator {
		chains = append(chains, audit.SystemChain)
	}
	if hospital, ok := q.scope.Hospital(); ok {
		sites, err := q.Sites(hospital)
		if err != nil {
			return nil, err
		}
		for _, s := range sites {
			chains = append(chains, audit.SiteChain(string(s.ID)))
		}
	}
	slices.Sort(chains)
	return chains, nil
}

// AuditEntries lists entries of chains, the newest first (the oldest when the
// page is turned round); a chain that is not
// of the scope is refused. Each chain is read from where the page
// before ended, along its key, so that the cost of a page does not grow with
// the chain's age; a filter reads as far back as it must. The cursor holds one
// place per chain and ends with a change of the chains.
func (q Queries) AuditEntries(chains []audit.ChainID, f AuditFilter, page Page) (Listed[audit.Entry], error) {
	own, err := q.AuditChains()
	if err != nil {
		return Listed[audit.Entry]{}, err
	}
	for _, c := range chains {
		if !slices.Contains(own, c) {
			return Listed[audit.Entry]{}, errOutOfScope
		}
	}
	places, err := page.places(len(chains))
	if err != nil {
		return Listed[audit.Entry]{}, err
	}
	parts := make([][]auditRecord, len(chains))
	for i, chain := range chains {
		if parts[i], err = q.chainPart(chain, places[i], f, page); err != nil {
			return Listed[audit.Entry]{}, err
		}
	}
	return mergeChains(parts, places, page), nil
}

// places are where each chain goes on: below this seq, or above it when the
// page is turned round.
func (p Page) places(chains int) ([]int64, error) {
	places := make([]int64, chains)
	if p.After == "" {
		for i := range places {
			if !p.Reverse {
				places[i] = math.MaxInt64
			}
		}
		return places, nil
	}
	keys, err := decodeCursor(p.After)
	if err != nil || len(keys) != chains {
		return nil, fault.New(fault.Invalid, "This part of the list cannot be found. Start again at its beginning.")
	}
	for i, key := range keys {
		seq, ok := key.(int64)
		if !ok {
			return nil, fault.New(fault.Invalid, "This part of the list cannot be found. Start again at its beginning.")
		}
		places[i] = seq
	}
	return places, nil
}

func (q Queries) chainPart(chain audit.ChainID, seq int64, f AuditFilter, page Page) ([]auditRecord, error) {
	list := q.db.Where("chain = ? AND seq < ?", string(chain), seq).Order("seq DESC")
	if page.Reverse {
		list = q.db.Where("chain = ? AND seq > ?", string(chain), seq).Order("seq")
	}
	list = list.Limit(page.limit() + 1)
	for _, want := range [...]struct{ column, value string }{{"action", f.Action}, {"object_kind", f.Kind}, {"object_id", f.Object}} {
		if want.value != "" {
			list = list.Where(want.column+" = ?", want.value)
		}
	}
	switch f.Actor {
	case "":
	case SystemActors:
		list = list.Where("actor_id LIKE 'system:%'")
	default:
		list = list.Where("actor_id = ?", f.Actor)
	}
	var records []auditRecord
	err := list.Find(&records).Error
	return records, err
}

// mergeChains takes the entries of all chains that the page begins with, each
// chain kept in its order, and notes in places how far each was taken.
func mergeChains(parts [][]auditRecord, places []int64, page Page) Listed[audit.Entry] {
	var out Listed[audit.Entry]
	next := slices.Clone(places)
	for {
		best := -1
		for i := range parts {
			if len(parts[i]) > 0 && (best < 0 || page.sooner(parts[i][0].At, parts[best][0].At)) {
				best = i
			}
		}
		if best < 0 {
			return out
		}
		if len(out.Rows) == page.limit() {
			keys := make([]any, len(next))
			for i, seq := range next {
				keys[i] = seq
			}
			out.Next = encodeCursor(keys)
			return out
		}
		out.Rows = append(out.Rows, parts[best][0].entry())
		next[best], parts[best] = parts[best][0].Seq, parts[best][1:]
	}
}

// sooner reports whether a moment stands before another in the page's order.
func (p Page) sooner(a, b int64) bool {
	if p.Reverse {
		return a <= b // of one moment too, the other way round
	}
	return a > b
}
