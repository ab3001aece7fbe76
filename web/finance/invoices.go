package finance

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func sorted(m map[money.Currency]int64) []money.Currency { return slices.Sorted(maps.Keys(m)) }

func (o Office) showInvoices(c echo.Context) error {
	label, options, err := o.partners(c)
	if err != nil {
		return err
	}
	q := o.queries(c)
	filter := o.invoiceFilter(c)
	read := func(page store.Page) ([]view.InvoiceItem, string, error) {
		list, err := q.Invoices(filter, page)
		items := make([]view.InvoiceItem, len(list.Rows))
		for i, row := range list.Rows {
			items[i] = o.item(c, row)
		}
		return items, list.Next, err
	}
	columns := view.InvoiceColumns(label)
	if listing.AsFile(c) {
		return listing.Send(c, "invoices", columns, read)
	}
	items, after, err := read(listing.Page(c))
	if err != nil {
		return err
	}
	sums, err := q.InvoiceSums(store.InvoiceFilter{})
	if err != nil {
		return err
	}
	p := view.ListProps{
		Frame: frame.Page(c, "Invoices"), Action: invoicesPath, Clear: invoicesPath, Text: route.QueryValue(c, "q"),
		Status: route.QueryValue(c, "status"), Statuses: statusOptions(), Party: route.QueryValue(c, "party"),
		PartyLabel: label, Parties: options, From: route.QueryValue(c, "from"), To: route.QueryValue(c, "to"),
		Pager: ui.PagerProps{NextHref: listing.Next(c, after)}, Items: items, ExportHref: exportHref(c), Tiles: invoiceTiles(sums),
	}
	if p.View, err = listing.View(c, q, columns, listing.Falling); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Invoices(p))
}

func (o Office) item(c echo.Context, i billing.NamedInvoice) view.InvoiceItem {
	return view.InvoiceItem{
		NamedInvoice: i, Href: "/invoices/" + string(i.ID), Party: other(c, i.VendorName, i.HospitalName), Today: civil.Of(o.Store.Now()),
	}
}

func (o Office) invoiceFilter(c echo.Context) store.InvoiceFilter {
	f := store.InvoiceFilter{
		IssuedFrom: route.QueryValue(c, "from"), IssuedTo: route.QueryValue(c, "to"), Text: route.QueryValue(c, "q"),
	}
	f.Vendor, f.Hospital = party(c, route.QueryValue(c, "party"))
	switch status := route.QueryValue(c, "status"); status {
	case "":
	case "overdue":
		f.OverdueOn = civil.Of(o.Store.Now()).String()
	case "parked":
		f.Parked = true
	case "issued":
		f.States = []billing.InvoiceState{billing.Open, billing.Sent}
	default:
		f.States = []billing.InvoiceState{billing.InvoiceState(status)}
	}
	return f
}

func statusOptions() []ui.Option {
	return []ui.Option{
		{Text: "Any"}, {Value: "collecting", Text: "Collecting"}, {Value: "frozen", Text: "Waiting for approval"},
		{Value: "issued", Text: "Open"}, {Value: "overdue", Text: "Overdue"}, {Value: "paid", Text: "Paid"}, {Value: "parked", Text: "Parked"},
	}
}

// invoiceTiles sum what collects, what is open and what was paid.
func invoiceTiles(sums []store.InvoiceSum) []ui.StatProps {
	collecting, open, paid := map[money.Currency]int64{}, map[money.Currency]int64{}, map[money.Currency]int64{}
	var waiting int64
	for _, s := range sums {
		switch s.State {
		case billing.Collecting:
			collecting[s.Currency] += s.TotalMinor
		case billing.Frozen:
			waiting += s.Count
		case billing.Open, billing.Sent:
			open[s.Currency] += s.TotalMinor - s.PaidMinor
		}
		paid[s.Currency] += s.PaidMinor
	}
	tiles := []ui.StatProps{
		{Label: "Collecting, before tax", Figure: amounts(collecting), Href: invoicesPath + "?status=collecting"},
		{Label: "Issued, still due", Figure: amounts(open), Href: invoicesPath + "?status=issued"},
		{Label: "Paid", Figure: amounts(paid), Href: invoicesPath + "?status=paid"},
	}
	if waiting > 0 {
		tiles = append(tiles, ui.StatProps{
			Label: "Waiting for approval", Figure: strconv.FormatInt(waiting, 10), Href: invoicesPath + "?status=frozen", Tone: ui.Warn,
		})
	}
	return tiles
}

// exportHref leads to the export centre with the filters of the list.
func exportHref(c echo.Context) string {
	query := url.Values{}
	for _, name := range []string{"party", "status", "from", "to"} {
		if value := route.QueryValue(c, name); value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return exportsPath
	}
	return exportsPath + "?" + query.Encode()
}
