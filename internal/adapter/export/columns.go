package export

import (
	"slices"
	"strings"

	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// column is a column of an allow-list: none holds a patient.
type column[T any] struct {
	name string
	of   func(T) Cell
	sum  bool
}

var invoiceColumns = []column[billing.NamedInvoice]{
	{name: "number", of: func(r billing.NamedInvoice) Cell { return Text(r.Number) }},
	{name: "status", of: func(r billing.NamedInvoice) Cell { return Text(string(r.State)) }},
	{name: "vendor", of: func(r billing.NamedInvoice) Cell { return Text(r.VendorName) }},
	{name: "hospital", of: func(r billing.NamedInvoice) Cell { return Text(r.HospitalName) }},
	{name: "issued_on", of: func(r billing.NamedInvoice) Cell { return Day(r.IssuedOn) }},
	{name: "due_on", of: func(r billing.NamedInvoice) Cell { return Day(r.DueOn) }},
	{name: "currency", of: func(r billing.NamedInvoice) Cell { return Text(string(r.Currency)) }},
	{name: "net", of: func(r billing.NamedInvoice) Cell { return Money(r.Net()) }, sum: true},
	{name: "tax", of: func(r billing.NamedInvoice) Cell { return Money(r.Tax()) }, sum: true},
	{name: "total", of: func(r billing.NamedInvoice) Cell { return Money(r.Total()) }, sum: true},
	{name: "paid", of: func(r billing.NamedInvoice) Cell { return Money(r.Amount(r.PaidMinor)) }, sum: true},
	{name: "credited", of: func(r billing.NamedInvoice) Cell { return Money(r.Amount(r.CreditedMinor)) }, sum: true},
	{name: "due", of: func(r billing.NamedInvoice) Cell { return Money(r.Due()) }, sum: true},
	{name: "payment_reference", of: func(r billing.NamedInvoice) Cell { return Text(r.PaymentReference) }},
	{name: "buyer_reference", of: func(r billing.NamedInvoice) Cell { return Text(r.BuyerReference) }},
	{name: "window", of: func(r billing.NamedInvoice) Cell { return Text(r.Window.Key) }},
	{name: "sample", of: func(r billing.NamedInvoice) Cell { return Text(yes(r.Sample)) }},
	{name: "invoice_id", of: func(r billing.NamedInvoice) Cell { return Text(string(r.ID)) }},
}

var lineColumns = []column[billing.NamedLine]{
	{name: "number", of: func(r billing.NamedLine) Cell { return Text(r.Number) }},
	{name: "status", of: func(r billing.NamedLine) Cell { return Text(string(r.State)) }},
	{name: "vendor", of: func(r billing.NamedLine) Cell { return Text(r.VendorName) }},
	{name: "hospital", of: func(r billing.NamedLine) Cell { return Text(r.HospitalName) }},
	{name: "issued_on", of: func(r billing.NamedLine) Cell { return Day(r.IssuedOn) }},
	{name: "line", of: func(r billing.NamedLine) Cell { return Number(int64(r.Line.Position)) }},
	{name: "description", of: func(r billing.NamedLine) Cell { return Text(r.Line.Description) }},
	{name: "di", of: func(r billing.NamedLine) Cell { return Text(r.Line.DI) }},
	{name: "lot", of: func(r billing.NamedLine) Cell { return Text(r.Line.Lot) }},
	{name: "serial", of: func(r billing.NamedLine) Cell { return Text(r.Line.Serial) }},
	{name: "case", of: func(r billing.NamedLine) Cell { return Text(r.Line.Case) }},
	{name: "service_date", of: func(r billing.NamedLine) Cell { return Day(r.Line.ServiceDate) }},
	{name: "quantity", of: func(r billing.NamedLine) Cell { return Number(r.Line.Quantity) }},
	{name: "currency", of: func(r billing.NamedLine) Cell { return Text(string(r.Currency)) }},
	{name: "unit_price", of: func(r billing.NamedLine) Cell { return Money(r.Amount(r.Line.UnitMinor)) }},
	{name: "net", of: func(r billing.NamedLine) Cell { return Money(r.Amount(r.Line.NetMinor)) }, sum: true},
	{name: "tax_category", of: func(r billing.NamedLine) Cell { return Text(r.Line.TaxCategory) }},
	{name: "tax_percent", of: func(r billing.NamedLine) Cell { return Percent(r.Line.TaxRateBP) }},
	{name: "tax", of: func(r billing.NamedLine) Cell { return Money(r.Amount(r.Line.TaxMinor)) }, sum: true},
	{name: "total", of: func(r billing.NamedLine) Cell { return Money(r.Amount(r.Line.NetMinor + r.Line.TaxMinor)) }, sum: true},
	{name: "price_reason", of: func(r billing.NamedLine) Cell { return Text(r.Line.PriceSentence) }},
	{name: "sample", of: func(r billing.NamedLine) Cell { return Text(yes(r.Sample)) }},
	{name: "usage_id", of: func(r billing.NamedLine) Cell { return Text(string(r.Line.Usage)) }},
	{name: "line_id", of: func(r billing.NamedLine) Cell { return Text(string(r.Line.Line)) }},
}

// InvoiceColumns and LineColumns name the columns that may be asked for, in
// their usual order.
func InvoiceColumns() []string { return names(invoiceColumns) }

// LineColumns is InvoiceColumns of lines.
func LineColumns() []string { return names(lineColumns) }

func names[T any](columns []column[T]) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.name
	}
	return out
}

// chosen returns the asked columns in the asked order, all of them when none
// is named, and refuses a name that is not on the list.
func chosen[T any](columns []column[T], asked []string) ([]column[T], error) {
	if len(asked) == 0 {
		return columns, nil
	}
	var out []column[T]
	for _, name := range asked {
		i := slices.IndexFunc(columns, func(c column[T]) bool { return c.name == name })
		if i < 0 {
			return nil, fault.At("columns", "There is no column "+name+". Choose among: "+strings.Join(names(columns), ", ")+".")
		}
		out = append(out, columns[i])
	}
	return out, nil
}

// tableOf makes a table of rows that come one at a time.
func tableOf[T any](name string, columns []column[T], each func(func(T) error) error) Table {
	t := Table{Name: name}
	for _, c := range columns {
		t.Columns = append(t.Columns, Heading{c.name, c.sum})
	}
	t.Each = func(row func([]Cell) error) error {
		cells := make([]Cell, len(columns))
		return each(func(r T) error {
			for i, c := range columns {
				cells[i] = c.of(r)
			}
			return row(cells)
		})
	}
	return t
}

// Invoices returns the table of invoices in the columns asked for.
func Invoices(columns []string, each func(func(billing.NamedInvoice) error) error) (Table, error) {
	list, err := chosen(invoiceColumns, columns)
	return tableOf("Invoices", list, each), err
}

// Lines returns the table of lines in the columns asked for.
func Lines(columns []string, each func(func(billing.NamedLine) error) error) (Table, error) {
	list, err := chosen(lineColumns, columns)
	return tableOf("Invoice lines", list, each), err
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
