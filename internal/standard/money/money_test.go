package money

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/bojanz/currency"
	"pgregory.net/rapid"
)

func TestDigitsFollowISO4217(t *testing.T) {
	for code, want := range map[string]string{"JPY": "1600", "EUR": "16.00", "KWD": "1.600"} {
		if got := (Amount{1600, Currency(code)}).Decimal(); got != want {
			t.Errorf("1600 minor units of %s: %s, want %s", code, got, want)
		}
	}
	if got := (Amount{-5, "EUR"}).Decimal(); got != "-0.05" {
		t.Errorf("minus five cents: %s", got)
	}
	if got := (Amount{math.MinInt64, "JPY"}).Decimal(); got != "-9223372036854775808" {
		t.Errorf("the smallest number: %s", got)
	}
}

func TestFormatIsPeoplesForm(t *testing.T) {
	for locale, want := range map[string]string{"en": "€1,600.00", "de": "1.600,00\u00a0€"} {
		if got := (Amount{160000, "EUR"}).Format(locale); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text, code, locale string
		want               int64
		err                error
	}{
		{"1,600.50", "EUR", "en", 160050, nil},
		{"1.600,50", "EUR", "de", 160050, nil},
		{"€12", "EUR", "en", 1200, nil},
		{"1600", "JPY", "en", 1600, nil},
		{"1.5", "KWD", "en", 1500, nil},
		{"-3.20", "EUR", "en", -320, nil},
		{"0.001", "EUR", "en", 0, ErrNumber},
		{"1.5", "JPY", "en", 0, ErrNumber},
		{"NaN", "EUR", "en", 0, ErrNumber},
		{"Infinity", "EUR", "en", 0, ErrNumber},
		{"1e9", "EUR", "en", 0, ErrNumber},
		{"", "EUR", "en", 0, ErrNumber},
		{"--5", "EUR", "en", 0, ErrNumber},
		{"99999999999999999999", "EUR", "en", 0, ErrOverflow},
		{"92233720368547758.08", "EUR", "en", 0, ErrOverflow},
		{"5", "XQQ", "en", 0, ErrCurrency},
		{"5", "eur", "en", 0, ErrCurrency},
	} {
		got, err := Parse(c.text, c.code, c.locale)
		if !errors.Is(err, c.err) || err == nil && got.Minor != c.want {
			t.Errorf("Parse(%q, %s, %s) = %v, %v; want %d, %v", c.text, c.code, c.locale, got, err, c.want, c.err)
		}
	}
}

func TestCurrenciesNeverMix(t *testing.T) {
	if _, err := (Amount{1, "EUR"}).Add(Amount{1, "USD"}); !errors.Is(err, ErrMixed) {
		t.Errorf("EUR + USD: %v", err)
	}
}

// The exact sum, product or quotient by big integers is the judge.
func TestArithmeticIsExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Int64().Draw(t, "x"), rapid.Int64().Draw(t, "y")
		judge(t, new(big.Int).Add(big.NewInt(x), big.NewInt(y)), func() (int64, error) { return Add(x, y) })
		judge(t, new(big.Int).Mul(big.NewInt(x), big.NewInt(y)), func() (int64, error) { return Mul(x, y) })
		d := rapid.Int64Range(1, math.MaxInt64).Draw(t, "d")
		judge(t, halfAway(new(big.Int).Mul(big.NewInt(x), big.NewInt(y)), d), func() (int64, error) { return MulDiv(x, y, d) })
	})
}

func judge(t *rapid.T, exact *big.Int, compute func() (int64, error)) {
	got, err := compute()
	// The one magnitude that int64 holds only below zero may be refused.
	if !exact.IsInt64() || exact.Int64() == math.MinInt64 {
		if err == nil && (!exact.IsInt64() || got != exact.Int64()) {
			t.Fatalf("got %d for %s", got, exact)
		}
		return
	}
	if err != nil || got != exact.Int64() {
		t.Fatalf("got %d, %v; exactly %s", got, err, exact)
	}
}

func halfAway(n *big.Int, d int64) *big.Int {
	twice := new(big.Int).Lsh(new(big.Int).Abs(n), 1)
	twice.Add(twice, big.NewInt(d))
	q := twice.Quo(twice, new(big.Int).Lsh(big.NewInt(d), 1))
	if n.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

// An independent library rounds the same discount to the same cent.
func TestBasisPointsAgreeWithDecimalLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "code")
		a := Amount{rapid.Int64Range(-1e12, 1e12).Draw(t, "minor"), Currency(code)}
		bp := rapid.Int64Range(0, 10_000).Draw(t, "bp")
		got, err := a.BasisPoints(bp)
		if err != nil {
			t.Fatal(err)
		}
		exact, _ := currency.NewAmount(a.Decimal(), code)
		exact, err = exact.Mul(Amount{bp * 10, "KWD"}.scaled())
		if err != nil {
			t.Fatal(err)
		}
		want, err := ParseDecimal(exact.Round().Number(), a.Currency)
		if err != nil || got != want {
			t.Fatalf("%s × %d bp = %s, want %s (%v)", a, bp, got, want, err)
		}
	})
}

// scaled writes minor units as hundred-thousandths, which basis points × 10 are.
func (a Amount) scaled() string { return new(big.Rat).SetFrac64(a.Minor, 100_000).FloatString(5) }

func TestDistributeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64().Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1e15), 1, 60).Draw(t, "weights")
		shares, err := Distribute(total, weights)
		if err != nil {
			t.Fatal(err)
		}
		var sum, weight int64
		for i, s := range shares {
			sum += s
			weight += weights[i]
		}
		if sum != total {
			t.Fatalf("shares sum to %d, want %d", sum, total)
		}
		for i, s := range shares {
			if weight > 0 && offByMoreThanOne(s, total, weights[i], weight) {
				t.Fatalf("share %d of %d is more than one unit off", s, total)
			}
		}
	})
}

func offByMoreThanOne(share, total, weight, sum int64) bool {
	exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(total), big.NewInt(weight)), big.NewInt(sum))
	return exact.Sub(exact, new(big.Rat).SetInt64(share)).Abs(exact).Cmp(big.NewRat(1, 1)) > 0
}

func TestDistributeTiesGoToTheEarlier(t *testing.T) {
	shares, err := Distribute(5, []int64{1, 1, 1})
	if err != nil || shares[0] != 2 || shares[1] != 2 || shares[2] != 1 {
		t.Fatalf("%v, %v", shares, err)
	}
	if _, err := Distribute(1, []int64{1, -1}); !errors.Is(err, ErrOverflow) {
		t.Errorf("negative weight: %v", err)
	}
	if _, err := Distribute(1, nil); !errors.Is(err, ErrNumber) {
		t.Errorf("nobody: %v", err)
	}
}
