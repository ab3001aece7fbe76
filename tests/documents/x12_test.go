package documents_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"trueward/internal/adapter/export"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// read is what the X12 reader found in a file.
type read struct {
	File, Set, Control, Number, Kind, Currency, Total, Refused string
	Lines, Counted, Segments                                   int
	Net, Serials, Names                                        []string
}

// readX12 has node-x12 read files strictly; false where it is missing.
func readX12(t *testing.T, files map[string][]byte) (map[string]read, bool) {
	t.Helper()
	node, ok := tool(t, "node")
	if !ok {
		return nil, false
	}
	if _, err := os.Stat(filepath.Join("..", "..", "node_modules", "node-x12")); err != nil {
		return nil, absent(t, "node-x12 is not installed")
	}
	out, err := exec.Command(node, append([]string{"x12judge.mjs"}, put(t, files)...)...).Output()
	if err != nil {
		t.Fatalf("node-x12: %v\n%s", err, out)
	}
	found := map[string]read{}
	for row := range strings.Lines(string(out)) {
		var r read
		if err := json.Unmarshal([]byte(row), &r); err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(r.File)] = r
	}
	return found, true
}

func TestX12IsReadStrictly(t *testing.T) {
	files, docs := map[string][]byte{}, map[string]billing.Document{}
	for _, kind := range kinds {
		for seed := range uint64(judged()) {
			doc := newBasket(seed).document(kind)
			content, err := export.X12(doc, int64(seed)+1)
			if err != nil {
				t.Fatalf("%s %d: %v", kind, seed, err)
			}
			if again, _ := export.X12(doc, int64(seed)+1); !bytes.Equal(content, again) {
				t.Fatalf("%s %d: another writing gives other bytes", kind, seed)
			}
			name := fmt.Sprintf("%s-%d.x12", kind, seed)
			files[name], docs[name] = content, doc
		}
	}
	found, ok := readX12(t, files)
	if !ok {
		return
	}
	for name, doc := range docs {
		compareX12(t, name, doc, found[name])
	}
}

func compareX12(t *testing.T, name string, doc billing.Document, r read) {
	t.Helper()
	want := "DI"
	if doc.IsCredit() {
		want = "CR"
	}
	if r.Refused != "" || r.Set != "810" || r.Kind != want || r.Number != doc.Invoice.Number || r.Currency != string(doc.Invoice.Currency) {
		t.Fatalf("%s: %+v", name, r)
	}
	if r.Lines != len(doc.Lines) || r.Counted != r.Segments || len(r.Net) != len(doc.Lines) || len(r.Serials) != len(doc.Lines) {
		t.Errorf("%s: %d lines of %d, %d segments, SE01 %d", name, r.Lines, len(doc.Lines), r.Segments, r.Counted)
	}
	total, err := strconv.ParseInt(r.Total, 10, 64)
	if scaled := map[int]int64{0: 100, 2: 1, 3: 1}[doc.Invoice.Currency.Digits()]; err != nil || total != doc.Invoice.TotalMinor*scaled && total*10 != doc.Invoice.TotalMinor {
		t.Errorf("%s: TDS01 %s for %d", name, r.Total, doc.Invoice.TotalMinor)
	}
	for i, l := range doc.Lines {
		net, err := money.ParseDecimal(r.Net[i], doc.Invoice.Currency)
		if err != nil || net.Minor != l.NetMinor || r.Serials[i] != l.Serial {
			t.Fatalf("%s line %d: %s, serial %s", name, l.Position, r.Net[i], r.Serials[i])
		}
	}
}

// TestTheX12ReaderIsStrict is the control: a wrong count, a foreign control
// number and a broken envelope have to be refused.
func TestTheX12ReaderIsStrict(t *testing.T) {
	doc := newBasket(3).document(billing.InvoiceDocument)
	good, err := export.X12(doc, 77)
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	at := strings.Index(text, "\nSE*")
	files := map[string][]byte{
		"good.x12":     good,
		"count.x12":    []byte(text[:at] + "\nSE*3" + text[strings.Index(text[at+4:], "*")+at+4:]),
		"control.x12":  []byte(strings.Replace(text, "IEA*1*000000077", "IEA*1*000000078", 1)),
		"envelope.x12": []byte(strings.Replace(text, "*U*", "*", 1)),
	}
	found, ok := readX12(t, files)
	if !ok {
		return
	}
	for name, r := range found {
		if (r.Refused == "") != (name == "good.x12") {
			t.Errorf("%s: refused %q", name, r.Refused)
		}
	}
}
