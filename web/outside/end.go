package outside

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/fault"
	view "trueward/templates/signin"
	"trueward/web/frame"
	"trueward/web/route"
)

// ended follows a sign-out here: the session at the house's own sign-in goes
// on, and whoever uses the browser next comes in by it, unless it is ended too.
func (r Room) ended(c echo.Context) error {
	if r.Desk == nil {
		return errNone()
	}
	to, ok := r.Issuer.EndSession(c.Request().Context(), r.Origin+signInPath)
	if !ok {
		return c.Redirect(http.StatusSeeOther, signInPath)
	}
	return route.Render(c, http.StatusOK, view.Ended(view.EndedProps{
		Frame: frame.Bare(c, "Signed out"), Name: r.Desk.Name(), Href: to, SignInHref: signInPath, Notice: route.TakeFlash(c).Text,
	}))
}

// hear takes the issuer's notice that somebody signed out there, and answers as
// OpenID Connect Back-Channel Logout 1.0, 2.8 says.
func (r Room) hear(c echo.Context) error {
	if r.Desk == nil {
		return errNone()
	}
	ctx := c.Request().Context()
	end, err := r.Issuer.Ended(ctx, route.Value(c, "logout_token"))
	if fault.Is(err, fault.Unauthenticated) {
		r.note(c, "a notice of signing out was refused", err)
		return c.JSON(http.StatusBadRequest, map[string]string{"error": "invalid_request"})
	}
	if err != nil {
		return err
	}
	if _, err := r.Desk.Ended(ctx, end, route.Of(c).ID); err != nil {
		return err
	}
	return c.NoContent(http.StatusOK)
}
