package finance

import (
	"time"

	"github.com/a-h/templ"

	"trueward/internal/domain/billing"
	"trueward/templates/ui"
)

// LineColumns are what a list of usages can show; party is what the other side
// is called.
func LineColumns(party string) ui.ListColumns[Line] {
	return ui.ListColumns[Line]{
		{Key: "product", Label: "Product", Cell: lineName, File: []ui.FileColumn[Line]{{Name: "product", Of: func(l Line) string { return l.Product }}}},
		{Key: "party", Label: party + " and site", Extra: true, Cell: func(l Line) templ.Component { return ui.Two(ui.Text(l.Party), ui.Text(l.Site)) }, File: []ui.FileColumn[Line]{
			{Name: "party", Of: func(l Line) string { return l.Party }}, {Name: "site", Of: func(l Line) string { return l.Site }},
		}},
		{Key: "lot", Label: "Lot and serial", Cell: func(l Line) templ.Component { return ui.LotSerial(l.Lot, l.Serial) }, File: []ui.FileColumn[Line]{
			{Name: "lot", Of: func(l Line) string { return l.Lot }}, {Name: "serial", Of: func(l Line) string { return l.Serial }},
		}},
		{Key: "case", Label: "Case", Cell: func(l Line) templ.Component { return pseudonym(l.Case) }, File: []ui.FileColumn[Line]{{Name: "case", Of: func(l Line) string { return l.Case }}}},
		{Key: "used", Label: "Used", Ordered: true, Cell: func(l Line) templ.Component { return ui.Instant(l.At, l.Zone) }, File: []ui.FileColumn[Line]{
			{Name: "used_at", Of: func(l Line) string { return l.At.In(l.Zone).Format(time.RFC3339) }},
		}},
		{Key: "status", Label: "Status", Cell: func(l Line) templ.Component { return lineState(l) }, File: []ui.FileColumn[Line]{
			{Name: "status", Of: func(l Line) string { return l.State.Word() }}, {Name: "reason", Of: func(l Line) string { return l.Reason }},
		}},
		{Key: "amount", Label: "Amount", Numeric: true, Cell: func(l Line) templ.Component { return lineAmount(l) }, File: []ui.FileColumn[Line]{
			{Name: "amount", Number: true, Of: linePrice}, {Name: "currency", Of: func(l Line) string { return string(l.Amount.Currency) }},
		}},
	}
}

// LineRow is the row of a usage.
func LineRow(l Line) ui.Row { return ui.Row{ID: "line-" + l.ID} }

func lineName(l Line) templ.Component {
	product := ui.Text(l.Product)
	if l.Href != "" {
		product = ui.RowLink(l.Product, l.Href)
	}
	return ui.Two(product, ui.Text(l.Party+" · "+l.Site))
}

func linePrice(l Line) string {
	if l.Unpriced {
		return ""
	}
	return l.Amount.Decimal()
}

// InvoiceColumns are what a list of invoices can show; party is what the other
// side is called.
func InvoiceColumns(party string) ui.ListColumns[InvoiceItem] {
	return ui.ListColumns[InvoiceItem]{
		{Key: "number", Label: "Number", Ordered: true, Cell: func(i InvoiceItem) templ.Component { return invoiceName(i) }, File: []ui.FileColumn[InvoiceItem]{
			{Name: "number", Of: func(i InvoiceItem) string { return i.Number }}, {Name: "collects", Of: collects},
		}},
		{Key: "party", Label: party, Cell: func(i InvoiceItem) templ.Component { return ui.Text(i.Party) }, File: []ui.FileColumn[InvoiceItem]{{Name: "party", Of: func(i InvoiceItem) string { return i.Party }}}},
		{Key: "issued", Label: "Issued", Cell: func(i InvoiceItem) templ.Component { return dateOrDash(i.IssuedOn) }, File: []ui.FileColumn[InvoiceItem]{{Name: "issued_on", Of: func(i InvoiceItem) string { return i.IssuedOn }}}},
		{Key: "due", Label: "Due", Cell: func(i InvoiceItem) templ.Component { return dateOrDash(i.DueOn) }, File: []ui.FileColumn[InvoiceItem]{{Name: "due_on", Of: func(i InvoiceItem) string { return i.DueOn }}}},
		{Key: "reference", Label: "Payment reference", Extra: true, Cell: func(i InvoiceItem) templ.Component { return ui.Code(i.PaymentReference) }, File: []ui.FileColumn[InvoiceItem]{{Name: "payment_reference", Of: func(i InvoiceItem) string { return i.PaymentReference }}}},
		{Key: "status", Label: "Status", Cell: func(i InvoiceItem) templ.Component { return ui.Status(tone(i), word(i)) }, File: []ui.FileColumn[InvoiceItem]{{Name: "status", Of: word}}},
		{Key: "total", Label: "Total", Numeric: true, Cell: func(i InvoiceItem) templ.Component { return invoiceAmount(i) }, File: []ui.FileColumn[InvoiceItem]{
			{Name: "total", Number: true, Of: func(i InvoiceItem) string { return shown(i).Decimal() }}, {Name: "due", Number: true, Of: stillDue},
			{Name: "currency", Of: func(i InvoiceItem) string { return string(shown(i).Currency) }},
		}},
	}
}

func collects(i InvoiceItem) string {
	if i.Case != "" {
		return i.Case
	}
	return WindowWords(i.Window)
}

func stillDue(i InvoiceItem) string {
	if i.State == billing.Collecting || !i.State.Payable() {
		return ""
	}
	return i.Due().Decimal()
}

func invoiceRow(i InvoiceItem) ui.Row { return ui.Row{ID: "invoice-" + string(i.ID)} }
