package ubl

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// edit changes a document's elements.
type edit func(root *Element)

// find returns the elements at a path of local names, "/" between them.
func find(root *Element, path string) []*Element {
	found := []*Element{root}
	for name := range strings.SplitSeq(path, "/") {
		var next []*Element
		for _, f := range found {
			for _, c := range f.Children {
				if c.Name[strings.IndexByte(c.Name, ':')+1:] == name {
					next = append(next, c)
				}
			}
		}
		found = next
	}
	return found
}

// at applies a change to every element of a path, and fails where there is none.
func at(path string, change func(*Element)) edit {
	return func(root *Element) {
		found := find(root, path)
		if len(found) == 0 {
			panic("nothing at " + path)
		}
		for _, e := range found {
			change(e)
		}
	}
}

func set(path, text string) edit { return at(path, func(e *Element) { e.Text = text }) }
func hollow(path string) edit    { return at(path, func(e *Element) { e.Children = nil }) }

func mark(path, name, text string) edit {
	return at(path, func(e *Element) { e.Attrs = [][2]string{{name, text}} })
}

func put(path string, child *Element) edit {
	return at(path, func(e *Element) { e.Children = append(e.Children, child) })
}

// drop takes out every element of each path.
func drop(paths ...string) edit {
	return func(root *Element) {
		for _, path := range paths {
			parents, name := []*Element{root}, path
			if i := strings.LastIndexByte(path, '/'); i >= 0 {
				parents, name = find(root, path[:i]), path[i+1:]
			}
			dropped := 0
			for _, p := range parents {
				before := len(p.Children)
				p.Children = slices.DeleteFunc(p.Children, func(c *Element) bool { return c.Name[strings.IndexByte(c.Name, ':')+1:] == name })
				dropped += before - len(p.Children)
			}
			if dropped == 0 {
				panic("nothing at " + path)
			}
		}
	}
}

const (
	seller = "AccountingSupplierParty/Party/"
	buyer  = "AccountingCustomerParty/Party/"
	line   = "InvoiceLine/"
	sums   = "LegalMonetaryTotal/"
	tax    = "TaxTotal/TaxSubtotal/"
)

// rich is a document of one tax category that uses everything a document can
// hold, between parties of a country.
func rich(code, country string) Document {
	c := Category{Code: code}
	t := Tax{Category: c, Net: 4500}
	switch code {
	case "S":
		c.RateBP = 2000
		t.Category, t.Amount = c, 900
	case "Z":
	default:
		t.Reason = "as agreed"
	}
	d := Document{
		Kind: Invoice, Number: "A-1", IssuedOn: "2026-10-31", DueOn: "2026-11-30", Note: "October", Currency: "EUR",
		BuyerReference: "C-1", OrderReference: "PO-1", Period: Period{"2026-10-01", "2026-10-31"},
		Preceding: []Reference{{"A-0", "2026-09-30"}}, DeliverTo: Address{City: "Cork", PostalZone: "T12", Country: country},
		Seller: party("Seller", country), Buyer: party("Buyer", country),
		Payment: Payment{Means: "58", Reference: "A-1", Account: "IE29 AIBK 9311 5212 3456 78", Payee: "Seller"},
		Allowances: []Allowance{
			{Reason: "Volume", Amount: 470, Base: 4700, PercentBP: 1000, Category: c}, {Charge: true, Reason: "Courier", Amount: 270, Category: c},
		},
		Taxes: []Tax{t}, Prepaid: 1000,
		Lines: []Line{{
			ID: "1", Note: "Used", Quantity: 10, Net: 3700, Period: Period{"2026-10-03", "2026-10-04"}, OrderLine: "7",
			Allowances: []Allowance{{Reason: "Rebate", Amount: 400, Base: 4000, PercentBP: 1000}, {Charge: true, Reason: "Cold chain", Amount: 100}},
			Name:       "Stent", SellersID: "ST-3", Standard: Identifier{"0160", "09506000134352"}, Category: c,
			Attributes: []Attribute{{"Lot", "LT1"}, {"Serial", "\x00 "}}, Price: Price{Net: 2000, Gross: 2500, Discount: 500, BaseQuantity: 5},
		}, {ID: "2", Name: "Wire", Quantity: 1, Unit: "C62", Net: 1000, Category: c, Price: Price{Net: 1000}}},
	}
	if code == "O" {
		d.Seller.VAT, d.Buyer.VAT = "", ""
	}
	return d
}

func party(name, country string) Party {
	p := Party{
		Name: name, LegalName: name + " Ltd", Endpoint: Identifier{"0088", "7300010000001"}, ID: Identifier{"0088", "7300010000001"},
		VAT: country + "123456789", Registered: Identifier{"0106", "12345678"},
		Address: Address{"Quay 1", "Floor 2", "Cork", "T12", "Munster", country},
		Contact: Contact{"Accounts", "+353 21 000000", "accounts@example.com"},
	}
	if country == "US" {
		p.VAT, p.TaxID = "", "12-3456789"
	}
	return p
}

func credit(d Document) Document {
	d.Kind, d.DueOn = CreditNote, ""
	d.Terms = "Set off"
	return d
}

// breaks is a document that keeps every rule, and an edit after which the rule
// is broken.
type breaks struct {
	rule string
	doc  Document
	edit edit
}

func broken() []breaks {
	s, de, nl, eu, out := rich("S", "IE"), rich("S", "DE"), rich("S", "NL"), rich("K", "IE"), rich("O", "IE")
	all := []breaks{
		{"PEPPOL-EN16931-R008", s, set("BuyerReference", " ")},
		{"PEPPOL-EN16931-R001", s, drop("ProfileID")},
		{"PEPPOL-EN16931-R007", s, set("ProfileID", "urn:fdc:peppol.eu:2017:poacc:ordering:01:1.0")},
		{"PEPPOL-EN16931-R004", s, set("CustomizationID", "urn:cen.eu:en16931:2017")},
		{"PEPPOL-EN16931-R002", s, func(e *Element) { e.add(value("Note", "second")) }},
		{"PEPPOL-EN16931-R003", s, drop("BuyerReference", "OrderReference")},
		{"PEPPOL-EN16931-P0100", s, set("InvoiceTypeCode", "381")},
		{"PEPPOL-EN16931-P0101", credit(s), set("CreditNoteTypeCode", "380")},
		{"PEPPOL-EN16931-F001", s, set("IssueDate", "2026-02-29")},
		{"BR-02", s, drop("ID")}, {"BR-03", s, drop("IssueDate")}, {"BR-16", s, drop("InvoiceLine")},
		{"BR-CO-19", s, hollow("InvoicePeriod")}, {"BR-CO-25", s, drop("DueDate")},
		{"BR-50", s, set("PaymentMeans/PayeeFinancialAccount/ID", "")}, {"BR-61", s, drop("PaymentMeans/PayeeFinancialAccount")},
		{"BR-55", s, drop("BillingReference/InvoiceDocumentReference/ID")}, {"NL-R-001", credit(nl), drop("BillingReference")},
		{"PEPPOL-EN16931-R051", s, mark(sums+"PayableAmount", "currencyID", "USD")},
		{"PEPPOL-EN16931-R005", s, func(e *Element) { e.add(value("TaxCurrencyCode", "EUR")) }},
		{"PEPPOL-EN16931-R053", s, drop("TaxTotal/TaxSubtotal")},
		{"PEPPOL-EN16931-R054", s, func(e *Element) { e.add(group("TaxTotal", value("TaxAmount", "9.00", "currencyID", "EUR"))) }},
		{"BR-DEC-09", s, set(sums+"LineExtensionAmount", "47.001")}, {"BR-DEC-12", s, set(sums+"TaxExclusiveAmount", "45.001")},
		{"BR-DEC-14", s, set(sums+"TaxInclusiveAmount", "54.001")}, {"BR-DEC-18", s, set(sums+"PayableAmount", "44.001")},
		{"BR-DEC-19", s, set(tax+"TaxableAmount", "45.001")}, {"BR-DEC-20", s, set(tax+"TaxAmount", "9.001")},
		{"BR-DEC-23", s, set(line+"LineExtensionAmount", "10.001")},
		{"PEPPOL-EN16931-R010", s, drop(buyer + "EndpointID")}, {"PEPPOL-EN16931-R020", s, drop(seller + "EndpointID")},
		{"PEPPOL-EN16931-CL008", s, mark(seller+"EndpointID", "schemeID", "EM")},
		{"BR-06", s, drop(seller + "PartyLegalEntity/RegistrationName")}, {"BR-07", s, drop(buyer + "PartyLegalEntity/RegistrationName")},
		{"BR-09", s, drop(seller + "PostalAddress/Country")}, {"BR-11", s, drop(buyer + "PostalAddress/Country")},
		{"BR-CO-09", s, set(buyer+"PartyTaxScheme/CompanyID", "12345")},
		{"BR-CO-26", s, drop(seller+"PartyTaxScheme", seller+"PartyIdentification", seller+"PartyLegalEntity/CompanyID")},
		{"DE-R-002", de, drop(seller + "Contact")},
		{"DE-R-003", de, drop(seller + "PostalAddress/CityName")}, {"DE-R-004", de, drop(seller + "PostalAddress/PostalZone")},
		{"DE-R-005", de, drop(seller + "Contact/Name")}, {"DE-R-006", de, drop(seller + "Contact/Telephone")},
		{"DE-R-007", de, drop(seller + "Contact/ElectronicMail")},
		{"DE-R-008", de, drop(buyer + "PostalAddress/CityName")}, {"DE-R-009", de, drop(buyer + "PostalAddress/PostalZone")},
		{"DE-R-010", de, drop("Delivery/DeliveryLocation/Address/CityName")}, {"DE-R-011", de, drop("Delivery/DeliveryLocation/Address/PostalZone")},
		{"DE-R-014", de, drop("TaxTotal/TaxSubtotal/TaxCategory/Percent")},
		{"NL-R-002", nl, drop(seller + "PostalAddress/StreetName")},
		{"NL-R-003", nl, mark(seller+"PartyLegalEntity/CompanyID", "schemeID", "0192")},
		{"NL-R-005", nl, mark(buyer+"PartyLegalEntity/CompanyID", "schemeID", "0192")},
		{"PEPPOL-EN16931-R041", s, drop("AllowanceCharge/BaseAmount")}, {"PEPPOL-EN16931-R042", s, drop(line + "AllowanceCharge/MultiplierFactorNumeric")},
		{"PEPPOL-EN16931-R040", s, set("AllowanceCharge/Amount", "4.73")},
		{"PEPPOL-EN16931-R043", s, set("AllowanceCharge/ChargeIndicator", "no")},
		{"PEPPOL-EN16931-R044", s, set(line+"Price/AllowanceCharge/ChargeIndicator", "true")},
		{"PEPPOL-EN16931-R046", s, set(line+"Price/AllowanceCharge/Amount", "5.01")},
		{"BR-CO-21", s, drop("AllowanceCharge/AllowanceChargeReason")}, {"BR-CO-22", s, drop("AllowanceCharge/AllowanceChargeReason")},
		{"BR-CO-10", s, set(sums+"LineExtensionAmount", "46.99")}, {"BR-CO-11", s, drop(sums + "AllowanceTotalAmount")},
		{"BR-CO-12", s, drop(sums + "ChargeTotalAmount")}, {"BR-CO-13", s, set(sums+"TaxExclusiveAmount", "45.01")},
		{"BR-CO-14", s, set("TaxTotal/TaxAmount", "9.01")}, {"BR-CO-15", s, set(sums+"TaxInclusiveAmount", "54.01")},
		{"BR-CO-16", s, set(sums+"PayableAmount", "54.00")}, {"BR-CO-18", s, drop("TaxTotal/TaxSubtotal")},
		{"BR-CO-17", s, set(tax+"TaxAmount", "10.00")}, {"BR-CO-17", s, drop(tax + "TaxCategory/Percent")},
		{"BR-S-02", s, drop(seller + "PartyTaxScheme")}, {"BR-S-05", s, set(line+"Item/ClassifiedTaxCategory/Percent", "0")},
		{"BR-S-08", s, set(tax+"TaxableAmount", "45.01")}, {"BR-S-09", s, set(tax+"TaxAmount", "10.00")},
		{"BR-S-10", s, put(tax+"TaxCategory", value("TaxExemptionReason", "none"))},
		{"BR-Z-10", rich("Z", "IE"), put(tax+"TaxCategory", value("TaxExemptionReason", "none"))},
		{"BR-AE-02", rich("AE", "IE"), drop(buyer+"PartyTaxScheme", buyer+"PartyLegalEntity/CompanyID")},
		{"BR-IC-02", eu, drop(buyer + "PartyTaxScheme")}, {"BR-IC-11", eu, drop("InvoicePeriod")}, {"BR-IC-12", eu, drop("Delivery")},
		{"BR-G-02", rich("G", "IE"), drop(seller + "PartyTaxScheme")},
		{"BR-O-02", out, put("AccountingSupplierParty/Party", group("PartyTaxScheme", value("CompanyID", "IE1"), group("TaxScheme", value("ID", "vat"))))},
		{"BR-O-05", out, put(line+"Item/ClassifiedTaxCategory", value("Percent", "0"))},
		{"BR-O-11", out, put("TaxTotal", group("TaxSubtotal", value("TaxableAmount", "0"), category("TaxCategory", Category{"S", 2000}, "", "")))},
		{"BR-48", s, drop(tax + "TaxCategory/Percent")},
		{"BR-25", s, drop(line + "Item/Name")}, {"BR-27", s, set(line+"Price/PriceAmount", "-1")},
		{"BR-CO-04", s, drop(line + "Item/ClassifiedTaxCategory")}, {"BR-CO-20", s, hollow(line + "InvoicePeriod")},
		{"PEPPOL-EN16931-R110", s, set(line+"InvoicePeriod/StartDate", "2026-09-30")},
		{"PEPPOL-EN16931-R111", s, set(line+"InvoicePeriod/EndDate", "2026-11-01")},
		{"PEPPOL-EN16931-R120", s, set(line+"InvoicedQuantity", "11")}, {"PEPPOL-EN16931-R120", s, set(line+"Price/BaseQuantity", "0")},
		{"PEPPOL-EN16931-R120", s, set(line+"InvoicedQuantity", "1e1")},
		{"PEPPOL-EN16931-R121", s, set(line+"Price/BaseQuantity", "0")}, {"PEPPOL-EN16931-R130", s, mark(line+"Price/BaseQuantity", "unitCode", "C62")},
		{"BR-54", s, drop(line + "Item/AdditionalItemProperty/Value")}, {"BR-64", s, mark(line+"Item/StandardItemIdentification/ID", "x", "")},
	}
	for id, code := range map[string]string{
		"P0104": "VATEX-EU-G", "P0105": "VATEX-EU-O", "P0106": "VATEX-EU-IC", "P0107": "VATEX-EU-AE",
		"P0108": "VATEX-EU-D", "P0109": "VATEX-EU-F", "P0110": "VATEX-EU-I", "P0111": "VATEX-EU-J",
	} {
		all = append(all, breaks{"PEPPOL-EN16931-" + id, s, put(tax+"TaxCategory", value("TaxExemptionReasonCode", code))})
	}
	for id, code := range map[string]string{"BR-Z": "Z", "BR-E": "E", "BR-AE": "AE", "BR-IC": "K", "BR-G": "G", "BR-O": "O"} {
		d := rich(code, "IE")
		all = append(all, breaks{id + "-01", d, drop("TaxTotal/TaxSubtotal")}, breaks{id + "-01", s, set(tax+"TaxCategory/ID", code)},
			breaks{id + "-01", s, set("AllowanceCharge/TaxCategory/ID", code)},
			breaks{id + "-08", d, set(tax+"TaxableAmount", "45.01")}, breaks{id + "-09", d, set(tax+"TaxAmount", "0.01")})
		if code != "O" {
			all = append(all, breaks{id + "-05", d, set(line+"Item/ClassifiedTaxCategory/Percent", "5")})
		}
		if code != "Z" {
			all = append(all, breaks{id + "-10", d, drop(tax + "TaxCategory/TaxExemptionReason")})
		}
	}
	for _, c := range identifiers {
		for _, bad := range c.bad {
			all = append(all, breaks{"PEPPOL-COMMON-" + c.rule, s, func(root *Element) {
				mark(buyer+"PartyIdentification/ID", "schemeID", c.scheme)(root)
				set(buyer+"PartyIdentification/ID", bad)(root)
			}})
		}
	}
	return all
}

// identifiers are published examples of their registers, and what is none.
var identifiers = []struct {
	rule, scheme string
	good, bad    []string
}{
	{"R040", "0088", []string{"7300010000001"}, []string{"7300010000002", "730001000000A", "7"}},
	{"R041", "0192", []string{"974760673"}, []string{"974760674", "000000000", "97476067"}},
	{"R042", "0184", []string{"12345678", "DK12345678"}, []string{"1234567", "SE12345678", "DK1234567A"}},
	{"R043", "0208", []string{"0403170701"}, []string{"0403170702", "403170701"}},
	{"R044", "0201", []string{"UFAB12"}, []string{"UFAB1", "UFAB1-"}},
	{"R045", "0210", []string{"00743110157", "MRTMTT91D08F205J"}, []string{"0074311015A", "MRTMTTX1D08F205J", "MRTMTT91D08"}},
	{"R047", "0211", []string{"IT00743110157"}, []string{"IT00743110158"}},
	{"R049", "0007", []string{"5560360793"}, []string{"5560360794"}},
	{"R050", "0151", []string{"51824753556"}, []string{"51824753557", "5182475355"}},
}

// TestEveryRuleIsKeptAndBroken holds each rule of Rules both ways: the document
// keeps every rule, and after the edit that very rule is broken.
func TestEveryRuleIsKeptAndBroken(t *testing.T) {
	left := map[string]bool{}
	for _, r := range Rules() {
		left[r.ID] = true
	}
	for _, b := range broken() {
		delete(left, b.rule)
		if _, err := Write(b.doc); err != nil {
			t.Fatalf("%s: the document before the edit: %v", b.rule, err)
		}
		root := b.doc.tree()
		b.edit(root)
		var broken *Error
		if err := Check(root.Bytes()); !errors.As(err, &broken) || !broken.Breaks(b.rule) {
			t.Errorf("%s is not broken: %v", b.rule, err)
		}
	}
	for rule := range left {
		t.Errorf("nothing breaks %s", rule)
	}
}

func TestIdentifiersOfParties(t *testing.T) {
	for _, c := range identifiers {
		for _, good := range c.good {
			d := rich("S", "IE")
			d.Buyer.ID = Identifier{c.scheme, good}
			if _, err := Write(d); err != nil {
				t.Errorf("%s %s: %v", c.scheme, good, err)
			}
		}
	}
	if !ValidGLN("7300010000001") || ValidGLN("7300010000002") || ValidGLN("73000100") {
		t.Error("ValidGLN")
	}
	if !KnownEndpointScheme("0088") || KnownEndpointScheme("EM") || KnownEndpointScheme("") || KnownEndpointScheme("0088 0096") {
		t.Error("KnownEndpointScheme")
	}
	for vat, want := range map[string]Identifier{
		"IE 9876543W": {"9935", "IE9876543W"}, "NO974760673MVA": {}, "IE1": {}, "": {}, "IT00743110157": {"0211", "IT00743110157"},
	} {
		if got := EndpointOf(vat); got != want {
			t.Errorf("EndpointOf(%q) = %v", vat, got)
		}
	}
}

// TestRichDocuments holds that everything of a document is written, and that
// what stands for nothing is left out.
func TestRichDocuments(t *testing.T) {
	for _, code := range []string{"S", "Z", "E", "AE", "K", "G", "O"} {
		for _, d := range []Document{rich(code, "IE"), credit(rich(code, "IE"))} {
			content, err := Write(d)
			if err != nil {
				t.Errorf("%s %s: %v", code, d.Kind, err)
				continue
			}
			if err := Check(content); err != nil {
				t.Errorf("%s %s read back: %v", code, d.Kind, err)
			}
		}
	}
	d := rich("S", "US")
	content, err := Write(d)
	if err != nil {
		t.Fatal(err)
	}
	root, err := Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		seller + "PartyTaxScheme/CompanyID":         "12-3456789",
		"AllowanceCharge/MultiplierFactorNumeric":   "10",
		line + "Price/AllowanceCharge/BaseAmount":   "25.00",
		line + "AllowanceCharge/Amount":             "4.00",
		line + "Item/AdditionalItemProperty/Value":  "LT1",
		sums + "AllowanceTotalAmount":               "4.70",
		sums + "PrepaidAmount":                      "10.00",
		"PaymentMeans/PayeeFinancialAccount/ID":     "IE29AIBK93115212345678",
		line + "OrderLineReference/LineID":          "7",
		line + "Item/SellersItemIdentification/ID":  "ST-3",
		line + "Item/ClassifiedTaxCategory/Percent": "20",
	} {
		if found := find(root, path); len(found) == 0 || found[0].Text != want {
			t.Errorf("%s is not %q", path, want)
		}
	}
	if n := len(find(root, line+"Item/AdditionalItemProperty")); n != 1 {
		t.Errorf("%d properties; one of the two is blank", n)
	}
}

// TestATaxOfAlmostNothing: at a rate below half a percent the tax has to round
// to zero as well (BR-CO-17).
func TestATaxOfAlmostNothing(t *testing.T) {
	d := plain()
	small := Category{"S", 40}
	d.Lines[0].Category, d.Taxes[0] = small, Tax{Category: small, Net: 1000, Amount: 4}
	if _, err := Write(d); err != nil {
		t.Error(err)
	}
	d.Taxes[0].Amount = 50
	var broken *Error
	if _, err := Write(d); !errors.As(err, &broken) || !broken.Breaks("BR-CO-17") {
		t.Errorf("0.50 at 0.4 %%: %v", err)
	}
	if (&Error{}).Breaks("BR-02") {
		t.Error("an error without violations breaks a rule")
	}
}
