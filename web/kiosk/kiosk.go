// Package kiosk is the pages of shared workstations: the locked screen with
// its badge field, the list of workstations, and a person's own badge.
package kiosk

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	app "trueward/internal/app/kiosk"
	"trueward/internal/app/passkeys"
	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	view "trueward/templates/kiosk"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
	"trueward/web/session"
)

// Addresses of the pages.
const (
	provePath   = frame.ProvePath
	lockedPath  = frame.WorkstationPath
	tapPath     = frame.BadgeTapPath
	lockPath    = frame.LockPath
	listPath    = "/workstations"
	revokePath  = "/workstations/:id/revoke"
	badgePath   = "/account/badge"
	dropPath    = "/account/badge/remove"
	signInPath  = "/sign-in"
	accountPath = frame.AccountPath
)

// tokenLife is how long a workstation keeps its token: it is enrolled anew at
// least that often.
const tokenLife = 400 * 24 * time.Hour

// Room holds what the pages work with.
type Room struct {
	Desk     *app.Desk
	Sessions *session.Sessions
	// Prove asks for a person's password before their badge changes.
	Prove *signin.Desk
	// Passkeys prove people too; nil without.
	Passkeys *passkeys.Desk
	// ProvesOutside names the house's own sign-in where a person can prove
	// themself at it, and is empty where not; nil when nobody can.
	ProvesOutside func(context.Context, access.Actor) string
}

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	next := route.Form("next", route.Text(2048))
	admin := func(method, path, name string, handler echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: method, Path: path, Name: name, Needs: access.ManagePeople, Tenancy: route.Hospital,
			ChangesState: method == http.MethodPost, Handler: handler, Params: params,
		}
	}
	list := admin(http.MethodGet, listPath, "workstations", r.list)
	list.Menu = &route.Menu{Text: "Workstations", Icon: "scan", Key: "7", Place: 76}
	return []route.Route{
		{
			Method: http.MethodGet, Path: lockedPath, Name: "workstation", Needs: route.Anonymous, Tenancy: route.None,
			Handler: r.locked, Params: []route.Param{route.Query("next", route.Text(2048))},
		}, {
			Method: http.MethodPost, Path: tapPath, Name: "workstation.tap", Needs: route.Anonymous, Tenancy: route.Self,
			ChangesState: true, Keyless: true, Rate: route.RateSignIn, BodyLimit: 8 << 10, Handler: r.tap,
			Params: []route.Param{route.Form("badge", route.Secret(128)), route.Form("pin", route.Secret(32)), next},
		}, {
			Method: http.MethodPost, Path: lockPath, Name: "workstation.lock", Needs: route.SignedIn, Tenancy: route.Self,
			ChangesState: true, Keyless: true, BodyLimit: 8 << 10, Handler: r.lock, Params: []route.Param{next},
		},
		{
			Method: http.MethodPost, Path: provePath, Name: "prove", Needs: route.SignedIn, Tenancy: route.Self,
			ChangesState: true, Keyless: true, Rate: route.RateSignIn, BodyLimit: 256 << 10, Handler: r.prove,
			Params: []route.Param{
				route.Form("pin", route.Secret(32)), route.Form("password", route.Secret(1<<10)),
				route.Form("question", route.Secret(64)), route.Form("reply", route.Secret(16<<10)),
				route.Form("to", route.Text(2048)), route.Form("sent", route.Prose(200<<10)),
			},
		},
		list,
		admin(http.MethodPost, listPath, "workstations.enrol", r.enrol, route.Form("name", route.Prose(100)), route.Form("place", route.ID())),
		admin(http.MethodPost, revokePath, "workstations.revoke", r.revoke, route.Path("id", route.ID())),
		{
			Method: http.MethodGet, Path: badgePath, Name: "account.badge", Needs: access.SeeStock, Tenancy: route.Hospital, Handler: r.badge,
		}, {
			Method: http.MethodPost, Path: badgePath, Name: "account.badge.set", Needs: access.SeeStock, Tenancy: route.Hospital,
			ChangesState: true, Keyless: true, Rate: route.RateSignIn, BodyLimit: 8 << 10, Handler: r.setBadge,
			Params: []route.Param{
				route.Form("badge", route.Secret(128)), route.Form("pin", route.Secret(32)), route.Form("pin_again", route.Secret(32)),
				route.Form("current", route.Secret(1<<10)),
			},
		}, {
			Method: http.MethodPost, Path: dropPath, Name: "account.badge.remove", Needs: access.SeeStock, Tenancy: route.Hospital,
			ChangesState: true, Handler: r.removeBadge,
		},
	}
}

// here is the workstation whose token the request carries.
func (r Room) here(c echo.Context) (store.Kiosk, bool, error) {
	return r.Desk.At(c.Request().Context(), frame.WorkstationToken(c))
}

func (r Room) locked(c echo.Context) error {
	next := frame.LocalPath(route.QueryValue(c, "next"))
	if route.Actor(c).Signed() {
		return c.Redirect(http.StatusSeeOther, next)
	}
	return r.renderLocked(c, http.StatusOK, view.LockedProps{Next: next})
}

func (r Room) renderLocked(c echo.Context, status int, p view.LockedProps) error {
	k, ok, err := r.here(c)
	if err != nil {
		return err
	}
	p.Frame, p.Action = frame.Bare(c, "Workstation"), tapPath
	p.SignInHref = signInPath + "?" + url.Values{"by": {"password"}, "next": {p.Next}}.Encode()
	if ok {
		p.Name, p.HasCase = k.Name, k.Case != "" || k.Person != ""
		if p.Place, p.Hospital, err = r.Desk.Where(c.Request().Context(), k); err != nil {
			return err
		}
	}
	return route.Render(c, status, view.Locked(p))
}

func (r Room) tap(c echo.Context) error {
	next := frame.LocalPath(route.Value(c, "next"))
	k, ok, err := r.here(c)
	if err != nil {
		return err
	}
	if !ok {
		return r.renderLocked(c, http.StatusForbidden, view.LockedProps{Next: next})
	}
	badge := route.Value(c, "badge")
	entry, err := r.Desk.Enter(c.Request().Context(), k, app.Tap{Badge: badge, PIN: route.Value(c, "pin"), RequestID: route.Of(c).ID})
	// Whoever sat here is out as soon as somebody else taps, in or not.
	if route.Actor(c).Signed() && (err != nil || entry.AskPIN) {
		if dropErr := r.leave(c, k); dropErr != nil {
			return dropErr
		}
	}
	switch {
	case frame.Shown(err):
		p := view.LockedProps{Next: next, Refusal: fault.All(err)[0].Sentence}
		if entry.Name != "" {
			p.Badge, p.Person, p.AskPIN = badge, entry.Name, true
		}
		return r.renderLocked(c, http.StatusUnprocessableEntity, p)
	case err != nil:
		return err
	case entry.AskPIN:
		return r.renderLocked(c, http.StatusOK, view.LockedProps{Next: next, Badge: badge, Person: entry.Name, AskPIN: true})
	}
	err = r.Sessions.Begin(c, signin.Session{
		Person: entry.Person, Since: entry.Since, By: entry.By, Proven: entry.Proven, Kiosk: k.ID,
	})
	if err != nil {
		return err
	}
	return route.Redirect(c, next, route.Flash{})
}

// leave locks the workstation for the person of the request's session.
func (r Room) leave(c echo.Context, k store.Kiosk) error {
	actor := route.Actor(c)
	if actor.Sitting != nil && actor.Sitting.Kiosk == string(k.ID) {
		if err := r.Desk.Lock(c.Request().Context(), actor, k.ID); err != nil {
			return err
		}
	}
	return r.Sessions.Drop(c)
}

func (r Room) lock(c echo.Context) error {
	k, ok, err := r.here(c)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Conflict, "Only shared workstations can be locked. Sign out instead.")
	}
	if err := r.leave(c, k); err != nil {
		return err
	}
	return route.Redirect(c, lockedPath+"?"+url.Values{"next": {frame.LocalPath(route.Value(c, "next"))}}.Encode(), route.Flash{})
}

func (r Room) list(c echo.Context) error { return r.renderList(c, http.StatusOK, nil) }

func (r Room) renderList(c echo.Context, status int, refused error) error {
	ctx, actor := c.Request().Context(), route.Actor(c)
	kiosks, err := r.Desk.List(ctx, actor)
	if err != nil {
		return err
	}
	sites, places, err := r.Desk.Places(ctx, actor)
	if err != nil {
		return err
	}
	p := view.ListProps{
		Frame: frame.Page(c, "Workstations"), Action: listPath, Key: route.NewKey(),
		Name: route.Value(c, "name"), Place: route.Value(c, "place"),
	}
	p.Errors, p.Summary = frame.Fields(refused)
	names := map[custody.PlaceID]string{}
	for _, s := range sites {
		for _, place := range places[s.ID] {
			names[place.ID] = place.Name + ", " + s.Name
			p.Places = append(p.Places, ui.Option{Value: string(place.ID), Text: names[place.ID]})
		}
	}
	for _, k := range kiosks {
		line := view.Line{Name: k.Name, Place: names[k.Place], SeenAt: k.SeenAt, InUse: k.RevokedAt.IsZero(), Key: route.NewKey()}
		line.Action = strings.Replace(revokePath, ":id", string(k.ID), 1)
		p.Kiosks = append(p.Kiosks, line)
	}
	return route.Render(c, status, view.List(p))
}

// enrol makes the device of the request a workstation: it gets the token, and
// the administrator is signed out of it.
func (r Room) enrol(c echo.Context) error {
	done, err := r.Desk.Enrol(c.Request().Context(), route.Command(c), app.Enrolment{
		Name: route.Value(c, "name"), Place: custody.PlaceID(route.Value(c, "place")),
	})
	if frame.AtFields(err) {
		return r.renderList(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if done.Token == "" {
		return fault.New(fault.Conflict, "This was already done. If the workstation does not ask for a badge, enrol it again under another name.")
	}
	c.SetCookie(route.NewCookie(c, frame.WorkstationCookie, done.Token, int(tokenLife/time.Second)))
	if err := r.Sessions.Drop(c); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, lockedPath)
}

func (r Room) revoke(c echo.Context) error {
	err := r.Desk.Revoke(c.Request().Context(), route.Command(c), store.KioskID(route.PathValue(c, "id")))
	if frame.Shown(err) && fault.KindOf(err) != fault.NotFound {
		return r.renderList(c, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, listPath, route.Done("The workstation is no longer shared. Whoever sat there is signed out."))
}

func (r Room) badge(c echo.Context) error { return r.renderBadge(c, http.StatusOK, nil) }

func (r Room) renderBadge(c echo.Context, status int, refused error) error {
	badge, has, err := r.Desk.Badge(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	p := view.BadgeProps{
		Frame: frame.Page(c, "Badge and PIN"), AccountHref: accountPath, Action: badgePath, RemoveAction: dropPath, Key: route.NewKey(),
		Has: has, Since: badge.CreatedAt,
	}
	p.Errors, p.Summary = frame.Fields(refused)
	return route.Render(c, status, view.Badge(p))
}

func (r Room) setBadge(c echo.Context) error {
	request := route.Of(c)
	at, err := r.Prove.Prove(c.Request().Context(), request.Actor, route.Value(c, "current"), request.Address)
	if err == nil {
		err = r.Desk.SetBadge(c.Request().Context(), request.Actor, app.NewBadge{
			Badge: route.Value(c, "badge"), PIN: route.Value(c, "pin"), Again: route.Value(c, "pin_again"),
		})
	}
	if frame.AtFields(err) || fault.Is(err, fault.RateLimited) {
		return r.renderBadge(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if err := r.Sessions.Prove(c, at); err != nil {
		return err
	}
	return route.Redirect(c, badgePath, route.Done("Your badge and PIN are saved."))
}

func (r Room) removeBadge(c echo.Context) error {
	err := r.Desk.RemoveBadge(c.Request().Context(), route.Command(c), route.Actor(c).Person)
	if frame.Shown(err) {
		return r.renderBadge(c, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, badgePath, route.Done("Your badge opens nothing any more."))
}
