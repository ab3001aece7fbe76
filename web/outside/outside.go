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
	AskAgain(ctx context.Context) (to string, q access.OutsideQuestion, err error)
	Redeem(ctx context.Context, q access.OutsideQuestion, a access.OutsideAnswer) (access.OutsideIdentity, error)
	EndSession(ctx context.Context, back string) (to string, ok bool)
	Ended(ctx context.Context, notice string) (access.OutsideEnd, error)
}

// Room holds what the way works with. Desk is nil where there is no sign-in of
// the house's own.
type Room struct {
	Issuer Issuer
	Desk   *app.Desk
	// Origin is the installation's own address, such as https://ward.example.
	Origin   string
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
		}, {
			Method: http.MethodPost, Path: frame.OutsideProvePath, Name: "prove.outside", Needs: route.SignedIn, Tenancy: route.Self,
			ChangesState: true, Keyless: true, Rate: route.RateSignIn, BodyLimit: 256 << 10, Handler: r.leaveToProve,
			Params: []route.Param{route.Form("to", route.Text(2048)), route.Form("sent", route.Prose(200<<10))},
		}, {
			Method: http.MethodGet, Path: frame.OutsideEndedPath, Name: "sign-in.ended", Needs: route.Anonymous, Tenancy: route.None,
			Rate: route.RateSignIn, Handler: r.ended,
		}, {
			Method: http.MethodPost, Path: frame.OutsideNoticePath, Name: "sign-in.notice", Needs: route.Anonymous, Tenancy: route.Self,
			ChangesState: true, Keyless: true, BodyLimit: 32 << 10, Handler: r.hear,
			Params: []route.Param{route.Form("logout_token", route.Secret(16<<10))},
		},
	}
}

// kept is what the browser keeps while it is away.
type kept struct {
	access.OutsideQuestion
	Next string `json:"next"`
	At   int64  `json:"at"` // seconds since 1970
	// Prove says that a signed-in person proves themself anew, for the form Sent
	// that waits to be sent to Next.
	Prove bool   `json:"prove,omitempty"`
	Sent  string `json:"sent,omitempty"`
}

func errNone() error { return fault.New(fault.NotFound, "There is no such page.") }

func (r Room) leave(c echo.Context) error {
	if r.Desk == nil {
		return errNone()
	}
	next := frame.LocalPath(route.QueryValue(c, "next"))
	// Another site's link begins no session: the person presses the button.
	if c.Request().Header.Get("Sec-Fetch-Site") == "cross-site" {
		return c.Redirect(http.StatusSeeOther, signInPath+"?"+url.Values{"next": {next}}.Encode())
	}
	to, q, err := r.Issuer.Ask(c.Request().Context())
	if err != nil {
		return r.refuse(c, next, err)
	}
	if _, err := r.keep(c, kept{OutsideQuestion: q, Next: next}); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// mostKept is how much a browser keeps of a question: all of them keep cookies
// of 4096 bytes (RFC 6265, 6.1), name and attributes included.
const mostKept = 3800

// keep gives the browser what it takes along, and reports whether it was too
// much for it.
func (r Room) keep(c echo.Context, k kept) (ok bool, err error) {
	k.At = r.Clock.Now().Unix()
	content, err := json.Marshal(k)
	if err != nil {
		return false, err
	}
	text := base64.RawURLEncoding.EncodeToString(content)
	if len(text) > mostKept {
		return false, nil
	}
	c.SetCookie(route.NewCookie(c, cookie, text, int(questionLife/time.Second)))
	return true, nil
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
	if question.Prove {
		return r.proved(c, question, who, err)
	}
	if err != nil {
		return r.refuse(c, next, err)
	}
	entry, err := r.Desk.Enter(c.Request().Context(), who, route.Of(c).ID)
	if err != nil {
		return r.refuse(c, next, err)
	}
	err = r.Sessions.Begin(c, signin.Session{Person: entry.Person, Since: entry.Since, Proven: entry.Proven, By: app.By, Outside: entry.Follows})
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
	k.Prove = k.Prove && k.Again != 0
	return k, age >= -time.Second && age < questionLife
}

// refuse shows why somebody is not let in on the page where they can go on by
// a password.
func (r Room) refuse(c echo.Context, next string, err error) error {
	if !frame.Shown(err) {
		return err
	}
	r.note(c, "sign-in by the house refused", err)
	to := signInPath + "?" + url.Values{"by": {"password"}, "next": {next}}.Encode()
	return route.Redirect(c, to, route.Flash{Kind: "error", Text: fault.All(err)[0].Sentence})
}

// note logs why the house's sign-in was not believed.
func (r Room) note(c echo.Context, message string, err error) {
	first := fault.All(err)[0]
	why := first.Sentence
	if first.Cause != nil {
		why = first.Cause.Error()
	}
	r.Log.WarnContext(c.Request().Context(), message, "request", route.Of(c).ID, "error", why)
}
