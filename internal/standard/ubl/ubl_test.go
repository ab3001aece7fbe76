package ubl

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"trueward/internal/standard/money"
)

func plain() Document {
	c := Category{"S", 2100}
	return Document{
		Kind: Invoice, Number: "A-1", IssuedOn: "2026-10-31", DueOn: "2026-11-30", Currency: "EUR", BuyerReference: "PO-1",
		Seller: Party{LegalName: "S & Co", Endpoint: Identifier{"9930", "DE811234567"}, VAT: "DE811234567", Address: Address{Country: "DE"}},
		Buyer:  Party{LegalName: "B", Endpoint: EndpointOf("IE9876543W"), Address: Address{Country: "IE"}},
		Taxes:  []Tax{{Category: c, Net: 1000, Amount: 210}},
		Lines:  []Line{{ID: "1", Name: "Stent", Quantity: 1, Net: 1000, Category: c, Price: Price{Net: 1000}}},
	}
}

func TestWriteReadsBackTheSame(t *testing.T) {
	first, err := Write(plain())
	if err != nil {
		t.Fatal(err)
	}
	root, err := Parse(first)
	if err != nil || Check(first) != nil {
		t.Fatal(err, Check(first))
	}
	if got := root.text("cac:AccountingSupplierParty", "cac:Party", "cac:PartyLegalEntity", "cbc:RegistrationName"); got != "S & Co" {
		t.Errorf("seller %q", got)
	}
	if again, _ := Write(plain()); !bytes.Equal(first, again) {
		t.Error("another writing gives other bytes")
	}
}

func TestRefusalsNameTheirRule(t *testing.T) {
	for rule, change := range map[string]func(*Document){
		"PEPPOL-EN16931-R003":  func(d *Document) { d.BuyerReference = " " },
		"PEPPOL-EN16931-R010":  func(d *Document) { d.Buyer.Endpoint = Identifier{} },
		"PEPPOL-EN16931-CL008": func(d *Document) { d.Buyer.Endpoint = Identifier{"EM", "a@b.example"} },
		"BR-CO-17":             func(d *Document) { d.Taxes[0].Amount = 310 },
		"BR-S-08":              func(d *Document) { d.Taxes[0].Net = 1001 },
		"PEPPOL-EN16931-R120":  func(d *Document) { d.Lines[0].Price.Net = 997 },
		"BR-DEC-23":            func(d *Document) { d.Currency = "KWD"; d.Lines[0].Net = 1001 },
		"BR-CO-26":             func(d *Document) { d.Seller.VAT = "" },
		"BR-61":                func(d *Document) { d.Payment.Means = "58" },
		"BR-16":                func(d *Document) { d.Lines = nil },
		"PEPPOL-EN16931-F001":  func(d *Document) { d.IssuedOn = "31.10.2026" },
		"DE-R-008":             func(d *Document) { d.Buyer.Address.Country = "DE" },
		"PEPPOL-COMMON-R040":   func(d *Document) { d.Seller.ID = Identifier{"0088", "9506000134353"} },
		"BR-O-02":              func(d *Document) { d.Taxes[0].Category, d.Lines[0].Category = Category{Code: "O"}, Category{Code: "O"} },
	} {
		doc := plain()
		change(&doc)
		_, err := Write(doc)
		var broken *Error
		if !errors.As(err, &broken) || !broken.Breaks(rule) || !strings.Contains(err.Error(), rule) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

func TestAmountsInOtherDigits(t *testing.T) {
	for currency, want := range map[money.Currency]string{"JPY": ">1000<", "EUR": ">10.00<", "KWD": ">1.00<"} {
		doc := plain()
		doc.Currency = currency
		content, err := Write(doc)
		if err != nil || !bytes.Contains(content, []byte(`LineExtensionAmount currencyID="`+string(currency)+`"`+want)) {
			t.Errorf("%s: %v\n%s", currency, err, content)
		}
	}
}

// The numbers are published examples of their registers.
func TestIdentifiers(t *testing.T) {
	for name, c := range map[string]struct {
		valid func(string) bool
		good  string
	}{
		"GLN": {gln, "7300010000001"}, "Norway": {norwegian, "974760673"}, "Belgium": {belgian, "0403170701"},
		"Sweden": {luhn, "5560360793"}, "Australia": {australian, "51824753556"}, "Italy": {partitaIVA, "00743110157"},
	} {
		if !c.valid(c.good) {
			t.Errorf("%s: %s is refused", name, c.good)
		}
		last := c.good[len(c.good)-1]
		if bad := c.good[:len(c.good)-1] + string('0'+(last-'0'+1)%10); c.valid(bad) {
			t.Errorf("%s: %s passes", name, bad)
		}
	}
}

func TestParseRefusesOtherThings(t *testing.T) {
	for _, text := range []string{"", "x", "<a/>", `<Invoice xmlns="urn:x"/>`, "<Invoice xmlns=\"" + spaceInvoice + "\">", "\x00"} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrNotUBL) {
			t.Errorf("%q: %v", text, err)
		}
		if err := Check([]byte(text)); !errors.Is(err, ErrNotUBL) {
			t.Errorf("%q is checked: %v", text, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	good, err := Write(plain())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, document []byte) {
		var broken *Error
		if err := Check(document); err != nil && !errors.Is(err, ErrNotUBL) && !errors.As(err, &broken) {
			t.Fatal(err)
		}
	})
}

func BenchmarkWrite20Lines(b *testing.B) {
	doc := plain()
	for len(doc.Lines) < 20 {
		doc.Lines = append(doc.Lines, doc.Lines[0])
	}
	doc.Taxes[0].Net, doc.Taxes[0].Amount = 20_000, 4_200
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Write(doc); err != nil {
			b.Fatal(err)
		}
	}
}
