package finance

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"trueward/internal/domain/billing"
	"trueward/templates/ui"
)

// WaitingColumns are what the list of usages without their order can show;
// party is what the other side is called, choosing adds a check box to each row.
func WaitingColumns(party string, choosing bool) ui.ListColumns[WaitingLine] {
	columns := ui.ListColumns[WaitingLine]{
		{Key: "product", Label: "Product", Cell: func(l WaitingLine) templ.Component { return lineName(l.Line) }, File: ui.Said("product", func(l WaitingLine) string { return l.Product })},
		{Key: "party", Label: party + " and site", Extra: true, Cell: func(l WaitingLine) templ.Component { return ui.Two(ui.Text(l.Party), ui.Text(l.Site)) }, File: []ui.FileColumn[WaitingLine]{
			{Name: "party", Of: func(l WaitingLine) string { return l.Party }}, {Name: "site", Of: func(l WaitingLine) string { return l.Site }},
		}},
		{Key: "lot", Label: "Unit and case", Cell: func(l WaitingLine) templ.Component { return ui.Two(ui.LotSerial(l.Lot, l.Serial), pseudonym(l.Case)) }, File: []ui.FileColumn[WaitingLine]{
			{Name: "lot", Of: func(l WaitingLine) string { return l.Lot }}, {Name: "serial", Of: func(l WaitingLine) string { return l.Serial }},
			{Name: "case", Of: func(l WaitingLine) string { return l.Case }},
		}},
		{Key: "used", Label: "Used", Ordered: true, Cell: func(l WaitingLine) templ.Component { return ui.Two(ui.Instant(l.At, l.Zone), ui.Text(l.Age)) }, File: []ui.FileColumn[WaitingLine]{
			{Name: "used_at", Of: func(l WaitingLine) string { return l.At.In(l.Zone).Format(time.RFC3339) }}, {Name: "waits", Of: func(l WaitingLine) string { return l.Age }},
		}},
		{Key: "order", Label: "Order", Cell: waitsFor, File: []ui.FileColumn[WaitingLine]{
			{Name: "order", Of: func(l WaitingLine) string { return l.PO.Word() }}, {Name: "reason", Of: orderReason},
		}},
		{Key: "amount", Label: "Amount", Numeric: true, Cell: func(l WaitingLine) templ.Component { return lineAmount(l.Line) }, File: []ui.FileColumn[WaitingLine]{
			{Name: "amount", Number: true, Of: func(l WaitingLine) string { return linePrice(l.Line) }}, {Name: "currency", Of: func(l WaitingLine) string { return string(l.Amount.Currency) }},
		}},
	}
	if choosing {
		columns = append(columns, ui.ListColumn[WaitingLine]{Label: "Choose", Act: true, Cell: func(l WaitingLine) templ.Component { return choose(l) }})
	}
	return columns
}

func waitingRow(l WaitingLine) ui.Row { return LineRow(l.Line) }

// orderReason is why an order does not fit; that one is awaited says enough.
func orderReason(l WaitingLine) string {
	if l.PO == billing.POAwaiting {
		return ""
	}
	return l.Reason
}

// ChargeColumns are what the list of the hospital's own charges can show.
var ChargeColumns = ui.ListColumns[ChargeItem]{
	{Key: "product", Label: "Product", Cell: func(c ChargeItem) templ.Component { return ui.Text(c.Product) }, File: ui.Said("product", func(c ChargeItem) string { return c.Product })},
	{Key: "lot", Label: "Lot and serial", Cell: func(c ChargeItem) templ.Component { return ui.LotSerial(c.Lot, c.Serial) }, File: []ui.FileColumn[ChargeItem]{
		{Name: "lot", Of: func(c ChargeItem) string { return c.Lot }}, {Name: "serial", Of: func(c ChargeItem) string { return c.Serial }},
	}},
	{Key: "case", Label: "Case", Cell: func(c ChargeItem) templ.Component { return pseudonym(c.Case) }, File: ui.Said("case", func(c ChargeItem) string { return c.Case })},
	{Key: "used", Label: "Used", Ordered: true, Cell: func(c ChargeItem) templ.Component { return ui.Instant(c.At, c.Zone) }, File: []ui.FileColumn[ChargeItem]{
		{Name: "used_at", Of: func(c ChargeItem) string { return c.At.In(c.Zone).Format(time.RFC3339) }},
	}},
	{Key: "code", Label: "Charge code", Cell: chargeCode, File: []ui.FileColumn[ChargeItem]{
		{Name: "charge_code", Of: chargedAs}, {Name: "reason", Of: func(c ChargeItem) string { return c.Reason }},
	}},
	{Key: "quantity", Label: "Quantity", Numeric: true, Cell: func(c ChargeItem) templ.Component { return ui.Text(strconv.FormatInt(c.Quantity, 10)) }, File: []ui.FileColumn[ChargeItem]{
		{Name: "quantity", Number: true, Of: func(c ChargeItem) string { return strconv.FormatInt(c.Quantity, 10) }},
	}},
}

// chargedAs is the code, where the page says it rather than why there is none.
func chargedAs(c ChargeItem) string {
	if c.Reason != "" {
		return ""
	}
	return c.Code
}

func chargeCode(c ChargeItem) templ.Component {
	if c.Reason != "" {
		return ui.Text(c.Reason)
	}
	return ui.Code(c.Code)
}
