package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

func sample(lines int) billing.Document {
	doc := billing.Document{
		Invoice: billing.Invoice{
			ID: "i", Currency: "EUR", State: billing.Open, Number: "NV-2026-000012", PaymentReference: billing.PaymentReference("NV-2026-000012"),
			IssuedOn: "2026-10-31", DueOn: "2026-11-30", Sample: true, CreatedAt: time.Date(2026, 10, 31, 9, 0, 0, 0, time.UTC),
		},
		Seller: access.Organisation{
			Name: "Norvane Medical", LegalName: "Norvane Medical GmbH", Address: "Hafenstraße 12\n20457 Hamburg\nGermany", TaxID: "DE123456789",
			BankAccount: "DE02 1203 0000 0000 2020 51",
		},
		Payer: access.Organisation{Name: "St. Brannoc", LegalName: "St. Brannoc Hospital Trust", Address: "1 Quay Lane\nDublin 2\nIreland"},
	}
	for n := range lines {
		doc.Lines = append(doc.Lines, billing.InvoiceLine{
			Position: n + 1, DI: "09506000134352", Lot: "LT4471", Serial: fmt.Sprintf("SN%05d", n), Description: "Coronary stent Halden, 3.0 × 18 mm",
			Case: "C-7Q4M", ServiceDate: "2026-10-03", PriceSentence: "Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00.",
			Quantity: 1, UnitMinor: 148000, NetMinor: 148000, TaxCategory: "S", TaxRateBP: 2100,
		})
	}
	totals, err := billing.ApplyTax(doc.Lines)
	if err != nil {
		panic(err)
	}
	doc.Invoice.NetMinor, doc.Invoice.TaxMinor, doc.Invoice.TotalMinor = totals.NetMinor, totals.TaxMinor, totals.TotalMinor
	return doc
}

func TestPDFIsTheSameEachTime(t *testing.T) {
	first, err := PDF{}.Invoice(sample(7))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := PDF{}.Invoice(sample(7))
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("another rendering gives other bytes (%v)", err)
		}
	}
	other := sample(7)
	other.Lines[3].Lot = "LT4472"
	changed, err := PDF{}.Invoice(other)
	if err != nil || bytes.Equal(first, changed) {
		t.Fatalf("a changed lot gives the same bytes (%v)", err)
	}
}

// The outside judges of a PDF, where they are installed.
func TestPDFPassesItsJudges(t *testing.T) {
	for lines, pages := range map[int]int{1: 1, 250: 20} {
		content, err := PDF{}.Invoice(sample(lines))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "invoice.pdf")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := exec.LookPath("qpdf"); err == nil {
			if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
				t.Errorf("qpdf: %v\n%s", err, out)
			}
		}
		if _, err := exec.LookPath("pdftotext"); err == nil {
			checkText(t, path, lines, pages)
		}
	}
}

func checkText(t *testing.T, path string, lines, least int) {
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	text := string(out)
	for _, want := range []string{
		"NV-2026-000012", "Norvane Medical GmbH", "St. Brannoc Hospital Trust", "SAMPLE", "C-7Q4M", "LT4471", "→ €1,480.00",
		fmt.Sprintf("SN%05d", lines-1), sample(lines).Invoice.Total().Format("en"), "S · standard rate", "30 Nov 2026",
		billing.PaymentReferenceInGroups(billing.PaymentReference("NV-2026-000012")),
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), strings.ReplaceAll(want, "\u00a0", " ")) {
			t.Errorf("%d lines: the text lacks %q", lines, want)
		}
	}
	if got := strings.Count(text, "\f"); got < least {
		t.Errorf("%d lines on %d pages, at least %d expected", lines, got, least)
	}
}

func TestCSVKeepsTextFromBeingFormulas(t *testing.T) {
	for _, text := range []string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", " =1", "\u00a0=1", "\ufeff=1", "=cmd|' /C calc'!A0",
	} {
		out := written(t, Text(text))
		rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 2 || !strings.HasPrefix(rows[1][0], "'") {
			t.Errorf("%q: %q, %v", text, rows, err)
		}
	}
	if out := string(written(t, Text("3.0 × 18 mm"), Text("a-b"))); strings.Contains(out, "'") {
		t.Errorf("harmless text was changed: %q", out)
	}
}

// written is a table of one column as CSV.
func written(t *testing.T, cells ...Cell) []byte {
	t.Helper()
	rows := make([][]Cell, len(cells))
	for i, c := range cells {
		rows[i] = []Cell{c}
	}
	var b bytes.Buffer
	if err := CSV(&b, Table{Columns: []Heading{{Name: "h"}}, Each: Rows(rows)}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSVNumbersStayNumbers(t *testing.T) {
	out := written(t, Money(money.Amount{Minor: -148000, Currency: "EUR"}), Number(-3), Text(`say "a, b"`), Text("two\r\nlines"), Percent(550), Day("2026-10-31"))
	if want := "h\r\n-1480.00\r\n-3\r\n\"say \"\"a, b\"\"\"\r\n\"two\r\nlines\"\r\n5.5\r\n2026-10-31\r\n"; string(out) != want {
		t.Errorf("%q\nwant %q", out, want)
	}
}

func TestColumnsAreAllowListed(t *testing.T) {
	for _, list := range [][]string{InvoiceColumns(), LineColumns()} {
		for _, h := range list {
			if strings.Contains(h, "patient") || strings.Contains(h, "person") {
				t.Errorf("column %q", h)
			}
		}
	}
	none := func(func(billing.NamedInvoice) error) error { return nil }
	if _, err := Invoices([]string{"number", "patient"}, none); !fault.Is(err, fault.Invalid) {
		t.Errorf("a column off the list: %v", err)
	}
	table, err := Invoices([]string{"due", "number"}, none)
	if err != nil || len(table.Columns) != 2 || table.Columns[0].Name != "due" {
		t.Errorf("%+v, %v", table.Columns, err)
	}
}

func TestBundleIsTheSameEachTime(t *testing.T) {
	bundle := func() []byte {
		var b bytes.Buffer
		z := NewBundle(&b, time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC))
		for _, f := range []billing.File{{Name: "a.pdf", Bytes: []byte("a")}, {Name: "b.xml", Bytes: []byte("b")}} {
			if err := z.Add(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if !bytes.Equal(bundle(), bundle()) {
		t.Fatal("other bytes")
	}
}

func TestQuotient(t *testing.T) {
	for want, got := range map[string]string{
		"333.333333": quotient(100_000, 3, 2), "5": quotient(1_000, 2, 2), "0.0005": quotient(1, 2, 3), "7": quotient(21, 3, 0), "0": quotient(0, 3, 2),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAddressesAreSplit(t *testing.T) {
	for address, want := range map[string]string{
		"Werkstraße 8\n79110 Freiburg":          "Werkstraße 8||Freiburg|79110|",
		"400 Prairie Avenue\nChicago, IL 60616": "400 Prairie Avenue||Chicago|60616|IL",
		"1 Harbour Road\nD02 XK40 Dublin":       "1 Harbour Road||Dublin|D02 XK40|",
		"4 Mill Lane\nLeeds LS1 4AP\nEngland":   "4 Mill Lane|England|Leeds|LS1 4AP|",
		"Havenkade 21\n3511 AA Utrecht":         "Havenkade 21||Utrecht|3511 AA|",
		"Somewhere":                             "Somewhere||||",
	} {
		a := addressOf(access.Organisation{Address: address}, billing.PartyDetails{})
		if got := strings.Join([]string{a.Street, a.More, a.City, a.PostalZone, a.Region}, "|"); got != want {
			t.Errorf("%q: %s, want %s", address, got, want)
		}
	}
}

func BenchmarkInvoice20Lines(b *testing.B) {
	doc := sample(20)
	for b.Loop() {
		if _, err := (PDF{}).Invoice(doc); err != nil {
			b.Fatal(err)
		}
	}
}
