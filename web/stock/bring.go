package stock

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/app/receiving"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (r Room) showBring(c echo.Context) error {
	return r.renderBring(c, http.StatusOK, bringing{agreement: route.QueryValue(c, "agreement"), place: route.QueryValue(c, "place")})
}

// bringing is what the page of units without notice shows.
type bringing struct {
	agreement, place string
	refusedScan      string
	answer           templ.Component
	typed            receiving.UnitInput
	refused          error // of the typed form
}

func (r Room) renderBring(c echo.Context, code int, b bringing) error {
	p := page(c, "Receive without notice", "Units that a rep brings, or that nobody announced.", ui.Crumb{Text: "Ship notices", Href: noticesPath})
	agreements, err := r.agreementOptions(c)
	if err != nil {
		return err
	}
	places, err := r.placeOptions(c, "")
	if err != nil {
		return err
	}
	if len(agreements) == 0 || len(places) == 0 {
		p.Blocks = []templ.Component{ui.EmptyState(ui.EmptyProps{
			Icon: "file", Title: "Nothing can be received yet", Text: "It needs an agreement with a vendor that is in force, and a place at your site.",
			Action: ui.LinkButton(link("Go to the terms", termsPath, ui.Primary)),
		})}
		return route.Render(c, http.StatusOK, view.Page(p))
	}
	choose := view.Form(view.FormProps{
		Title: "Whose units, and where do they go?", Get: true, Action: bringPath, Button: "Receive here", Fields: []templ.Component{
			ui.Select(ui.FieldProps{ID: "agreement", Label: "Agreement", Value: b.agreement, Width: "20"}, agreements),
			ui.Select(ui.FieldProps{ID: "place", Label: "Place", Value: b.place, Width: "20"}, places),
		},
	})
	if b.agreement == "" || b.place == "" {
		p.Blocks = []templ.Component{choose}
		return route.Render(c, code, view.Page(p))
	}
	f := formOf(c, b.refused)
	p.Refused = f.all
	p.Head.Lead = textOf(agreements, b.agreement) + ", to " + textOf(places, b.place)
	p.Blocks = []templ.Component{
		view.ScanBox("Scan each unit", ui.ScanProps{
			URL: bringScanPath + "?" + url.Values{"agreement": {b.agreement}, "place": {b.place}}.Encode(), Key: route.NewKey(), Error: b.refusedScan,
		}, b.answer),
		view.Folded("Type what stands on the label", labelForm(f, b, "")), view.Folded("Other units, or another place", choose),
	}
	if b.refused != nil {
		p.Blocks[1] = labelForm(f, b, "")
	}
	return route.Render(c, code, view.Page(p))
}

// labelForm is a label, typed. A product that no catalogue has is asked for by
// name. Ids begin with id, for an answer may stand beside the form of the page.
func labelForm(f form, b bringing, id string) templ.Component {
	in := b.typed
	fields := []templ.Component{
		ui.Field(ui.FieldProps{ID: id + "di", Name: "di", Label: "Product number", Hint: "GTIN or HIBC code", Value: in.DI, Error: f.errors["di"], Width: "20"}),
		ui.Field(ui.FieldProps{ID: id + "lot", Name: "lot", Label: "Lot", Value: in.Lot, Error: f.errors["lot"], Optional: true, Width: "20"}),
		ui.Field(ui.FieldProps{ID: id + "serial", Name: "serial", Label: "Serial number", Value: in.Serial, Error: f.errors["serial"], Optional: true, Width: "20"}),
		ui.Field(ui.FieldProps{ID: id + "expiry", Name: "expiry", Label: "Expires on", Type: "date", Value: in.Expiry, Error: f.errors["expiry"], Optional: true, Width: "10"}),
	}
	if f.errors["name"] != "" || in.Name != "" {
		fields = append(fields, ui.Field(ui.FieldProps{ID: id + "name", Name: "name", Label: "Name of the product", Hint: "As it stands on the box", Value: in.Name, Error: f.errors["name"], Width: "20"}))
	}
	return view.Form(view.FormProps{
		Title: "The label", Action: bringPath, Key: route.NewKey(), Button: "Bring it in", Fields: fields,
		Hidden: []view.Hidden{{Name: "agreement", Value: b.agreement}, {Name: "place", Value: b.place}},
	})
}

func (r Room) bring(c echo.Context, agreement, place string, in receiving.UnitInput) error {
	_, err := r.Receiving.BringIn(c.Request().Context(), route.Command(c), receiving.Brought{
		Agreement: consign.AgreementID(agreement), Place: custody.PlaceID(place), Units: []receiving.UnitInput{in},
	})
	return err
}

// bringScan brings in the unit that a scan names. What the label lacks, or a
// product that no catalogue has, is asked for.
func (r Room) bringScan(c echo.Context) error {
	b := bringing{agreement: route.QueryValue(c, "agreement"), place: route.QueryValue(c, "place")}
	in, err := receiving.Label(route.Value(c, "scan"), route.Value(c, "symbology"), r.Store.Now())
	if err == nil {
		b.typed = in
		err = r.bring(c, b.agreement, b.place, in)
	}
	var answer view.AnswerProps
	switch {
	case err == nil:
		answer = view.AnswerProps{Tone: ui.Done, Sound: "good", Title: "Brought in", Label: labelOf(in)}
	case !frame.Shown(err):
		return err
	default:
		answer = view.AnswerProps{Tone: ui.Warn, Sound: "stop", Title: sentences(err)}
		if in.DI != "" {
			answer.Label = labelOf(in)
		}
		if in.DI != "" && frame.AtFields(err) {
			answer.Blocks = []templ.Component{labelForm(formOf(c, err), b, "scanned-")}
		}
	}
	if route.Hypertext(c) {
		return route.Render(c, status(err), view.Answer(answer))
	}
	b.answer = view.Answer(answer)
	return r.renderBring(c, status(err), b)
}

func (r Room) bringTyped(c echo.Context) error {
	b := bringing{agreement: route.Value(c, "agreement"), place: route.Value(c, "place"), typed: unitInput(c)}
	if !catalog.IsDI(b.typed.DI) {
		di, err := catalog.ParseDI(b.typed.DI)
		if b.refused = err; err == nil {
			b.typed.DI = di
		}
	}
	if b.refused == nil {
		b.refused = r.bring(c, b.agreement, b.place, b.typed)
	}
	if frame.AtFields(b.refused) || fault.Is(b.refused, fault.Conflict) {
		return r.renderBring(c, status(b.refused), b)
	}
	return finish(c, bringPath+"?"+url.Values{"agreement": {b.agreement}, "place": {b.place}}.Encode(), "Brought in.", b.refused)
}
