package ward

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	view "trueward/templates/ward"
	"trueward/web/route"
)

func (w Ward) home(c echo.Context) error {
	h, err := w.Using.Home(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	f, err := w.frame(c, "Ward")
	if err != nil {
		return err
	}
	p := view.HomeProps{
		Frame: f, ScanHref: scanPath, FindHref: findPath,
		New: view.OpenCase{Action: casesPath, Key: route.NewKey(), Rooms: rooms(h.Rooms, h.Sites)},
	}
	for _, r := range h.Cases {
		line := caseLine(r, h.Sites[r.Site])
		if h.Open != nil && r.ID == h.Open.ID {
			p.Open = &line
		} else {
			p.Others = append(p.Others, line)
		}
	}
	for _, r := range h.Removed {
		p.Removed = append(p.Removed, removedLine(r, h))
	}
	for _, r := range h.Expiring {
		p.Expiring = append(p.Expiring, unitOf(r))
	}
	return route.Render(c, http.StatusOK, view.Home(p))
}

func caseLine(r store.CaseRow, site custody.Site) view.CaseLine {
	return view.CaseLine{
		Pseudonym: r.Pseudonym, Href: at(casePath, r.ID), Place: r.PlaceName, By: usage.ShortName(r.OpenedBy),
		Opened: moment(r.OpenedAt, site.TimeZone), Used: recorded(r), Recorded: r.Used, Waiting: r.Waiting,
		State: caseStates[r.State], Open: r.State == usage.CaseOpen,
		Join: view.Act{Href: at(joinPath, r.ID), Key: route.NewKey(), Text: "Work on " + r.Pseudonym},
	}
}

var caseStates = map[usage.CaseState]string{usage.CaseOpen: "Open", usage.CaseClosed: "Closed"}

func recorded(r store.CaseRow) string {
	if r.Waiting > 0 {
		return fmt.Sprintf("%d recorded, %d waiting", r.Used, r.Waiting)
	}
	return fmt.Sprintf("%d recorded", r.Used)
}

func removedLine(r store.RemovedRow, h using.Home) view.RemovedLine {
	since := time.UnixMicro(r.Since)
	line := view.RemovedLine{
		Unit: unitOf(r.UnitRow), Since: moment(since, r.TimeZone), By: usage.ShortName(r.Person),
		Overdue: custody.StartClock(since, r.Minutes).Overdue(h.Now),
		Back:    view.Act{Href: at(backPath, r.ID), Key: route.NewKey(), Text: "Put back"},
	}
	if line.By == "" {
		line.By = "unknown"
	}
	if h.Open != nil {
		line.Use = &view.Act{Href: at(usePath, r.ID), Key: route.NewKey(), Text: "Used on " + h.Open.Pseudonym}
	}
	return line
}
