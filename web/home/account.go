package home

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	view "trueward/templates/account"
	"trueward/templates/page"
	"trueward/web/frame"
	"trueward/web/route"
)

func (d Door) showAccount(c echo.Context) error {
	return d.renderAccount(c, http.StatusOK, nil)
}

func (d Door) renderAccount(c echo.Context, status int, refused error) error {
	r := route.Of(c)
	p := view.Props{Frame: frame.Page(c, "My account"), Email: r.Email, PasswordAction: passwordPath, PasskeysHref: frame.PasskeysPath, PreferencesAction: frame.PreferencesPath}
	if r.Actor.Kind == access.Hospital && r.Actor.May(access.SeeStock) {
		p.BadgeHref = badgePath
	}
	p.Language = languages(r)
	p.Errors, p.Summary = frame.Fields(refused)
	for _, g := range r.Actor.Grants {
		where := ", at one site"
		if g.Site == "" {
			where = ""
		}
		p.Roles = append(p.Roles, g.Role.Word()+where)
	}
	return route.Render(c, status, view.Account(p))
}

func (d Door) chooseTheme(c echo.Context) error {
	theme := access.SystemTheme
	switch page.ParseTheme(route.Value(c, "theme")) {
	case page.Light:
		theme = access.Light
	case page.Dark:
		theme = access.Dark
	}
	if err := d.Desk.ChooseTheme(c.Request().Context(), route.Command(c), theme); err != nil {
		return err
	}
	return route.Redirect(c, accountPath, route.Done("Your colours are saved."))
}

func (d Door) choosePreferences(c echo.Context) error {
	p := access.Preferences{KeysOff: route.Value(c, "keys") == "off", LeftHanded: route.Value(c, "hand") == "left"}
	if err := d.Desk.ChoosePreferences(c.Request().Context(), route.Command(c), p); err != nil {
		return err
	}
	return route.Redirect(c, accountPath, route.Done("Saved. Pages work that way from now on."))
}

func (d Door) changePassword(c echo.Context) error {
	r := route.Of(c)
	entered, err := d.Desk.ChangePassword(c.Request().Context(), r.Actor, signin.NewPassword{
		Current: route.Value(c, "current"), Password: route.Value(c, "password"), Again: route.Value(c, "again"), Address: r.Address,
	})
	if frame.AtFields(err) || fault.Is(err, fault.RateLimited) {
		return d.renderAccount(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if err := d.Sessions.Begin(c, entered); err != nil {
		return err
	}
	return route.Redirect(c, accountPath, route.Done("Your password is changed. You are signed out everywhere else."))
}
