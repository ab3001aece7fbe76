package ubl

import "math/big"

// allowanceRules are about allowances and charges.
var allowanceRules = []Rule{
	peppol("EN16931-R041", "A percentage of an allowance has its base.", func(r *reading) bool {
		return every(r.allowances(), func(e *Element) bool { return !e.has("cbc:MultiplierFactorNumeric") || e.has("cbc:BaseAmount") })
	}),
	peppol("EN16931-R042", "A base of an allowance has its percentage.", func(r *reading) bool {
		return every(r.allowances(), func(e *Element) bool { return !e.has("cbc:BaseAmount") || e.has("cbc:MultiplierFactorNumeric") })
	}),
	peppol("EN16931-R040", "An allowance is its base times its percentage.", func(r *reading) bool {
		return every(r.allowances(), func(e *Element) bool {
			if !e.has("cbc:BaseAmount") || !e.has("cbc:MultiplierFactorNumeric") {
				return true
			}
			want := new(big.Rat).Mul(e.number("cbc:BaseAmount"), e.number("cbc:MultiplierFactorNumeric"))
			return within(e.number("cbc:Amount"), want.Quo(want, big.NewRat(100, 1)), 2)
		})
	}),
	peppol("EN16931-R043", "An allowance or charge says which of the two it is.", func(r *reading) bool {
		return every(r.allowances(), func(e *Element) bool { return oneOf(e.text("cbc:ChargeIndicator"), "true false") })
	}),
	peppol("EN16931-R044", "There is no charge within a price.", func(r *reading) bool {
		return every(r.inLines("cac:Price", "cac:AllowanceCharge"), func(e *Element) bool { return e.text("cbc:ChargeIndicator") == "false" })
	}),
	peppol("EN16931-R046", "A net price is the gross price less its discount.", func(r *reading) bool {
		return every(r.inLines("cac:Price"), func(p *Element) bool {
			return every(p.all("cac:AllowanceCharge"), func(a *Element) bool {
				want := new(big.Rat).Sub(a.number("cbc:BaseAmount"), a.number("cbc:Amount"))
				return !a.has("cbc:BaseAmount") || p.number("cbc:PriceAmount").Cmp(want) == 0
			})
		})
	}),
	rule("BR-CO-21", "An allowance of the document has its reason.", func(r *reading) bool { return r.reasons("false") }),
	rule("BR-CO-22", "A charge of the document has its reason.", func(r *reading) bool { return r.reasons("true") }),
}

// allowances are those of the document and of its lines.
func (r *reading) allowances() []*Element {
	return append(r.all("cac:AllowanceCharge"), r.inLines("cac:AllowanceCharge")...)
}

func (r *reading) reasons(charge string) bool {
	return every(r.all("cac:AllowanceCharge"), func(e *Element) bool {
		return e.text("cbc:ChargeIndicator") != charge || e.has("cbc:AllowanceChargeReason") || e.has("cbc:AllowanceChargeReasonCode")
	})
}

// inLines returns what stands at a path in each line.
func (r *reading) inLines(path ...string) []*Element {
	var found []*Element
	for _, l := range r.lines {
		found = append(found, l.all(path...)...)
	}
	return found
}

// ofDocument sums the document's allowances or charges, of one tax category
// and percentage if given.
func (r *reading) ofDocument(charge string, fits func(*Element) bool) *big.Rat {
	total := new(big.Rat)
	for _, a := range r.all("cac:AllowanceCharge") {
		if a.text("cbc:ChargeIndicator") == charge && fits(a) {
			total.Add(total, a.number("cbc:Amount"))
		}
	}
	return total
}

func anything(*Element) bool { return true }

// sumRules are the sums of a document (EN 16931 BR-CO).
var sumRules = []Rule{
	rule("BR-CO-10", "The sum of the lines is the sum of their net amounts.", func(r *reading) bool {
		return r.sums.number("cbc:LineExtensionAmount").Cmp(sum(r.lines, "cbc:LineExtensionAmount")) == 0
	}),
	rule("BR-CO-11", "The allowances add up.", func(r *reading) bool {
		return r.sums.number("cbc:AllowanceTotalAmount").Cmp(r.ofDocument("false", anything)) == 0
	}),
	rule("BR-CO-12", "The charges add up.", func(r *reading) bool {
		return r.sums.number("cbc:ChargeTotalAmount").Cmp(r.ofDocument("true", anything)) == 0
	}),
	rule("BR-CO-13", "The total without tax is lines less allowances plus charges.", func(r *reading) bool {
		want := new(big.Rat).Sub(r.sums.number("cbc:LineExtensionAmount"), r.sums.number("cbc:AllowanceTotalAmount"))
		return r.sums.number("cbc:TaxExclusiveAmount").Cmp(want.Add(want, r.sums.number("cbc:ChargeTotalAmount"))) == 0
	}),
	rule("BR-CO-14", "The tax is the sum of its categories.", func(r *reading) bool {
		return every(r.all("cac:TaxTotal"), func(t *Element) bool {
			return !t.has("cac:TaxSubtotal") || t.number("cbc:TaxAmount").Cmp(sum(t.all("cac:TaxSubtotal"), "cbc:TaxAmount")) == 0
		})
	}),
	rule("BR-CO-15", "The total with tax is the total without it plus the tax.", func(r *reading) bool {
		want := new(big.Rat).Add(r.sums.number("cbc:TaxExclusiveAmount"), r.tax())
		return r.sums.number("cbc:TaxInclusiveAmount").Cmp(want) == 0
	}),
	rule("BR-CO-16", "The amount due is the total less what is paid.", func(r *reading) bool {
		want := new(big.Rat).Sub(r.sums.number("cbc:TaxInclusiveAmount"), r.sums.number("cbc:PrepaidAmount"))
		return r.sums.number("cbc:PayableAmount").Cmp(want.Add(want, r.sums.number("cbc:PayableRoundingAmount"))) == 0
	}),
}

// tax is the tax total in the document's currency.
func (r *reading) tax() *big.Rat {
	for _, t := range r.all("cac:TaxTotal") {
		if amount := first(t.all("cbc:TaxAmount")); amount.attr("currencyID") == r.currency {
			return t.number("cbc:TaxAmount")
		}
	}
	return new(big.Rat)
}
