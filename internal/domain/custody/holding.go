package custody

import (
	"cmp"
	"slices"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// Holding is a quantity of one product and lot without own identity, under one
// full stock key (its Serial is empty).
type Holding struct {
	ID string
	Key
	Vendor   access.OrganisationID
	Quantity int64
}

// Split takes a quantity out of holdings of several owners (first expired
// first) and returns one movement per holding touched, so that no movement
// mixes owners. Each goes to the same whereabouts and state and keeps its
// owner. Too little stock is a fault.Conflict and moves nothing.
func Split(holdings []Holding, quantity int64, f Fact) ([]Movement, error) {
	if quantity < 1 {
		return nil, fault.At("quantity", "A quantity is at least one.")
	}
	order := slices.Clone(holdings)
	slices.SortStableFunc(order, func(a, b Holding) int {
		return cmp.Or(cmp.Compare(a.Expiry, b.Expiry), cmp.Compare(a.ID, b.ID))
	})
	var out []Movement
	rest := quantity
	for _, h := range order {
		to, ok := Next(h.State, f.Kind)
		if rest == 0 || !ok || h.Quantity < 1 {
			continue
		}
		n := min(rest, h.Quantity)
		rest -= n
		key := h.Key.to(f.To)
		key.State = to
		out = append(out, f.movement(Unit{Vendor: h.Vendor}, h.Key, key, n))
	}
	if rest > 0 {
		return nil, fault.Newf(fault.Conflict, "Only %d of %d are here.", quantity-rest, quantity)
	}
	return out, nil
}
