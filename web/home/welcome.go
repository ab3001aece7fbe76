package home

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	view "trueward/templates/signin"
	"trueward/web/frame"
	"trueward/web/route"
)

func (d Door) showWelcome(c echo.Context) error {
	w, err := d.Desk.Welcome(c.Request().Context(), route.PathValue(c, "token"))
	if err != nil {
		return err
	}
	return d.renderWelcome(c, http.StatusOK, w, view.WelcomeProps{})
}

func (d Door) renderWelcome(c echo.Context, status int, w signin.Welcome, p view.WelcomeProps) error {
	// The address holds the token: no other page may learn it as referrer.
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	p.Frame = frame.Bare(c, "Welcome")
	p.Action = c.Request().URL.Path
	p.SetUp, p.Reset = w.Kind == access.SetupLink, w.Kind == access.ResetLink
	if !p.SetUp {
		p.Name, p.Email, p.Organisation = w.Name, w.Email, w.Organisation
	}
	return route.Render(c, status, view.Welcome(p))
}

func (d Door) accept(c echo.Context) error {
	in := signin.Acceptance{
		Token: route.PathValue(c, "token"), Password: route.Value(c, "password"), Again: route.Value(c, "again"),
		Organisation: route.Value(c, "organisation"), Name: route.Value(c, "name"), Email: route.Value(c, "email"),
		RequestID: route.Of(c).ID,
	}
	entered, err := d.Desk.Accept(c.Request().Context(), in)
	if frame.AtFields(err) {
		w, openErr := d.Desk.Welcome(c.Request().Context(), in.Token)
		if openErr != nil {
			return openErr
		}
		errors, summary := frame.Fields(err)
		return d.renderWelcome(c, http.StatusUnprocessableEntity, w, view.WelcomeProps{
			Organisation: in.Organisation, Name: in.Name, Email: in.Email, Errors: errors, Summary: summary,
		})
	}
	if err != nil {
		return err
	}
	if err := d.Sessions.Begin(c, entered); err != nil {
		return err
	}
	return route.Redirect(c, startPath, route.Done("You are signed in."))
}
