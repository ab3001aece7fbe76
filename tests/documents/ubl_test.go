package documents_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/adapter/export"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/ubl"
)

// kinds are the two kinds of documents.
var kinds = []billing.DocumentKind{billing.InvoiceDocument, billing.CreditNoteDocument}

// judge runs the official rules over files in one batch and returns what it
// said of each, by its name; false where it could not.
func judge(t *testing.T, files map[string][]byte) (map[string][]string, bool) {
	t.Helper()
	shared := os.Getenv("TRUEWARD_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	program, err := filepath.Abs(filepath.Join(shared, "judges", "ubl", "judge"))
	if err == nil {
		_, err = os.Stat(program)
	}
	if err != nil {
		return nil, absent(t, "the rule files of UBL are not here")
	}
	out, err := exec.Command(program, put(t, files)...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		return nil, absent(t, strings.TrimSpace(string(out)))
	}
	if err != nil && (exit == nil || exit.ExitCode() != 1) {
		t.Fatalf("judge: %v\n%s", err, out)
	}
	said := map[string][]string{}
	for row := range strings.Lines(string(out)) {
		path, words, ok := strings.Cut(strings.TrimSpace(row), ".xml: ")
		if ok {
			said[filepath.Base(path)] = append(said[filepath.Base(path)], words)
		}
	}
	return said, true
}

func TestDocumentsPassTheOfficialRules(t *testing.T) {
	files := map[string][]byte{}
	for _, kind := range kinds {
		for seed := range uint64(judged()) {
			content, err := export.UBL(newBasket(seed).document(kind))
			if err != nil {
				t.Fatalf("%s %d: %v", kind, seed, err)
			}
			files[fmt.Sprintf("%s-%d.xml", kind, seed)] = content
		}
	}
	said, ok := judge(t, files)
	if !ok {
		return
	}
	for name := range files {
		if words := said[strings.TrimSuffix(name, ".xml")]; len(words) != 1 || words[0] != "passes" {
			t.Errorf("%s: %s", name, strings.Join(words, "\n\t"))
		}
	}
}

// TestRandomBasketsPassOurRules is the property behind: whatever is sold, the
// document holds every rule that we know.
func TestRandomBasketsPassOurRules(t *testing.T) {
	baskets := uint64(300)
	if soak() {
		baskets = 10_000
	}
	for seed := range baskets {
		doc := newBasket(seed).document(kinds[seed%2])
		first, err := export.UBL(doc)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if seed%50 == 0 {
			again, err := export.UBL(doc)
			if err != nil || !bytes.Equal(first, again) {
				t.Fatalf("seed %d: another writing gives other bytes (%v)", seed, err)
			}
			if err := ubl.Check(first); err != nil {
				t.Fatalf("seed %d: read back: %v", seed, err)
			}
		}
	}
}

// TestTheClashOfRounding holds a document of 250 lines whose tax a line would
// sum to more than a unit beside that of its category.
func TestTheClashOfRounding(t *testing.T) {
	b := newBasket(1)
	doc := b.document(billing.InvoiceDocument)
	doc.Lines = doc.Lines[:0]
	for i := range billing.MaxLines {
		doc.Lines = append(doc.Lines, billing.InvoiceLine{
			Position: i + 1, Description: "Suture", Quantity: 1, UnitMinor: 3331, NetMinor: 3331, TaxCategory: "S", TaxRateBP: 2100, ServiceDate: "2026-10-03",
		})
	}
	totals, err := billing.ApplyTax(doc.Lines)
	if err != nil || totals.TaxMinor != 174_878 {
		t.Fatalf("tax of the document: %d, %v", totals.TaxMinor, err)
	}
	doc.Invoice.Currency = "EUR"
	good, err := export.UBL(doc)
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Lines { // as one that rounds by the line would have it
		doc.Lines[i].TaxMinor = 700
	}
	_, err = export.UBL(doc)
	var broken *ubl.Error
	if !errors.As(err, &broken) || !broken.Breaks("BR-CO-17") || !broken.Breaks("BR-S-09") {
		t.Errorf("tax rounded by the line: %v", err)
	}
	if said, ok := judge(t, map[string][]byte{"clash.xml": good}); ok && said["clash"][0] != "passes" {
		t.Errorf("judge: %v", said["clash"])
	}
}

// TestLinesWhosePriceOfOneCannotBeWritten holds lines of several pieces whose
// net was rounded as a whole: a price in whole minor units times the quantity
// is off by more than two hundredths, so the price is that of the whole line
// (PEPPOL-EN16931-R120 and R121, R130 with its base quantity).
func TestLinesWhosePriceOfOneCannotBeWritten(t *testing.T) {
	files := map[string][]byte{}
	for _, kind := range kinds {
		doc := newBasket(4).document(kind)
		doc.Invoice.Currency, doc.Lines = "EUR", doc.Lines[:0]
		for i, l := range []struct{ quantity, unit, net int64 }{
			{3, 3333, 10_000}, {7, 14_286, 100_000}, {250, 1, 333}, {12, 148_000, 1_184_001}, {9, 11_111, 50_000}, {1_000_000, 1, 7},
		} {
			doc.Lines = append(doc.Lines, billing.InvoiceLine{
				Position: i + 1, Description: "Suture", DI: "09506000134352", ServiceDate: "2026-10-03",
				Quantity: l.quantity, UnitMinor: l.unit, NetMinor: l.net, TaxCategory: "S", TaxRateBP: 2100,
			})
		}
		totals, err := billing.ApplyTax(doc.Lines)
		if err != nil {
			t.Fatal(err)
		}
		doc.Invoice.NetMinor, doc.Invoice.TaxMinor, doc.Invoice.TotalMinor = totals.NetMinor, totals.TaxMinor, totals.TotalMinor
		content, err := export.UBL(doc)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		files[string(kind)+".xml"] = content
		// As one that writes the rounded price of one piece would have it.
		wrong := strings.Replace(string(content), `<cbc:PriceAmount currencyID="EUR">11840.01</cbc:PriceAmount>`, `<cbc:PriceAmount currencyID="EUR">11841.00</cbc:PriceAmount>`, 1)
		var broken *ubl.Error
		if err := ubl.Check([]byte(wrong)); !errors.As(err, &broken) || !broken.Breaks("PEPPOL-EN16931-R120") {
			t.Errorf("%s: a rounded price is not named: %v", kind, err)
		}
		files["wrong-"+string(kind)+".xml"] = []byte(wrong)
	}
	said, ok := judge(t, files)
	if !ok {
		return
	}
	for _, kind := range kinds {
		if words := said[string(kind)]; strings.Join(words, "") != "passes" {
			t.Errorf("%s: %v", kind, words)
		}
		if words := strings.Join(said["wrong-"+string(kind)], "\n"); !strings.Contains(words, "fatal PEPPOL-EN16931-R120 ") {
			t.Errorf("%s: the judge does not name the rounded price: %s", kind, words)
		}
	}
}

// TestDocumentsWithinGermany holds documents between two German parties to the
// rules of their own country, whatever their tax is called: a place of delivery
// with its town (DE-R-010, DE-R-011), and a rate in every breakdown (DE-R-014).
func TestDocumentsWithinGermany(t *testing.T) {
	files := map[string][]byte{}
	for _, kind := range kinds {
		for _, category := range []string{"S", "E", "AE", "K", "G", "O"} {
			doc := newBasket(2).document(kind)
			doc.Seller, doc.Payer, doc.Invoice.Currency, doc.Lines = sellers[0], payers[1], "EUR", doc.Lines[:0]
			l := billing.InvoiceLine{Position: 1, Description: "Stent", Quantity: 1, UnitMinor: 10_000, NetMinor: 10_000, TaxCategory: category, ServiceDate: "2026-10-03"}
			if category == "S" {
				l.TaxRateBP = 1900
			}
			doc.Lines = append(doc.Lines, l)
			totals, err := billing.ApplyTax(doc.Lines)
			if err != nil {
				t.Fatal(err)
			}
			doc.Invoice.NetMinor, doc.Invoice.TaxMinor, doc.Invoice.TotalMinor = totals.NetMinor, totals.TaxMinor, totals.TotalMinor
			content, err := export.UBL(doc)
			if err != nil {
				t.Fatalf("%s %s: %v", kind, category, err)
			}
			files[string(kind)+"-"+category+".xml"] = content
		}
	}
	said, ok := judge(t, files)
	for name := range files {
		if words := said[strings.TrimSuffix(name, ".xml")]; ok && strings.Join(words, "") != "passes" {
			t.Errorf("%s: %v", name, words)
		}
	}
}
