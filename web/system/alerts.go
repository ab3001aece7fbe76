package system

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/operating"
	"trueward/internal/domain/alert"
	view "trueward/templates/system"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (r Room) showAlerts(c echo.Context) error {
	open := route.QueryValue(c, "view") != "all"
	list, err := r.Desk.Alerts(c.Request().Context(), route.Actor(c), open, pageOf(c))
	if err != nil {
		return err
	}
	p := view.AlertsProps{
		Frame: frame.Page(c, "Alerts"), Open: open,
		Tabs: []ui.Tab{{Text: "To look at", Href: alertsPath, Active: open}, {Text: "All", Href: alertsPath + "?view=all", Active: !open}},
	}
	for _, a := range list.Rows {
		p.Alerts = append(p.Alerts, alertLine(a))
	}
	if list.Next != "" {
		p.Pager.NextHref = alertsPath + "?" + url.Values{"view": {viewOf(open)}, "after": {list.Next}}.Encode()
	}
	return route.Render(c, http.StatusOK, view.Alerts(p))
}

func viewOf(open bool) string {
	if open {
		return "open"
	}
	return "all"
}

func alertLine(a operating.AlertLine) view.AlertLine {
	word, stop := alertWords(a.Kind)
	line := view.AlertLine{
		Kind: word, Stop: stop, Sentence: a.Sentence, At: a.RaisedAt, Zone: time.UTC,
		Action: strings.Replace(acknowledgePath, ":id", string(a.ID), 1), Key: route.NewKey(),
	}
	if !a.AcknowledgedAt.IsZero() {
		by := a.By
		if by == "" {
			by = "Somebody of the other organisation"
		}
		line.Looked = by + ", " + a.AcknowledgedAt.UTC().Format("2 Jan 2006, 15:04 MST")
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
