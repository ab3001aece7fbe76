package ward

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/usage"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/frame"
	"trueward/web/route"
)

// undo takes a usage back, from the list or with a reason from its form.
func (w Ward) undo(c echo.Context) error {
	id := usage.ID(route.PathValue(c, "id"))
	done, err := w.Using.Undo(c.Request().Context(), route.Command(c), using.Takeback{Usage: id, Reason: route.Value(c, "reason")})
	if frame.AtFields(err) {
		return w.renderCorrect(c, err)
	}
	to := at(casePath, done.Case)
	if err != nil {
		to = at(correctPath, id)
	}
	return finish(c, to, "Taken back. The unit is where it was before.", err)
}

func (w Ward) moveUsage(c echo.Context) error {
	moved, err := w.Using.MoveUsage(c.Request().Context(), route.Command(c), using.Transfer{
		Usage: usage.ID(route.PathValue(c, "id")), Case: usage.CaseID(route.Value(c, "case")), Reason: route.Value(c, "reason"),
	})
	if _, shown := told(err); shown {
		return w.renderCorrect(c, err)
	}
	return finish(c, at(casePath, moved.Case), "Moved to "+moved.Pseudonym+".", err)
}

func (w Ward) showCorrect(c echo.Context) error { return w.renderCorrect(c, nil) }

func (w Ward) renderCorrect(c echo.Context, refused error) error {
	q := w.queries(c)
	row, err := q.UsageRow(usage.ID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	cases, err := q.Cases("", store.Page{Limit: 50})
	if err != nil {
		return err
	}
	f, err := w.frame(c, "Correct a usage")
	if err != nil {
		return err
	}
	line := usedLine(row, w.Using.Store.Now())
	line.Undo, line.Correct = nil, ""
	p := view.CorrectProps{
		Frame: f, Back: ui.Crumb{Text: "Case " + row.Pseudonym, Href: at(casePath, row.Case)}, Line: line, CaseName: row.Pseudonym,
		Undo: at(undoPath, row.ID), Move: at(movePath, row.ID), Key: route.NewKey(), MoveKey: route.NewKey(),
		Reason: route.Value(c, "reason"), UndoneText: "Take back " + row.Product + " " + row.Serial,
	}
	for _, r := range cases.Rows {
		if r.ID != row.Case {
			p.Cases = append(p.Cases, ui.Option{Value: string(r.ID), Text: r.Pseudonym + ", " + r.PlaceName})
		}
	}
	p.Errors, p.Summary = frame.Fields(refused)
	status := http.StatusOK
	if refused != nil {
		status = http.StatusUnprocessableEntity
	}
	return route.Render(c, status, view.Correct(p))
}
