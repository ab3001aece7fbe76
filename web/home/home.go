// Package home is where people come in and go out: the start page, sign-in,
// the pages of one-time links, sign-out and a person's own account.
package home

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/passkeys"
	"trueward/internal/app/signin"
	"trueward/internal/fault"
	view "trueward/templates/signin"
	"trueward/web/frame"
	"trueward/web/route"
	"trueward/web/session"
)

// Addresses of the pages.
const (
	startPath    = "/"
	signInPath   = "/sign-in"
	welcomePath  = "/welcome/:token"
	accountPath  = "/account"
	passwordPath = "/account/password"
	badgePath    = "/account/badge" // of package kiosk
)

// Door holds what the pages work with.
type Door struct {
	Desk     *signin.Desk
	Sessions *session.Sessions
	// Samples are shown at the sign-in of a demonstration; empty otherwise.
	Samples []view.Sample
	// Secure says that sign-in works on any name, not on loopback alone.
	Secure bool
	// TrustHref explains how a device comes to trust the server; may be empty.
	TrustHref string
	// Passkeys let people in too, where they can work; may be nil.
	Passkeys *passkeys.Desk
	// OutsideName is what the house's own sign-in is called; empty without one.
	OutsideName string
}

// Routes are the URLs of the room.
func (d Door) Routes() []route.Route {
	password := route.Secret(1 << 10)
	again := []route.Param{route.Form("password", password), route.Form("again", password)}
	return []route.Route{
		{
			Method: http.MethodGet, Path: startPath, Name: "start",
			Needs: route.Anonymous, Tenancy: route.None, Handler: d.start,
		}, {
			Method: http.MethodGet, Path: signInPath, Name: "sign-in",
			Needs: route.Anonymous, Tenancy: route.None, Handler: d.showSignIn,
			Params: []route.Param{route.Query("next", route.Text(2048)), route.Query("by", route.Enum("password"))},
		}, {
			Method: http.MethodPost, Path: signInPath, Name: "sign-in.enter",
			Needs: route.Anonymous, Tenancy: route.Self, ChangesState: true, Keyless: true,
			Rate: route.RateSignIn, BodyLimit: 8 << 10, Handler: d.signIn,
			Params: []route.Param{
				route.Form("email", route.Prose(512)), route.Form("password", password), route.Form("next", route.Text(2048)),
			},
		}, {
			Method: http.MethodPost, Path: frame.SignOutPath, Name: "sign-out",
			Needs: route.Anonymous, Tenancy: route.Self, ChangesState: true, Keyless: true,
			BodyLimit: 8 << 10, Handler: d.signOut, Params: []route.Param{route.Form("hand_over", route.Enum("yes"))},
		}, {
			Method: http.MethodGet, Path: welcomePath, Name: "welcome",
			Needs: route.Anonymous, Tenancy: route.Self, Rate: route.RateSignIn, Handler: d.showWelcome,
			Params: []route.Param{route.Path("token", route.Token(64))},
		}, {
			Method: http.MethodPost, Path: welcomePath, Name: "welcome.accept",
			Needs: route.Anonymous, Tenancy: route.Self, ChangesState: true, Keyless: true,
			Rate: route.RateSignIn, BodyLimit: 8 << 10, Handler: d.accept,
			Params: append([]route.Param{
				route.Path("token", route.Token(64)), route.Form("organisation", route.Prose(200)),
				route.Form("name", route.Prose(200)), route.Form("email", route.Prose(512)),
			}, again...),
		}, {
			Method: http.MethodGet, Path: accountPath, Name: "account",
			Needs: route.SignedIn, Tenancy: route.Self, Handler: d.showAccount,
		}, {
			Method: http.MethodPost, Path: frame.ThemePath, Name: "account.theme",
			Needs: route.SignedIn, Tenancy: route.Self, ChangesState: true, Handler: d.chooseTheme,
			Params: []route.Param{route.Form("theme", route.Enum("ward-light", "ward-dark"))},
		}, {
			Method: http.MethodPost, Path: frame.PreferencesPath, Name: "account.preferences",
			Needs: route.SignedIn, Tenancy: route.Self, ChangesState: true, Handler: d.choosePreferences,
			Params: []route.Param{route.Form("keys", route.Enum("on", "off")), route.Form("hand", route.Enum("right", "left"))},
		}, {
			Method: http.MethodPost, Path: languagePath, Name: "account.language",
			Needs: route.SignedIn, Tenancy: route.Self, ChangesState: true, Handler: d.chooseLanguage,
			Params: []route.Param{route.Form("language", route.Enum("en", "de", "es", "fr"))},
		}, {
			Method: http.MethodPost, Path: passwordPath, Name: "account.password",
			Needs: route.SignedIn, Tenancy: route.Self, ChangesState: true, Keyless: true,
			Rate: route.RateSignIn, BodyLimit: 8 << 10, Handler: d.changePassword,
			Params: append([]route.Param{route.Form("current", password)}, again...),
		},
	}
}

// homes are the pages that work begins with, best first. The navigation may
// show a tool above them, such as the scan page.
var homes = []string{"/ward", "/vendor", "/queue"}

// start sends everybody to their first page: the home of their work, else the
// first entry of their navigation, or the sign-in.
func (d Door) start(c echo.Context) error {
	r := route.Of(c)
	switch {
	case !r.Actor.Signed():
		return c.Redirect(http.StatusSeeOther, signInPath)
	case len(r.Menu) == 0:
		return c.Redirect(http.StatusSeeOther, accountPath)
	}
	for _, path := range homes {
		if slices.ContainsFunc(r.Menu, func(m route.Route) bool { return m.Path == path }) {
			return c.Redirect(http.StatusSeeOther, path)
		}
	}
	return c.Redirect(http.StatusSeeOther, r.Menu[0].Path)
}

func (d Door) showSignIn(c echo.Context) error {
	next := localPath(route.QueryValue(c, "next"))
	if route.Actor(c).Signed() {
		return c.Redirect(http.StatusSeeOther, next)
	}
	if frame.WorkstationToken(c) != "" && route.QueryValue(c, "by") == "" {
		return c.Redirect(http.StatusSeeOther, frame.WorkstationPath+"?"+url.Values{"next": {next}}.Encode())
	}
	p, flash := view.Props{Next: next}, route.TakeFlash(c)
	if flash.Kind == "error" {
		p.Refusal = flash.Text
	} else {
		p.Notice = flash.Text
	}
	return d.renderSignIn(c, http.StatusOK, p)
}

func (d Door) renderSignIn(c echo.Context, status int, p view.Props) error {
	p.Frame, p.Action, p.Samples, p.TrustHref = frame.Bare(c, "Sign in"), signInPath, d.Samples, d.TrustHref
	if d.OutsideName != "" {
		p.OutsideName, p.OutsideHref = d.OutsideName, frame.OutsidePath+"?"+url.Values{"next": {p.Next}}.Encode()
	}
	if d.Passkeys.Ready() == nil {
		p.PasskeyAction, p.PasskeyAsk, p.Frame.Scripts = frame.PasskeyEnterPath, frame.PasskeyAskPath, []string{"js/passkey.js"}
	}
	return route.Render(c, status, view.SignIn(p))
}

func (d Door) signIn(c echo.Context) error {
	next := localPath(route.Value(c, "next"))
	if !d.Secure && !onLoopback(c.Request().Host) {
		return fault.New(fault.Forbidden, "Signing in needs a secure connection. Open this page by https, or on the machine itself by http://localhost.")
	}
	r := route.Of(c)
	entered, err := d.Desk.SignIn(c.Request().Context(), signin.Attempt{
		Email: route.Value(c, "email"), Password: route.Value(c, "password"), Address: r.Address, RequestID: r.ID,
	})
	if frame.Shown(err) {
		return d.renderSignIn(c, statusOf(err), view.Props{
			Next: next, Email: route.Value(c, "email"), Refusal: fault.All(err)[0].Sentence,
		})
	}
	if err != nil {
		return err
	}
	if err := d.Sessions.Begin(c, entered); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, next)
}

func statusOf(err error) int {
	switch fault.KindOf(err) {
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusUnprocessableEntity
}

func (d Door) signOut(c echo.Context) error {
	outside := d.OutsideName != "" && route.Actor(c).Authenticator == signin.ByOutside
	// Scans that a device has not sent yet stay on it when they are handed over.
	if err := d.Sessions.End(c, route.Value(c, "hand_over") == ""); err != nil {
		return err
	}
	to := signInPath
	if outside {
		to = frame.OutsideEndedPath
	}
	return route.Redirect(c, to, route.Done("You are signed out."))
}
