package stock

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

const (
	movesPath    = "/move"
	moveScanPath = "/move/scan"
)

func (r Room) ofMoves() []route.Route {
	where := route.Query("place", route.ID())
	page := get(movesPath, "move", access.MoveStock, route.Site, r.showMoves, where)
	page.Menu = &route.Menu{Text: "Move units", Icon: "box", Key: "4", Place: 15}
	scan := post(moveScanPath, "move.scan", access.MoveStock, route.Site, r.moveScan, where,
		route.Form("scan", route.Scan(4096)), route.Form("symbology", route.Text(8)), route.Form("source", route.Enum("typed", "wedge", "camera", "url")))
	scan.Rate = route.RateScan
	return []route.Route{page, scan}
}

func (r Room) showMoves(c echo.Context) error { return r.renderMoves(c, http.StatusOK, "", nil) }

func (r Room) renderMoves(c echo.Context, code int, refused string, answer templ.Component) error {
	places, err := r.placeOptions(c, "")
	if err != nil {
		return err
	}
	place := route.QueryValue(c, "place")
	p := page(c, "Move units", "Choose where they go, then scan each one.")
	choose := view.Form(view.FormProps{
		Get: true, Action: movesPath, Button: "Move units there", Fields: []templ.Component{
			ui.Select(ui.FieldProps{ID: "place", Label: "To", Value: place, Width: "20"}, places),
		},
	})
	switch {
	case len(places) == 0:
		p.Blocks = []templ.Component{ui.EmptyState(ui.EmptyProps{Icon: "home", Title: "No place yet", Text: "An administrator adds rooms, cabinets and stores on the page of the site."})}
	case place == "":
		p.Blocks = []templ.Component{choose}
	default:
		p.Head.Lead = "Each unit you scan goes to " + textOf(places, place) + "."
		p.Blocks = []templ.Component{
			view.ScanBox("", ui.ScanProps{URL: moveScanPath + "?place=" + place, Key: route.NewKey(), Error: refused, Continuous: true}, answer),
			view.Folded("Move to another place", choose),
		}
	}
	return route.Render(c, code, view.Page(p))
}

// moveScan moves the unit that a scan names.
func (r Room) moveScan(c echo.Context) error {
	answer, err := r.moveScanned(c)
	if err != nil && !frame.Shown(err) {
		return err
	}
	if err != nil {
		answer = view.AnswerProps{Tone: ui.Stop, Sound: "stop", Title: sentences(err)}
	}
	if route.Hypertext(c) {
		return route.Render(c, status(err), view.Answer(answer))
	}
	return r.renderMoves(c, status(err), "", view.Answer(answer))
}

func (r Room) moveScanned(c echo.Context) (view.AnswerProps, error) {
	label, err := receiving.Label(route.Value(c, "scan"), route.Value(c, "symbology"), r.Store.Now())
	if err != nil {
		return view.AnswerProps{}, err
	}
	if label.Serial == "" {
		return view.AnswerProps{}, fault.New(fault.Invalid, "This label has no serial number, so it does not say which unit it is. Move it on the unit's own page.")
	}
	u, err := r.queries(c).UnitBySerial(label.DI, label.Serial)
	if err != nil {
		return view.AnswerProps{}, err
	}
	_, err = r.Receiving.MoveAll(c.Request().Context(), route.Command(c), []custody.UnitID{u.ID}, custody.PlaceID(route.QueryValue(c, "place")), "")
	return view.AnswerProps{Tone: ui.Done, Sound: "good", Title: "Moved", Label: labelOf(label)}, err
}
