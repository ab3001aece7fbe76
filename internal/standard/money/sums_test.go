package money_test

import (
	"errors"
	"math"
	"testing"

	"trueward/internal/standard/money"
)

// TestAmountsAreCheckedAtTheirEdges: sums of one currency, refused where they
// leave int64 or mix two.
func TestAmountsAreCheckedAtTheirEdges(t *testing.T) {
	eur := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: "EUR"} }
	usd := money.Amount{Minor: 1, Currency: "USD"}
	if a, err := money.New(1050, "EUR"); err != nil || a != eur(1050) || a.IsZero() || !eur(0).IsZero() {
		t.Errorf("%v, %v", a, err)
	}
	if _, err := money.New(1, "XYZ"); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("no currency: %v", err)
	}
	for name, c := range map[string]struct {
		do   func() (money.Amount, error)
		want money.Amount
		err  error
	}{
		"add":            {func() (money.Amount, error) { return eur(3).Add(eur(-5)) }, eur(-2), nil},
		"add mixed":      {func() (money.Amount, error) { return eur(3).Add(usd) }, money.Amount{}, money.ErrMixed},
		"add too much":   {func() (money.Amount, error) { return eur(math.MaxInt64).Add(eur(1)) }, eur(0), money.ErrOverflow},
		"add too little": {func() (money.Amount, error) { return eur(math.MinInt64).Add(eur(-1)) }, eur(0), money.ErrOverflow},
		"sub":            {func() (money.Amount, error) { return eur(3).Sub(eur(5)) }, eur(-2), nil},
		"sub mixed":      {func() (money.Amount, error) { return eur(3).Sub(usd) }, money.Amount{}, money.ErrMixed},
		"sub the least":  {func() (money.Amount, error) { return eur(0).Sub(eur(math.MinInt64)) }, money.Amount{}, money.ErrOverflow},
		"neg":            {eur(7).Neg, eur(-7), nil},
		"neg the least":  {eur(math.MinInt64).Neg, money.Amount{}, money.ErrOverflow},
		"times":          {func() (money.Amount, error) { return eur(7).Times(-3) }, eur(-21), nil},
		"times too much": {func() (money.Amount, error) { return eur(math.MaxInt64).Times(2) }, eur(0), money.ErrOverflow},
	} {
		got, err := c.do()
		if !errors.Is(err, c.err) || err == nil && got != c.want {
			t.Errorf("%s: %v, %v; want %v, %v", name, got, err, c.want, c.err)
		}
	}
	if text := eur(-160005).String(); text != "-1600.05 EUR" {
		t.Errorf("%q", text)
	}
	if text := (money.Amount{Minor: 5, Currency: "XYZ"}).Format("en"); text != "5 XYZ" {
		t.Errorf("an unknown currency reads %q", text)
	}
}

func TestExactSumsAndTheirEdges(t *testing.T) {
	var none money.Exact
	one := money.Amount{Minor: 1, Currency: "EUR"}.Exact()
	if sum, err := none.Add(one); err != nil || sum.Times(1).BasisPoints(10_000) == none {
		t.Errorf("nothing and one: %v", err)
	}
	if _, err := one.Add(none); err != nil {
		t.Errorf("one and nothing: %v", err)
	}
	if _, err := one.Add(money.Amount{Minor: 1, Currency: "USD"}.Exact()); !errors.Is(err, money.ErrMixed) {
		t.Errorf("two currencies: %v", err)
	}
	_ = none.Times(3) // nothing stays nothing, whatever its currency
	for r, known := range map[money.Rounding]bool{"": true, money.HalfUp: true, money.HalfEven: true, money.Down: true, "up": false} {
		if r.Known() != known {
			t.Errorf("rounding %q", r)
		}
	}
}

func TestDistributeRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		total   int64
		weights []int64
		err     error
	}{
		"nobody":      {1, nil, money.ErrNumber},
		"nothing":     {0, nil, nil},
		"negative":    {1, []int64{1, -1}, money.ErrOverflow},
		"sum too big": {1, []int64{math.MaxInt64, 1}, money.ErrOverflow},
	} {
		if _, err := money.Distribute(c.total, c.weights); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"1.", ".5", "1.005", "１", "", "99999999999999999999"} {
		if a, err := money.ParseDecimal(text, "EUR"); err == nil {
			t.Errorf("%q reads %v", text, a)
		}
	}
}
