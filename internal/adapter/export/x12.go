package export

import (
	"cmp"
	"strings"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
	"trueward/internal/standard/x12"
)

// RendererX12 names what made an X12 document.
const RendererX12 = "trueward-x12/1"

// X12 writes the document as an interchange with one invoice or credit memo.
// The control number comes from the sender's series; the date in the envelope
// is the document's own, so that equal documents give equal bytes. It fails
// with *x12.Error when an element cannot carry its value.
func X12(doc billing.Document, control int64) ([]byte, error) {
	issued, err := time.Parse(time.DateOnly, doc.Invoice.IssuedOn)
	if err != nil {
		issued = doc.Invoice.CreatedAt
	}
	partner := x12.Partner{
		Delimiters: x12.Usual(), Sender: interchangeAddress(doc.Seller, doc.SellerDetails), Receiver: interchangeAddress(doc.Payer, doc.PayerDetails),
		Test: doc.Invoice.Sample, TaxCode: taxCode(doc),
	}
	partner.Break = true
	return x12.Write(partner, x12.Control{Interchange: control, Group: control, At: issued}, []x12.Invoice{mapX12(doc)})
}

// taxCode is the kind of tax by the seller's country: a state's sales tax or a
// value added tax.
func taxCode(doc billing.Document) string {
	if doc.Seller.Country == "US" {
		return "ST"
	}
	return "VA"
}

// interchangeAddress is what the partner has agreed on, else a federal tax id,
// else the name.
func interchangeAddress(o access.Organisation, d billing.PartyDetails) x12.Address {
	if d.EDI != "" {
		return x12.Address{Qualifier: cmp.Or(d.EDIQualifier, "ZZ"), ID: d.EDI}
	}
	if id := onlyAlphanumeric(o.TaxID); o.Country == "US" && id != "" {
		return x12.Address{Qualifier: "30", ID: id}
	}
	name := onlyAlphanumeric(cmp.Or(o.Name, o.LegalName))
	return x12.Address{Qualifier: "ZZ", ID: name[:min(len(name), 15)]}
}

func onlyAlphanumeric(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, text)
}

func mapX12(doc billing.Document) x12.Invoice {
	i := doc.Invoice
	out := x12.Invoice{
		Kind: x12.Debit, Number: i.Number, IssuedOn: i.IssuedOn, DueOn: i.DueOn, Days: i.PaymentDays, PaymentReference: i.PaymentReference,
		BuyerReference: buyerReference(doc), Currency: i.Currency, Total: i.TotalMinor,
		Seller: partyX12(doc.Seller, doc.SellerDetails), Buyer: partyX12(doc.Payer, doc.PayerDetails),
	}
	if doc.IsCredit() {
		out.Kind, out.DueOn = x12.Credit, ""
	}
	if doc.Original != nil {
		out.Original = doc.Original.Number
	}
	for _, t := range billing.TaxTable(doc.Lines) {
		out.Taxes = append(out.Taxes, x12.Tax{Amount: t.TaxMinor, Net: t.NetMinor, RateBP: t.RateBP, Exempt: t.Category != "S" && t.Category != "Z"})
	}
	for _, l := range doc.Lines {
		out.Lines = append(out.Lines, x12.Line{
			Position: l.Position, Quantity: l.Quantity, Net: l.NetMinor, Price: unitPrice(l, i.Currency), Item: l.DI, GTIN: isGTIN(l.DI),
			Name: l.Description, Lot: l.Lot, Serial: l.Serial, Case: l.Case, UsedOn: l.ServiceDate,
		})
	}
	return out
}

// unitPrice is the price of one unit; where the line is not a multiple of it,
// the line's amount divided, rounded to six decimals: PAM05 holds the amount.
func unitPrice(l billing.InvoiceLine, c money.Currency) string {
	if l.UnitMinor*l.Quantity == l.NetMinor || l.Quantity <= 0 {
		return money.Amount{Minor: l.UnitMinor, Currency: c}.Decimal()
	}
	return quotient(l.NetMinor, l.Quantity, c.Digits())
}

func partyX12(o access.Organisation, d billing.PartyDetails) x12.Party {
	a := addressOf(o, d)
	return x12.Party{
		Name: cmp.Or(o.LegalName, o.Name), GLN: d.GLN, Street: a.Street, City: a.City, Region: a.Region, Postal: a.PostalZone, Country: a.Country,
		TaxID: o.TaxID,
	}
}
