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
		out := Table{Header: []string{"h"}, Rows: [][]Cell{{Text(text)}}}.CSV()
		rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 2 || !strings.HasPrefix(rows[1][0], "'") {
			t.Errorf("%q: %q, %v", text, rows, err)
		}
	}
	if out := string(Table{Header: []string{"h"}, Rows: [][]Cell{{Text("3.0 × 18 mm")}, {Text("a-b")}}}.CSV()); strings.Contains(out, "'") {
		t.Errorf("harmless text was changed: %q", out)
	}
}

func TestCSVNumbersStayNumbers(t *testing.T) {
	out := Table{Header: []string{"a", "b"}, Rows: [][]Cell{
		{Money(money.Amount{Minor: -148000, Currency: "EUR"}), Number(-3)}, {Text(`say "a, b"`), Text("two\r\nlines")},
	}}.CSV()
	if want := "a,b\r\n-1480.00,-3\r\n\"say \"\"a, b\"\"\",\"two\r\nlines\"\r\n"; string(out) != want {
		t.Errorf("%q\nwant %q", out, want)
	}
}

func TestColumnsAreAllowListed(t *testing.T) {
	doc := sample(1)
	row := billing.NamedInvoice{Invoice: doc.Invoice, VendorName: "Norvane", HospitalName: "St. Brannoc"}
	for _, table := range []Table{Invoices([]billing.NamedInvoice{row}), Lines([]billing.NamedLine{{NamedInvoice: row, Line: doc.Lines[0]}})} {
		if len(table.Rows[0]) != len(table.Header) {
			t.Errorf("%d cells under %d headings", len(table.Rows[0]), len(table.Header))
		}
		for _, h := range table.Header {
			if strings.Contains(h, "patient") || strings.Contains(h, "person") {
				t.Errorf("column %q", h)
			}
		}
	}
}

func TestZipIsTheSameEachTime(t *testing.T) {
	files := []billing.File{{Name: "a.pdf", Bytes: []byte("a")}, {Name: "b.pdf", Bytes: []byte("b")}}
	date := time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)
	first, err := Zip(files, date)
	again, _ := Zip(files, date)
	if err != nil || !bytes.Equal(first, again) {
		t.Fatalf("other bytes (%v)", err)
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
