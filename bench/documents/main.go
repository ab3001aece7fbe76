// Command documents measures how fast documents are made: every invoice as
// PDF, as UBL with its rules checked, and as rows of one CSV; and a workbook of
// many lines. It prints one line per measurement and ends with exit code 1
// when a bound is missed.
//
//	go run ./bench/documents [-invoices 10000] [-lines 20] [-rows 200000] [-out DIR]
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"trueward/internal/adapter/export"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
)

// The bounds: on two cores.
const (
	documentsBound = 60 * time.Second
	workbookBound  = 10 * time.Second
	memoryBound    = 300 << 20
)

func main() {
	invoices := flag.Int("invoices", 10_000, "how many invoices")
	lines := flag.Int("lines", 20, "lines of each")
	rows := flag.Int("rows", 200_000, "lines of the workbook")
	out := flag.String("out", "", "folder to write the files to; nothing is kept without it")
	flag.Parse()
	within := documents(*invoices, *lines, *out)
	within = workbook(*rows) && within
	if peak := peakMemory(); peak > 0 {
		within = report("peak memory", fmt.Sprintf("%d MB", peak>>20), fmt.Sprintf("%d MB", memoryBound>>20), peak <= memoryBound) && within
	}
	if !within {
		os.Exit(1)
	}
}

func report(what, got, bound string, within bool) bool {
	verdict := "within"
	if !within {
		verdict = "MISSED"
	}
	fmt.Printf("%-34s %-28s bound %-8s %s\n", what, got, bound, verdict)
	return within
}

// documents makes every invoice in each format, on all processors.
func documents(count, lines int, out string) bool {
	start := time.Now()
	var size [3]int64
	var mu sync.Mutex
	var crew sync.WaitGroup
	numbers := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		crew.Go(func() {
			for n := range numbers {
				made := one(invoice(n, lines), out)
				mu.Lock()
				for i := range size {
					size[i] += made[i]
				}
				mu.Unlock()
			}
		})
	}
	for n := range count {
		numbers <- n + 1
	}
	close(numbers)
	crew.Wait()
	took := time.Since(start)
	got := fmt.Sprintf("%.1f s (%d+%d+%d MB)", took.Seconds(), size[0]>>20, size[1]>>20, size[2]>>20)
	return report(fmt.Sprintf("%d invoices × %d: PDF+UBL+CSV", count, lines), got, documentsBound.String(), took <= documentsBound)
}

// one makes an invoice in each format and returns their sizes.
func one(doc billing.Document, out string) (size [3]int64) {
	pdf := must(export.PDF{}.Invoice(doc))
	xml := must(export.UBL(doc))
	var table bytes.Buffer
	named := billing.NamedInvoice{Invoice: doc.Invoice, VendorName: doc.Seller.Name, HospitalName: doc.Payer.Name}
	check(export.Writer{}.Table(&table, billing.LinesCSV, nil, doc.Invoice.CreatedAt, billing.ExportRows{
		Lines: func(row func(billing.NamedLine) error) error {
			for _, l := range doc.Lines {
				if err := row(billing.NamedLine{NamedInvoice: named, Line: l}); err != nil {
					return err
				}
			}
			return nil
		},
	}))
	for i, content := range [][]byte{pdf, xml, table.Bytes()} {
		size[i] = int64(len(content))
		if out != "" {
			check(os.WriteFile(filepath.Join(out, doc.Invoice.Number+[]string{".pdf", ".xml", ".csv"}[i]), content, 0o600))
		}
	}
	return size
}

func workbook(rows int) bool {
	doc := invoice(1, 100)
	named := billing.NamedInvoice{Invoice: doc.Invoice, VendorName: doc.Seller.Name, HospitalName: doc.Payer.Name}
	start := time.Now()
	check(export.Writer{}.Table(io.Discard, billing.LinesXLSX, nil, doc.Invoice.CreatedAt, billing.ExportRows{
		Lines: func(row func(billing.NamedLine) error) error {
			for n := range rows {
				if err := row(billing.NamedLine{NamedInvoice: named, Line: doc.Lines[n%len(doc.Lines)]}); err != nil {
					return err
				}
			}
			return nil
		},
	}))
	took := time.Since(start)
	return report(fmt.Sprintf("workbook of %d lines", rows), fmt.Sprintf("%.1f s", took.Seconds()), workbookBound.String(), took <= workbookBound)
}

// invoice makes the n-th invoice.
func invoice(n, lines int) billing.Document {
	issued := time.Date(2026, 10, 31, 9, 0, 0, 0, time.UTC)
	number := fmt.Sprintf("NV-2026-%06d", n)
	doc := billing.Document{
		Invoice: billing.Invoice{
			ID: billing.InvoiceID(number), Number: number, Currency: "EUR", State: billing.Open, PaymentReference: billing.PaymentReference(number),
			IssuedOn: "2026-10-31", DueOn: "2026-11-30", CreatedAt: issued, Window: billing.Window{Key: "month:2026-10"},
		},
		Seller: access.Organisation{Name: "Norvane", LegalName: "Norvane Medical GmbH", Address: "Werkstraße 8\n79110 Freiburg", Country: "DE", TaxID: "DE811234567", BankAccount: "DE89370400440532013000"},
		Payer:  access.Organisation{Name: "St. Brannoc's", LegalName: "St. Brannoc's Hospital Trust", Address: "1 Harbour Road\nD02 XK40 Dublin", Country: "IE", TaxID: "IE9876543W"},
	}
	for i := range lines {
		price := int64(133_333 + 17*(i+n)%9_000)
		doc.Lines = append(doc.Lines, billing.InvoiceLine{
			Position: i + 1, DI: "09506000134352", Lot: fmt.Sprintf("LT%04d", n%9_000), Serial: fmt.Sprintf("SN%07d", n*lines+i), Case: fmt.Sprintf("C-%05d", n),
			Description: "Norvane Aria drug-eluting stent, 3.0 × 18 mm", ServiceDate: "2026-10-03", Quantity: 1, UnitMinor: price, NetMinor: price,
			PriceSentence: "Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00.", TaxCategory: "S", TaxRateBP: []int{2100, 900}[i%2],
		})
	}
	totals := must(billing.ApplyTax(doc.Lines))
	doc.Invoice.NetMinor, doc.Invoice.TaxMinor, doc.Invoice.TotalMinor = totals.NetMinor, totals.TaxMinor, totals.TotalMinor
	return doc
}

// peakMemory is the most this process has held, as Linux counts it; zero
// elsewhere.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for row := range strings.Lines(string(status)) {
		var kb int64
		if _, err := fmt.Sscanf(row, "VmHWM: %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	return 0
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "documents:", err)
		os.Exit(1)
	}
}
