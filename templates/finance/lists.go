package finance

import (
	"strconv"
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

// OrderColumns are what the list of purchase orders can show; party is what the
// other side is called, acting adds what can be done with an order.
func OrderColumns(party string, acting bool) ui.ListColumns[OrderItem] {
	columns := ui.ListColumns[OrderItem]{
		{Key: "number", Label: "Number", Ordered: true, Cell: func(o OrderItem) templ.Component { return ui.Code(o.Number) }, File: ui.Said("number", func(o OrderItem) string { return o.Number })},
		{Key: "party", Label: party, Cell: func(o OrderItem) templ.Component { return ui.Text(o.Party) }, File: ui.Said("party", func(o OrderItem) string { return o.Party })},
		{Key: "kind", Label: "Kind", Cell: orderKind, File: []ui.FileColumn[OrderItem]{
			{Name: "kind", Of: func(o OrderItem) string { return o.Kind }}, {Name: "state", Of: orderState},
		}},
		{Key: "days", Label: "Days", Cell: func(o OrderItem) templ.Component { return ui.Text(o.Days) }, File: ui.Said("days", func(o OrderItem) string { return o.Days })},
		{Key: "left", Label: "Left", Numeric: true, Cell: func(o OrderItem) templ.Component { return ui.Text(o.Left) }, File: ui.Said("left", func(o OrderItem) string { return o.Left })},
	}
	if acting {
		columns = append(columns, ui.ListColumn[OrderItem]{Label: "Action", Act: true, Cell: func(o OrderItem) templ.Component { return closeOrder(o) }})
	}
	return columns
}

func orderKind(o OrderItem) templ.Component {
	if o.Closed {
		return ui.Two(ui.Text(o.Kind), ui.Status(ui.Calm, "Closed"))
	}
	return ui.Text(o.Kind)
}

func orderState(o OrderItem) string {
	if o.Closed {
		return "Closed"
	}
	return ""
}

// ClaimColumns are what the list of vendors' own invoices can show; party is
// what the other side is called.
func ClaimColumns(party string) ui.ListColumns[ClaimItem] {
	return ui.ListColumns[ClaimItem]{
		{Key: "number", Label: "Number", Ordered: true, Cell: func(i ClaimItem) templ.Component { return ui.RowLink(i.Number, i.Href) }, File: ui.Said("number", func(i ClaimItem) string { return i.Number })},
		{Key: "party", Label: party, Cell: func(i ClaimItem) templ.Component { return ui.Text(i.Party) }, File: ui.Said("party", func(i ClaimItem) string { return i.Party })},
		{Key: "issued", Label: "Issued", Cell: func(i ClaimItem) templ.Component { return ui.CivilDate(Date(i.On)) }, File: ui.Said("issued_on", func(i ClaimItem) string { return i.On })},
		{Key: "lines", Label: "Lines", Cell: claimLines, File: []ui.FileColumn[ClaimItem]{
			{Name: "lines", Number: true, Of: func(i ClaimItem) string { return strconv.FormatInt(i.Lines, 10) }}, {Name: "result", Of: claimResult},
		}},
		{Key: "net", Label: "Net", Numeric: true, Cell: func(i ClaimItem) templ.Component { return ui.Money(i.Net, Locale) }, File: []ui.FileColumn[ClaimItem]{
			{Name: "net", Number: true, Of: func(i ClaimItem) string { return i.Net.Decimal() }}, {Name: "currency", Of: func(i ClaimItem) string { return string(i.Net.Currency) }},
		}},
		{Key: "payable", Label: "May be paid", Numeric: true, Cell: func(i ClaimItem) templ.Component { return ui.Money(i.Payable, Locale) }, File: []ui.FileColumn[ClaimItem]{
			{Name: "may_be_paid", Number: true, Of: func(i ClaimItem) string { return i.Payable.Decimal() }},
		}},
	}
}

func claimLines(i ClaimItem) templ.Component {
	tone := ui.Info
	if i.Open > 0 {
		tone = ui.Warn
	}
	return ui.Two(ui.Text(strconv.FormatInt(i.Lines, 10)), ui.Status(tone, claimResult(i)))
}

func claimResult(i ClaimItem) string {
	if i.Open > 0 {
		return strconv.FormatInt(i.Open, 10) + " to look at"
	}
	return "All match"
}

func plainRow[R any](R) ui.Row { return ui.Row{} }
