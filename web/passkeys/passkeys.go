// Package passkeys is the pages of passkeys: one's own list, making a new one,
// coming in by one, and proving by one that it is still you. It decides
// nothing about keys; the browser's part is static/js/passkey.js.
package passkeys

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	app "trueward/internal/app/passkeys"
	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	view "trueward/templates/account"
	"trueward/web/frame"
	"trueward/web/route"
	"trueward/web/session"
)

// Addresses of the pages.
const (
	Path       = frame.PasskeysPath
	newPath    = "/account/passkeys/new"
	renamePath = "/account/passkeys/:id/rename"
	removePath = "/account/passkeys/:id/remove"
	enterPath  = frame.PasskeyEnterPath
	askPath    = frame.PasskeyAskPath
	provePath  = frame.PasskeyProvePath
	signInPath = "/sign-in"
)

// Room holds what the pages work with.
type Room struct {
	Desk     *app.Desk
	Sessions *session.Sessions
}

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	id := route.Path("id", route.ID())
	answer := []route.Param{route.Form("question", route.Secret(64)), route.Form("reply", route.Secret(16<<10))}
	own := func(method, path, name string, handler echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: method, Path: path, Name: name, Needs: route.SignedIn, Tenancy: route.Self,
			ChangesState: method == http.MethodPost, Handler: handler, Params: params,
		}
	}
	begin := own(http.MethodPost, newPath, "passkeys.new", r.begin)
	register := own(http.MethodPost, Path, "passkeys.register", r.register, append(answer, route.Form("name", route.Prose(100)))...)
	ask := own(http.MethodPost, provePath, "passkeys.prove", r.askToProve)
	begin.Keyless, register.Keyless, ask.Keyless = true, true, true // a question is answered once by itself
	begin.Rate, register.Rate, ask.Rate = route.RateSignIn, route.RateSignIn, route.RateSignIn
	return []route.Route{
		{
			Method: http.MethodPost, Path: askPath, Name: "sign-in.passkey.ask", Needs: route.Anonymous, Tenancy: route.Self,
			ChangesState: true, Keyless: true, Rate: route.RateSignIn, BodyLimit: 1 << 10, Handler: r.askToEnter,
		}, {
			Method: http.MethodPost, Path: enterPath, Name: "sign-in.passkey", Needs: route.Anonymous, Tenancy: route.Self,
			ChangesState: true, Keyless: true, Rate: route.RateSignIn, BodyLimit: 32 << 10, Handler: r.enter,
			Params: append(answer, route.Form("next", route.Text(2048))),
		},
		own(http.MethodGet, Path, "passkeys", r.list), begin, register,
		own(http.MethodPost, renamePath, "passkeys.rename", r.rename, id, route.Form("name", route.Prose(100))),
		own(http.MethodPost, removePath, "passkeys.remove", r.remove, id), ask,
	}
}

func answerOf(c echo.Context) app.Answer {
	return app.Answer{Token: route.Value(c, "question"), Reply: []byte(route.Value(c, "reply"))}
}

// question is what the browser's part reads.
func question(c echo.Context, q app.Question, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Token   string `json:"token"`
		Options raw    `json:"options"`
	}{q.Token, raw(q.Options)})
}

// raw is JSON that is written as it is.
type raw []byte

// MarshalJSON implements json.Marshaler.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }

func (r Room) askToEnter(c echo.Context) error {
	q, err := r.Desk.AskToSignIn(c.Request().Context())
	return question(c, q, err)
}

func (r Room) askToProve(c echo.Context) error {
	q, err := r.Desk.AskToProve(c.Request().Context(), route.Actor(c))
	return question(c, q, err)
}

// enter signs in whoever the passkey proves.
func (r Room) enter(c echo.Context) error {
	next := frame.LocalPath(route.Value(c, "next"))
	entry, err := r.Desk.SignIn(c.Request().Context(), answerOf(c), route.Of(c).ID)
	if frame.Shown(err) {
		to := signInPath + "?" + url.Values{"by": {"password"}, "next": {next}}.Encode()
		return route.Redirect(c, to, route.Flash{Kind: "error", Text: fault.All(err)[0].Sentence})
	}
	if err != nil {
		return err
	}
	err = r.Sessions.Begin(c, signin.Session{Person: entry.Person, Since: entry.At, Proven: entry.At, By: app.By})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, next)
}

func (r Room) list(c echo.Context) error {
	return r.render(c, http.StatusOK, view.PasskeysProps{}, nil)
}

func (r Room) render(c echo.Context, status int, p view.PasskeysProps, refused error) error {
	keys, err := r.Desk.List(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	p.Frame, p.AccountHref, p.NewAction, p.Action = frame.Page(c, "Passkeys"), frame.AccountPath, newPath, Path
	p.Frame.Scripts = []string{"js/passkey.js"}
	p.Errors, p.Summary = frame.Fields(refused)
	if err := r.Desk.Ready(); err != nil {
		p.Missing = fault.All(err)[0].Sentence
	} else if at := r.Desk.Party.Origin(); !sameHost(at, c.Request().Host) {
		p.Elsewhere = at
	}
	for _, k := range keys {
		line := view.PasskeyLine{
			ID: string(k.ID), Name: k.Name, Since: k.CreatedAt, UsedAt: k.UsedAt, Stopped: k.Stopped(), Zone: route.Zone(c), Key: route.NewKey(),
			RenameAction: strings.Replace(renamePath, ":id", string(k.ID), 1), RemoveAction: strings.Replace(removePath, ":id", string(k.ID), 1),
		}
		p.Passkeys = append(p.Passkeys, line)
	}
	return route.Render(c, status, view.Passkeys(p))
}

// sameHost reports whether a request came to the host of an origin.
func sameHost(origin, host string) bool {
	_, at, _ := strings.Cut(origin, "://")
	return strings.EqualFold(at, host)
}

// begin asks the browser for a new passkey.
func (r Room) begin(c echo.Context) error {
	q, err := r.Desk.AskToRegister(c.Request().Context(), route.Actor(c), route.Of(c).Email)
	if frame.Shown(err) {
		return r.render(c, http.StatusConflict, view.PasskeysProps{}, err)
	}
	if err != nil {
		return err
	}
	return r.render(c, http.StatusOK, view.PasskeysProps{Question: q.Token, Options: string(q.Options)}, nil)
}

func (r Room) register(c echo.Context) error {
	err := r.Desk.Register(c.Request().Context(), route.Actor(c), route.Value(c, "name"), answerOf(c))
	if frame.Shown(err) {
		return r.render(c, http.StatusUnprocessableEntity, view.PasskeysProps{}, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, Path, route.Done("Your passkey is saved. You can sign in with it from now on."))
}

func (r Room) rename(c echo.Context) error {
	return r.done(c, r.Desk.Rename(c.Request().Context(), route.Command(c), idOf(c), route.Value(c, "name")), "The name is changed.")
}

func (r Room) remove(c echo.Context) error {
	return r.done(c, r.Desk.Remove(c.Request().Context(), route.Command(c), idOf(c)), "The passkey opens nothing here any more. Remove it from your device too.")
}

func idOf(c echo.Context) access.PasskeyID { return access.PasskeyID(route.PathValue(c, "id")) }

func (r Room) done(c echo.Context, err error, said string) error {
	if frame.AtFields(err) {
		return r.render(c, http.StatusUnprocessableEntity, view.PasskeysProps{}, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, Path, route.Done(said))
}
