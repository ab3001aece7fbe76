package ubl

import "strings"

// documentRules are about what a document says of itself (OpenPeppol BIS
// Billing 3.0.19; EN 16931 validation artefacts 1.3.16).
var documentRules = []Rule{
	peppol("EN16931-R008", "No element is empty.", func(r *reading) bool {
		return every(r.leaves, func(e *Element) bool { return strings.TrimSpace(e.Text) != "" })
	}),
	peppol("EN16931-R001", "The business process is given.", func(r *reading) bool { return r.has("cbc:ProfileID") }),
	peppol("EN16931-R007", "The business process is one of Peppol billing.", func(r *reading) bool {
		p := r.text("cbc:ProfileID")
		return strings.HasPrefix(p, "urn:fdc:peppol.eu:2017:poacc:billing:") && strings.HasSuffix(p, ":1.0") && len(p) == len(profile)
	}),
	peppol("EN16931-R004", "The specification is Peppol BIS Billing 3.0.", func(r *reading) bool {
		return strings.HasPrefix(r.text("cbc:CustomizationID"), customization)
	}),
	peppol("EN16931-R002", "There is at most one note.", func(r *reading) bool {
		return len(r.all("cbc:Note")) <= 1 || r.inGermany()
	}),
	peppol("EN16931-R003", "There is a buyer reference or an order.", func(r *reading) bool {
		return r.has("cbc:BuyerReference") || r.has("cac:OrderReference", "cbc:ID")
	}),
	peppol("EN16931-P0100", "The code of an invoice is one of the profile's.", func(r *reading) bool {
		return !r.has("cbc:InvoiceTypeCode") || oneOf(r.text("cbc:InvoiceTypeCode"),
			"71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877")
	}),
	peppol("EN16931-P0101", "The code of a credit note is one of the profile's.", func(r *reading) bool {
		return !r.has("cbc:CreditNoteTypeCode") || oneOf(r.text("cbc:CreditNoteTypeCode"), "381 396 81 83 532")
	}),
	peppol("EN16931-F001", "Dates are written YYYY-MM-DD.", func(r *reading) bool {
		return every(r.named("IssueDate", "DueDate", "TaxPointDate", "StartDate", "EndDate", "ActualDeliveryDate"),
			func(e *Element) bool { return isDate(e.Text) })
	}),
	rule("BR-02", "The document has a number.", func(r *reading) bool { return r.text("cbc:ID") != "" }),
	rule("BR-03", "The document has a date of issue.", func(r *reading) bool { return r.text("cbc:IssueDate") != "" }),
	rule("BR-16", "There is at least one line.", func(r *reading) bool { return len(r.lines) > 0 }),
	rule("BR-CO-19", "A period of the document has a beginning or an end.", func(r *reading) bool {
		return every(r.all("cac:InvoicePeriod"), func(e *Element) bool { return len(e.Children) > 0 })
	}),
	rule("BR-CO-25", "What is to pay has a due date or terms.", func(r *reading) bool {
		return r.sums.number("cbc:PayableAmount").Sign() <= 0 || len(r.named("DueDate")) > 0 || r.has("cac:PaymentTerms", "cbc:Note")
	}),
	rule("BR-50", "An account to pay to has its number.", func(r *reading) bool {
		return every(r.all("cac:PaymentMeans", "cac:PayeeFinancialAccount"), func(e *Element) bool { return e.text("cbc:ID") != "" })
	}),
	rule("BR-61", "A credit transfer names an account.", func(r *reading) bool {
		return every(r.all("cac:PaymentMeans"), func(e *Element) bool {
			return !oneOf(e.text("cbc:PaymentMeansCode"), "30 58") || e.has("cac:PayeeFinancialAccount", "cbc:ID")
		})
	}),
	rule("BR-55", "A reference to an earlier invoice has its number.", func(r *reading) bool {
		return every(r.all("cac:BillingReference"), func(e *Element) bool { return e.has("cac:InvoiceDocumentReference", "cbc:ID") })
	}),
	rule("NL-R-001", "A credit note of a seller in the Netherlands names its invoice.", func(r *reading) bool {
		return !r.credit || country2(r.seller) != "NL" || r.has("cac:BillingReference", "cac:InvoiceDocumentReference", "cbc:ID")
	}),
	peppol("EN16931-R051", "Every amount is in the currency of the document.", func(r *reading) bool {
		return every(r.leaves, func(e *Element) bool {
			c := e.attr("currencyID")
			return c == "" || c == r.currency || c == r.text("cbc:TaxCurrencyCode") && e.Name == "cbc:TaxAmount"
		})
	}),
	peppol("EN16931-R005", "A tax currency differs from the document's.", func(r *reading) bool {
		return !r.has("cbc:TaxCurrencyCode") || r.text("cbc:TaxCurrencyCode") != r.currency
	}),
	peppol("EN16931-R053", "There is exactly one tax total with its categories.", func(r *reading) bool {
		return r.taxTotals(true) == 1
	}),
	peppol("EN16931-R054", "A tax total without categories stands for the tax currency alone.", func(r *reading) bool {
		want := 0
		if r.has("cbc:TaxCurrencyCode") {
			want = 1
		}
		return r.taxTotals(false) == want
	}),
}

func (r *reading) taxTotals(split bool) int {
	n := 0
	for _, t := range r.all("cac:TaxTotal") {
		if t.has("cac:TaxSubtotal") == split {
			n++
		}
	}
	return n
}

func country2(party *Element) string {
	return strings.ToUpper(party.text("cac:PostalAddress", "cac:Country", "cbc:IdentificationCode"))
}

func (r *reading) inGermany() bool { return country2(r.seller) == "DE" && country2(r.buyer) == "DE" }

// decimalRules hold amounts to two decimals (EN 16931 BR-DEC).
var decimalRules = []Rule{
	decimals("BR-DEC-09", "sum of the lines", "cac:LegalMonetaryTotal", "cbc:LineExtensionAmount"),
	decimals("BR-DEC-12", "total without tax", "cac:LegalMonetaryTotal", "cbc:TaxExclusiveAmount"),
	decimals("BR-DEC-14", "total with tax", "cac:LegalMonetaryTotal", "cbc:TaxInclusiveAmount"),
	decimals("BR-DEC-18", "amount due", "cac:LegalMonetaryTotal", "cbc:PayableAmount"),
	decimals("BR-DEC-19", "net amount of a tax category", "cac:TaxTotal", "cac:TaxSubtotal", "cbc:TaxableAmount"),
	decimals("BR-DEC-20", "tax of a category", "cac:TaxTotal", "cac:TaxSubtotal", "cbc:TaxAmount"),
	rule("BR-DEC-23", "The net amount of a line has at most two decimals.", func(r *reading) bool {
		return every(r.lines, func(l *Element) bool { return twoDecimals(l.text("cbc:LineExtensionAmount")) })
	}),
}

func decimals(id, what string, path ...string) Rule {
	return rule(id, "The "+what+" has at most two decimals.", func(r *reading) bool {
		return every(r.all(path...), func(e *Element) bool { return twoDecimals(e.Text) })
	})
}

func twoDecimals(text string) bool {
	_, fraction, _ := strings.Cut(strings.TrimSpace(text), ".")
	return len(fraction) <= 2
}
