package ward

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/listing"
	"trueward/web/route"
)

func (w Ward) cases(c echo.Context) error {
	h, err := w.Using.Home(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	q := w.queries(c)
	read := func(page store.Page) ([]view.CaseLine, string, error) {
		list, err := q.Cases("", page)
		lines := make([]view.CaseLine, len(list.Rows))
		for i, r := range list.Rows {
			lines[i] = caseLine(r, h.Sites[r.Site])
		}
		return lines, list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "cases", view.CaseColumns, read)
	}
	part, err := listing.Show(c, q, view.CaseColumns, listing.Falling, read)
	if err != nil {
		return err
	}
	f, err := w.frame(c, "Cases")
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Cases(view.CasesProps{
		Frame: f, New: &view.OpenCase{Action: casesPath, Key: route.NewKey(), Rooms: rooms(h.Rooms, h.Sites), Chosen: route.QueryValue(c, "place")},
		Cases: part.Rows, View: part.View, Pager: ui.PagerProps{NextHref: part.Next},
	}))
}

func (w Ward) showCase(c echo.Context) error {
	id := usage.CaseID(route.PathValue(c, "id"))
	v, err := w.Using.View(c.Request().Context(), route.Actor(c), id)
	if err != nil {
		return err
	}
	f, err := w.frame(c, "Case "+v.Case.Pseudonym)
	if err != nil {
		return err
	}
	actor, now := route.Actor(c), w.Using.Store.Now()
	p := view.CaseProps{
		Frame: f, Pseudonym: v.Case.Pseudonym, Place: v.Place.Name, Open: v.Case.State == usage.CaseOpen, Mine: v.Mine,
		Opened: moment(v.Case.OpenedAt, v.Site.TimeZone), Waiting: waitingList(v, actor, now), ScanHref: scanPath,
		Back: ui.Crumb{Text: "Cases", Href: casesPath}, Actions: caseActions(v),
	}
	if name, err := w.queries(c).PersonNames(string(v.Case.OpenedBy)); err == nil {
		p.By = usage.ShortName(name[string(v.Case.OpenedBy)])
	}
	for _, l := range v.Lines {
		p.Lines = append(p.Lines, usedLine(l, now))
		p.Used += tally(l, usage.Used)
		p.Wasted += tally(l, usage.Wasted)
	}
	p.Undo = freshUndo(v, actor, now)
	return route.Render(c, http.StatusOK, view.Case(p))
}

func tally(l store.UsageRow, o usage.Outcome) int {
	if l.Ended == "" && l.Outcome == o {
		return 1
	}
	return 0
}

// undoSeconds is how long the prominent Undo stands after a use.
const undoSeconds = 10

// freshUndo is the button for what the person did a moment ago.
func freshUndo(v using.CaseView, actor access.Actor, now time.Time) *ui.UndoToastProps {
	if len(v.Lines) == 0 {
		return nil
	}
	l := v.Lines[0]
	left := undoSeconds - int(now.Sub(l.RecordedAt)/time.Second)
	if l.Ended != "" || l.Actor != actor.Person || left < 1 || !now.Before(l.UndoUntil) {
		return nil
	}
	return &ui.UndoToastProps{
		Text: fmt.Sprintf("%s %s on %s", l.Product, l.Outcome, l.Pseudonym), Action: at(undoPath, l.ID), Key: route.NewKey(), Seconds: left,
	}
}

func caseActions(v using.CaseView) []view.Act {
	if v.Case.State != usage.CaseOpen {
		return nil
	}
	closing := view.Act{Href: at(closePath, v.Case.ID), Key: route.NewKey(), Text: "Close " + v.Case.Pseudonym}
	if v.Mine {
		return []view.Act{closing, {Href: leavePath, Key: route.NewKey(), Text: "Leave it open for others", Kind: ui.Quiet}}
	}
	return []view.Act{{Href: at(joinPath, v.Case.ID), Key: route.NewKey(), Text: "Work on " + v.Case.Pseudonym, Kind: ui.Primary}, closing}
}

var endWords = map[usage.CorrectionKind]string{
	usage.Undone: "Taken back", usage.Moved: "Moved to another case", usage.Reversed: "Corrected: not used",
}

func usedLine(l store.UsageRow, now time.Time) view.UsedLine {
	out := view.UsedLine{
		Unit: view.Unit{
			ID: string(l.Unit), Name: l.Product, Size: l.Size, Lot: l.Lot, Serial: l.Serial, Expiry: date(l.Expiry),
			Href: at(unitPath, l.Unit), Check: proven(l),
		},
		Outcome: map[usage.Outcome]string{usage.Used: "Used", usage.Wasted: "Wasted"}[l.Outcome], Ended: endWords[l.Ended],
		Reason: l.Reason, By: usage.ShortName(l.ActorName), Second: usage.ShortName(l.SecondName), At: moment(l.FactAt, l.TimeZone),
	}
	switch {
	case l.Ended != "":
		out.Reason = l.EndReason
	case now.Before(l.UndoUntil):
		out.Undo = &view.Act{Href: at(undoPath, l.ID), Key: route.NewKey(), Text: "Undo", Icon: "undo"}
		out.Correct = at(correctPath, l.ID)
	default:
		out.Correct = at(correctPath, l.ID)
	}
	return out
}

// proven shows the check that a usage keeps: what the tag proved then, and
// whether the unit was stopped.
func proven(l store.UsageRow) ui.CheckProps {
	d := custody.Disposition{Level: custody.MayBeUsed}
	if l.OverrideBy != "" {
		d.Level = custody.Stop
	}
	p := check(l.Verdict, d)
	if l.OverrideBy != "" {
		p.DispositionWord = "Stop overridden"
	}
	return p
}

// waitingList words what waits in a case.
func waitingList(v using.CaseView, actor access.Actor, now time.Time) view.WaitingProps {
	c := v.Case
	p := view.WaitingProps{
		Pseudonym: c.Pseudonym, Place: v.Place.Name, Refresh: at(waitingPath, c.ID), Confirm: at(confirmPath, c.ID),
		Key: route.NewKey(), Person: short(actor), CaseHref: at(casePath, c.ID),
	}
	if c.State != usage.CaseOpen {
		return view.WaitingProps{}
	}
	for _, s := range v.Waiting {
		u, d := judged(s.Unit, v.Holds[s.Scan.Unit], now, s.Verdict)
		line := view.WaitingLine{
			Unit: u, By: usage.ShortName(s.PersonName), At: moment(s.ScannedAt, v.Site.TimeZone),
			Ready: !usage.NeedsOverride(d, s.Verdict) && !s.Lacks(now),
			Aside: view.Act{Href: atUnit(asidePath, c.ID, s.Scan.Unit), Key: route.NewKey(), Text: "Not used", Kind: ui.Quiet},
		}
		if s.Lacks(now) {
			line.Wants = wants(s.Scan, now)
		}
		if !line.Ready {
			line.Override = atUnit(decidePath, c.ID, s.Scan.Unit)
		} else {
			p.Ready++
		}
		if !d.Final() {
			line.Waste = atUnit(wastePath, c.ID, s.Scan.Unit)
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

// waiting is the running list alone, asked for when the case changed.
func (w Ward) waiting(c echo.Context) error {
	v, err := w.Using.View(c.Request().Context(), route.Actor(c), usage.CaseID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Waiting(waitingList(v, route.Actor(c), w.Using.Store.Now()), false))
}
