package export

import (
	"cmp"
	"strconv"
	"strings"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/gs1"
	"trueward/internal/standard/ubl"
)

// RendererUBL names what made a UBL document.
const RendererUBL = "trueward-ubl/1"

// UBL writes the document as Peppol BIS Billing 3. It fails with *ubl.Error
// when a rule of a receiver would refuse it.
func UBL(doc billing.Document) ([]byte, error) { return ubl.Write(mapUBL(doc)) }

func mapUBL(doc billing.Document) ubl.Document {
	i := doc.Invoice
	out := ubl.Document{
		Kind: ubl.Invoice, Number: i.Number, IssuedOn: i.IssuedOn, DueOn: i.DueOn, Currency: i.Currency,
		BuyerReference: buyerReference(doc), OrderReference: i.OrderReference, Payment: payment(doc), Taxes: taxes(doc.Lines),
		Seller: party(doc.Seller, doc.SellerDetails), Buyer: party(doc.Payer, doc.PayerDetails),
	}
	out.Period.Start, out.Period.End = servicePeriod(doc.Lines)
	if doc.Invoice.Sample {
		out.Note = "SAMPLE: no goods were sold and nothing is owed"
	}
	if out.DueOn == "" {
		out.Terms = "Due on receipt"
	}
	if doc.IsCredit() {
		out.Kind, out.DueOn, out.Terms = ubl.CreditNote, "", "To be set off or paid back"
	}
	if doc.Original != nil {
		out.Preceding = []ubl.Reference{{Number: doc.Original.Number, IssuedOn: doc.Original.IssuedOn}}
	}
	for _, l := range doc.Lines {
		out.Lines = append(out.Lines, line(l))
	}
	return byCategory(out)
}

// byCategory adds what single tax categories ask for.
func byCategory(out ubl.Document) ubl.Document {
	for _, t := range out.Taxes {
		switch t.Code {
		case "K":
			out.DeliverTo = ubl.Address{Country: out.Buyer.Address.Country}
			if out.Buyer.Address.Country == "DE" && out.Seller.Address.Country == "DE" {
				out.DeliverTo.City, out.DeliverTo.PostalZone = out.Buyer.Address.City, out.Buyer.Address.PostalZone
			}
		case "O": // carries no tax identifiers: they identify the party alone
			for _, p := range []*ubl.Party{&out.Seller, &out.Buyer} {
				p.ID.Value = cmp.Or(p.ID.Value, p.VAT, p.TaxID)
				p.VAT, p.TaxID = "", ""
			}
		}
	}
	return out
}

func party(o access.Organisation, d billing.PartyDetails) ubl.Party {
	p := ubl.Party{
		Name: o.Name, LegalName: cmp.Or(o.LegalName, o.Name), Registered: ubl.Identifier{Scheme: d.RegistrationScheme, Value: d.Registration},
		Contact: ubl.Contact{Name: cmp.Or(d.ContactName, "Accounts"), Phone: d.Phone, Email: o.Email}, Address: addressOf(o, d),
	}
	if d.GLN != "" {
		p.ID = ubl.Identifier{Scheme: "0088", Value: d.GLN}
	}
	id := strings.ReplaceAll(o.TaxID, " ", "")
	p.Endpoint = ubl.EndpointOf(id)
	if p.Endpoint.Value != "" || len(id) > 2 && strings.EqualFold(id[:2], o.Country) {
		p.VAT = id
	} else {
		p.TaxID = id
	}
	switch {
	case d.Endpoint != "":
		p.Endpoint = ubl.Identifier{Scheme: d.EndpointScheme, Value: d.Endpoint}
	case d.GLN != "":
		p.Endpoint = p.ID
	case o.Country == "US" && id != "":
		p.Endpoint = ubl.Identifier{Scheme: "9959", Value: id}
	}
	if p.VAT == "" && p.ID.Value == "" && p.Registered.Value == "" {
		p.ID.Value = id // what identifies it at all
	}
	return p
}

// buyerReference is what the payer asked for, else the case or window that the
// document bills: a receiver refuses a document without any.
func buyerReference(doc billing.Document) string {
	if doc.Invoice.BuyerReference != "" {
		return doc.Invoice.BuyerReference
	}
	if len(doc.Lines) > 0 && doc.Lines[0].Case != "" && strings.HasPrefix(doc.Invoice.Window.Key, "case:") {
		return "Case " + doc.Lines[0].Case
	}
	if doc.Invoice.Window.Key != "" && !strings.HasPrefix(doc.Invoice.Window.Key, "case:") {
		return doc.Invoice.Window.Key
	}
	return cmp.Or(doc.Invoice.PaymentReference, doc.Invoice.Number)
}

func payment(doc billing.Document) ubl.Payment {
	p := ubl.Payment{Means: "1", Reference: doc.Invoice.PaymentReference}
	if account := doc.Seller.BankAccount; account != "" {
		p.Means, p.Account, p.Payee = "30", account, doc.Seller.LegalName
		if doc.Invoice.Currency == "EUR" && billing.ValidIBAN(account) {
			p.Means = "58"
		}
	}
	return p
}

// exemptions are the reasons that a category gives by itself.
var exemptions = map[string][2]string{
	"E":  {"", "Exempt from tax"},
	"AE": {"VATEX-EU-AE", "Reverse charge"},
	"K":  {"VATEX-EU-IC", "Intra-community supply"},
	"G":  {"VATEX-EU-G", "Export outside the EU"},
	"O":  {"VATEX-EU-O", "Not subject to VAT"},
}

func taxes(lines []billing.InvoiceLine) []ubl.Tax {
	var out []ubl.Tax
	for _, t := range billing.TaxTable(lines) {
		reason := exemptions[t.Category]
		if own := ownReason(lines, t.Category); own != "" && reason[1] != "" {
			reason[1] = own
		}
		out = append(out, ubl.Tax{
			Category: ubl.Category{Code: t.Category, RateBP: t.RateBP}, Net: t.NetMinor, Amount: t.TaxMinor,
			ReasonCode: reason[0], Reason: reason[1],
		})
	}
	return out
}

// ownReason is why lines of a category carry no tax, as their terms say; a
// category has one reason on a document, so the first counts.
func ownReason(lines []billing.InvoiceLine, category string) string {
	for _, l := range lines {
		if l.TaxCategory == category && l.TaxReason != "" {
			return l.TaxReason
		}
	}
	return ""
}

func line(l billing.InvoiceLine) ubl.Line {
	out := ubl.Line{
		ID: strconv.Itoa(l.Position), Note: l.PriceSentence, Quantity: l.Quantity, Net: l.NetMinor, Name: cmp.Or(l.Description, l.DI, "Item"),
		Period: ubl.Period{Start: l.ServiceDate, End: l.ServiceDate}, Category: ubl.Category{Code: l.TaxCategory, RateBP: l.TaxRateBP},
		Price:      ubl.Price{Net: l.UnitMinor},
		Attributes: []ubl.Attribute{{Name: "UDI-DI", Value: l.DI}, {Name: "Lot", Value: l.Lot}, {Name: "Serial", Value: l.Serial}, {Name: "Case", Value: l.Case}},
	}
	if l.UnitMinor*l.Quantity != l.NetMinor { // a share, a cap or a part credited: the price is that of the whole line
		out.Price = ubl.Price{Net: l.NetMinor, BaseQuantity: l.Quantity}
	}
	if isGTIN(l.DI) {
		out.Standard = ubl.Identifier{Scheme: "0160", Value: l.DI}
	}
	return out
}

// servicePeriod is from the first to the last day on which a line was used.
func servicePeriod(lines []billing.InvoiceLine) (first, last string) {
	for _, l := range lines {
		if l.ServiceDate == "" {
			continue
		}
		if first == "" || l.ServiceDate < first {
			first = l.ServiceDate
		}
		last = max(last, l.ServiceDate)
	}
	return first, last
}

// isGTIN reports whether a device identifier is a GTIN-14 by its check digit.
func isGTIN(di string) bool {
	if len(di) != 14 {
		return false
	}
	check, ok := gs1.CheckDigit(di[:13])
	return ok && check == di[13]
}
