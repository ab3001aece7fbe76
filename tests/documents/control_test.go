package documents_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"trueward/internal/standard/ubl"
)

// rich is a document with everything that rules are about.
func rich(kind ubl.Kind) ubl.Document {
	standard := ubl.Category{Code: "S", RateBP: 2100}
	doc := ubl.Document{
		Kind: kind, Number: "NV-2026-000012", IssuedOn: "2026-10-31", DueOn: "2026-11-30", Note: "One note", Currency: "EUR", BuyerReference: "PO-4471",
		Period: ubl.Period{Start: "2026-10-01", End: "2026-10-31"}, Preceding: []ubl.Reference{{Number: "NV-2026-000001", IssuedOn: "2026-09-30"}},
		Seller: ubl.Party{
			Name: "Corvidia", LegalName: "Corvidia Vascular B.V.", Endpoint: ubl.Identifier{Scheme: "0088", Value: "9506000134352"}, VAT: "NL812345678B01",
			Registered: ubl.Identifier{Scheme: "0106", Value: "12345678"},
			Address:    ubl.Address{Street: "Havenkade 21", City: "Utrecht", PostalZone: "3511 AA", Country: "NL"},
		},
		Buyer: ubl.Party{
			Name: "Rigshuset", LegalName: "Rigshuset", Endpoint: ubl.Identifier{Scheme: "0184", Value: "DK12345678"}, VAT: "DK12345678",
			Address: ubl.Address{Street: "Gade 1", City: "Odense", PostalZone: "5000", Country: "DK"},
		},
		Payment: ubl.Payment{Means: "30", Reference: "RF18539007547034", Account: "NL91ABNA0417164300"}, Terms: "30 days",
		Allowances: []ubl.Allowance{
			{Reason: "Rebate", Amount: 1_000, Base: 10_000, PercentBP: 1_000, Category: standard},
			{Charge: true, Reason: "Freight", Amount: 500, Category: standard},
		},
		Taxes: []ubl.Tax{{Category: standard, Net: 19_000, Amount: 3_990}, {Category: ubl.Category{Code: "E"}, Net: 5_000, ReasonCode: "VATEX-EU-132"}},
		Lines: []ubl.Line{
			{
				ID: "1", Note: "Agreement A-12", Quantity: 2, Net: 19_500, Name: "Stent", Standard: ubl.Identifier{Scheme: "0160", Value: "09506000134352"},
				Period: ubl.Period{Start: "2026-10-03", End: "2026-10-04"}, Category: standard, Attributes: []ubl.Attribute{{Name: "Lot", Value: "LT4471"}},
				Price:      ubl.Price{Net: 20_000, Gross: 25_000, Discount: 5_000, BaseQuantity: 2},
				Allowances: []ubl.Allowance{{Reason: "Loyalty", Amount: 500, Base: 20_000, PercentBP: 250}},
			},
			{ID: "2", Quantity: 1, Net: 5_000, Name: "Training", Category: ubl.Category{Code: "E"}, Price: ubl.Price{Net: 5_000}},
		},
	}
	return doc
}

// mutation plants one fault; the rule has to name it.
type mutation struct{ rule, old, new string }

var mutations = []mutation{
	{"PEPPOL-EN16931-R001", "<ProfileID>*</ProfileID>", ""},
	{"PEPPOL-EN16931-R007", "billing:01:1.0", "billing:1"},
	{"PEPPOL-EN16931-R004", "urn:cen.eu:en16931:2017#compliant", "urn:cen.eu:en16931:2017#conformant"},
	{"PEPPOL-EN16931-R002", "<Note>One note</Note>", "<cbc:Note>One</cbc:Note><cbc:Note>Two</cbc:Note>"},
	{"PEPPOL-EN16931-R003", "<BuyerReference>*</BuyerReference>", ""},
	{"PEPPOL-EN16931-R008", "<BuyerReference>*</BuyerReference>", "<cbc:BuyerReference></cbc:BuyerReference>"},
	{"PEPPOL-EN16931-P0100", ">380<", ">381<"},
	{"PEPPOL-EN16931-F001", ">2026-11-30<", ">2026-11-31<"},
	{"PEPPOL-EN16931-R051", `<cbc:PayableAmount currencyID="EUR"`, `<cbc:PayableAmount currencyID="USD"`},
	{"PEPPOL-EN16931-R005", "<cbc:BuyerReference>", "<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode><cbc:BuyerReference>"},
	{"PEPPOL-EN16931-R053", "<cac:TaxTotal>", `<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">0.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>Z</cbc:ID><cbc:Percent>0</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal><cac:TaxTotal>`},
	{"PEPPOL-EN16931-R054", "<cac:TaxTotal>", `<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount></cac:TaxTotal><cac:TaxTotal>`},
	{"PEPPOL-EN16931-R010", `<cbc:EndpointID schemeID="0184">DK12345678</cbc:EndpointID>`, ""},
	{"PEPPOL-EN16931-R020", `<cbc:EndpointID schemeID="0088">9506000134352</cbc:EndpointID>`, ""},
	{"PEPPOL-EN16931-CL008", `schemeID="0184"`, `schemeID="EM"`},
	{"PEPPOL-COMMON-R040", ">9506000134352<", ">9506000134353<"},
	{"PEPPOL-COMMON-R041", `schemeID="0184">DK12345678`, `schemeID="0192">123456789`},
	{"PEPPOL-COMMON-R042", `schemeID="0184">DK12345678`, `schemeID="0184">DK1234567`},
	{"PEPPOL-COMMON-R043", `schemeID="0184">DK12345678`, `schemeID="0208">1234567890`},
	{"PEPPOL-COMMON-R049", `schemeID="0184">DK12345678`, `schemeID="0007">5560360794`},
	{"PEPPOL-COMMON-R050", `schemeID="0184">DK12345678`, `schemeID="0151">51824753557`},
	{"PEPPOL-EN16931-R040", "<cbc:MultiplierFactorNumeric>10<", "<cbc:MultiplierFactorNumeric>11<"},
	{"PEPPOL-EN16931-R041", `<cbc:BaseAmount currencyID="EUR">100.00</cbc:BaseAmount>`, ""},
	{"PEPPOL-EN16931-R042", "<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>", ""},
	{"PEPPOL-EN16931-R043", "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>", "<cbc:ChargeIndicator>0</cbc:ChargeIndicator>"},
	{"PEPPOL-EN16931-R044", `<cbc:ChargeIndicator>false</cbc:ChargeIndicator>` + "\n" + `        <cbc:Amount currencyID="EUR">50.00`, `<cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">50.00`},
	{"PEPPOL-EN16931-R046", `<cbc:BaseAmount currencyID="EUR">250.00`, `<cbc:BaseAmount currencyID="EUR">260.00`},
	{"PEPPOL-EN16931-R110", ">2026-10-03<", ">2026-09-30<"},
	{"PEPPOL-EN16931-R111", ">2026-10-04<", ">2026-11-01<"},
	{"PEPPOL-EN16931-R120", `<cbc:PriceAmount currencyID="EUR">50.00`, `<cbc:PriceAmount currencyID="EUR">50.03`},
	{"PEPPOL-EN16931-R121", `<cbc:BaseQuantity unitCode="EA">2`, `<cbc:BaseQuantity unitCode="EA">-2`},
	{"PEPPOL-EN16931-R130", `<cbc:BaseQuantity unitCode="EA"`, `<cbc:BaseQuantity unitCode="BX"`},
	{"BR-CO-10", `<cbc:LineExtensionAmount currencyID="EUR">245.00`, `<cbc:LineExtensionAmount currencyID="EUR">245.01`},
	{"BR-CO-13", `<cbc:TaxExclusiveAmount currencyID="EUR">240.00`, `<cbc:TaxExclusiveAmount currencyID="EUR">240.01`},
	{"BR-CO-14", "<cac:TaxTotal>\n    " + `<cbc:TaxAmount currencyID="EUR">39.90`, "<cac:TaxTotal>" + `<cbc:TaxAmount currencyID="EUR">39.91`},
	{"BR-CO-15", `<cbc:TaxInclusiveAmount currencyID="EUR">279.90`, `<cbc:TaxInclusiveAmount currencyID="EUR">279.91`},
	{"BR-CO-16", `<cbc:PayableAmount currencyID="EUR">279.90`, `<cbc:PayableAmount currencyID="EUR">279.91`},
	{"BR-CO-17", `<cbc:TaxableAmount currencyID="EUR">190.00</cbc:TaxableAmount>` + "\n      " + `<cbc:TaxAmount currencyID="EUR">39.90`, `<cbc:TaxableAmount currencyID="EUR">190.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">40.90`},
	{"BR-S-09", `<cbc:TaxableAmount currencyID="EUR">190.00</cbc:TaxableAmount>` + "\n      " + `<cbc:TaxAmount currencyID="EUR">39.90`, `<cbc:TaxableAmount currencyID="EUR">190.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">38.90`},
	{"BR-S-08", `<cbc:TaxableAmount currencyID="EUR">190.00`, `<cbc:TaxableAmount currencyID="EUR">193.00`},
	{"BR-E-08", `<cbc:TaxableAmount currencyID="EUR">50.00`, `<cbc:TaxableAmount currencyID="EUR">50.01`},
	{"BR-E-10", "<cbc:TaxExemptionReasonCode>VATEX-EU-132</cbc:TaxExemptionReasonCode>", ""},
	{"BR-CO-19", "<cbc:StartDate>2026-10-01</cbc:StartDate>\n    <cbc:EndDate>2026-10-31</cbc:EndDate>", ""},
	{"BR-CO-20", "<cbc:StartDate>2026-10-03</cbc:StartDate>\n      <cbc:EndDate>2026-10-04</cbc:EndDate>", ""},
	{"BR-CO-21", "<cbc:AllowanceChargeReason>Rebate</cbc:AllowanceChargeReason>", ""},
	{"BR-50", "<cbc:ID>NL91ABNA0417164300</cbc:ID>", "<cbc:Name>Corvidia</cbc:Name>"},
	{"BR-61", "<cac:PayeeFinancialAccount>\n      <cbc:ID>NL91ABNA0417164300</cbc:ID>\n    </cac:PayeeFinancialAccount>", ""},
	{"BR-CO-26", "<cac:PartyTaxScheme>*<cbc:CompanyID schemeID=\"0106\">12345678</cbc:CompanyID>", "<cac:PartyLegalEntity><cbc:RegistrationName>C</cbc:RegistrationName>"},
	{"BR-54", "<cbc:Value>LT4471</cbc:Value>", ""},
	{"BR-55", "<cbc:ID>NV-2026-000001</cbc:ID>", ""},
	{"BR-64", ` schemeID="0160"`, ""},
	{"BR-DEC-18", `<cbc:PayableAmount currencyID="EUR">279.90`, `<cbc:PayableAmount currencyID="EUR">279.900`},
	{"BR-DEC-23", `<cbc:LineExtensionAmount currencyID="EUR">195.00`, `<cbc:LineExtensionAmount currencyID="EUR">195.000`},
	{"BR-CO-09", "<cbc:CompanyID>NL812345678B01<", "<cbc:CompanyID>12345678<"},
	{"BR-O-05", "<cac:ClassifiedTaxCategory>\n        <cbc:ID>E</cbc:ID>", "<cac:ClassifiedTaxCategory><cbc:ID>O</cbc:ID>"},
	{"BR-Z-01", "<cac:ClassifiedTaxCategory>\n        <cbc:ID>E</cbc:ID>", "<cac:ClassifiedTaxCategory><cbc:ID>Z</cbc:ID>"},
	{"NL-R-002", "<cbc:CityName>Utrecht</cbc:CityName>", ""},
	{"NL-R-003", `schemeID="0106"`, `schemeID="0002"`},
}

// exemptionCodes are the categories that a code of exemption goes with.
var exemptionCodes = map[string]string{
	"P0104": "VATEX-EU-G", "P0105": "VATEX-EU-O", "P0106": "VATEX-EU-IC", "P0107": "VATEX-EU-AE",
}

// apply edits the first place; "*" in old stands for anything, and names
// without a prefix are values.
func (m mutation) apply(t *testing.T, document string) string {
	t.Helper()
	old := m.old
	if strings.HasPrefix(old, "<") && !strings.HasPrefix(old, "<c") {
		old = strings.NewReplacer("</", "</cbc:", "<", "<cbc:").Replace(old)
	}
	head, tail, wild := strings.Cut(old, "*")
	start := strings.Index(document, head)
	if start < 0 {
		t.Fatalf("%s: %q is not in the document", m.rule, head)
	}
	end := start + len(head)
	if wild {
		end += strings.Index(document[end:], tail) + len(tail)
	}
	return document[:start] + m.new + document[end:]
}

// TestPlantedFaultsAreNamed is the control of both judges: one fault at a time
// is planted into a good document, and each of them has to name its rule.
func TestPlantedFaultsAreNamed(t *testing.T) {
	good, err := ubl.Write(rich(ubl.Invoice))
	if err != nil {
		t.Fatal(err)
	}
	credit, err := ubl.Write(rich(ubl.CreditNote))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"good.xml": good, "credit.xml": credit}
	rules := map[string]string{}
	plant := func(rule string, document string) {
		name := fmt.Sprintf("fault-%02d", len(rules))
		files[name+".xml"], rules[name] = []byte(document), rule
		var broken *ubl.Error
		if err := ubl.Check([]byte(document)); !errors.As(err, &broken) || !broken.Breaks(rule) {
			t.Errorf("%s is not named by our check: %v", rule, err)
		}
	}
	for _, m := range mutations {
		plant(m.rule, m.apply(t, string(good)))
	}
	for rule, code := range exemptionCodes {
		plant("PEPPOL-EN16931-"+rule, strings.Replace(string(good), "VATEX-EU-132", code, 1))
	}
	plant("PEPPOL-EN16931-P0101", strings.Replace(string(credit), ">381<", ">380<", 1))
	plant("NL-R-001", mutation{"NL-R-001", "<cac:BillingReference>*</cac:BillingReference>", ""}.apply(t, string(credit)))

	said, ok := judge(t, files)
	if !ok {
		return
	}
	for _, name := range []string{"good", "credit"} {
		if strings.Join(said[name], "") != "passes" {
			t.Errorf("%s: %v", name, said[name])
		}
	}
	for name, rule := range rules {
		if !strings.Contains(strings.Join(said[name], "\n"), "fatal "+rule+" ") {
			t.Errorf("the judge does not name %s: %v", rule, said[name])
		}
	}
}
