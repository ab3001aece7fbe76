package money

import (
	"cmp"
	"math/bits"
	"slices"
)

// Distribute splits total over the weights by largest remainder (Hamilton's
// method): each share is the exact proportion rounded towards zero, and what
// is left goes one minor unit at a time to the largest remainders, ties to the
// earlier weight. The shares sum to total exactly, and none is further than
// one minor unit from its exact proportion. Weights are not negative; when all
// are zero they count alike. It fails with ErrOverflow on a negative weight or
// when the weights' sum leaves int64, and with ErrNumber when there is nobody
// to give a total to.
func Distribute(total int64, weights []int64) ([]int64, error) {
	sum, err := sumWeights(weights)
	if err != nil {
		return nil, err
	}
	shares := make([]int64, len(weights))
	switch {
	case len(weights) == 0 && total != 0:
		return nil, ErrNumber
	case len(weights) == 0:
		return shares, nil
	case sum == 0:
		weights = slices.Repeat([]int64{1}, len(weights))
		sum = int64(len(weights))
	}
	whole := magnitude(total)
	remainders := make([]uint64, len(weights))
	left := whole
	for i, w := range weights {
		high, low := bits.Mul64(whole, uint64(w))
		share, rest := bits.Div64(high, low, uint64(sum)) // w ≤ sum, so the quotient fits
		shares[i], remainders[i] = int64(share), rest
		left -= share
	}
	for _, i := range byRemainder(remainders)[:left] {
		shares[i]++
	}
	if total < 0 {
		for i := range shares {
			shares[i] = -shares[i]
		}
	}
	return shares, nil
}

func sumWeights(weights []int64) (int64, error) {
	var sum int64
	for _, w := range weights {
		if w < 0 {
			return 0, ErrOverflow
		}
		var err error
		if sum, err = Add(sum, w); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// byRemainder returns the positions in falling order of their remainders,
// equal ones in rising order of position.
func byRemainder(remainders []uint64) []int {
	order := make([]int, len(remainders))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	return order
}
