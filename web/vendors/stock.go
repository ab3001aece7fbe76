package vendors

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/civil"
	"trueward/templates/finance"
	"trueward/templates/ui"
	view "trueward/templates/vendors"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

var stateWords = map[custody.State]string{
	custody.Expected: "Announced", custody.Available: "On the shelf", custody.Removed: "Removed", custody.Opened: "Opened", custody.Used: "Used",
	custody.Wasted: "Wasted", custody.Missing: "Missing", custody.Outbound: "On its way back", custody.Closed: "Closed",
}

func (v Counter) showStock(c echo.Context) error {
	q := v.queries(c)
	p := view.StockProps{
		Frame: frame.Page(c, "Stock"), Action: stockPath, Clear: stockPath, Text: route.QueryValue(c, "q"),
		Hospital: route.QueryValue(c, "hospital"), Place: route.QueryValue(c, "place"), State: route.QueryValue(c, "state"),
		ExpiresBy: route.QueryValue(c, "expires"), States: []ui.Option{{Text: "Any state"}},
	}
	for _, s := range []custody.State{custody.Expected, custody.Available, custody.Removed, custody.Opened, custody.Used, custody.Wasted, custody.Missing, custody.Outbound, custody.Closed} {
		p.States = append(p.States, ui.Option{Value: string(s), Text: stateWords[s]})
	}
	var err error
	if p.Hospitals, err = hospitals(q); err != nil {
		return err
	}
	if p.Places, err = places(q); err != nil {
		return err
	}
	return v.fillStock(c, q, &p)
}

func (v Counter) fillStock(c echo.Context, q store.Queries, p *view.StockProps) error {
	filter := unitFilter(c)
	short, today := shortUntil(v.Store.Now()), civil.Of(v.Store.Now()).String()
	read := func(page store.Page) ([]view.Unit, string, error) {
		list, err := q.Units(filter, page)
		units := make([]view.Unit, len(list.Rows))
		for i, row := range list.Rows {
			units[i] = UnitLine(row, short, today)
		}
		return units, list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "stock", view.UnitColumns, read)
	}
	units, after, err := read(listing.Page(c))
	if err != nil {
		return err
	}
	p.Units = units
	p.Labels = listing.Beside(c, labelsPath)
	if p.View, err = listing.View(c, q, view.UnitColumns, listing.Rising); err != nil {
		return err
	}
	n, err := q.CountUnits(filter, most)
	if err != nil {
		return err
	}
	total := strconv.FormatInt(n, 10)
	if n >= most {
		total = "1,000+"
	}
	p.Pager = ui.PagerProps{Shown: strconv.Itoa(len(units)) + " of " + total, NextHref: listing.Next(c, after)}
	return route.Render(c, http.StatusOK, view.Stock(*p))
}

// unitFilter is the list's filter as the address says it.
func unitFilter(c echo.Context) store.UnitFilter {
	f := store.UnitFilter{
		Hospital: access.OrganisationID(route.QueryValue(c, "hospital")), Place: custody.PlaceID(route.QueryValue(c, "place")),
		ExpiresBy: route.QueryValue(c, "expires"), Text: route.QueryValue(c, "q"),
	}
	if state := route.QueryValue(c, "state"); state != "" {
		f.States = []custody.State{custody.State(state)}
	}
	return f
}

// printLabels answers with labels for the units of the list, on paper.
func (v Counter) printLabels(c echo.Context) error {
	paper, err := v.Labelling.Sheets(c.Request().Context(), route.Actor(c), unitFilter(c), listing.Page(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="labels.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", paper)
}

// UnitLine is a unit of a list. What expires by short is short-dated.
func UnitLine(row store.UnitRow, short, today string) view.Unit {
	return view.Unit{
		ID: string(row.ID), Href: "/units/" + string(row.ID), DI: row.DI, Vendor: row.Vendor, Owner: row.Owner, Product: row.Product, Size: row.Size, Lot: row.Lot, Serial: row.Serial, Expiry: finance.Date(row.Expiry),
		Expired:  row.Expiry != "" && row.Expiry < today && row.State == custody.Available,
		Short:    row.Expiry != "" && row.Expiry <= short && row.State == custody.Available,
		Hospital: row.Hospital, Where: row.Site + ", " + row.Place, State: stateWords[row.State], Stopped: row.Stopped,
	}
}

func places(q store.Queries) ([]ui.Option, error) {
	sites, err := q.Sites("")
	if err != nil {
		return nil, err
	}
	names := map[access.SiteID]string{}
	for _, s := range sites {
		names[s.ID] = s.Name
	}
	all, err := q.Places("")
	options := []ui.Option{{Text: "All places"}}
	for _, p := range all {
		if own, _ := q.Scope().Vendor(); p.Vendor != "" && p.Vendor != own {
			continue // another vendor's trunk
		}
		options = append(options, ui.Option{Value: string(p.ID), Text: names[p.Site] + ", " + p.Name})
	}
	return options, err
}
