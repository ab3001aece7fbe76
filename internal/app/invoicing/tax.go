package invoicing

import (
	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
)

// treat sets how each candidate is taxed on its day of use, and reports whether
// the seller rounds tax line by line. One document follows one rule: the first
// line's.
func treat(tx *store.Tx, p billing.Parties, rows []store.LineRow, candidates []billing.Candidate) (perLine bool, err error) {
	papers, err := tx.Unbounded().Certificates(p)
	if err != nil {
		return false, err
	}
	terms := make(map[billing.LineID]consign.Terms, len(rows))
	for _, row := range rows {
		terms[row.Line.ID] = consign.Terms{TaxCategory: row.TaxCategory, TaxRateBP: row.TaxRateBP, Pricing: row.Pricing}
	}
	for n := range candidates {
		c := &candidates[n]
		t := billing.TreatmentOf(terms[c.Line], papers, c.ServiceDate)
		c.TaxCategory, c.TaxRateBP, c.TaxReason, c.Certificate = t.Category, t.RateBP, t.Reason, t.Certificate
	}
	return terms[candidates[0].Line].Pricing.TaxPerLine, nil
}

// tax computes the tax of a document by its seller's rule.
func tax(i billing.Invoice, lines []billing.InvoiceLine, perLine bool) (billing.Totals, error) {
	if perLine {
		return billing.ApplyTaxPerLine(lines, i.Currency)
	}
	return billing.ApplyTax(lines)
}
