package ubl

import (
	"math/big"
	"strings"
)

// taxRules are about tax categories (EN 16931 BR-S, -Z, -E, -AE, -IC, -G, -O;
// Peppol P0104 to P0111). The rules that every category without tax shares are
// made by untaxed.
var taxRules = append([]Rule{
	rule("BR-CO-18", "There is at least one tax category.", func(r *reading) bool { return len(r.categories()) > 0 }),
	rule("BR-CO-17", "The tax of a category is its net amount times its rate, to less than one unit.", func(r *reading) bool {
		return every(r.categories(), func(s *Element) bool {
			rate := s.number("cac:TaxCategory", "cbc:Percent")
			if !s.has("cac:TaxCategory", "cbc:Percent") {
				return s.number("cbc:TaxAmount").Sign() == 0
			}
			return nearly(s.number("cbc:TaxableAmount"), rate, s.number("cbc:TaxAmount"))
		})
	}),
	rule("BR-S-02", "Standard rated lines need the seller's VAT identifier or tax registration.", func(r *reading) bool {
		return !r.uses("S") || r.seller.has("cac:PartyTaxScheme", "cbc:CompanyID")
	}),
	rule("BR-S-05", "A standard rated line has a rate above zero.", func(r *reading) bool {
		return every(r.lineCategories("S"), func(c *Element) bool { return c.number("cbc:Percent").Sign() > 0 })
	}),
	rule("BR-S-08", "The net amount of each standard rate is the sum of its lines.", func(r *reading) bool {
		return every(r.categoriesOf("S"), func(s *Element) bool {
			rate := s.number("cac:TaxCategory", "cbc:Percent")
			return s.number("cbc:TaxableAmount").Cmp(r.net("S", rate)) == 0
		})
	}),
	rule("BR-S-09", "The tax of a standard rate is its net amount times its rate, to less than one unit.", func(r *reading) bool {
		return every(r.categoriesOf("S"), func(s *Element) bool {
			return nearly(s.number("cbc:TaxableAmount"), s.number("cac:TaxCategory", "cbc:Percent"), s.number("cbc:TaxAmount"))
		})
	}),
	rule("BR-S-10", "A standard rate has no exemption.", func(r *reading) bool { return every(r.categoriesOf("S"), not(exempt)) }),
	rule("BR-Z-10", "A zero rate has no exemption.", func(r *reading) bool { return every(r.categoriesOf("Z"), not(exempt)) }),
	rule("BR-AE-02", "A reverse charge needs the tax identifiers of both parties.", func(r *reading) bool {
		return !r.uses("AE") || r.seller.has("cac:PartyTaxScheme", "cbc:CompanyID") && (vatOf(r.buyer) != "" || r.buyer.has("cac:PartyLegalEntity", "cbc:CompanyID"))
	}),
	rule("BR-IC-02", "A supply within the Community needs both VAT identifiers.", func(r *reading) bool {
		return !r.uses("K") || vatOf(r.seller) != "" && vatOf(r.buyer) != ""
	}),
	rule("BR-IC-11", "A supply within the Community has a day or a period.", func(r *reading) bool {
		return len(r.categoriesOf("K")) == 0 || r.has("cac:Delivery", "cbc:ActualDeliveryDate") || r.has("cac:InvoicePeriod")
	}),
	rule("BR-IC-12", "A supply within the Community names the country it went to.", func(r *reading) bool {
		return len(r.categoriesOf("K")) == 0 || r.has("cac:Delivery", "cac:DeliveryLocation", "cac:Address", "cac:Country", "cbc:IdentificationCode")
	}),
	rule("BR-G-02", "An export needs the seller's VAT identifier.", func(r *reading) bool { return !r.uses("G") || vatOf(r.seller) != "" }),
	rule("BR-O-02", "What is not subject to VAT carries no VAT identifiers.", func(r *reading) bool {
		return !r.uses("O") || vatOf(r.seller) == "" && vatOf(r.buyer) == ""
	}),
	rule("BR-O-05", "A line not subject to VAT has no rate.", func(r *reading) bool {
		return every(r.lineCategories("O"), func(c *Element) bool { return !c.has("cbc:Percent") })
	}),
	rule("BR-O-11", "What is not subject to VAT stands alone.", func(r *reading) bool {
		return len(r.categoriesOf("O")) == 0 || len(r.categoriesOf("O")) == len(r.categories())
	}),
	rule("BR-48", "Each tax category has its rate.", func(r *reading) bool {
		return every(r.categories(), func(s *Element) bool {
			return s.has("cac:TaxCategory", "cbc:Percent") || s.text("cac:TaxCategory", "cbc:ID") == "O"
		})
	}),
	vatex("P0104", "G", "VATEX-EU-G"), vatex("P0105", "O", "VATEX-EU-O"), vatex("P0106", "K", "VATEX-EU-IC"), vatex("P0107", "AE", "VATEX-EU-AE"),
	vatex("P0108", "E", "VATEX-EU-D"), vatex("P0109", "E", "VATEX-EU-F"), vatex("P0110", "E", "VATEX-EU-I"), vatex("P0111", "E", "VATEX-EU-J"),
}, untaxed()...)

// untaxed makes the rules of each category whose tax is zero.
func untaxed() []Rule {
	var made []Rule
	for _, c := range [][2]string{{"Z", "Z"}, {"E", "E"}, {"AE", "AE"}, {"IC", "K"}, {"G", "G"}, {"O", "O"}} {
		id, code := "BR-"+c[0], c[1]
		made = append(made,
			rule(id+"-01", "Lines of category "+code+" have one tax category, and it has lines.", func(r *reading) bool {
				n := len(r.categoriesOf(code))
				return n <= 1 && (n == 1) == r.names(code)
			}),
			rule(id+"-08", "The net amount of category "+code+" is the sum of its lines.", func(r *reading) bool {
				return every(r.categoriesOf(code), func(s *Element) bool { return s.number("cbc:TaxableAmount").Cmp(r.net(code, nil)) == 0 })
			}),
			rule(id+"-09", "The tax of category "+code+" is zero.", func(r *reading) bool {
				return every(r.categoriesOf(code), func(s *Element) bool { return s.number("cbc:TaxAmount").Sign() == 0 })
			}),
		)
		if code != "O" {
			made = append(made, rule(id+"-05", "A line of category "+code+" has the rate zero.", func(r *reading) bool {
				return every(r.lineCategories(code), func(l *Element) bool { return l.has("cbc:Percent") && l.number("cbc:Percent").Sign() == 0 })
			}))
		}
		if code != "Z" {
			made = append(made, rule(id+"-10", "Category "+code+" gives the reason of its exemption.", func(r *reading) bool {
				return every(r.categoriesOf(code), exempt)
			}))
		}
	}
	return made
}

// vatex makes the rule that a code of exemption goes with its category.
func vatex(id, category, code string) Rule {
	return peppol("EN16931-"+id, "Code "+code+" goes with category "+category+".", func(r *reading) bool {
		return every(r.categories(), func(s *Element) bool {
			return !strings.EqualFold(s.text("cac:TaxCategory", "cbc:TaxExemptionReasonCode"), code) || s.text("cac:TaxCategory", "cbc:ID") == category
		})
	})
}

func exempt(s *Element) bool {
	return s.has("cac:TaxCategory", "cbc:TaxExemptionReason") || s.has("cac:TaxCategory", "cbc:TaxExemptionReasonCode")
}

func not(f func(*Element) bool) func(*Element) bool { return func(e *Element) bool { return !f(e) } }

func (r *reading) categories() []*Element { return r.all("cac:TaxTotal", "cac:TaxSubtotal") }

func (r *reading) categoriesOf(code string) []*Element {
	var found []*Element
	for _, s := range r.categories() {
		if s.text("cac:TaxCategory", "cbc:ID") == code {
			found = append(found, s)
		}
	}
	return found
}

func (r *reading) lineCategories(code string) []*Element {
	var found []*Element
	for _, c := range r.inLines("cac:Item", "cac:ClassifiedTaxCategory") {
		if c.text("cbc:ID") == code {
			found = append(found, c)
		}
	}
	return found
}

func (r *reading) uses(code string) bool { return len(r.lineCategories(code)) > 0 }

// names reports whether a line, allowance or charge is of the category.
func (r *reading) names(code string) bool {
	for _, c := range r.all("cac:AllowanceCharge", "cac:TaxCategory", "cbc:ID") {
		if strings.TrimSpace(c.Text) == code {
			return true
		}
	}
	return r.uses(code)
}

// net sums lines, charges and allowances of a category, of one rate unless
// that is nil.
func (r *reading) net(code string, rate *big.Rat) *big.Rat {
	fits := func(c *Element) bool {
		return c.text("cbc:ID") == code && (rate == nil || c.number("cbc:Percent").Cmp(rate) == 0)
	}
	total := new(big.Rat)
	for _, l := range r.lines {
		if fits(first(l.all("cac:Item", "cac:ClassifiedTaxCategory"))) {
			total.Add(total, l.number("cbc:LineExtensionAmount"))
		}
	}
	of := func(a *Element) bool { return fits(first(a.all("cac:TaxCategory"))) }
	total.Add(total, r.ofDocument("true", of))
	return total.Sub(total, r.ofDocument("false", of))
}

// nearly reports whether tax is net × rate within less than one unit, the
// product rounded to two decimals; at a rate that rounds to zero, the tax has
// to round to zero.
func nearly(net, rate, tax *big.Rat) bool {
	if rate.Cmp(big.NewRat(1, 2)) < 0 {
		return new(big.Rat).Abs(tax).Cmp(big.NewRat(1, 2)) < 0
	}
	want := new(big.Rat).Mul(new(big.Rat).Abs(net), rate)
	want.Quo(want, big.NewRat(100, 1))
	rounded, _ := new(big.Rat).SetString(want.FloatString(2))
	return new(big.Rat).Abs(rounded.Sub(rounded, new(big.Rat).Abs(tax))).Cmp(big.NewRat(1, 1)) < 0
}
