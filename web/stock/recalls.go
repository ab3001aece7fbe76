package stock

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

const (
	recallsPath     = "/recalls"
	recallPath      = "/recalls/:id"
	closeRecallPath = "/recalls/:id/close"
	incidentsPath   = "/incidents"
	closeIncident   = "/incidents/:id/close"
	incidentPath    = "/incidents/:id"
)

func (r Room) ofRecalls() []route.Route {
	list := get(recallsPath, "recalls", access.SeeStock, route.Sides, r.recalls, append(listing.Params(recallColumns.Keys()), after)...)
	list.Menu = &route.Menu{Text: "Recalls", Icon: "stop", Key: "2", Place: 40}
	incidents := get(incidentsPath, "incidents", access.CloseIncidents, route.Site, r.incidents, append(listing.Params(incidentColumns.Keys()), after)...)
	incidents.Menu = &route.Menu{Text: "Incidents", Icon: "warning", Key: "3", Place: 42}
	return []route.Route{
		list,
		post(recallsPath, "recalls.open", access.Recall, route.Sides, r.openRecall, aDI, route.Form("lot", route.Text(64)), aReason),
		get(recallPath, "recall", access.SeeStock, route.Sides, r.recall, anID, after),
		post(closeRecallPath, "recall.close", access.Recall, route.Sides, r.closeRecall, anID, aClosing),
		incidents,
		get(incidentPath, "incident", access.CloseIncidents, route.Site, r.incident, anID),
		post(closeIncident, "incident.close", access.CloseIncidents, route.Site, r.endIncident, anID, aClosing),
	}
}

func (r Room) recalls(c echo.Context) error { return r.renderRecalls(c, nil) }

func (r Room) renderRecalls(c echo.Context, refused error) error {
	q, zone := r.queries(c), route.Zone(c)
	read := func(page store.Page) ([]recallLine, string, error) {
		list, err := q.Recalls(page)
		return timedRows(list.Rows, zone), list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "recalls", recallColumns, read)
	}
	part, err := listing.Show(c, q, recallColumns, listing.Falling, read)
	if err != nil {
		return err
	}
	f := formOf(c, refused)
	p := page(c, "Recalls", "Demands about a product or one lot of it. Units they concern are stopped at once, and so are those that come later.")
	p.Refused = f.all
	if len(part.Rows) == 0 {
		p.Blocks = append(p.Blocks, ui.EmptyState(ui.EmptyProps{Icon: "shield", Title: "No recall", Text: "A recall of a vendor appears here the moment it is opened."}))
	} else {
		p.Blocks = append(p.Blocks, listed(part, recallColumns, "Recalls")...)
	}
	if actor := route.Actor(c); actor.May(access.Recall) {
		lead := "It holds at every hospital you serve."
		if actor.Kind == access.Hospital {
			lead = "It holds at every site of the hospital. The vendor sees it."
		}
		p.Blocks = append(p.Blocks, view.Form(view.FormProps{
			Title: "Open a recall", Lead: lead, Action: recallsPath, Key: route.NewKey(), Button: "Stop these units", Kind: ui.DangerPrimary,
			Fields: []templ.Component{
				ui.Field(f.props("di", "Product number", "", "")), ui.Field(optional(f.props("lot", "Lot", "Every lot when empty", ""))),
				ui.Field(f.props("reason", "Why", "With the number of the notice; whoever finds a unit reads it", "")),
			},
		}))
	}
	return route.Render(c, status(refused), view.Page(p))
}

func lotOf(x store.Recall) string {
	if x.Lot == "" {
		return "Every lot"
	}
	return x.Lot
}

func recallState(x store.Recall) templ.Component {
	if x.ClosedAt.IsZero() {
		return ui.Status(ui.Stop, "Open")
	}
	return ui.Status(ui.Calm, "Closed")
}

func (r Room) openRecall(c echo.Context) error {
	got, err := r.Receiving.Recall(c.Request().Context(), route.Command(c), receiving.Demand{
		DI: route.Value(c, "di"), Lot: route.Value(c, "lot"), Reason: route.Value(c, "reason"),
	})
	if frame.AtFields(err) {
		return r.renderRecalls(c, err)
	}
	return finish(c, at(recallPath, got.ID), fmt.Sprintf("The recall is open. %s stopped at once.", countOf(got.Units, "unit is", "units are")), err)
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (r Room) recall(c echo.Context) error { return r.renderRecall(c, nil) }

func (r Room) renderRecall(c echo.Context, refused error) error {
	q := r.queries(c)
	x, err := q.Recall(route.PathValue(c, "id"))
	if err != nil {
		return err
	}
	units, err := q.Units(receiving.RecallFilter(x), store.Page{After: route.QueryValue(c, "after"), Limit: 100})
	if err != nil {
		return err
	}
	used := receiving.RecallFilter(x)
	used.States = []custody.State{custody.Used, custody.Wasted}
	consumed, err := q.CountUnits(used, 1000)
	if err != nil {
		return err
	}
	f := formOf(c, refused)
	p := page(c, "Recall of "+x.ProductName, lotOf(x), ui.Crumb{Text: "Recalls", Href: recallsPath})
	p.Head.Status, p.Refused = recallState(x), f.all
	facts := []ui.Pair{
		{Key: "Why", Value: ui.Text(x.Reason)}, {Key: "Opened", Value: ui.Instant(x.OpenedAt, route.Zone(c))},
		{Key: "Used or wasted before", Value: ui.Text(countOf(int(consumed), "unit", "units"))},
	}
	if x.Closing != "" {
		facts = append(facts, ui.Pair{Key: "Settled", Value: ui.Text(x.Closing)})
	}
	p.Blocks = append(p.Blocks, view.Facts("Recall", facts))
	if len(units.Rows) == 0 {
		p.Blocks = append(p.Blocks, ui.EmptyState(ui.EmptyProps{Icon: "check", Title: "No unit is affected now", Text: "Units that come later are stopped when they are received."}))
	} else {
		p.Blocks = append(p.Blocks, affected(c, units.Rows))
		if units.Next != "" {
			p.Blocks = append(p.Blocks, ui.Pager(ui.PagerProps{NextHref: at(recallPath, x.ID) + "?" + url.Values{"after": {units.Next}}.Encode()}))
		}
	}
	actor := route.Actor(c)
	if own := (actor.Kind == access.Hospital) == (x.Hospital != ""); own && x.ClosedAt.IsZero() && actor.May(access.Recall) {
		p.Blocks = append(p.Blocks, view.Form(view.FormProps{
			Title: "Close the recall", Lead: "The units that are still here may be used again.", Action: at(closeRecallPath, x.ID), Key: route.NewKey(), Button: "Close the recall of " + x.ProductName,
			Fields: []templ.Component{ui.TextArea(f.props("closing", "How was it settled?", "It stays on record with your name", ""))},
		}))
	}
	return route.Render(c, status(refused), view.Page(p))
}

// affected lists the units of a recall; those who move stock take several of
// them to another place at once.
func affected(c echo.Context, units []store.UnitRow) templ.Component {
	bulk := &chooseUnits
	if actor := route.Actor(c); actor.Kind != access.Hospital || !actor.May(access.MoveStock) {
		bulk = nil
	}
	return ui.DataTable(unitTableOf("Affected units, on hand and in transit", units, bulk))
}

func (r Room) closeRecall(c echo.Context) error {
	id := route.PathValue(c, "id")
	_, err := r.Receiving.CloseRecall(c.Request().Context(), route.Command(c), id, route.Value(c, "closing"))
	if frame.AtFields(err) {
		return r.renderRecall(c, err)
	}
	return finish(c, at(recallPath, id), "The recall is closed.", err)
}

var incidentWords = map[string]string{"recall": "Used in spite of a recall", "authenticity": "Used in spite of a tag that is not genuine"}

func (r Room) incidents(c echo.Context) error {
	q, zone := r.queries(c), route.Zone(c)
	read := func(page store.Page) ([]incidentLine, string, error) {
		list, err := q.Incidents("", page)
		return timedRows(list.Rows, zone), list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "incidents", incidentColumns, read)
	}
	part, err := listing.Show(c, q, incidentColumns, listing.Falling, read)
	if err != nil {
		return err
	}
	p := page(c, "Incidents", "What was used in spite of a stop, and how it was settled.")
	p.Blocks = []templ.Component{ui.EmptyState(ui.EmptyProps{Icon: "check", Title: "No incident", Text: "One opens when a recalled unit, or one whose tag is not genuine, was used all the same."})}
	if len(part.Rows) > 0 {
		p.Blocks = listed(part, incidentColumns, "Incidents")
	}
	return route.Render(c, http.StatusOK, view.Page(p))
}

func incidentName(i usage.Incident) string {
	if words := incidentWords[i.Kind]; words != "" {
		return words
	}
	return "Used in spite of a stop: " + i.Kind
}

func incidentState(i usage.Incident) templ.Component {
	if i.ClosedAt.IsZero() {
		return ui.Status(ui.Warn, "Open")
	}
	return ui.Status(ui.Calm, "Closed")
}

func (r Room) incident(c echo.Context) error { return r.renderIncident(c, nil) }

func (r Room) renderIncident(c echo.Context, refused error) error {
	i, err := r.queries(c).Incident(usage.IncidentID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	f := formOf(c, refused)
	p := page(c, incidentName(i), i.Sentence, ui.Crumb{Text: "Incidents", Href: incidentsPath})
	p.Head.Status, p.Refused = incidentState(i), f.all
	facts := []ui.Pair{{Key: "Opened", Value: ui.Instant(i.OpenedAt, route.Zone(c))}}
	if !i.ClosedAt.IsZero() {
		facts = append(facts, ui.Pair{Key: "Closed", Value: ui.Instant(i.ClosedAt, route.Zone(c))}, ui.Pair{Key: "Settled", Value: ui.Text(i.Closing)})
	}
	p.Blocks = []templ.Component{
		view.Facts("Incident", facts), view.Acts(ui.LinkButton(link("Show the unit", at("/units/:id", i.Unit), ""))),
	}
	if i.ClosedAt.IsZero() {
		p.Blocks = append(p.Blocks, view.Form(view.FormProps{
			Title: "Close the incident", Action: at(closeIncident, i.ID), Key: route.NewKey(), Button: "Close the incident", Kind: ui.Primary,
			Fields: []templ.Component{ui.TextArea(f.props("closing", "What was found out, and what was done?", "It stays on record with your name", ""))},
		}))
	}
	return route.Render(c, status(refused), view.Page(p))
}

func (r Room) endIncident(c echo.Context) error {
	id := usage.IncidentID(route.PathValue(c, "id"))
	_, err := r.Receiving.CloseIncident(c.Request().Context(), route.Command(c), id, route.Value(c, "closing"))
	if frame.AtFields(err) {
		return r.renderIncident(c, err)
	}
	return finish(c, at(incidentPath, id), "The incident is closed.", err)
}
