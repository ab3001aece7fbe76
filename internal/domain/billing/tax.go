package billing

import (
	"cmp"
	"slices"

	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
)

// Certificate is a paper that frees a hospital's purchases of a vendor from
// tax, or moves the tax to the hospital, on the days it covers.
type Certificate struct {
	ID string
	Parties
	Number    string
	Category  string // UNCL5305: E, Z, AE, O, K or G
	Reason    string // in the words of the law
	ValidFrom string // YYYY-MM-DD, both inclusive
	ValidTo   string
}

// Covers reports whether the paper holds on a day (YYYY-MM-DD).
func (c Certificate) Covers(day string) bool { return c.ValidFrom <= day && day <= c.ValidTo }

// WatchDays is how long before its end a certificate is shown as ending.
const WatchDays = 60

// Ends tells, on a day, whether the paper has ended or ends soon.
func (c Certificate) Ends(today, watchUntil string) (ended, soon bool) {
	return c.ValidTo < today, c.ValidTo >= today && c.ValidTo <= watchUntil
}

// Treatment is how one line is taxed, and why.
type Treatment struct {
	Category    string
	RateBP      int
	Reason      string
	Certificate string // id; empty without
}

// ReverseCharge is the category under which the buyer accounts for the tax.
const ReverseCharge = "AE"

// TreatmentOf returns how a line is taxed that was used on a day: as the
// agreement says, unless a certificate covers that day. Of several the one that
// ends last counts. Only the standard rate has a rate.
func TreatmentOf(t consign.Terms, certificates []Certificate, day string) Treatment {
	out := Treatment{Category: t.TaxCategory, RateBP: t.TaxRateBP, Reason: t.Pricing.TaxReason}
	if out.Category != "S" {
		out.RateBP = 0
		if out.Reason == "" && out.Category == ReverseCharge {
			out.Reason = "Reverse charge: the buyer accounts for the tax"
		}
		return out
	}
	best := Certificate{}
	for _, c := range certificates {
		if c.Covers(day) && (c.ValidTo > best.ValidTo || c.ValidTo == best.ValidTo && c.Number > best.Number) {
			best = c
		}
	}
	if best.Number != "" {
		return Treatment{Category: best.Category, Reason: cmp.Or(best.Reason, "Certificate "+best.Number), Certificate: best.ID}
	}
	return out
}

// ApplyTaxPerLine rounds the tax of each line by itself, as some sellers' law
// has it, and writes the lines' TaxMinor. Where the sum of a category strays
// from its rate by a whole unit of the currency, receivers refuse the document;
// that category is then taxed as ApplyTax does. It fails with money.ErrOverflow.
func ApplyTaxPerLine(lines []InvoiceLine, currency money.Currency) (Totals, error) {
	whole, err := ApplyTax(lines)
	if err != nil {
		return Totals{}, err
	}
	limit := int64(1)
	for range currency.Digits() {
		limit *= 10
	}
	var totals Totals
	for _, row := range whole.Taxes {
		taxes, sum, err := perLine(lines, row)
		if err != nil {
			return Totals{}, err
		}
		if off := sum - row.TaxMinor; off < limit && -off < limit {
			row.TaxMinor = sum
			for i, tax := range taxes {
				lines[i].TaxMinor = tax
			}
		}
		totals.Taxes = append(totals.Taxes, row)
	}
	slices.SortFunc(totals.Taxes, func(a, b TaxLine) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.RateBP, b.RateBP))
	})
	return totals, totals.add()
}

// perLine rounds the tax of the lines of one category and rate.
func perLine(lines []InvoiceLine, row TaxLine) (map[int]int64, int64, error) {
	taxes, sum := map[int]int64{}, int64(0)
	for i, l := range lines {
		if l.TaxCategory != row.Category || l.TaxRateBP != row.RateBP {
			continue
		}
		tax, err := money.MulDiv(l.NetMinor, int64(l.TaxRateBP), 10_000)
		if err != nil {
			return nil, 0, err
		}
		taxes[i] = tax
		if sum, err = money.Add(sum, tax); err != nil {
			return nil, 0, err
		}
	}
	return taxes, sum, nil
}
