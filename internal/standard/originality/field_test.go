package originality

import (
	"math/big"
	"testing"
)

// TestFieldEdges compares the field with math/big at the values where a carry,
// a borrow or the last subtraction decides.
func TestFieldEdges(t *testing.T) {
	for _, c := range []*curve{smallCurves[Secp128r1](), smallCurves[Secp192r1]()} {
		f, p := c.f, c.f.n
		r := new(big.Int).Lsh(big.NewInt(1), uint(8*f.size))
		rInv := new(big.Int).ModInverse(r, p)
		var values []*big.Int
		for d := int64(0); d < 4; d++ {
			half := new(big.Int).Rsh(p, 1)
			values = append(values, big.NewInt(d), new(big.Int).Sub(p, big.NewInt(d+1)), half.Add(half, big.NewInt(d)),
				new(big.Int).Mod(new(big.Int).Lsh(big.NewInt(d+1), 64), p), new(big.Int).Sub(r, new(big.Int).Add(p, big.NewInt(d))))
		}
		same := func(name string, got elem, want *big.Int) {
			if got != limbsOf(want.Mod(want, p)) {
				t.Errorf("%d bits: %s differs", 8*f.size, name)
			}
		}
		for _, x := range values {
			for _, y := range values {
				a, b := limbsOf(x), limbsOf(y)
				same("sum", f.add(a, b), new(big.Int).Add(x, y))
				same("difference", f.sub(a, b), new(big.Int).Sub(x, y))
				product := new(big.Int).Mul(x, y)
				same("product", f.mul(a, b), product.Mul(product, rInv))
			}
		}
	}
}

// TestPointEdges: infinity, a point and its opposite, a point and itself.
func TestPointEdges(t *testing.T) {
	for _, c := range []*curve{smallCurves[Secp128r1](), smallCurves[Secp192r1]()} {
		var infinity point
		opposite := c.g
		opposite.y = c.f.sub(elem{}, c.g.y)
		if got := c.add(&c.g, &opposite); got.z != (elem{}) {
			t.Error("G − G is not infinity")
		}
		if c.add(&infinity, &c.g) != c.g || c.add(&c.g, &infinity) != c.g {
			t.Error("infinity is not neutral")
		}
		if c.add(&c.g, &c.g) != c.double(&c.g) {
			t.Error("G + G is not 2G")
		}
		if got := c.double(&infinity); got.z != (elem{}) {
			t.Error("twice infinity is a point")
		}
		// n·G = (n−1)·G + G is infinity, and so nothing verifies by it.
		n1 := new(big.Int).Sub(c.n, big.NewInt(1))
		if got := c.combine(n1, big.NewInt(1), &c.window); got.z != (elem{}) {
			t.Error("n·G is not infinity")
		}
		if c.verify(&c.window, n1, big.NewInt(1), big.NewInt(1)) {
			t.Error("infinity verifies")
		}
	}
}
