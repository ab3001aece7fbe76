package ward

import (
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
	"trueward/templates/page"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/frame"
	"trueward/web/route"
)

// at puts an id into a pattern of addresses.
func at[T ~string](pattern string, id T) string {
	return strings.Replace(pattern, ":id", string(id), 1)
}

func atUnit(pattern string, c usage.CaseID, u custody.UnitID) string {
	return strings.Replace(at(pattern, c), ":unit", string(u), 1)
}

// frame is the page's frame, with the person's open case in its header.
func (w Ward) frame(c echo.Context, title string) (page.Props, error) {
	p := frame.Page(c, title)
	open, err := w.openCaseOf(c)
	p.CaseKnown = err == nil
	if err != nil || open == nil {
		return p, err
	}
	p.Case = &page.Case{ID: string(open.ID), Pseudonym: open.Pseudonym, Href: at(casePath, open.ID)}
	return p, nil
}

func (w Ward) openCaseOf(c echo.Context) (*usage.Case, error) {
	actor := route.Actor(c)
	if !actor.May(access.WorkCase) {
		return nil, nil
	}
	open, ok, err := w.queries(c).OpenCase(actor.Person)
	if err != nil || !ok {
		return nil, err
	}
	return &open, nil
}

func (w Ward) queries(c echo.Context) store.Queries {
	return w.Using.Store.Read(c.Request().Context(), route.Actor(c).Scope())
}

func zone(name string) *time.Location {
	z, err := civil.Zone(name)
	if err != nil {
		return time.UTC
	}
	return z
}

func moment(at time.Time, zoneName string) view.Moment {
	return view.Moment{At: at, Zone: zone(zoneName)}
}

func date(text string) civil.Date {
	d, _ := custody.ParseDate(text)
	return d
}

// check words verdict and disposition for a screen: two values, side by side.
func check(v authentic.Verdict, d custody.Disposition) ui.CheckProps {
	p := ui.CheckProps{
		Verdict: ui.Verdict(v.Level), VerdictWord: v.Words(), VerdictWhy: v.Why(),
		Disposition: ui.Disposition(d.Level), DispositionWord: d.Level.Words(), DispositionWhy: reasons(d),
	}
	if d.Level == "" {
		p.Disposition, p.DispositionWord = ui.Unknown, "No unit"
	}
	return p
}

// reasons are what speaks against a unit, as a sentence.
func reasons(d custody.Disposition) string {
	words := make([]string, len(d.Reasons))
	for i, r := range d.Reasons {
		words[i] = r.Words
	}
	text := strings.Join(words, "; ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// unitOf is a row of the store as a screen shows it.
func unitOf(r store.UnitRow) view.Unit {
	return view.Unit{
		ID: string(r.ID), Name: r.Product, Size: r.Size, Lot: r.Lot, Serial: r.Serial, Expiry: date(r.Expiry),
		Place: r.Place, Owner: r.Owner, Href: at(unitPath, r.ID),
	}
}

// judged is a unit with its disposition, from the holds it has.
func judged(r store.UnitRow, holds []custody.Hold, now time.Time, v authentic.Verdict) (view.Unit, custody.Disposition) {
	d := custody.Judge(r.Unit, holds, custody.Circumstances{Now: now, Zone: zone(r.TimeZone)})
	u := unitOf(r)
	u.Check = check(v, d)
	return u, d
}

// wants says what is still to be done at the tag of a scan that waits.
func wants(s usage.Scan, now time.Time) string {
	if !s.Visit.IsZero() && now.Sub(s.Visit) <= authentic.VisitWindow {
		return "Tap it once more"
	}
	return "Tap it twice"
}

// rooms are the choices for a case's room.
func rooms(places []custody.Place, sites map[access.SiteID]custody.Site) []ui.Option {
	out := make([]ui.Option, 0, len(places))
	for _, p := range places {
		text := p.Name
		if len(sites) > 1 {
			text += ", " + sites[p.Site].Name
		}
		out = append(out, ui.Option{Value: string(p.ID), Text: text})
	}
	return out
}

func short(a access.Actor) string { return usage.ShortName(a.Name) }

// told returns the sentence of a refusal for a flash; other errors stay.
func told(err error) (route.Flash, bool) {
	if !frame.Shown(err) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Mismatch) {
		return route.Flash{}, false
	}
	return route.Flash{Kind: "error", Text: fault.All(err)[0].Sentence}, true
}

// finish sends the browser on after a change; a refusal is told on that page.
func finish(c echo.Context, to, done string, err error) error {
	if flash, ok := told(err); ok {
		return route.Redirect(c, to, flash)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, to, route.Done(done))
}
