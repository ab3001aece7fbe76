package matching

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Invoice is what a file of a vendor says: one invoice with its lines.
type Invoice struct {
	Number   string
	IssuedOn string
	Currency money.Currency
	Lines    []billing.ClaimLine
}

// mostLines bounds one invoice.
const mostLines = 2000

// ReadFile reads an invoice of a vendor from CSV. The heading names the columns:
// invoice_number, issued_on, currency, quantity, net, and di, lot, serial,
// unit_price, tax_percent, po_number as far as known. Amounts are written with a
// full stop. Refusals at the field "file" name the row.
func ReadFile(r io.Reader) (Invoice, error) {
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20+1))
	if err != nil {
		return Invoice{}, err
	}
	if len(raw) > 1<<20 {
		return Invoice{}, fault.At("file", "The file is larger than 1 MiB.")
	}
	text := strings.TrimPrefix(string(raw), "\ufeff")
	reader := csv.NewReader(strings.NewReader(text))
	heading, _, _ := strings.Cut(text, "\n")
	if strings.Count(heading, ";") > strings.Count(heading, ",") {
		reader.Comma = ';'
	}
	rows, err := reader.ReadAll()
	if err != nil {
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return Invoice{}, fault.At("file", "Line "+strconv.Itoa(bad.Line)+" of the file cannot be read as CSV.")
		}
		return Invoice{}, fault.At("file", "The file cannot be read as CSV.")
	}
	if len(rows) < 2 || len(rows) > mostLines+1 {
		return Invoice{}, fault.At("file", "The file has no rows, or more than 2,000. Its first line names the columns.")
	}
	return readRows(rows)
}

type table struct {
	column map[string]int
	row    []string
	n      int
}

func (t table) cell(name string) string {
	if i, ok := t.column[name]; ok && i < len(t.row) {
		return strings.TrimSpace(t.row[i])
	}
	return ""
}

func (t table) refuse(words string) error {
	return fault.At("file", "Row "+strconv.Itoa(t.n)+": "+words)
}

func readRows(rows [][]string) (Invoice, error) {
	t := table{column: map[string]int{}}
	for i, name := range rows[0] {
		t.column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range []string{"invoice_number", "issued_on", "currency", "quantity", "net"} {
		if _, ok := t.column[name]; !ok {
			return Invoice{}, fault.At("file", "The file has no column "+name+".")
		}
	}
	var out Invoice
	for n, row := range rows[1:] {
		t.row, t.n = row, n+1
		if err := t.head(&out); err != nil {
			return out, err
		}
		line, err := t.line(out.Currency)
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}

// head reads what every row of an invoice says alike.
func (t table) head(out *Invoice) error {
	number, on := t.cell("invoice_number"), t.cell("issued_on")
	currency, err := money.ParseCurrency(t.cell("currency"))
	if err != nil {
		return t.refuse("the currency is no code that is known, such as EUR.")
	}
	if _, err := time.Parse(time.DateOnly, on); err != nil {
		return t.refuse("issued_on is no date such as 2026-10-31.")
	}
	if billing.CleanDocumentNumber(number) == "" || len(number) > 64 {
		return t.refuse("invoice_number is empty or too long.")
	}
	if t.n > 1 && (number != out.Number || currency != out.Currency || on != out.IssuedOn) {
		return t.refuse("this is another invoice than in the row before. Import one at a time.")
	}
	out.Number, out.Currency, out.IssuedOn = number, currency, on
	return nil
}

func (t table) line(c money.Currency) (billing.ClaimLine, error) {
	l := billing.ClaimLine{Lot: t.cell("lot"), Serial: t.cell("serial"), PONumber: t.cell("po_number"), Currency: c}
	if l.DI = t.cell("di"); l.DI != "" {
		l.DI = strings.Repeat("0", max(14-len(l.DI), 0)) + l.DI
	}
	if l.Serial == "" && (l.Lot == "" || l.DI == "") {
		return l, t.refuse("it names neither a serial nor item and lot.")
	}
	if len(l.DI) > 14 || len(l.Lot) > 64 || len(l.Serial) > 64 || len(l.PONumber) > 64 {
		return l, t.refuse("an identifier is too long.")
	}
	var err error
	if l.Quantity, err = strconv.ParseInt(t.cell("quantity"), 10, 64); err != nil || l.Quantity <= 0 {
		return l, t.refuse("quantity is no whole number above zero.")
	}
	net, err := money.ParseDecimal(t.cell("net"), c)
	if err != nil || net.Minor < 0 {
		return l, t.refuse("net is no amount in " + string(c) + ".")
	}
	l.NetMinor = net.Minor
	if text := t.cell("unit_price"); text != "" {
		unit, err := money.ParseDecimal(text, c)
		if err != nil || unit.Minor < 0 {
			return l, t.refuse("unit_price is no amount in " + string(c) + ".")
		}
		l.UnitMinor = unit.Minor
	}
	if text := t.cell("tax_percent"); text != "" {
		percent, err := money.ParseDecimal(text, "EUR") // two decimals, as rates have
		if err != nil || percent.Minor < 0 || percent.Minor > 10_000 {
			return l, t.refuse("tax_percent is no rate between 0 and 100.")
		}
		l.TaxRateBP = int(percent.Minor)
	}
	return l, nil
}
