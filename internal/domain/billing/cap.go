package billing

import "trueward/internal/standard/money"

// shares returns what each usage under the cap costs: its net less its part of
// the excess, distributed by largest remainder, so that together they cost the
// cap exactly. together is what they cost without it, billed lines included.
func (c CapShare) shares() (shares []int64, together int64, err error) {
	sum := int64(0)
	for _, n := range c.Nets {
		if sum, err = money.Add(sum, n); err != nil {
			return nil, 0, err
		}
	}
	if together, err = money.Add(sum, c.Taken); err != nil {
		return nil, 0, err
	}
	excess := min(max(together-c.Cap.Minor, 0), sum)
	parts, err := money.Distribute(excess, c.Nets)
	if err != nil {
		return nil, 0, err
	}
	shares = make([]int64, len(c.Nets))
	for i, n := range c.Nets {
		shares[i] = n - parts[i]
	}
	return shares, together, nil
}
