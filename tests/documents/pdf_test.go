package documents_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"trueward/internal/adapter/export"
	"trueward/internal/domain/billing"
)

// TestPDFPassesItsJudges has qpdf check the files and pdftotext read them.
func TestPDFPassesItsJudges(t *testing.T) {
	for _, kind := range kinds {
		for seed := range uint64(judged()) {
			doc := newBasket(seed).document(kind)
			content, err := export.PDF{}.Invoice(doc)
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := (export.PDF{}).Invoice(doc); !bytes.Equal(content, again) {
				t.Fatalf("%s %d: another rendering gives other bytes", kind, seed)
			}
			judgePDF(t, fmt.Sprintf("%s %d", kind, seed), doc, content)
		}
	}
}

func judgePDF(t *testing.T, name string, doc billing.Document, content []byte) {
	t.Helper()
	path := put(t, map[string][]byte{"document.pdf": content})[0]
	if qpdf, ok := tool(t, "qpdf"); ok {
		if out, err := exec.Command(qpdf, "--check", path).CombinedOutput(); err != nil || bytes.Contains(out, []byte("WARNING")) {
			t.Errorf("%s: qpdf: %v\n%s", name, err, out)
		}
	}
	reader, ok := tool(t, "pdftotext")
	if !ok {
		return
	}
	out, err := exec.Command(reader, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(out), "\u00a0", " ")
	wanted := []string{doc.Invoice.Number, doc.Seller.LegalName, doc.Payer.LegalName, doc.Invoice.Total().Format("en"), "C-7Q4M"}
	if doc.IsCredit() {
		wanted = append(wanted, "Credit note", doc.Original.Number, "Total credit")
	} else {
		wanted = append(wanted, "Invoice", billing.PaymentReferenceInGroups(doc.Invoice.PaymentReference))
	}
	for _, l := range doc.Lines {
		wanted = append(wanted, l.Serial)
	}
	for _, want := range wanted {
		if !strings.Contains(text, strings.ReplaceAll(want, "\u00a0", " ")) {
			t.Errorf("%s: the text lacks %q", name, want)
		}
	}
	if pages := strings.Count(text, "\f"); pages > 1 && strings.Count(text, "Carried forward") != strings.Count(text, "Brought forward") {
		t.Errorf("%s: sums are carried forward and not brought", name)
	}
}
