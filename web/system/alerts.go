package system

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/operating"
	"trueward/internal/domain/alert"
	view "trueward/templates/system"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (r Room) showAlerts(c echo.Context) error {
	open := route.QueryValue(c, "view") != "all"
	read := func(page store.Page) ([]view.AlertLine, string, error) {
		list, err := r.Desk.Alerts(c.Request().Context(), route.Actor(c), open, page)
		lines := make([]view.AlertLine, len(list.Rows))
		for i, a := range list.Rows {
			lines[i] = alertLine(c, a)
		}
		return lines, list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "alerts", view.AlertColumns, read)
	}
	lines, after, err := read(listing.Page(c))
	if err != nil {
		return err
	}
	p := view.AlertsProps{
		Frame: frame.Page(c, "Alerts"), Open: open, Alerts: lines, Bulk: chosenPath, Pager: ui.PagerProps{NextHref: listing.Next(c, after)},
		Tabs: []ui.Tab{{Text: "To look at", Href: alertsPath, Active: open}, {Text: "All", Href: alertsPath + "?view=all", Active: !open}},
	}
	if p.View, err = listing.View(c, r.Desk.Store.Read(c.Request().Context(), route.Actor(c).Scope()), view.AlertColumns, listing.Falling); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Alerts(p))
}

func alertLine(c echo.Context, a operating.AlertLine) view.AlertLine {
	word, stop := alertWords(a.Kind)
	line := view.AlertLine{
		ID: string(a.ID), Kind: word, Stop: stop, Sentence: a.Sentence, At: a.RaisedAt, Zone: route.Zone(c),
		Action: strings.Replace(acknowledgePath, ":id", string(a.ID), 1), Key: route.NewKey(),
	}
	if !a.AcknowledgedAt.IsZero() {
		by := a.By
		if by == "" {
			by = "Somebody of the other organisation"
		}
		line.Looked = by + ", " + a.AcknowledgedAt.In(route.Zone(c)).Format("2 Jan 2006, 15:04 MST")
	}
	return line
}

// alertWords name a kind of alert, and say whether what it is about must not
// be trusted.
func alertWords(k alert.Kind) (words string, stop bool) {
	switch k {
	case alert.Rollback:
		return "Perhaps a copy", true
	case alert.ReusedTag:
		return "Tag of a finished unit", true
	case alert.Tampered:
		return "Seal opened", true
	case alert.WrongProduct:
		return "Wrong product", true
	case alert.CopiedPasskey:
		return "Perhaps a copied passkey", true
	case alert.OutsideDown:
		return "The house's sign-in is down", false
	case alert.MassScanning:
		return "Many taps refused", true
	case alert.CounterJump:
		return "Read elsewhere many times", false
	case alert.CounterEnd:
		return "Tag to be replaced", false
	}
	return "To look at", false
}

func (r Room) acknowledge(c echo.Context) error {
	err := r.Desk.Acknowledge(c.Request().Context(), route.Command(c), alert.ID(route.PathValue(c, "id")))
	if frame.Shown(err) {
		return route.Redirect(c, alertsPath, route.Flash{Kind: "warning", Text: sentence(err)})
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, alertsPath, route.Done("Noted that you have looked at the alert."))
}

// chosen asks about the alerts that were chosen in the list.
func (r Room) chosen(c echo.Context) error {
	alerts, err := r.Desk.AlertsAmong(c.Request().Context(), route.Actor(c), alertIDs(route.Of(c).Query["ids"]))
	if err != nil {
		return err
	}
	p := view.ChosenProps{Frame: frame.Page(c, "Alerts you chose"), List: alertsPath, Action: allPath, Key: route.NewKey(), Button: "Mark " + counted(len(alerts)) + " as seen"}
	for _, a := range alerts {
		p.Alerts = append(p.Alerts, alertLine(c, operating.AlertLine{Alert: a}))
	}
	return route.Render(c, http.StatusOK, view.Chosen(p))
}

func (r Room) acknowledgeAll(c echo.Context) error {
	n, err := r.Desk.AcknowledgeAll(c.Request().Context(), route.Command(c), alertIDs(route.Values(c, "ids")))
	if frame.Shown(err) {
		return route.Redirect(c, alertsPath, route.Flash{Kind: "warning", Text: sentence(err)})
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, alertsPath, route.Done("Noted that you have looked at "+counted(n)+"."))
}

func counted(n int) string {
	if n == 1 {
		return "1 alert"
	}
	return strconv.Itoa(n) + " alerts"
}

func alertIDs(texts []string) []alert.ID {
	ids := make([]alert.ID, len(texts))
	for i, text := range texts {
		ids[i] = alert.ID(text)
	}
	return ids
}
