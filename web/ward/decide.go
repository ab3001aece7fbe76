package ward

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/using"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/frame"
	"trueward/web/route"
)

func (w Ward) showDecide(c echo.Context) error { return w.renderDecide(c, usage.Used, nil) }

func (w Ward) showWaste(c echo.Context) error { return w.renderDecide(c, usage.Wasted, nil) }

// decide records the use of a stopped unit, with a reason and a second person.
func (w Ward) decide(c echo.Context) error {
	return w.record(c, using.Consumption{
		Outcome: usage.Used, Reason: route.Value(c, "reason"), Email: route.Value(c, "email"),
		Password: route.Value(c, "password"), Address: route.Of(c).Address,
	})
}

func (w Ward) waste(c echo.Context) error {
	return w.record(c, using.Consumption{Outcome: usage.Wasted, Reason: route.Value(c, "reason")})
}

func (w Ward) record(c echo.Context, in using.Consumption) error {
	in.Case, in.Unit = usage.CaseID(route.PathValue(c, "id")), custody.UnitID(route.PathValue(c, "unit"))
	done, err := w.Using.Use(c.Request().Context(), route.Command(c), in)
	if _, shown := told(err); shown {
		return w.renderDecide(c, in.Outcome, err)
	}
	text := done.Product + " " + string(done.Outcome) + " on " + done.Pseudonym + "."
	if done.Incident {
		text += " An incident is open, and billing is held."
	}
	return finish(c, at(casePath, in.Case), text, err)
}

// renderDecide shows the form for one unit of a case.
func (w Ward) renderDecide(c echo.Context, outcome usage.Outcome, refused error) error {
	id, unit := usage.CaseID(route.PathValue(c, "id")), custody.UnitID(route.PathValue(c, "unit"))
	q := w.queries(c)
	kase, err := q.Case(id)
	if err != nil {
		return err
	}
	row, err := q.UnitRow(unit)
	if err != nil {
		return err
	}
	holds, err := q.LiveHolds(unit)
	if err != nil {
		return err
	}
	verdict, lacks := authentic.Verdict{Level: authentic.Identified}, false
	if scan, waiting, err := q.WaitingScan(id, unit); err == nil && waiting {
		verdict, lacks = scan.Verdict, scan.Lacks(w.Using.Store.Now())
	}
	u, d := judged(row, holds[unit], w.Using.Store.Now(), verdict)
	f, err := w.frame(c, row.Product)
	if err != nil {
		return err
	}
	p := view.DecideProps{
		Frame: f, Back: ui.Crumb{Text: "Case " + kase.Pseudonym, Href: at(casePath, id)}, Unit: u, Key: route.NewKey(),
		Reason: route.Value(c, "reason"), Email: route.Value(c, "email"),
		Aside: &view.Act{Href: atUnit(asidePath, id, unit), Key: route.NewKey(), Text: "Do not use it: set it aside"},
	}
	name := row.Product + " " + row.Serial
	if outcome == usage.Wasted {
		p.Title, p.Lead = "Record waste", "The unit was opened and not used on "+kase.Pseudonym+"."
		p.Wasted, p.Action, p.Button, p.Aside = true, atUnit(wastePath, id, unit), "Record "+name+" as wasted", nil
	} else {
		p.Title, p.Lead = "Stopped unit", "If it was used, it is recorded: the record is never refused. Two people stand for it."
		p.Override, p.Action, p.Button = true, atUnit(decidePath, id, unit), "Use "+name+" on "+kase.Pseudonym+" in spite of the stop"
		if lacks && !usage.NeedsOverride(d, verdict) {
			p.Title, p.Button = "Not proven", "Use "+name+" on "+kase.Pseudonym+" without the proof"
			p.Lead = "Two taps of its tag within two minutes prove that it is here. If it was used without them, it is recorded, and two people stand for it."
		}
	}
	if d.Final() {
		p.Final, p.Aside = d.Words(), nil
	}
	p.Errors, p.Summary = frame.Fields(refused)
	status := http.StatusOK
	if refused != nil {
		status = http.StatusUnprocessableEntity
	}
	return route.Render(c, status, view.Decide(p))
}
