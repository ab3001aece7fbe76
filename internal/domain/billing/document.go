package billing

import (
	"cmp"
	"slices"
	"time"

	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// MaxLines is the most lines one document carries: the limit of the payment
// provider that has one, used for all so that documents do not depend on it.
const MaxLines = 250

// InvoiceLine is one usage on a document, with everything a reader needs and
// nothing of a patient. Amounts are copied when the invoice freezes.
type InvoiceLine struct {
	ID       string
	Invoice  InvoiceID
	Position int // 1 for the first
	Parties
	Line          LineID
	Usage         UsageID
	Unit          custody.UnitID
	DI            string
	Lot           string
	Serial        string
	Description   string
	Case          string // pseudonym
	ServiceDate   string // YYYY-MM-DD, calendar of the site
	PriceSentence string
	PONumber      string // of the purchase order that pays for the line; empty for none
	Quantity      int64
	UnitMinor     int64
	NetMinor      int64
	TaxMinor      int64
	TaxCategory   string // UNCL5305
	TaxRateBP     int
	TaxReason     string // why no tax is charged; empty at the standard rate
	Certificate   string // id of the tax certificate that frees the line; empty for none
	Live          bool
	Rebillable    bool // of a product whose serial is billed again and again: a loan fee
}

// Candidate is a collected line that may enter a document, with what orders it.
type Candidate struct {
	InvoiceLine
	CaseID      usage.CaseID
	EffectiveAt time.Time
}

// Order sorts candidates as documents list them: by case, time of use, id.
func Order(candidates []Candidate) {
	slices.SortFunc(candidates, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.CaseID, b.CaseID), a.EffectiveAt.Compare(b.EffectiveAt), cmp.Compare(a.Line, b.Line))
	})
}

// Parts splits ordered candidates into documents of at most MaxLines.
func Parts(candidates []Candidate) [][]Candidate {
	return slices.Collect(slices.Chunk(candidates, MaxLines))
}

// TaxLine is the tax of one category and rate on a document.
type TaxLine struct {
	Category string
	RateBP   int
	NetMinor int64
	TaxMinor int64
}

// Totals are the sums of a document.
type Totals struct {
	NetMinor, TaxMinor, TotalMinor int64
	Taxes                          []TaxLine // by category, then rate
}

// ApplyTax computes the tax of each category over the sum of its lines,
// rounded once, and distributes it to the lines by largest remainder, so that
// lines, categories and document agree to the last minor unit. It writes the
// lines' TaxMinor and fails with money.ErrOverflow.
func ApplyTax(lines []InvoiceLine) (Totals, error) {
	groups := map[[2]any][]int{}
	for i, l := range lines {
		key := [2]any{l.TaxCategory, l.TaxRateBP}
		groups[key] = append(groups[key], i)
	}
	var totals Totals
	for _, members := range groups {
		tax, err := taxGroup(lines, members)
		if err != nil {
			return Totals{}, err
		}
		totals.Taxes = append(totals.Taxes, tax)
	}
	slices.SortFunc(totals.Taxes, func(a, b TaxLine) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.RateBP, b.RateBP))
	})
	return totals, totals.add()
}

func taxGroup(lines []InvoiceLine, members []int) (TaxLine, error) {
	tax := TaxLine{Category: lines[members[0]].TaxCategory, RateBP: lines[members[0]].TaxRateBP}
	weights := make([]int64, len(members))
	var err error
	for n, i := range members {
		weights[n] = lines[i].NetMinor
		if tax.NetMinor, err = money.Add(tax.NetMinor, lines[i].NetMinor); err != nil {
			return tax, err
		}
	}
	if tax.TaxMinor, err = money.MulDiv(tax.NetMinor, int64(tax.RateBP), 10_000); err != nil {
		return tax, err
	}
	shares, err := money.Distribute(tax.TaxMinor, weights)
	if err != nil {
		return tax, err
	}
	for n, i := range members {
		lines[i].TaxMinor = shares[n]
	}
	return tax, nil
}

func (t *Totals) add() (err error) {
	for _, tax := range t.Taxes {
		if t.NetMinor, err = money.Add(t.NetMinor, tax.NetMinor); err != nil {
			return err
		}
		if t.TaxMinor, err = money.Add(t.TaxMinor, tax.TaxMinor); err != nil {
			return err
		}
	}
	t.TotalMinor, err = money.Add(t.NetMinor, t.TaxMinor)
	return err
}

// TaxTable sums lines that already carry their tax, for display.
func TaxTable(lines []InvoiceLine) []TaxLine {
	var table []TaxLine
	for _, l := range lines {
		i := slices.IndexFunc(table, func(t TaxLine) bool { return t.Category == l.TaxCategory && t.RateBP == l.TaxRateBP })
		if i < 0 {
			i = len(table)
			table = append(table, TaxLine{Category: l.TaxCategory, RateBP: l.TaxRateBP})
		}
		table[i].NetMinor += l.NetMinor
		table[i].TaxMinor += l.TaxMinor
	}
	return table
}
