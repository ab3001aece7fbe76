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
