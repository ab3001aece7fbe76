package stock

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/templates/finance"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (r Room) notice(c echo.Context) error { return r.renderNotice(c, http.StatusOK, "", nil) }

// renderNotice shows a ship notice with, for materials, the scan box, its
// answer, and what is still to come.
func (r Room) renderNotice(c echo.Context, code int, refused string, answer templ.Component) error {
	q, id := r.queries(c), route.PathValue(c, "id")
	n, err := q.ShipNotice(id)
	if err != nil {
		return err
	}
	units, err := noticeUnits(q, id)
	if err != nil {
		return err
	}
	p := page(c, "Ship notice "+n.Number, n.VendorName+" to "+n.HospitalName+", "+n.SiteName, ui.Crumb{Text: "Ship notices", Href: noticesPath})
	p.Head.Status = noticeState(n)
	receives := n.Open && route.Actor(c).Kind == access.Hospital && route.Actor(c).MayAt(access.MoveStock, n.Site)
	if receives {
		blocks, err := r.receiveBlocks(c, n, units, refused, answer)
		if err != nil {
			return err
		}
		p.Blocks = append(p.Blocks, blocks...)
	}
	differences, err := q.Differences(id)
	if err != nil {
		return err
	}
	if len(differences) > 0 {
		table, err := differenceTable(q, differences)
		if err != nil {
			return err
		}
		p.Blocks = append(p.Blocks, table)
	}
	p.Blocks = append(p.Blocks, view.Rest(false, rest(n, units, receives)...))
	return route.Render(c, code, view.Page(p))
}

// rest is the part of a ship notice's page that a scan changes.
func rest(n store.ShipNotice, units []store.UnitRow, receives bool) []templ.Component {
	blocks := []templ.Component{unitTable("Units of this ship notice", units)}
	if receives {
		blocks = append(blocks, view.Form(finishForm(n)))
	}
	return blocks
}

func noticeUnits(q store.Queries, notice string) ([]store.UnitRow, error) {
	ids, err := q.NoticeUnits(notice)
	if err != nil {
		return nil, err
	}
	return inOrder(q, ids)
}

func inOrder(q store.Queries, ids []custody.UnitID) ([]store.UnitRow, error) {
	rows, err := q.UnitRows(ids...)
	out := make([]store.UnitRow, 0, len(ids))
	for _, id := range ids {
		if row, ok := rows[id]; ok {
			out = append(out, row)
		}
	}
	return out, err
}

func unitTable(caption string, units []store.UnitRow) templ.Component {
	return ui.DataTable(unitTableOf(caption, units, nil))
}

// unitTableOf lists units; with an action, they can be chosen for it.
func unitTableOf(caption string, units []store.UnitRow, bulk *ui.BulkProps) ui.TableProps {
	t := ui.TableProps{Caption: caption, Bulk: bulk, Columns: []ui.Column{{Label: "Product"}, {Label: "Lot and serial"}, {Label: "Expires"}, {Label: "Place"}, {Label: "State"}}}
	for _, u := range units {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			ui.Two(ui.RowLink(u.Product, at("/units/:id", u.ID)), ui.Text(u.Size)), ui.LotSerial(u.Lot, u.Serial), ui.CivilDate(finance.Date(u.Expiry)),
			ui.Two(ui.Text(u.Place), ui.Muted(u.Site)), unitState(u),
		}, Choose: ui.Choose{Value: string(u.ID), Name: u.Product + " " + u.Serial}})
	}
	return t
}

func unitState(u store.UnitRow) templ.Component {
	switch {
	case u.Stopped:
		return ui.Status(ui.Stop, "Stopped")
	case u.State == custody.Expected:
		return ui.Status(ui.Info, "Expected")
	case u.State == custody.Available:
		return ui.Status(ui.Done, "Here")
	case u.State == custody.Closed:
		return ui.Status(ui.Warn, "Did not arrive")
	}
	return ui.Status(ui.Calm, u.State.Word())
}

var differenceWords = map[store.DifferenceKind]string{store.Short: "Announced, did not come", store.NotAnnounced: "Came without being announced"}

func differenceTable(q store.Queries, all []store.Difference) (templ.Component, error) {
	ids := make([]custody.UnitID, len(all))
	for i, d := range all {
		ids[i] = d.Unit
	}
	rows, err := q.UnitRows(ids...)
	t := ui.TableProps{Caption: "Differences from the notice", Columns: []ui.Column{{Label: "Difference"}, {Label: "Product"}, {Label: "Lot and serial"}}}
	for _, d := range all {
		u := rows[d.Unit]
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Status(ui.Warn, differenceWords[d.Kind]), ui.Text(u.Product), ui.LotSerial(u.Lot, u.Serial)}})
	}
	return ui.DataTable(t), err
}

// receiveBlocks are what materials work with: first where the units go, then
// the scan box.
func (r Room) receiveBlocks(c echo.Context, n store.ShipNotice, units []store.UnitRow, refused string, answer templ.Component) ([]templ.Component, error) {
	places, err := r.placeOptions(c, n.Site)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return []templ.Component{ui.EmptyState(ui.EmptyProps{Icon: "home", Title: "No place to put the units", Text: "An administrator adds rooms, cabinets and stores on the page of the site."})}, nil
	}
	place := route.QueryValue(c, "place")
	if place == "" && len(places) == 1 {
		place = places[0].Value
	}
	choose := view.Form(view.FormProps{
		Title: "Where do you put them?", Get: true, Action: at(noticePath, n.ID), Button: "Receive here",
		Fields: []templ.Component{ui.Select(ui.FieldProps{ID: "place", Label: "Place", Value: place, Width: "20"}, places)},
	})
	if place == "" {
		return []templ.Component{choose}, nil
	}
	scan := ui.ScanProps{URL: at(arrivePath, n.ID) + "?place=" + place, Key: route.NewKey(), Error: refused}
	if refused != "" {
		scan.Value = route.Value(c, "scan")
	}
	blocks := []templ.Component{view.ScanBox("Receive at "+textOf(places, place), scan, answer)}
	var waiting []view.Hidden
	for _, u := range units {
		if u.State == custody.Expected {
			waiting = append(waiting, view.Hidden{Name: "units", Value: string(u.ID)})
		}
	}
	if len(waiting) > 0 {
		blocks = append(blocks, view.Folded("Receive without scanning each unit", view.Form(view.FormProps{
			Lead:   "Only when you have compared every label with the list.",
			Action: at(takePath, n.ID), Key: route.NewKey(), Hidden: append(waiting, view.Hidden{Name: "place", Value: place}),
			Button: "Receive the " + countOf(len(waiting), "unit", "units") + " still expected",
		})))
	}
	if len(places) > 1 {
		blocks = append(blocks, view.Folded("Put them elsewhere", choose))
	}
	return blocks, nil
}

func textOf(options []ui.Option, value string) string { return wordOf(options, value) }

func finishForm(n store.ShipNotice) view.FormProps {
	p := view.FormProps{
		Title: "Finish the receipt", Lead: "Every announced unit is here.", Action: at(finishPath, n.ID), Key: route.NewKey(), Button: "Finish the receipt of " + n.Number,
	}
	if n.Expected > 0 {
		p.Lead = "Units that did not come are closed, and the vendor is told of each."
		p.Button, p.Kind = "Finish with "+countOf(int(n.Expected), "unit", "units")+" missing", ui.Danger
	}
	return p
}

// arrive receives the unit that a scan names.
func (r Room) arrive(c echo.Context) error {
	place := route.QueryValue(c, "place")
	got, err := r.Receiving.Arrive(c.Request().Context(), route.Command(c), receiving.Arrival{
		Notice: route.PathValue(c, "id"), Place: custody.PlaceID(place), Raw: route.Value(c, "scan"), Symbology: route.Value(c, "symbology"),
	})
	switch {
	case frame.Shown(err) && route.Hypertext(c):
		return route.Render(c, status(err), view.Answer(view.AnswerProps{Tone: ui.Stop, Sound: "stop", Title: sentences(err)}))
	case frame.Shown(err):
		return r.renderNotice(c, status(err), sentences(err), nil)
	case err != nil:
		return err
	}
	p := r.arrived(c, got, place)
	if !route.Hypertext(c) {
		return r.renderNotice(c, http.StatusOK, "", view.Answer(p))
	}
	q := r.queries(c)
	n, err := q.ShipNotice(route.PathValue(c, "id"))
	if err != nil {
		return err
	}
	units, err := noticeUnits(q, n.ID)
	if err != nil {
		return err
	}
	p.Also = view.Rest(true, rest(n, units, true)...)
	return route.Render(c, http.StatusOK, view.Answer(p))
}

// arrived words the answer to a scan at a ship notice.
func (r Room) arrived(c echo.Context, got receiving.Arriving, place string) view.AnswerProps {
	p := view.AnswerProps{Label: labelOf(got.Label), Text: left(got.Left)}
	switch got.Outcome {
	case receiving.Arrived:
		p.Tone, p.Sound, p.Title = ui.Done, "good", "Received"
	case receiving.ArrivedBefore:
		p.Tone, p.Sound, p.Title = ui.Info, "duplicate", "Received already"
	case receiving.NotOfThis:
		p.Tone, p.Sound, p.Title, p.Text = ui.Warn, "stop", "Not of this ship notice", "This unit is on record, but another ship notice or nobody announced it. Look at its page."
		p.Blocks = append(p.Blocks, ui.LinkButton(link("Show the unit", at("/units/:id", got.Unit), "")))
	default:
		p.Tone, p.Sound, p.Title, p.Text = ui.Warn, "stop", "Not announced", "Nobody announced this unit. Bring it in all the same, and the vendor is told; or put it aside."
		p.Blocks = append(p.Blocks, r.surplusForm(c, got.Label, place, nil))
	}
	return p
}

func left(n int64) string {
	switch n {
	case 0:
		return "Every announced unit is here."
	case 1:
		return "One more unit is expected."
	}
	return strconv.FormatInt(n, 10) + " more units are expected."
}

func labelOf(in receiving.UnitInput) *view.Label {
	return &view.Label{DI: in.DI, Lot: in.Lot, Serial: in.Serial, Expiry: finance.Date(in.Expiry)}
}

// surplusForm brings in what nobody announced. What the label said travels
// along; a product that no catalogue has is asked for by name.
func (r Room) surplusForm(c echo.Context, in receiving.UnitInput, place string, refused error) templ.Component {
	f := formOf(c, refused)
	p := view.FormProps{
		Action: at(surplusPath, route.PathValue(c, "id")), Key: route.NewKey(), Button: "Bring it in as not announced",
		Hidden: []view.Hidden{{Name: "di", Value: in.DI}, {Name: "lot", Value: in.Lot}, {Name: "serial", Value: in.Serial}, {Name: "expiry", Value: in.Expiry}, {Name: "place", Value: place}},
	}
	if f.errors["name"] != "" || in.Name != "" {
		p.Fields = append(p.Fields, ui.Field(f.props("name", "Name of the product", "As it stands on the box", "")))
	}
	return view.Form(p)
}

func unitInput(c echo.Context) receiving.UnitInput {
	return receiving.UnitInput{
		DI: route.Value(c, "di"), Lot: route.Value(c, "lot"), Serial: route.Value(c, "serial"), Expiry: route.Value(c, "expiry"), Name: route.Value(c, "name"),
	}
}

func (r Room) surplus(c echo.Context) error {
	id, in := route.PathValue(c, "id"), unitInput(c)
	_, err := r.Receiving.AcceptSurplus(c.Request().Context(), route.Command(c), receiving.Surplus{
		Notice: id, Place: custody.PlaceID(route.Value(c, "place")), Unit: in,
	})
	if frame.AtFields(err) {
		return r.renderNotice(c, status(err), "", view.Answer(view.AnswerProps{
			Tone: ui.Warn, Title: sentences(err), Label: labelOf(in), Blocks: []templ.Component{r.surplusForm(c, in, route.Value(c, "place"), err)},
		}))
	}
	return finish(c, at(noticePath, id)+"?place="+route.Value(c, "place"), "Brought in. The vendor is told that nobody announced it.", err)
}

// take receives the units that a person compared by eye.
func (r Room) take(c echo.Context) error {
	id := route.PathValue(c, "id")
	var units []custody.UnitID
	for _, u := range route.Values(c, "units") {
		units = append(units, custody.UnitID(u))
	}
	n, err := r.Receiving.Receive(c.Request().Context(), route.Command(c), receiving.Receipt{Units: units, Place: custody.PlaceID(route.Value(c, "place"))})
	return finish(c, at(noticePath, id), countOf(n, "unit", "units")+" received.", err)
}

func (r Room) finishNotice(c echo.Context) error {
	id := route.PathValue(c, "id")
	short, err := r.Receiving.Finish(c.Request().Context(), route.Command(c), id)
	done := "The receipt is finished."
	if short > 0 {
		done = "The receipt is finished; the vendor is told of " + countOf(short, "unit", "units") + " that did not come."
	}
	return finish(c, at(noticePath, id), done, err)
}
