package money

import (
	"math/big"
	"strings"
)

// Rounding says how an exact amount becomes whole minor units. The zero value
// is HalfUp.
type Rounding string

// The ways of rounding that agreements name.
const (
	HalfUp   Rounding = "half_up"   // half away from zero
	HalfEven Rounding = "half_even" // half to the even neighbour
	Down     Rounding = "down"      // towards zero
)

// Known reports whether the rounding is one of the above; empty counts as
// HalfUp.
func (r Rounding) Known() bool { return r == "" || r == HalfUp || r == HalfEven || r == Down }

// MaxScale is the most decimals that a Price may have.
const MaxScale = 6

// Exact is an amount as an exact fraction of minor units, for a computation of
// several steps that is rounded once, at its end. The zero value is nothing.
type Exact struct {
	minor    *big.Rat
	currency Currency
}

// Exact returns the amount as a fraction.
func (a Amount) Exact() Exact {
	return Exact{new(big.Rat).SetInt64(a.Minor), a.Currency}
}

// PriceOf returns the price of one unit where per units cost value × 10^-scale
// in c. It fails with ErrCurrency, and with ErrNumber for a scale outside 0 to
// MaxScale or a per that is not positive.
func PriceOf(value int64, scale int, per int64, c Currency) (Exact, error) {
	if _, err := ParseCurrency(string(c)); err != nil {
		return Exact{}, err
	}
	if scale < 0 || scale > MaxScale || per <= 0 {
		return Exact{}, ErrNumber
	}
	digits := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.Digits())), nil)
	below := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	top := new(big.Int).Mul(big.NewInt(value), digits)
	return Exact{new(big.Rat).SetFrac(top, below.Mul(below, big.NewInt(per))), c}, nil
}

func (e Exact) rat() *big.Rat {
	if e.minor == nil {
		return new(big.Rat)
	}
	return e.minor
}

// Times returns the amount n times.
func (e Exact) Times(n int64) Exact {
	return Exact{new(big.Rat).Mul(e.rat(), new(big.Rat).SetInt64(n)), e.currency}
}

// BasisPoints returns bp/10,000 of the amount, not rounded.
func (e Exact) BasisPoints(bp int64) Exact {
	return Exact{new(big.Rat).Mul(e.rat(), big.NewRat(bp, 10_000)), e.currency}
}

// Add returns the sum. It fails with ErrMixed.
func (e Exact) Add(f Exact) (Exact, error) {
	if e.minor == nil {
		return f, nil
	}
	if f.minor != nil && f.currency != e.currency {
		return Exact{}, ErrMixed
	}
	return Exact{new(big.Rat).Add(e.rat(), f.rat()), e.currency}, nil
}

// Round returns whole minor units. It fails with ErrOverflow.
func (e Exact) Round(rule Rounding) (Amount, error) {
	top, below := new(big.Int).Set(e.rat().Num()), e.rat().Denom()
	negative := top.Sign() < 0
	whole, rest := new(big.Int).QuoRem(top.Abs(top), below, new(big.Int))
	if rule != Down {
		switch rest.Lsh(rest, 1).Cmp(below) {
		case 1:
			whole.Add(whole, big.NewInt(1))
		case 0:
			if rule != HalfEven || whole.Bit(0) == 1 {
				whole.Add(whole, big.NewInt(1))
			}
		}
	}
	if negative {
		whole.Neg(whole)
	}
	if !whole.IsInt64() {
		return Amount{}, ErrOverflow
	}
	return Amount{whole.Int64(), e.currency}, nil
}

// Decimal returns the amount as machines read it, with the currency's digits
// or as many more as it takes, at most MaxScale; what is finer is cut off.
func (e Exact) Decimal() string {
	digits := e.currency.Digits()
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	text := new(big.Rat).Quo(e.rat(), new(big.Rat).SetInt(scale)).FloatString(MaxScale)
	least := len(text) - MaxScale + digits
	for len(text) > least && strings.HasSuffix(text, "0") {
		text = text[:len(text)-1]
	}
	return strings.TrimSuffix(text, ".")
}
