package ubl

import (
	"slices"
	"strconv"
	"strings"

	"trueward/internal/standard/money"
)

// What a document says it follows.
const (
	customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	profile       = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// Write returns the document's bytes, or an *Error that names every rule of
// Rules that it breaks.
func Write(doc Document) ([]byte, error) {
	root := doc.tree()
	if err := check(root); err != nil {
		return nil, err
	}
	return root.Bytes(), nil
}

// writer builds elements in the document's currency.
type writer struct{ Document }

func (d Document) tree() *Element {
	w := writer{d}
	root := &Element{Name: "Invoice", Attrs: [][2]string{{"xmlns", spaceInvoice}, {"xmlns:cac", spaceAggregate}, {"xmlns:cbc", spaceBasic}}}
	due, kind := value("DueDate", d.DueOn), value("InvoiceTypeCode", string(d.Kind))
	if d.Kind == CreditNote {
		root.Name, root.Attrs[0][1] = "CreditNote", spaceCreditNote
		due, kind = nil, value("CreditNoteTypeCode", string(d.Kind))
	}
	root.add(
		value("CustomizationID", customization), value("ProfileID", profile), value("ID", d.Number), value("IssueDate", d.IssuedOn),
		due, kind, value("Note", d.Note), value("DocumentCurrencyCode", string(d.Currency)), value("BuyerReference", d.BuyerReference),
		period(d.Period), group("OrderReference", value("ID", d.OrderReference)),
	)
	for _, r := range d.Preceding {
		root.add(group("BillingReference", group("InvoiceDocumentReference", value("ID", r.Number), value("IssueDate", r.IssuedOn))))
	}
	root.add(
		group("AccountingSupplierParty", d.Seller.element()), group("AccountingCustomerParty", d.Buyer.element()),
		group("Delivery", group("DeliveryLocation", group("Address", value("CityName", d.DeliverTo.City), value("PostalZone", d.DeliverTo.PostalZone), country(d.DeliverTo.Country)))),
		w.payment(), group("PaymentTerms", value("Note", d.Terms)),
	)
	for _, a := range d.Allowances {
		root.add(w.allowance(a).add(category("TaxCategory", a.Category, "", "")))
	}
	root.add(w.taxes(), w.totals())
	for _, l := range d.Lines {
		root.add(w.line(l))
	}
	return root
}

func (w writer) payment() *Element {
	p := w.Payment
	if p.Means == "" {
		return nil
	}
	return group("PaymentMeans", value("PaymentMeansCode", p.Means), value("PaymentID", p.Reference),
		group("PayeeFinancialAccount", value("ID", strings.ReplaceAll(p.Account, " ", "")), value("Name", p.Payee)))
}

func (w writer) allowance(a Allowance) *Element {
	e := group("AllowanceCharge", value("ChargeIndicator", strconv.FormatBool(a.Charge)), value("AllowanceChargeReason", a.Reason))
	if a.PercentBP != 0 {
		e.add(value("MultiplierFactorNumeric", percent(a.PercentBP)))
	}
	e.add(w.amount("Amount", a.Amount))
	if a.Base != 0 {
		e.add(w.amount("BaseAmount", a.Base))
	}
	return e
}

func (w writer) taxes() *Element {
	var sum int64
	e := group("TaxTotal")
	for _, t := range w.Taxes {
		sum += t.Amount
		e.add(group("TaxSubtotal", w.amount("TaxableAmount", t.Net), w.amount("TaxAmount", t.Amount),
			w.rated(category("TaxCategory", t.Category, t.ReasonCode, t.Reason), t.Category)))
	}
	e.Children = append([]*Element{w.amount("TaxAmount", sum)}, e.Children...)
	return e
}

// rated gives the breakdown of what is not subject to tax the rate of zero that
// parties in Germany want of every breakdown (DE-R-014); elsewhere it has none.
func (w writer) rated(e *Element, c Category) *Element {
	if c.Code == "O" && w.Seller.Address.Country == "DE" && w.Buyer.Address.Country == "DE" {
		e.Children = slices.Insert(e.Children, 1, value("Percent", "0"))
	}
	return e
}

func category(name string, c Category, reasonCode, reason string) *Element {
	e := group(name, value("ID", c.Code))
	if c.Code != "O" {
		e.add(value("Percent", percent(c.RateBP)))
	}
	return e.add(value("TaxExemptionReasonCode", reasonCode), value("TaxExemptionReason", reason), group("TaxScheme", value("ID", "VAT")))
}

func (w writer) totals() *Element {
	var lines, allowances, charges, tax int64
	for _, l := range w.Lines {
		lines += l.Net
	}
	for _, a := range w.Allowances {
		if a.Charge {
			charges += a.Amount
		} else {
			allowances += a.Amount
		}
	}
	for _, t := range w.Taxes {
		tax += t.Amount
	}
	net := lines - allowances + charges
	e := group("LegalMonetaryTotal", w.amount("LineExtensionAmount", lines), w.amount("TaxExclusiveAmount", net), w.amount("TaxInclusiveAmount", net+tax))
	for _, part := range []struct {
		name  string
		minor int64
	}{{"AllowanceTotalAmount", allowances}, {"ChargeTotalAmount", charges}, {"PrepaidAmount", w.Prepaid}} {
		if part.minor != 0 {
			e.add(w.amount(part.name, part.minor))
		}
	}
	return e.add(w.amount("PayableAmount", net+tax-w.Prepaid))
}

func period(p Period) *Element {
	return group("InvoicePeriod", value("StartDate", p.Start), value("EndDate", p.End))
}

// amount writes minor units. A third decimal that is zero is left out: the
// standard knows two.
func (w writer) amount(name string, minor int64) *Element {
	text := money.Amount{Minor: minor, Currency: w.Currency}.Decimal()
	if point := strings.IndexByte(text, '.'); point >= 0 && len(text)-point == 4 {
		text = strings.TrimSuffix(text, "0")
	}
	return value(name, text, "currencyID", string(w.Currency))
}

// percent writes basis points as a percentage: 2100 is "21", 550 is "5.5".
func percent(bp int) string {
	return strings.TrimSuffix(strings.TrimRight(money.Amount{Minor: int64(bp), Currency: "EUR"}.Decimal(), "0"), ".")
}
