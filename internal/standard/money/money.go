// Package money holds amounts of money as whole minor units of an ISO 4217
// currency, and the few ways in which they may be computed.
//
// It promises: no floating point anywhere; every sum and product is checked
// and refused when it leaves int64; two currencies never mix; a fraction is
// rounded once, half away from zero, or distributed so that nothing is lost.
// The number of minor digits follows ISO 4217 (JPY 0, EUR 2, KWD 3) as listed
// by CLDR. It does not convert between currencies and knows no exchange rate.
package money

import (
	"errors"
	"math"
	"math/bits"

	"github.com/bojanz/currency"
)

// The refusals of this package.
var (
	// ErrCurrency means the code is no current ISO 4217 code.
	ErrCurrency = errors.New("money: unknown currency")
	// ErrMixed means amounts of two currencies met in one sum.
	ErrMixed = errors.New("money: two currencies in one sum")
	// ErrOverflow means the result does not fit into int64 minor units.
	ErrOverflow = errors.New("money: amount out of range")
	// ErrNumber means the text is no decimal number, or has more decimals
	// than the currency.
	ErrNumber = errors.New("money: not an amount")
)

// Currency is an ISO 4217 alphabetic code.
type Currency string

// ParseCurrency accepts a current ISO 4217 code in capitals.
func ParseCurrency(code string) (Currency, error) {
	if !currency.IsValid(code) {
		return "", ErrCurrency
	}
	return Currency(code), nil
}

// Digits is the number of minor digits; 0 for an unknown currency.
func (c Currency) Digits() int {
	d, _ := currency.GetDigits(string(c))
	return int(d)
}

// Amount is a count of minor units of a currency: 1050 EUR is €10.50.
type Amount struct {
	Minor    int64
	Currency Currency
}

// New returns an amount of a known currency.
func New(minor int64, code string) (Amount, error) {
	c, err := ParseCurrency(code)
	return Amount{minor, c}, err
}

// IsZero reports whether the amount is nothing, in whatever currency.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Add returns a + b. It fails with ErrMixed or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrMixed
	}
	sum, err := Add(a.Minor, b.Minor)
	return Amount{sum, a.Currency}, err
}

// Neg returns the amount with the other sign. It fails with ErrOverflow for
// the one number that has no counterpart.
func (a Amount) Neg() (Amount, error) {
	if a.Minor == math.MinInt64 {
		return Amount{}, ErrOverflow
	}
	return Amount{-a.Minor, a.Currency}, nil
}

// Sub returns a - b. It fails with ErrMixed or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	negative, err := b.Neg()
	if err != nil {
		return Amount{}, err
	}
	return a.Add(negative)
}

// Times returns the amount n times. It fails with ErrOverflow.
func (a Amount) Times(n int64) (Amount, error) {
	product, err := Mul(a.Minor, n)
	return Amount{product, a.Currency}, err
}

// BasisPoints returns bp/10,000 of the amount, rounded once, half away from
// zero. It fails with ErrOverflow.
func (a Amount) BasisPoints(bp int64) (Amount, error) {
	minor, err := MulDiv(a.Minor, bp, 10_000)
	return Amount{minor, a.Currency}, err
}

// Add returns x + y or ErrOverflow.
func Add(x, y int64) (int64, error) {
	sum := x + y
	if (x > 0 && y > 0 && sum <= 0) || (x < 0 && y < 0 && sum >= 0) {
		return 0, ErrOverflow
	}
	return sum, nil
}

// Mul returns x × y or ErrOverflow.
func Mul(x, y int64) (int64, error) { return MulDiv(x, y, 1) }

// MulDiv returns x × y / d, rounded once, half away from zero; the product in
// between is exact. It fails with ErrOverflow, also for d ≤ 0.
func MulDiv(x, y, d int64) (int64, error) {
	if d <= 0 {
		return 0, ErrOverflow
	}
	high, low := bits.Mul64(magnitude(x), magnitude(y))
	if high >= uint64(d) {
		return 0, ErrOverflow
	}
	quotient, rest := bits.Div64(high, low, uint64(d))
	if rest >= uint64(d)-rest {
		quotient++
	}
	switch negative := (x < 0) != (y < 0); {
	case quotient > math.MaxInt64:
		return 0, ErrOverflow
	case negative:
		return -int64(quotient), nil
	}
	return int64(quotient), nil
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}
