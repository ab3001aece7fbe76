package x12

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func partner() Partner {
	return Partner{Delimiters: Usual(), Sender: Address{"ZZ", "NORVANE"}, Receiver: Address{"01", "123456789"}}
}

func control() Control {
	return Control{Interchange: 12, Group: 3, At: time.Date(2026, 10, 31, 9, 5, 0, 0, time.UTC)}
}

func plain() Invoice {
	return Invoice{
		Kind: Debit, Number: "NV-2026-000012", IssuedOn: "2026-10-31", DueOn: "2026-11-30", Days: 30, Order: "PO-1", Currency: "USD", Total: 161000,
		Seller: Party{Name: "Norvane"}, Buyer: Party{Name: "St. Brannoc"}, Taxes: []Tax{{Amount: 13000, Net: 148000, RateBP: 875}},
		Lines: []Line{{Position: 1, Quantity: 1, Net: 148000, Price: "1480.00", Item: "09506000134352", GTIN: true, Name: "Stent", Lot: "LT1", Serial: "SN1", UsedOn: "2026-10-03"}},
	}
}

func TestWrite(t *testing.T) {
	content, err := Write(partner(), control(), []Invoice{plain()})
	if err != nil {
		t.Fatal(err)
	}
	want := "ISA*00*          *00*          *ZZ*NORVANE        *01*123456789      *261031*0905*U*00401*000000012*0*P*>~" +
		"GS*IN*NORVANE*123456789*20261031*0905*3*X*004010~ST*810*0001~BIG*20261031*NV-2026-000012**PO-1***DI~CUR*SE*USD~" +
		"N1*SE*Norvane~N1*BT*St. Brannoc~ITD*01*3****20261130*30~IT1*1*1*EA*1480.00**UK*09506000134352~PAM****1*1480.00~" +
		"PID*F****Stent~REF*LT*LT1~REF*SE*SN1~DTM*472*20261003~TDS*161000~TXI*VA*130.00*8.75*****1480.00~CTT*1~SE*16*0001~GE*1*3~IEA*1*000000012~"
	if string(content) != want {
		t.Errorf("%s\nwant %s", content, want)
	}
	if len(strings.SplitAfter(want, "~")[0]) != 106 {
		t.Error("the interchange header is not 106 signs long")
	}
}

func TestRefusalsNameTheElement(t *testing.T) {
	for want, change := range map[string]func(*Partner, *Control, *Invoice){
		"BIG02": func(_ *Partner, _ *Control, d *Invoice) { d.Number = strings.Repeat("9", 23) },
		"BIG04": func(_ *Partner, _ *Control, d *Invoice) { d.Order = strings.Repeat("9", 23) },
		"REF02": func(_ *Partner, _ *Control, d *Invoice) { d.Lines[0].Serial = strings.Repeat("9", 31) },
		"IT107": func(_ *Partner, _ *Control, d *Invoice) { d.Lines[0].Item = strings.Repeat("9", 49) },
		"N104":  func(_ *Partner, _ *Control, d *Invoice) { d.Buyer.GLN = strings.Repeat("9", 81) },
		"TDS01": func(_ *Partner, _ *Control, d *Invoice) { d.Currency, d.Total = "KWD", 1001 },
		"ISA05": func(p *Partner, _ *Control, _ *Invoice) { p.Sender.Qualifier = "Z" },
		"ISA06": func(p *Partner, _ *Control, _ *Invoice) { p.Sender.ID = "" },
		"ISA07": func(p *Partner, _ *Control, _ *Invoice) { p.Receiver.Qualifier = "" },
		"ISA08": func(p *Partner, _ *Control, _ *Invoice) { p.Receiver.ID = strings.Repeat("9", 16) },
		"ISA13": func(_ *Partner, c *Control, _ *Invoice) { c.Interchange = 1_000_000_000 },
		"ISA":   func(p *Partner, _ *Control, _ *Invoice) { p.Component = p.Element },
	} {
		p, c, d := partner(), control(), plain()
		change(&p, &c, &d)
		_, err := Write(p, c, []Invoice{d})
		var refused *Error
		if !errors.As(err, &refused) || refused.Segment+refused.Element != want || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestDelimiters: a sign that text can hold separates nothing, but for the line
// break at the end of a segment.
func TestDelimiters(t *testing.T) {
	for text, good := range map[string]bool{
		"*>~": true, "|:\n": true, "^!'": true, "A>~": false, "*7~": false, "*>z": false, "*.~": false, "*>-": false,
		" >~": false, "*\x7f~": false, "\n>~": false, "*\n~": false, "**~": false, "*>>": false, "~>~": false,
	} {
		p := partner()
		p.Delimiters = Delimiters{Element: text[0], Component: text[1], Segment: text[2], Break: true}
		content, err := Write(p, control(), []Invoice{plain()})
		if (err == nil) != good {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if good && (content[3] != text[0] || content[104] != text[1] || content[105] != text[2]) {
			t.Errorf("%q: %.106s", text, content)
		}
		if lines := strings.Count(string(content), "\n"); good && lines != 20 {
			t.Errorf("%q: %d lines of 20 segments", text, lines)
		}
	}
}

func TestGroupsHaveTheirSize(t *testing.T) {
	for _, n := range []int{0, 10_000} {
		_, err := Write(partner(), control(), make([]Invoice, n))
		var refused *Error
		if !errors.As(err, &refused) || refused.Segment+refused.Element != "GE01" {
			t.Errorf("%d documents: %v", n, err)
		}
	}
}

// TestWhatElseASegmentCarries holds each thing to the segment that carries it.
func TestWhatElseASegmentCarries(t *testing.T) {
	for want, change := range map[string]func(*Partner, *Invoice){
		"*0*T*>~":                              func(p *Partner, _ *Invoice) { p.Test = true },
		"~N1*BT*St. Brannoc*UL*9506000134352~": func(_ *Partner, d *Invoice) { d.Buyer.GLN = "9506000134352" },
		"~N1*BT*St. Brannoc~N3*Quay 1~IT":      func(_ *Partner, d *Invoice) { d.Buyer.Street, d.DueOn = "Quay 1", "" },
		"~N4*Boston*MA*02115*US~": func(_ *Partner, d *Invoice) {
			d.Buyer.City, d.Buyer.Region, d.Buyer.Postal, d.Buyer.Country = "Boston", "MA", "021 15", "US"
		},
		"~N4*Cork***IE~":                           func(_ *Partner, d *Invoice) { d.Buyer.City, d.Buyer.Region, d.Buyer.Country = "Cork", "Munster", "IE" },
		"~REF*TJ*12-3456789~":                      func(_ *Partner, d *Invoice) { d.Seller.TaxID = "12-3456789" },
		"**CR~CUR*SE*USD~REF*OI*NV-1~":             func(_ *Partner, d *Invoice) { d.Kind, d.Original = Credit, "NV-1" },
		"~REF*4N*P-1~REF*CR*B-1~":                  func(_ *Partner, d *Invoice) { d.PaymentReference, d.BuyerReference = "P-1", "B-1" },
		"~ITD*01*3****20261130~":                   func(_ *Partner, d *Invoice) { d.Days = 0 },
		"~IT1*1*1*EA*1480.00~PAM****1*1480.00~REF": func(_ *Partner, d *Invoice) { d.Lines[0].Item, d.Lines[0].Name = "", "" },
		"~IT1*1*1*BX*1480.00**VP*ST-3~":            func(_ *Partner, d *Invoice) { d.Lines[0].Item, d.Lines[0].GTIN, d.Lines[0].Unit = "ST-3", false, "BX" },
		"**BP*ST-3~":                               func(p *Partner, d *Invoice) { p.ItemQualifier, d.Lines[0].Item, d.Lines[0].GTIN = "BP", "ST-3", false },
		"**EN*09506000134352~":                     func(p *Partner, _ *Invoice) { p.GTINQualifier = "EN" },
		"~REF*ZZ*C-77*CASE~":                       func(_ *Partner, d *Invoice) { d.Lines[0].Case = "C-77" },
		"~TXI*ST*130.00*8.75*****1480.00~":         func(p *Partner, _ *Invoice) { p.TaxCode = "ST" },
		"~TXI*VA*0.00*0***1**1480.00~":             func(_ *Partner, d *Invoice) { d.Taxes[0] = Tax{Net: 148000, Exempt: true} },
		"~TDS*16100000~":                           func(_ *Partner, d *Invoice) { d.Currency = "JPY" },
		"~TDS*16100~TXI*VA*13.000*":                func(_ *Partner, d *Invoice) { d.Currency = "KWD" },
	} {
		p, d := partner(), plain()
		change(&p, &d)
		content, err := Write(p, control(), []Invoice{d})
		if err != nil || !strings.Contains(string(content), want) {
			t.Errorf("%s is missing (%v):\n%s", want, err, content)
		}
	}
}

// TestTextNeverEndsAnything holds any text between the delimiters.
func TestTextNeverEndsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := plain()
		d.Lines[0].Name = rapid.String().Draw(t, "name")
		d.Seller.Name = rapid.StringMatching(`[~*>\n\x00-\x1f]{0,8}[a-zß]{1,4}`).Draw(t, "seller")
		content, err := Write(partner(), control(), []Invoice{d})
		if err != nil {
			t.Fatal(err)
		}
		segments := strings.Split(strings.TrimSuffix(string(content), "~"), "~")
		counted := 0
		for _, s := range segments {
			if len(s) < 2 || strings.Trim(s, " ") == "" {
				t.Fatalf("an empty segment in %q", content)
			}
			for _, r := range s {
				if r < ' ' || r > '~' {
					t.Fatalf("%q is not printable ASCII", s)
				}
			}
			if strings.HasPrefix(s, "SE*") && s != fmt.Sprintf("SE*%d*0001", counted) {
				t.Fatalf("%s after %d segments", s, counted)
			}
			if counted++; strings.HasPrefix(s, "ST*") {
				counted = 2
			}
		}
	})
}

func TestPlainText(t *testing.T) {
	w := &writer{partner: partner()}
	for text, want := range map[string]string{
		"Führungsdraht": "Fuhrungsdraht", "3.0 × 18 mm": "3.0 x 18 mm", "a~b*c>d": "a b c d", "Straße": "Strasse", "縫": "?", "→": "-", "\x00\x1b": "",
	} {
		if got := w.plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
