package ubl

import "math/big"

// lineRules are about the lines.
var lineRules = []Rule{
	rule("BR-25", "Each line has the name of its item.", func(r *reading) bool {
		return every(r.lines, func(l *Element) bool { return l.text("cac:Item", "cbc:Name") != "" })
	}),
	rule("BR-27", "No price is negative.", func(r *reading) bool {
		return every(r.inLines("cac:Price"), func(p *Element) bool { return p.number("cbc:PriceAmount").Sign() >= 0 })
	}),
	rule("BR-CO-04", "Each line has its tax category.", func(r *reading) bool {
		return every(r.lines, func(l *Element) bool { return l.has("cac:Item", "cac:ClassifiedTaxCategory", "cbc:ID") })
	}),
	rule("BR-CO-20", "A period of a line has a beginning or an end.", func(r *reading) bool {
		return every(r.inLines("cac:InvoicePeriod"), func(e *Element) bool { return e.has("cbc:StartDate") || e.has("cbc:EndDate") })
	}),
	peppol("EN16931-R110", "The period of a line does not begin before the document's.", func(r *reading) bool {
		start := r.text("cac:InvoicePeriod", "cbc:StartDate")
		return every(r.inLines("cac:InvoicePeriod", "cbc:StartDate"), func(e *Element) bool { return start == "" || e.Text >= start })
	}),
	peppol("EN16931-R111", "The period of a line does not end after the document's.", func(r *reading) bool {
		end := r.text("cac:InvoicePeriod", "cbc:EndDate")
		return every(r.inLines("cac:InvoicePeriod", "cbc:EndDate"), func(e *Element) bool { return end == "" || e.Text <= end })
	}),
	peppol("EN16931-R120", "A line is quantity × price, plus charges, less allowances.", func(r *reading) bool {
		return every(r.lines, r.multiplies)
	}),
	peppol("EN16931-R121", "The quantity that a price is for is above zero.", func(r *reading) bool {
		return every(r.inLines("cac:Price"), func(p *Element) bool { return !p.has("cbc:BaseQuantity") || p.number("cbc:BaseQuantity").Sign() > 0 })
	}),
	peppol("EN16931-R130", "A price is for the unit of its line.", func(r *reading) bool {
		return every(r.lines, func(l *Element) bool {
			base, quantity := first(l.all("cac:Price", "cbc:BaseQuantity")), first(l.all(r.quantity))
			return base.Name == "" || base.attr("unitCode") == quantity.attr("unitCode")
		})
	}),
	rule("BR-54", "A property of an item has a name and a value.", func(r *reading) bool {
		return every(r.inLines("cac:Item", "cac:AdditionalItemProperty"), func(e *Element) bool { return e.has("cbc:Name") && e.has("cbc:Value") })
	}),
	rule("BR-64", "A standard identifier of an item has its scheme.", func(r *reading) bool {
		return every(r.inLines("cac:Item", "cac:StandardItemIdentification", "cbc:ID"), func(e *Element) bool { return e.attr("schemeID") != "" })
	}),
}

// multiplies holds a line to its quantity and price, to two hundredths.
func (r *reading) multiplies(l *Element) bool {
	base := big.NewRat(1, 1)
	if l.has("cac:Price", "cbc:BaseQuantity") {
		if base = l.number("cac:Price", "cbc:BaseQuantity"); base.Sign() == 0 {
			return false
		}
	}
	want := new(big.Rat).Mul(l.number(r.quantity), l.number("cac:Price", "cbc:PriceAmount"))
	want.Quo(want, base)
	for _, a := range l.all("cac:AllowanceCharge") {
		if a.text("cbc:ChargeIndicator") == "true" {
			want.Add(want, a.number("cbc:Amount"))
		} else {
			want.Sub(want, a.number("cbc:Amount"))
		}
	}
	return within(l.number("cbc:LineExtensionAmount"), want, 2)
}
