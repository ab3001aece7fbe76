package ward

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/usage"
	view "trueward/templates/offline"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (w Ward) outbox(c echo.Context) error { return w.renderOutbox(c, "", nil) }

// renderOutbox shows the outbox; refused is what speaks against the decision
// about one of the scans.
func (w Ward) renderOutbox(c echo.Context, about usage.KeptID, refused error) error {
	f, err := w.frame(c, "Outbox")
	if err != nil {
		return err
	}
	f.Scripts = append(f.Scripts, "js/saved-box.js")
	p := view.OutboxProps{Frame: f, SignOut: frame.SignOutPath, Key: route.NewKey()}
	if route.Actor(c).May(access.WorkCase) {
		p.Form = downtimePath
		if err := w.conflicts(c, &p); err != nil {
			return err
		}
	}
	status := http.StatusOK
	for i := range p.Conflicts {
		if refused != nil && p.Conflicts[i].ID == string(about) {
			at, _ := frame.Fields(refused)
			p.Conflicts[i].Error, p.Conflicts[i].Reason = at["reason"], route.Value(c, "reason")
			status = http.StatusUnprocessableEntity
		}
	}
	return route.Render(c, status, view.Outbox(p))
}

func (w Ward) conflicts(c echo.Context, p *view.OutboxProps) error {
	q := w.queries(c)
	open, err := q.KeptScans(store.Page{Limit: 200}, usage.KeptOpen)
	if err != nil {
		return err
	}
	for _, k := range open.Rows {
		p.Conflicts = append(p.Conflicts, conflictOf(k))
	}
	kept, err := q.KeptScans(store.Page{Limit: 20}, usage.KeptException)
	for _, k := range kept.Rows {
		p.Decided = append(p.Decided, conflictOf(k))
	}
	return err
}

func conflictOf(k store.KeptRow) view.Conflict {
	title := strings.TrimSpace(k.Unit.Product + " " + k.Unit.Serial)
	if title == "" {
		title = k.Label
	}
	if title == "" {
		title = "A tag"
	}
	return view.Conflict{
		ID: string(k.ID), Title: title, Case: k.Pseudonym, CaseHref: at(casePath, k.Case), Trouble: k.Trouble.Words(), Sentence: k.Sentence,
		Captured: ui.Instant(k.Captured, zone(k.TimeZone)), By: usage.ShortName(k.PersonName), Decide: at(settlePath, k.ID), Key: route.NewKey(),
		Decision: k.Decision, Decider: usage.ShortName(k.Decider),
	}
}

// settle notes what a person decides about a scan that did not fit.
func (w Ward) settle(c echo.Context) error {
	id := usage.KeptID(route.PathValue(c, "id"))
	_, err := w.Using.SettleKept(c.Request().Context(), route.Command(c), using.Settlement{
		Kept: id, As: usage.KeptState(route.Value(c, "decision")), Reason: route.Value(c, "reason"),
	})
	if frame.AtFields(err) {
		return w.renderOutbox(c, id, err)
	}
	return finish(c, outboxPath, "Decided.", err)
}
