package stock

import (
	"cmp"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// Units that are chosen in a list, and what is done with all of them.
const (
	chosenPath     = "/on-hand/chosen"
	holdChosenPath = "/on-hand/chosen/hold"
	liftChosenPath = "/on-hand/chosen/lift"
	moveChosenPath = "/on-hand/chosen/move"
)

func (r Room) ofChosen() []route.Route {
	units := route.FormMany("units", route.ID())
	change := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		out := post(path, name, access.MoveStock, route.Site, h, append(params, units)...)
		out.BodyLimit = 64 << 10
		return out
	}
	return []route.Route{
		get(chosenPath, "units.chosen", access.MoveStock, route.Site, r.chosen, route.QueryMany("ids", route.ID())),
		change(holdChosenPath, "units.hold", r.holdChosen, enum("kind", holdKinds), route.Form("level", route.Enum("stop", "warn")), aReason),
		change(liftChosenPath, "units.lift", r.liftChosen, route.Form("kind", allHolds), aReason),
		change(moveChosenPath, "units.move", r.moveChosen, aPlace, aReason),
	}
}

// chooseUnits is the action for units that are chosen in a list.
var chooseUnits = ui.BulkProps{Action: chosenPath, Text: "Hold, release or move the chosen ones", Icon: "box"}

func unitIDs(texts []string) []custody.UnitID {
	ids := make([]custody.UnitID, len(texts))
	for i, text := range texts {
		ids[i] = custody.UnitID(text)
	}
	return ids
}

// choice are units that were chosen, as a page names them.
type choice struct {
	rows  []store.UnitRow
	holds map[custody.UnitID][]custody.Hold
	names map[custody.UnitID]string
}

func (r Room) chosenUnits(c echo.Context, ids []custody.UnitID) (choice, error) {
	out := choice{names: map[custody.UnitID]string{}}
	if err := store.AtOnce(len(ids)); err != nil && len(ids) > 0 {
		return out, err
	}
	q := r.queries(c)
	found, err := q.UnitRows(ids...)
	if err != nil {
		return out, err
	}
	for _, id := range ids {
		if u, known := found[id]; known && out.names[id] == "" {
			out.rows = append(out.rows, u)
			out.names[id] = strings.Join(strings.Fields(u.Product+" "+u.Size+" "+u.Serial), " ")
		}
	}
	out.holds, err = q.LiveHolds(ids...)
	return out, err
}

// chosen asks about the units that were chosen in a list.
func (r Room) chosen(c echo.Context) error {
	return r.renderChosen(c, unitIDs(route.Of(c).Query["ids"]), "", nil)
}

// renderChosen names units and asks what is done with them. which says whose
// form was refused; told says what became of an earlier answer.
func (r Room) renderChosen(c echo.Context, ids []custody.UnitID, which string, refused error, told ...templ.Component) error {
	chosen, err := r.chosenUnits(c, ids)
	if err != nil {
		return err
	}
	places, err := r.placeOptions(c, "")
	if err != nil {
		return err
	}
	p := page(c, "Units you chose", "What you decide holds for each of them by itself.", ui.Crumb{Text: "On hand", Href: onHandPath})
	p.Blocks, p.Refused = told, formOf(c, refused).all
	for i := range p.Refused {
		p.Refused[i].FieldID = which + "-" + p.Refused[i].FieldID
	}
	live := chosen.live()
	if len(live) == 0 {
		p.Blocks = append(p.Blocks, ui.EmptyState(ui.EmptyProps{
			Icon: "box", Title: "Nothing is left to be done", Text: "Choose units in the list that are still here.",
			Action: ui.LinkButton(link("Back to the list", onHandPath, "")),
		}))
		return route.Render(c, status(refused), view.Page(p))
	}
	f := chosenForms{workForm: workForm{c: c, which: which, refused: refused}}
	p.Blocks = append(p.Blocks, unitTable("Units you chose", chosen.rows), f.hold(live))
	for _, kind := range append([]custody.HoldKind{custody.HoldAuthenticity}, receiving.HandHolds...) {
		if held := chosen.heldBy(kind); len(held) > 0 {
			p.Blocks = append(p.Blocks, f.lift(kind, held))
		}
	}
	if len(places) > 0 {
		p.Blocks = append(p.Blocks, f.move(live, places))
	}
	return route.Render(c, status(refused), view.Page(p))
}

// live are the chosen units with which something can still be done.
func (ch choice) live() []custody.UnitID {
	var ids []custody.UnitID
	for _, u := range ch.rows {
		if !u.State.Terminal() {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

func (ch choice) heldBy(kind custody.HoldKind) []custody.UnitID {
	var ids []custody.UnitID
	for _, u := range ch.rows {
		for _, h := range ch.holds[u.ID] {
			if h.Kind == kind {
				ids = append(ids, u.ID)
			}
		}
	}
	return ids
}

// chosenForms make the forms for several units.
type chosenForms struct{ workForm }

func (f chosenForms) form(title, path, button string, kind ui.ButtonKind, units []custody.UnitID, carried []view.Hidden, fields ...templ.Component) templ.Component {
	for _, id := range units {
		carried = append(carried, view.Hidden{Name: "units", Value: string(id)})
	}
	return view.Form(view.FormProps{Title: title, Action: path, Key: route.NewKey(), Button: button, Kind: kind, Hidden: carried, Fields: fields})
}

func (f chosenForms) hold(units []custody.UnitID) templ.Component {
	return f.form("Put them on hold", holdChosenPath, "Put "+countOf(len(units), "unit", "units")+" on hold", ui.Danger, units, nil,
		ui.Select(f.field("hold", "kind", "What is wrong?", "", ""), holdKinds),
		ui.Select(f.field("hold", "level", "How hard?", "", "stop"), holdLevels),
		ui.Field(f.field("hold", "reason", "Why", "Whoever finds the unit reads it", "")))
}

func (f chosenForms) lift(kind custody.HoldKind, units []custody.UnitID) templ.Component {
	which := "lift-" + string(kind)
	return f.form("On hold: "+kind.Words(), liftChosenPath, "Lift this hold of "+countOf(len(units), "unit", "units"), "", units,
		[]view.Hidden{{Name: "kind", Value: string(kind)}},
		ui.Field(f.field(which, "reason", "Why may it be used again?", "It stays on record with your name", "")))
}

func (f chosenForms) move(units []custody.UnitID, places []ui.Option) templ.Component {
	return f.form("Move them", moveChosenPath, "Move "+countOf(len(units), "unit", "units"), "", units, nil,
		ui.Select(f.field("move", "place", "To", "", ""), places), ui.Field(optional(f.field("move", "reason", "Why", "", ""))))
}

func (r Room) holdChosen(c echo.Context) error {
	out, err := r.Receiving.PutAllOnHold(c.Request().Context(), route.Command(c), unitIDs(route.Values(c, "units")), receiving.Hold{
		Kind: custody.HoldKind(route.Value(c, "kind")), Level: custody.HoldLevel(route.Value(c, "level")), Reason: route.Value(c, "reason"),
	})
	return r.didChosen(c, "hold", heldWords, out, err)
}

func (r Room) liftChosen(c echo.Context) error {
	kind := route.Value(c, "kind")
	out, err := r.Receiving.LiftAllHolds(c.Request().Context(), route.Command(c), unitIDs(route.Values(c, "units")), custody.HoldKind(kind), route.Value(c, "reason"))
	return r.didChosen(c, "lift-"+kind, liftedWords, out, err)
}

func (r Room) moveChosen(c echo.Context) error {
	out, err := r.Receiving.MoveEach(c.Request().Context(), route.Command(c), unitIDs(route.Values(c, "units")), custody.PlaceID(route.Value(c, "place")), route.Value(c, "reason"))
	return r.didChosen(c, "move", movedWords, out, err)
}

// didChosen says what became of the units: on to the list when all went well,
// else those that are left, by name and with why.
func (r Room) didChosen(c echo.Context, which string, done func(int) string, out store.Outcome[custody.UnitID], err error) error {
	if frame.AtFields(err) {
		return r.renderChosen(c, unitIDs(route.Values(c, "units")), which, err)
	}
	if err != nil || len(out.Left) == 0 {
		return finish(c, onHandPath, done(len(out.Done)), err)
	}
	ids := make([]custody.UnitID, len(out.Left))
	for i, left := range out.Left {
		ids[i] = left.Object
	}
	chosen, err := r.chosenUnits(c, ids)
	if err != nil {
		return err
	}
	var items []ui.LeftItem
	for _, left := range out.Left {
		items = append(items, ui.LeftItem{Name: cmp.Or(chosen.names[left.Object], "A unit that is not yours"), Why: left.Why})
	}
	return r.renderChosen(c, ids, "", nil, ui.LeftOver(done(len(out.Done)), leftWords(len(out.Left)), items))
}

func heldWords(n int) string   { return countOf(n, "unit is on hold.", "units are on hold.") }
func liftedWords(n int) string { return countOf(n, "unit is released.", "units are released.") }
func movedWords(n int) string  { return countOf(n, "unit is moved.", "units are moved.") }
func leftWords(n int) string {
	return countOf(n, "unit is left as it was.", "units are left as they were.")
}
