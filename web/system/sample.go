package system

import (
	"net/http"

	"github.com/labstack/echo/v4"

	view "trueward/templates/system"
	"trueward/web/frame"
	"trueward/web/route"
)

// refreshSeconds is how often a browser without scripts asks again.
const refreshSeconds = "3"

func (r Room) loadSample(c echo.Context) error {
	err := r.Desk.AllowSample(c.Request().Context(), route.Command(c))
	if err == nil {
		err = r.Sampler.Start(c.Request().Context(), route.Actor(c).Person, origin(c))
	}
	if frame.Shown(err) {
		return route.Redirect(c, systemPath, route.Flash{Kind: "error", Text: sentence(err)})
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, samplePath, route.Flash{})
}

// origin is the server's address as the administrator's own browser knows it.
func origin(c echo.Context) string {
	if route.Secure(c) {
		return "https://" + c.Request().Host
	}
	return "http://" + c.Request().Host
}

// showSample shows how far the load is. With scripts the page asks for its
// changing part; without, the browser asks for the page again.
func (r Room) showSample(c echo.Context) error {
	state := r.Sampler.State()
	p := view.SampleProps{
		SystemHref: systemPath, RefreshHref: samplePath, NotedAction: notedPath, Key: route.NewKey(),
		Idle: !state.Started, Running: state.Running, Done: state.Done, Total: max(state.Total, 1), Doing: state.Doing,
	}
	if state.Failed {
		p.Failed = "What was loaded so far cannot be used. Stop the server, empty its data folder and start again; the log says what went wrong."
	}
	if state.By == route.Actor(c).Person {
		p.Password = state.Password
	}
	for _, s := range state.SignIns {
		p.SignIns = append(p.SignIns, view.SignIn(s))
	}
	if route.Hypertext(c) {
		return route.Render(c, http.StatusOK, view.SampleState(p))
	}
	if state.Running {
		c.Response().Header().Set("Refresh", refreshSeconds)
	}
	p.Frame = frame.Page(c, "Sample data")
	return route.Render(c, http.StatusOK, view.Sample(p))
}

// notedSample forgets the password. Only who started the load saw it.
func (r Room) notedSample(c echo.Context) error {
	if r.Sampler.State().By == route.Actor(c).Person {
		r.Sampler.Forget()
	}
	return route.Redirect(c, samplePath, route.Done("The password is forgotten here. Sign out, and in again as one of these people."))
}
