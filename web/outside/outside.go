// Package outside is the way to the house's own sign-in and back. What the
// browser keeps meanwhile is in a cookie of its own: the question is this
// browser's, and an answer that somebody else's browser brings is none.
package outside

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	app "trueward/internal/app/outside"
	"trueward/internal/app/signin"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/web/frame"
	"trueward/web/route"
	"trueward/web/session"
)

const (
	signInPath = "/sign-in"
	cookie     = "trueward-outside"
	// questionLife is how long somebody may take at the house's sign-in.
	questionLife = 10 * time.Minute
)

// Issuer is the house's own sign-in.
type Issuer interface {
	Ask(ctx context.Context) (to string, q access.OutsideQuestion, err error)
	Redeem(ctx context.Context, q access.OutsideQuestion, a access.OutsideAnswer) (access.OutsideIdentity, error)
}

// Room holds what the way works with. Desk is nil where there is no sign-in of
// the house's own.
type Room struct {
	Issuer   Issuer
	Desk     *app.Desk
	Sessions *session.Sessions
	Clock    clock.Clock
	Log      *slog.Logger
}

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	return []route.Route{
		{
			Method: http.MethodGet, Path: frame.OutsidePath, Name: "sign-in.outside", Needs: route.Anonymous, Tenancy: route.None,
			Rate: route.RateSignIn, Handler: r.leave, Params: []route.Param{route.Query("next", route.Text(2048))},
		}, {
			Method: http.MethodGet, Path: frame.OutsideBackPath, Name: "sign-in.back", Needs: route.Anonymous, Tenancy: route.Self,
			ChangesState: true, Rate: route.RateSignIn, Handler: r.back,
			Params: []route.Param{
				route.Query("state", route.Secret(512)), route.Query("code", route.Secret(4096)), route.Query("iss", route.Secret(1024)),
				route.Query("session_state", route.Secret(1024)), route.Query("error", route.Secret(256)),
				route.Query("error_description", route.Secret(2048)), route.Query("error_uri", route.Secret(2048)),
			},
		},
	}
}

// kept is what the browser keeps while it is away.
type kept struct {
	access.OutsideQuestion
	Next string `json:"next"`
	At   int64  `json:"at"` // seconds since 1970
}

func errNone() error { return fault.New(fault.NotFound, "There is no such page.") }

func (r Room) leave(c echo.Context) error {
	if r.Desk == nil {
		return errNone()
	}
	next := frame.LocalPath(route.QueryValue(c, "next"))
	to, q, err := r.Issuer.Ask(c.Request().Context())
	if err != nil {
		return r.refuse(c, next, err)
	}
	content, err := json.Marshal(kept{q, next, r.Clock.Now().Unix()})
	if err != nil {
		return err
	}
	c.SetCookie(route.NewCookie(c, cookie, base64.RawURLEncoding.EncodeToString(content), int(questionLife/time.Second)))
	return c.Redirect(http.StatusSeeOther, to)
}

// back takes what the house's sign-in answered.
func (r Room) back(c echo.Context) error {
	if r.Desk == nil {
		return errNone()
	}
	question, ok := r.take(c)
	next := frame.LocalPath(question.Next)
	if !ok {
		return r.refuse(c, next, fault.New(fault.Unauthenticated, "This took too long, or was begun in another browser. Try again."))
	}
	who, err := r.Issuer.Redeem(c.Request().Context(), question.OutsideQuestion, access.OutsideAnswer{
		State: route.QueryValue(c, "state"), Code: route.QueryValue(c, "code"), Issuer: route.QueryValue(c, "iss"), Error: route.QueryValue(c, "error"),
	})
	if err != nil {
		return r.refuse(c, next, err)
	}
	entry, err := r.Desk.Enter(c.Request().Context(), who, route.Of(c).ID)
	if err != nil {
		return r.refuse(c, next, err)
	}
	err = r.Sessions.Begin(c, signin.Session{Person: entry.Person, Since: entry.Since, Proven: entry.Proven, By: app.By})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// take returns the question of the browser, which forgets it: each is answered
// once.
func (r Room) take(c echo.Context) (kept, bool) {
	found, err := c.Cookie(route.CookieName(c, cookie))
	if err != nil {
		return kept{}, false
	}
	c.SetCookie(route.NewCookie(c, cookie, "", -1))
	content, err := base64.RawURLEncoding.DecodeString(found.Value)
	if err != nil {
		return kept{}, false
	}
	var k kept
	if err := json.Unmarshal(content, &k); err != nil {
		return kept{}, false
	}
	age := r.Clock.Now().Sub(time.Unix(k.At, 0))
	return k, age >= -time.Second && age < questionLife
}

// refuse shows why somebody is not let in on the page where they can go on by
// a password.
func (r Room) refuse(c echo.Context, next string, err error) error {
	if !frame.Shown(err) {
		return err
	}
	first := fault.All(err)[0]
	why := first.Sentence
	if first.Cause != nil {
		why = first.Cause.Error()
	}
	r.Log.WarnContext(c.Request().Context(), "sign-in by the house refused", "request", route.Of(c).ID, "error", why)
	to := signInPath + "?" + url.Values{"by": {"password"}, "next": {next}}.Encode()
	return route.Redirect(c, to, route.Flash{Kind: "error", Text: first.Sentence})
}
