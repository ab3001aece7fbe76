package stock

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/civil"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	units "trueward/templates/vendors"
	"trueward/web/listing"
	"trueward/web/route"
	"trueward/web/vendors"
)

const onHandPath = "/on-hand"

func (r Room) ofOnHand() []route.Route {
	list := get(onHandPath, "on-hand", access.MoveStock, route.Site, r.onHand, append(listing.Params(units.UnitColumns.Keys()),
		after, route.Query("q", route.Text(64)), route.Query("place", route.ID()), route.Query("expires", route.Date()),
		route.Query("state", route.Enum("expected", "available", "removed", "opened", "missing", "outbound")))...)
	list.Menu = &route.Menu{Text: "On hand", Icon: "box", Key: "b", Place: 14}
	return []route.Route{list}
}

// spans are the last days of the board: yesterday, and 30, 60 and 90 days on.
func spans(today civil.Date) []string {
	day := time.Date(today.Year, today.Month, today.Day, 0, 0, 0, 0, time.UTC)
	out := make([]string, 0, 4)
	for _, n := range []int{-1, 30, 60, 90} {
		out = append(out, day.AddDate(0, 0, n).Format(time.DateOnly))
	}
	return out
}

// onHand lists what the hospital holds, and shows what expires when.
func (r Room) onHand(c echo.Context) error {
	q, today := r.queries(c), civil.Of(r.Store.Now().In(route.Zone(c)))
	days := spans(today)
	filter := store.UnitFilter{
		Text: route.QueryValue(c, "q"), Place: custody.PlaceID(route.QueryValue(c, "place")), ExpiresBy: route.QueryValue(c, "expires"),
		States: []custody.State{custody.Available},
	}
	if state := route.QueryValue(c, "state"); state != "" {
		filter.States = []custody.State{custody.State(state)}
	}
	read := func(page store.Page) ([]units.Unit, string, error) {
		list, err := q.Units(filter, page)
		out := make([]units.Unit, len(list.Rows))
		for i, row := range list.Rows {
			out[i] = vendors.UnitLine(row, days[3], today.String())
		}
		return out, list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "on-hand", units.UnitColumns, read)
	}
	rows, next, err := read(listing.Page(c))
	if err != nil {
		return err
	}
	p := page(c, "On hand", "What lies at your sites, first to expire first, whoever owns it.")
	if p.Blocks, err = r.onHandBlocks(c, q, days, rows, next); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Page(p))
}

func (r Room) onHandBlocks(c echo.Context, q store.Queries, days []string, rows []units.Unit, next string) ([]templ.Component, error) {
	board, err := q.Expiring(days)
	if err != nil {
		return nil, err
	}
	places, err := r.placeOptions(c, "")
	if err != nil {
		return nil, err
	}
	look, err := listing.View(c, q, units.UnitColumns, listing.Rising)
	if err != nil {
		return nil, err
	}
	blocks := []templ.Component{view.Expiring(expiryChart(board), expiryLinks(board)), view.OnHandFilter(view.OnHandProps{
		Action: onHandPath, Text: route.QueryValue(c, "q"), Place: route.QueryValue(c, "place"), Places: append([]ui.Option{{Text: "All places"}}, places...),
		ExpiresBy: route.QueryValue(c, "expires"), State: route.QueryValue(c, "state"),
	})}
	if len(rows) == 0 {
		return append(blocks, ui.EmptyState(ui.EmptyProps{Icon: "box", Title: "No unit here", Text: "Units appear when they are received. Widen the filters to see others."})), nil
	}
	return append(blocks, ui.ListTools(look.Tools), ui.DataTable(units.UnitColumns.Table(ui.TableProps{
		Caption: "Units on hand", Pager: ui.PagerProps{NextHref: listing.Next(c, next)}, Bulk: &chooseUnits,
	}, look, rows, onHandRow))), nil
}

func onHandRow(u units.Unit) ui.Row {
	return ui.Row{ID: "unit-" + u.ID, Choose: ui.Choose{Value: u.ID, Name: u.Product + " " + u.Serial}}
}

var expirySpans = []string{"Expired", "Within 30 days", "31 to 60 days", "61 to 90 days"}

// expiryChart compares what expires when.
func expiryChart(board []store.Expiring) ui.ChartProps {
	p := ui.ChartProps{LabelHead: "Expires", ValueHead: "Units ready for use"}
	var all int64
	for i, e := range board {
		p.Bars = append(p.Bars, ui.Bar{Label: expirySpans[i], Value: float64(e.Units), Text: strconv.FormatInt(e.Units, 10), Mark: i < 2})
		all += e.Units
	}
	switch {
	case all == 0:
		p.Conclusion = "Nothing that is ready for use expires within 90 days."
	case board[0].Units > 0:
		p.Conclusion = fmt.Sprintf("%d expired and still on the shelf; %d more expire within 30 days.", board[0].Units, board[1].Units)
	default:
		p.Conclusion = fmt.Sprintf("Nothing on the shelf is expired; %d expire within 30 days, %d within 90.", board[1].Units, all)
	}
	return p
}

// expiryLinks lead to the list behind each bar that has units.
func expiryLinks(board []store.Expiring) []ui.LinkButtonProps {
	var out []ui.LinkButtonProps
	words := []string{"List what is expired", "List up to 30 days", "List up to 60 days", "List up to 90 days"}
	for i, e := range board {
		if e.Units > 0 {
			out = append(out, link(words[i], onHandPath+"?expires="+e.Until, ""))
		}
	}
	return out
}
