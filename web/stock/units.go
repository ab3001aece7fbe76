package stock

import (
	"encoding/hex"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

const (
	workPath    = "/units/:id/work"
	movePath    = "/units/:id/move"
	holdPath    = "/units/:id/hold"
	liftPath    = "/units/:id/lift"
	missingPath = "/units/:id/missing"
	confirmPath = "/units/:id/missing/confirm"
	foundPath   = "/units/:id/found"
	bindPath    = "/units/:id/bind"
)

var holdKinds = []ui.Option{
	{Value: string(custody.HoldDamaged), Text: "Damaged"}, {Value: string(custody.HoldTemperature), Text: "Stored too warm or too cold"},
	{Value: string(custody.HoldIdentity), Text: "It is not clear what it is"}, {Value: string(custody.HoldReceiving), Text: "Something was wrong at receipt"},
	{Value: string(custody.HoldMaintenance), Text: "Needs maintenance"},
}

var holdLevels = []ui.Option{{Value: "stop", Text: "It may not be used"}, {Value: "warn", Text: "It may be used, with a warning"}}

var allHolds = route.Enum("recall", "expired", "temperature", "authenticity", "damaged", "identity", "receiving", "count", "maintenance")

func (r Room) ofUnits() []route.Route {
	work := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return post(path, name, access.MoveStock, route.Site, h, append(params, anID)...)
	}
	return append([]route.Route{
		get(workPath, "unit.work", access.MoveStock, route.Site, r.work, anID),
		work(movePath, "unit.move", r.move, aPlace, aReason),
		work(holdPath, "unit.hold", r.hold, enum("kind", holdKinds), route.Form("level", route.Enum("stop", "warn")), aReason),
		work(liftPath, "unit.lift", r.lift, route.Form("kind", allHolds), aReason),
		work(missingPath, "unit.missing", r.missing, aReason),
		work(confirmPath, "unit.missing.confirm", r.confirmMissing),
		work(foundPath, "unit.found", r.found, aPlace),
		work(bindPath, "unit.bind", r.bind, route.Form("scan", route.Scan(4096)), route.Form("symbology", route.Text(8)),
			route.Form("source", route.Enum("typed", "wedge", "camera", "url"))),
	}, r.ofMoves()...)
}

func unitOf(c echo.Context) custody.UnitID { return custody.UnitID(route.PathValue(c, "id")) }

func (r Room) work(c echo.Context) error { return r.renderWork(c, "", nil) }

// renderWork shows what materials may do with a unit in its state. which says
// whose form was refused.
func (r Room) renderWork(c echo.Context, which string, refused error) error {
	q := r.queries(c)
	u, err := q.UnitRow(unitOf(c))
	if err != nil {
		return err
	}
	holds, err := q.LiveHolds(u.ID)
	if err != nil {
		return err
	}
	places, err := r.placeOptions(c, u.Unit.Site)
	if err != nil {
		return err
	}
	p := page(c, u.Product, u.Size, ui.Crumb{Text: "Unit", Href: at("/units/:id", u.ID)})
	p.Head.Status = unitState(u)
	p.Refused = formOf(c, refused).all
	for i := range p.Refused {
		p.Refused[i].FieldID = which + "-" + p.Refused[i].FieldID
	}
	p.Blocks = append(p.Blocks, view.Facts("Unit", []ui.Pair{
		{Key: "Lot and serial", Value: ui.LotSerial(u.Lot, u.Serial)}, {Key: "Place", Value: ui.Text(u.Place + ", " + u.Site)}, {Key: "State", Value: ui.Text(u.State.Word())},
	}))
	p.Blocks = append(p.Blocks, workForms(c, u, holds[u.ID], places, which, refused)...)
	return route.Render(c, status(refused), view.Page(p))
}

// workForms are the forms that fit the unit's state.
func workForms(c echo.Context, u store.UnitRow, holds []custody.Hold, places []ui.Option, which string, refused error) []templ.Component {
	w := workForm{c: c, unit: u.ID, which: which, refused: refused}
	if u.State.Terminal() {
		return []templ.Component{ui.Notice(ui.NoticeProps{Tone: ui.Calm, Title: "This unit is " + u.State.Word() + "; nothing is left to be done with it here."})}
	}
	var blocks []templ.Component
	reported := false
	for _, h := range holds {
		reported = reported || h.Kind == custody.HoldCount
		if h.Kind != custody.HoldCount && h.Kind != custody.HoldRecall && h.Kind != custody.HoldExpired {
			blocks = append(blocks, w.lift(h))
		}
	}
	switch {
	case u.State == custody.Missing:
		return append(blocks, w.found("It is found", "Put it where it was found.", places))
	case reported:
		blocks = append(blocks, w.confirm(), w.found("It is here after all", "The report ends, and the unit is put where you found it.", places))
	}
	if _, may := custody.Next(u.State, custody.Moved); may && len(places) > 0 {
		blocks = append(blocks, w.form("move", "Move it", movePath, "Move the unit", "",
			ui.Select(w.field("move", "place", "To", "", string(u.Unit.Place)), places), ui.Field(optional(w.field("move", "reason", "Why", "", "")))))
	}
	blocks = append(blocks, w.form("hold", "Put it on hold", holdPath, "Put the unit on hold", ui.Danger,
		ui.Select(w.field("hold", "kind", "What is wrong?", "", ""), holdKinds),
		ui.Select(w.field("hold", "level", "How hard?", "", "stop"), holdLevels),
		ui.Field(w.field("hold", "reason", "Why", "Whoever finds the unit reads it", ""))))
	if _, may := custody.Next(u.State, custody.LostInCount); may && !reported {
		blocks = append(blocks, w.form("missing", "It cannot be found", missingPath, "Report it as not found", ui.Danger,
			ui.Field(w.field("missing", "reason", "Where did you look?", "Another person looks as well before it counts as missing", ""))))
	}
	return append(blocks, view.ScanBox("Bind a tag", ui.ScanProps{URL: at(bindPath, u.ID), Key: route.NewKey(), Error: w.at("bind", "scan")}, nil))
}

// workForm makes the forms of one unit.
type workForm struct {
	c       echo.Context
	unit    custody.UnitID
	which   string
	refused error
}

func (w workForm) at(which, field string) string {
	if w.which != which {
		return ""
	}
	for _, f := range fault.All(w.refused) {
		if f.Field == field {
			return f.Sentence
		}
	}
	return ""
}

func (w workForm) field(which, name, label, hint, usual string) ui.FieldProps {
	p := ui.FieldProps{ID: which + "-" + name, Name: name, Label: label, Hint: hint, Value: usual, Width: "20", Error: w.at(which, name)}
	if w.which == which {
		p.Value = route.Value(w.c, name)
	}
	return p
}

func (w workForm) form(which, title, path, button string, kind ui.ButtonKind, fields ...templ.Component) templ.Component {
	return view.Form(view.FormProps{Title: title, Action: at(path, w.unit), Key: route.NewKey(), Button: button, Kind: kind, Fields: fields})
}

func (w workForm) lift(h custody.Hold) templ.Component {
	which := "lift-" + string(h.Kind)
	return view.Form(view.FormProps{
		Title: "On hold: " + h.Kind.Words(), Lead: h.Reason, Action: at(liftPath, w.unit), Key: route.NewKey(), Button: "Lift this hold",
		Hidden: []view.Hidden{{Name: "kind", Value: string(h.Kind)}},
		Fields: []templ.Component{ui.Field(w.field(which, "reason", "Why may it be used again?", "It stays on record with your name", ""))},
	})
}

func (w workForm) confirm() templ.Component {
	return view.Form(view.FormProps{
		Title: "Reported as not found", Lead: "If you looked too and did not find it either, confirm. Whoever reported it cannot.",
		Action: at(confirmPath, w.unit), Key: route.NewKey(), Button: "Confirm that it is missing", Kind: ui.Danger,
	})
}

func (w workForm) found(title, lead string, places []ui.Option) templ.Component {
	return view.Form(view.FormProps{
		Title: title, Lead: lead, Action: at(foundPath, w.unit), Key: route.NewKey(), Button: "Put it back here",
		Fields: []templ.Component{ui.Select(w.field("found", "place", "Where is it?", "", ""), places)},
	})
}

// worked answers a change: to the unit's page, or the forms with what was
// refused.
func (r Room) worked(c echo.Context, which, done string, err error) error {
	if frame.AtFields(err) {
		return r.renderWork(c, which, err)
	}
	if frame.Shown(err) && !fault.Is(err, fault.NotFound) {
		return finish(c, at(workPath, unitOf(c)), "", err)
	}
	return finish(c, at("/units/:id", unitOf(c)), done, err)
}

func (r Room) move(c echo.Context) error {
	_, err := r.Receiving.MoveAll(c.Request().Context(), route.Command(c), []custody.UnitID{unitOf(c)}, custody.PlaceID(route.Value(c, "place")), route.Value(c, "reason"))
	return r.worked(c, "move", "Moved.", err)
}

func (r Room) hold(c echo.Context) error {
	_, err := r.Receiving.PutOnHold(c.Request().Context(), route.Command(c), receiving.Hold{
		Unit: unitOf(c), Kind: custody.HoldKind(route.Value(c, "kind")), Level: custody.HoldLevel(route.Value(c, "level")), Reason: route.Value(c, "reason"),
	})
	return r.worked(c, "hold", "The unit is on hold.", err)
}

func (r Room) lift(c echo.Context) error {
	kind := route.Value(c, "kind")
	_, err := r.Receiving.LiftHold(c.Request().Context(), route.Command(c), unitOf(c), custody.HoldKind(kind), route.Value(c, "reason"))
	return r.worked(c, "lift-"+kind, "The hold is lifted.", err)
}

func (r Room) missing(c echo.Context) error {
	_, err := r.Receiving.ReportMissing(c.Request().Context(), route.Command(c), unitOf(c), route.Value(c, "reason"))
	return r.worked(c, "missing", "Reported. Another person looks as well.", err)
}

func (r Room) confirmMissing(c echo.Context) error {
	_, err := r.Receiving.ConfirmMissing(c.Request().Context(), route.Command(c), unitOf(c))
	return r.worked(c, "confirm", "The unit is missing.", err)
}

func (r Room) found(c echo.Context) error {
	_, err := r.Receiving.FindAgain(c.Request().Context(), route.Command(c), unitOf(c), custody.PlaceID(route.Value(c, "place")))
	return r.worked(c, "found", "The unit is back.", err)
}

// bind puts a UHF tag, or an NFC tag without keys, on the unit. Tags with keys
// are bound where they are written.
func (r Room) bind(c echo.Context) error {
	tag, err := tagOf(route.Value(c, "scan"), route.Value(c, "symbology"), r.Store.Now())
	if err == nil {
		_, err = r.Receiving.Bind(c.Request().Context(), route.Command(c), receiving.Binding{Unit: unitOf(c), Tag: tag})
	}
	if err != nil && frame.Shown(err) && route.Hypertext(c) {
		return route.Render(c, status(err), view.Answer(view.AnswerProps{Tone: ui.Stop, Sound: "stop", Title: sentences(err)}))
	}
	if frame.AtFields(err) {
		return finish(c, at(workPath, unitOf(c)), "", err)
	}
	return r.worked(c, "bind", "The tag is bound to this unit.", err)
}

// tagOf reads the tag that a scan names, without a tap: its EPC or its number.
func tagOf(raw, symbology string, now time.Time) (receiving.TagInput, error) {
	a, err := carrier.Identify(raw, carrier.Options{Symbology: symbology, Now: now})
	switch {
	case err == nil && !a.EPC.IsZero():
		return receiving.TagInput{Technology: authentic.UHF, EPC: a.EPC.Hex()}, nil
	case err == nil && a.Kind == carrier.UID:
		uid, err := hex.DecodeString(a.ChipID)
		if err == nil {
			return receiving.TagInput{Technology: authentic.NFC, UID: uid}, nil
		}
	case err == nil && a.Kind == carrier.Tap:
		return receiving.TagInput{}, fault.At("scan", "A tag with keys of its own is bound where tags are written, under Tags.")
	}
	return receiving.TagInput{}, fault.At("scan", "This is no tag: scan the EPC of a UHF tag, or the number of an NFC chip.")
}
