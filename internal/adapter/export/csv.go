package export

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// Cell is a value of a table: text, which is made harmless, or a number, which
// is written as it is. Only this package makes numbers, so text cannot pass
// for one.
type Cell struct {
	text   string
	number bool
}

// Text is a cell of text.
func Text(s string) Cell { return Cell{text: s} }

// Number is a whole number.
func Number(n int64) Cell { return Cell{strconv.FormatInt(n, 10), true} }

// Money is an amount with a full stop and all digits of its currency, without
// the currency: that has its own column.
func Money(a money.Amount) Cell { return Cell{a.Decimal(), true} }

// Instant is a time in UTC, RFC 3339; empty for no time.
func Instant(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{t.UTC().Format(time.RFC3339), true}
}

// Table is a header and its rows.
type Table struct {
	Header []string
	Rows   [][]Cell
}

// CSV writes the table by RFC 4180: CRLF, UTF-8 without byte order mark, every
// row ended. Text that a spreadsheet would take for a formula gets a leading
// apostrophe.
func (t Table) CSV() []byte {
	var b bytes.Buffer
	for i, h := range t.Header {
		writeField(&b, i, h)
	}
	b.WriteString("\r\n")
	for _, row := range t.Rows {
		for i, c := range row {
			if c.number {
				writeField(&b, i, c.text)
			} else {
				writeField(&b, i, harmless(c.text))
			}
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

func writeField(b *bytes.Buffer, position int, text string) {
	if position > 0 {
		b.WriteByte(',')
	}
	if strings.ContainsAny(text, "\",\r\n;\t") || strings.TrimSpace(text) != text {
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(text, `"`, `""`))
		b.WriteByte('"')
		return
	}
	b.WriteString(text)
}

// harmless keeps a spreadsheet from reading text as a formula: the signs that
// begin one in any of the common programs, also behind blanks and also in full
// width, get an apostrophe before them. A NUL ends the text for some programs
// and is dropped.
func harmless(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if text == "" {
		return text
	}
	if strings.ContainsRune("\t\r\n", rune(text[0])) {
		return "'" + text
	}
	for _, r := range strings.TrimLeft(text, " \u00a0\u3000\ufeff\u200b") {
		if strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
			return "'" + text
		}
		break
	}
	return text
}

// Invoices returns the table of invoices. The columns are this list and no
// other: none holds a patient.
func Invoices(rows []billing.NamedInvoice) Table {
	t := Table{Header: []string{
		"number", "status", "vendor", "hospital", "issued_on", "due_on", "currency", "net", "tax", "total", "paid", "credited",
		"due", "payment_reference", "buyer_reference", "window", "sample", "invoice_id",
	}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []Cell{
			Text(r.Number), Text(string(r.State)), Text(r.VendorName), Text(r.HospitalName), Text(r.IssuedOn), Text(r.DueOn),
			Text(string(r.Currency)), Money(r.Net()), Money(r.Tax()), Money(r.Total()), Money(r.Amount(r.PaidMinor)),
			Money(r.Amount(r.CreditedMinor)), Money(r.Due()), Text(r.PaymentReference), Text(r.BuyerReference),
			Text(r.Window.Key), Text(yes(r.Sample)), Text(string(r.ID)),
		})
	}
	return t
}

// Lines returns the table of invoice lines.
func Lines(rows []billing.NamedLine) Table {
	t := Table{Header: []string{
		"number", "status", "vendor", "hospital", "issued_on", "line", "description", "di", "lot", "serial", "case", "service_date",
		"quantity", "currency", "unit_price", "net", "tax_category", "tax_percent", "tax", "total", "price_reason", "sample", "usage_id", "line_id",
	}}
	for _, r := range rows {
		l := r.Line
		t.Rows = append(t.Rows, []Cell{
			Text(r.Number), Text(string(r.State)), Text(r.VendorName), Text(r.HospitalName), Text(r.IssuedOn), Number(int64(l.Position)),
			Text(l.Description), Text(l.DI), Text(l.Lot), Text(l.Serial), Text(l.Case), Text(l.ServiceDate), Number(l.Quantity),
			Text(string(r.Currency)), Money(r.Amount(l.UnitMinor)), Money(r.Amount(l.NetMinor)), Text(l.TaxCategory),
			{percent(l.TaxRateBP), true}, Money(r.Amount(l.TaxMinor)), Money(r.Amount(l.NetMinor + l.TaxMinor)),
			Text(l.PriceSentence), Text(yes(r.Sample)), Text(string(l.Usage)), Text(string(l.Line)),
		})
	}
	return t
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// percent writes basis points as a plain decimal: 2100 is "21", 550 "5.5".
func percent(bp int) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(float64(bp)/100, 'f', 2, 64), "0"), ".")
}
