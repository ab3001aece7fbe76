package billing

import (
	"testing"

	"pgregory.net/rapid"

	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
)

// Over random baskets in currencies of 0, 2 and 3 digits, by either policy: the
// lines are the categories are the document, and no category strays from its
// rate by a whole unit.
func TestTaxOfRandomBaskets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]money.Currency{"JPY", "EUR", "KWD"}).Draw(t, "currency")
		most := rapid.SampledFrom([]int64{100, 10_000, 1e9}).Draw(t, "most")
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) InvoiceLine {
			category := rapid.SampledFrom([]string{"S", "S", "S", "AE", "E"}).Draw(t, "category")
			rate := 0
			if category == "S" {
				rate = rapid.SampledFrom([]int{2100, 900, 550, 25}).Draw(t, "rate")
			}
			return InvoiceLine{NetMinor: rapid.Int64Range(0, most).Draw(t, "net"), TaxCategory: category, TaxRateBP: rate}
		}), 1, MaxLines).Draw(t, "lines")
		var totals Totals
		var err error
		if rapid.Bool().Draw(t, "per line") {
			totals, err = ApplyTaxPerLine(lines, currency)
		} else {
			totals, err = ApplyTax(lines)
		}
		if err != nil {
			t.Fatal(err)
		}
		unit := int64(1)
		for range currency.Digits() {
			unit *= 10
		}
		var net, tax int64
		for _, l := range lines {
			net, tax = net+l.NetMinor, tax+l.TaxMinor
			if l.TaxCategory != "S" && l.TaxMinor != 0 {
				t.Fatalf("a line of %s is taxed: %+v", l.TaxCategory, l)
			}
		}
		if net != totals.NetMinor || tax != totals.TaxMinor || net+tax != totals.TotalMinor {
			t.Fatalf("lines %d + %d, document %+v", net, tax, totals)
		}
		for _, row := range totals.Taxes {
			want, _ := money.MulDiv(row.NetMinor, int64(row.RateBP), 10_000)
			if off := row.TaxMinor - want; off >= unit || -off >= unit {
				t.Fatalf("category %s at %d: tax %d, its rate gives %d", row.Category, row.RateBP, row.TaxMinor, want)
			}
		}
	})
}

// The measured clash: 250 lines of 33.31 would be taxed 1750.00 line by line,
// which receivers refuse, since the rate of the sum gives 1748.78.
func TestTheClashOf250LinesIsResolved(t *testing.T) {
	lines := make([]InvoiceLine, 250)
	for i := range lines {
		lines[i] = InvoiceLine{NetMinor: 3331, TaxCategory: "S", TaxRateBP: 2100}
	}
	totals, err := ApplyTaxPerLine(lines, "EUR")
	if err != nil || totals.TaxMinor != 174878 {
		t.Fatalf("%+v %v", totals, err)
	}
	if totals, err = ApplyTaxPerLine(lines[:3], "EUR"); err != nil || totals.TaxMinor != 2100 || lines[0].TaxMinor != 700 {
		t.Fatalf("three lines: %+v %v", totals, err)
	}
}

func TestTreatment(t *testing.T) {
	standard := consign.Terms{TaxCategory: "S", TaxRateBP: 2100}
	papers := []Certificate{
		{ID: "a", Number: "C-1", Category: "E", Reason: "Hospital supplies", ValidFrom: "2026-01-01", ValidTo: "2026-06-30"},
		{ID: "b", Number: "C-2", Category: "AE", ValidFrom: "2026-06-01", ValidTo: "2026-12-31"},
	}
	for name, c := range map[string]struct {
		terms consign.Terms
		day   string
		want  Treatment
	}{
		"covered":                  {standard, "2026-03-01", Treatment{"E", 0, "Hospital supplies", "a"}},
		"covered twice":            {standard, "2026-06-15", Treatment{"AE", 0, "Certificate C-2", "b"}},
		"on the last day":          {standard, "2026-12-31", Treatment{"AE", 0, "Certificate C-2", "b"}},
		"the day after":            {standard, "2027-01-01", Treatment{"S", 2100, "", ""}},
		"reverse charge":           {consign.Terms{TaxCategory: "AE", TaxRateBP: 2100}, "2026-03-01", Treatment{"AE", 0, "Reverse charge: the buyer accounts for the tax", ""}},
		"a reason of the terms":    {consign.Terms{TaxCategory: "E", Pricing: consign.Pricing{TaxReason: "Article 132"}}, "2026-03-01", Treatment{"E", 0, "Article 132", ""}},
		"an agreement is stronger": {consign.Terms{TaxCategory: "Z"}, "2026-03-01", Treatment{"Z", 0, "", ""}},
	} {
		if got := TreatmentOf(c.terms, papers, c.day); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if ended, soon := papers[0].Ends("2026-07-01", "2026-08-30"); !ended || soon {
		t.Error("an ended paper")
	}
	if ended, soon := papers[1].Ends("2026-12-01", "2027-01-30"); ended || !soon {
		t.Error("a paper that ends soon")
	}
}
