package money

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestExactRoundsOnceAtTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		value    int64
		scale    int
		per      int64
		currency Currency
		quantity int64
		bp       int64
		rule     Rounding
		want     int64
		unit     string
	}{
		"a third of a box":            {10000, 2, 3, "EUR", 1, 10_000, HalfUp, 3333, "33.333333"},
		"three of a box of three":     {10000, 2, 3, "EUR", 3, 10_000, HalfUp, 10000, "33.333333"},
		"half a cent goes up":         {33335, 3, 1, "EUR", 1, 10_000, HalfUp, 3334, "33.335"},
		"half a cent goes to even":    {33345, 3, 1, "EUR", 1, 10_000, HalfEven, 3334, "33.345"},
		"cut":                         {33339, 3, 1, "EUR", 1, 10_000, Down, 3333, "33.339"},
		"negative goes away from nil": {-33335, 3, 1, "EUR", 1, 10_000, HalfUp, -3334, "-33.335"},
		"yen":                         {333, 0, 1, "JPY", 1, 9_500, HalfUp, 316, "333"},
		"dinar":                       {1234567, 6, 1, "KWD", 10, 10_000, HalfUp, 12346, "1.234567"},
		"percent of many":             {999, 2, 1, "EUR", 7, 9_250, HalfUp, 6469, "9.99"},
	} {
		price, err := PriceOf(c.value, c.scale, c.per, c.currency)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := price.Times(c.quantity).BasisPoints(c.bp).Round(c.rule)
		if err != nil || got.Minor != c.want || got.Currency != c.currency {
			t.Errorf("%s: %v %v, want %d", name, got, err, c.want)
		}
		if price.Decimal() != c.unit {
			t.Errorf("%s: one is %s, want %s", name, price.Decimal(), c.unit)
		}
	}
}

func TestExactRefuses(t *testing.T) {
	if _, err := PriceOf(1, 7, 1, "EUR"); !errors.Is(err, ErrNumber) {
		t.Errorf("scale 7: %v", err)
	}
	if _, err := PriceOf(1, 2, 0, "EUR"); !errors.Is(err, ErrNumber) {
		t.Errorf("per nothing: %v", err)
	}
	if _, err := PriceOf(1, 2, 1, "XXY"); !errors.Is(err, ErrCurrency) {
		t.Errorf("currency: %v", err)
	}
	big := Amount{math.MaxInt64, "EUR"}.Exact()
	if _, err := big.Times(2).Round(HalfUp); !errors.Is(err, ErrOverflow) {
		t.Errorf("overflow: %v", err)
	}
	if _, err := big.Add(Amount{1, "USD"}.Exact()); !errors.Is(err, ErrMixed) {
		t.Errorf("mixed: %v", err)
	}
}

// Whole minor units in, whole minor units out: exact and integer arithmetic agree.
func TestExactAgreesWithWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(-1e12, 1e12).Draw(t, "minor")
		bp := rapid.Int64Range(0, 10_000).Draw(t, "bp")
		want, err := MulDiv(minor, bp, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Amount{minor, "EUR"}.Exact().BasisPoints(bp).Round(HalfUp)
		if err != nil || got.Minor != want {
			t.Fatalf("%v %v, want %d", got, err, want)
		}
	})
}
