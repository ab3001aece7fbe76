package documents_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trueward/internal/adapter/export"
	"trueward/internal/domain/billing"
)

// at is the date in the files of these tests.
var at = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// hostile are texts that spreadsheets would like to run.
var hostile = []string{
	"=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", " =1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x.example\")", "{=1}", "a,b\";=2\n=3", "'=1",
}

// lines draws rows of lines, every text of which is hostile now and then.
func (b basket) rows(n int) []billing.NamedLine {
	var out []billing.NamedLine
	for len(out) < n {
		doc := b.document(billing.InvoiceDocument)
		named := billing.NamedInvoice{Invoice: doc.Invoice, VendorName: doc.Seller.Name, HospitalName: doc.Payer.Name}
		for _, l := range doc.Lines[:min(len(doc.Lines), 20, n-len(out))] {
			if b.IntN(3) == 0 {
				text := pick(b, hostile...)
				l.Description, l.Lot, l.Serial, l.Case, l.PriceSentence, named.HospitalName, named.BuyerReference = text, text, text, text, text, text, text
			}
			out = append(out, billing.NamedLine{NamedInvoice: named, Line: l})
		}
	}
	return out
}

func rowsOf(rows []billing.NamedLine) billing.ExportRows {
	return billing.ExportRows{
		Lines: func(row func(billing.NamedLine) error) error { return each(rows, row) },
		Invoices: func(row func(billing.NamedInvoice) error) error {
			return each(rows, func(l billing.NamedLine) error { return row(l.NamedInvoice) })
		},
		Journal: func(row func(billing.JournalLine) error) error {
			return each(rows, func(l billing.NamedLine) error {
				return row(billing.JournalLine{
					Entry: billing.Entry{ID: "e", Book: billing.VendorBook, Kind: billing.IssueEntry}, Entity: l.HospitalName, Reference: l.Line.Lot,
					Posting: billing.Posting{Account: billing.Sales, Currency: l.Currency, Minor: -l.Line.NetMinor}, Number: 1,
				})
			})
		},
	}
}

func each[T any](rows []T, row func(T) error) error {
	for _, r := range rows {
		if err := row(r); err != nil {
			return err
		}
	}
	return nil
}

func table(t *testing.T, f billing.ExportFormat, rows []billing.NamedLine) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (export.Writer{}).Table(&b, f, nil, at, rowsOf(rows)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTablesHoldNoFormulas has LibreOffice open every table: no cell may be a
// formula, and no row may be lost.
func TestTablesHoldNoFormulas(t *testing.T) {
	files := map[string][]byte{}
	for _, f := range billing.ExportFormats() {
		if render, _ := f.Single(); render != "" {
			continue
		}
		for seed := range uint64(judged()/6 + 1) {
			rows := newBasket(seed).rows(60)
			content := table(t, f, rows)
			if !bytes.Equal(content, table(t, f, rows)) {
				t.Fatalf("%s: another writing gives other bytes", f)
			}
			files[fmt.Sprintf("%d-%s", seed, f)] = content
		}
	}
	// The control: a formula that a spreadsheet runs.
	files["control.csv"] = []byte("a\r\n=1+1\r\n")
	opened, ok := openSheets(t, files)
	if !ok {
		return
	}
	for name, sheet := range opened {
		if formulas := strings.Count(sheet, "table:formula"); (formulas > 0) != (name == "control.csv") {
			t.Errorf("%s: %d formulas", name, formulas)
		}
		if rows := strings.Count(sheet, "<table:table-row"); name != "control.csv" && rows < 60 {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
}

// openSheets converts files with LibreOffice into flat XML, in one start;
// false where it is missing.
func openSheets(t *testing.T, files map[string][]byte) (map[string]string, bool) {
	t.Helper()
	office, ok := tool(t, "soffice", "libreoffice")
	if !ok {
		return nil, false
	}
	out, home := t.TempDir(), t.TempDir()
	run(t, office, append([]string{"-env:UserInstallation=file://" + home, "--headless", "--convert-to", "fods", "--outdir", out}, put(t, distinct(files))...)...)
	opened := map[string]string{}
	for name := range files {
		base := strings.TrimSuffix(name, filepath.Ext(name))
		content, err := os.ReadFile(filepath.Join(out, base+"-"+filepath.Ext(name)[1:]+".fods"))
		if err != nil {
			t.Errorf("%s was not opened: %v", name, err)
		}
		opened[name] = string(content)
	}
	return opened, true
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// distinct gives files names that stay apart without their endings.
func distinct(files map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for name, content := range files {
		ending := filepath.Ext(name)
		out[strings.TrimSuffix(name, ending)+"-"+ending[1:]+ending] = content
	}
	return out
}

// TestAmountsSurviveASpreadsheet compares what LibreOffice reads in the
// workbook with what was written.
func TestAmountsSurviveASpreadsheet(t *testing.T) {
	rows := newBasket(5).rows(200)
	opened, ok := openSheets(t, map[string][]byte{"amounts.xlsx": table(t, billing.LinesXLSX, rows)})
	if !ok {
		return
	}
	for _, r := range rows {
		text := r.Amount(r.Line.NetMinor).Decimal()
		if strings.Contains(text, ".") {
			text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
		}
		if !strings.Contains(opened["amounts.xlsx"], `office:value="`+text+`"`) {
			t.Fatalf("the workbook lacks %s", text)
		}
	}
	if !strings.Contains(opened["amounts.xlsx"], "Total EUR") {
		t.Error("the totals are missing")
	}
}

// TestALargeWorkbook keeps the writing of many lines within its bounds: 20,000
// lines at once, 200,000 in the long run, under ten seconds of processor time,
// which holds on a busy machine too.
func TestALargeWorkbook(t *testing.T) {
	if !soak() {
		t.Log("measured in the long run")
		return
	}
	rows := newBasket(9).rows(200_000)
	start := processorTime(t)
	size := len(table(t, billing.LinesXLSX, rows))
	if took := processorTime(t) - start; took > 10*time.Second {
		t.Errorf("200,000 lines took %s", took)
	} else {
		t.Logf("200,000 lines: %s, %d MB", took, size>>20)
	}
}

// processorTime is what this process has used of its processors.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
