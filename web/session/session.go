// Package session keeps who is signed in between requests: a random token in a
// cookie, its digest and the person in the database. It promises that a
// session ends at its idle and absolute times, at sign-out, and at the next
// request after the person was disabled or their roles or password changed;
// that signing in always makes a new token; and that a stolen database holds
// no usable one.
package session

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/signin"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/web/frame"
	"trueward/web/route"
)

// Cookie is the session cookie's name, without the prefix it has over TLS.
const Cookie = "trueward"

// Limits say how long a session lasts: without a request, by the kind of
// device, and at most.
type Limits struct {
	Kiosk    time.Duration // idle at a shared workstation; 5 minutes when zero
	Phone    time.Duration // idle on a phone; 15 minutes when zero
	Idle     time.Duration // idle elsewhere; 30 minutes when zero
	Absolute time.Duration // at most; 12 hours when zero
}

// Device is the kind of device a session lives on.
type Device string

// The kinds of device.
const (
	Kiosk Device = "kiosk"
	Phone Device = "phone"
	Desk  Device = "desk"
)

// idle returns the limit of a kind of device.
func (l Limits) idle(d Device) time.Duration {
	switch d {
	case Kiosk:
		return l.Kiosk
	case Phone:
		return l.Phone
	}
	return l.Idle
}

func (l Limits) orDefaults() Limits {
	return Limits{
		Kiosk: cmp.Or(l.Kiosk, 5*time.Minute), Phone: cmp.Or(l.Phone, 15*time.Minute),
		Idle: cmp.Or(l.Idle, 30*time.Minute), Absolute: cmp.Or(l.Absolute, 12*time.Hour),
	}
}

// Sessions is safe for concurrent use.
type Sessions struct {
	manager *scs.SessionManager
	desk    *signin.Desk
	clock   clock.Clock
	limits  Limits
}

// New returns the sessions kept in a store.
func New(s *store.Store, desk *signin.Desk, c clock.Clock, limits Limits) *Sessions {
	limits = limits.orDefaults()
	manager := scs.New()
	manager.Lifetime = limits.Absolute
	manager.Codec = codec{}
	manager.Store = &keeper{store: s, clock: c, limits: limits}
	return &Sessions{manager: manager, desk: desk, clock: c, limits: limits}
}

// Names of the values a session holds, all texts.
const (
	personValue = "person"
	sinceValue  = "since" // microseconds since 1970, UTC
	seenValue   = "seen"
	byValue     = "by"
	provenValue = "proven"
	kioskValue  = "kiosk"
	deviceValue = "device"
	// digests of what the session follows at the house's own sign-in
	outsidePersonValue  = "outside-person"
	outsideSessionValue = "outside-session"
)

// tokenLength is that of the manager's tokens: 32 bytes in base64.
const tokenLength = 43

// Load finds out who a request comes from. ok is false when nobody is signed
// in. A cookie that cannot be a token costs no look into the database.
func (s *Sessions) Load(c echo.Context) (current signin.Current, ok bool, err error) {
	ctx, err := s.open(c)
	if err != nil {
		return signin.Current{}, false, err
	}
	person := s.manager.GetString(ctx, personValue)
	if person == "" {
		return signin.Current{}, false, nil
	}
	current, ok, err = s.desk.Current(ctx, s.session(ctx))
	if err != nil || !ok {
		return signin.Current{}, false, err
	}
	return current, true, s.touch(ctx)
}

// session is what the values of a session say.
func (s *Sessions) session(ctx context.Context) signin.Session {
	return signin.Session{
		Person: access.PersonID(s.manager.GetString(ctx, personValue)), Since: s.instant(ctx, sinceValue),
		By: s.manager.GetString(ctx, byValue), Proven: s.instant(ctx, provenValue),
		Kiosk: store.KioskID(s.manager.GetString(ctx, kioskValue)),
	}
}

// Idle is after how long without a request the request's session ends.
func (s *Sessions) Idle(c echo.Context) time.Duration {
	return s.limits.idle(Device(s.manager.GetString(c.Request().Context(), deviceValue)))
}

// open puts the session of the request's cookie, or an empty one, into its
// context.
func (s *Sessions) open(c echo.Context) (context.Context, error) {
	token := ""
	if cookie, err := c.Cookie(route.CookieName(c, Cookie)); err == nil && len(cookie.Value) == tokenLength {
		token = cookie.Value
	}
	r := c.Request()
	ctx, err := s.manager.Load(r.Context(), token)
	if err == nil {
		c.SetRequest(r.WithContext(ctx))
	}
	return ctx, err
}

func (s *Sessions) instant(ctx context.Context, name string) time.Time {
	us, err := strconv.ParseInt(s.manager.GetString(ctx, name), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// touch puts off the idle end, at most ten times per idle time: a page view
// should not cost a write.
func (s *Sessions) touch(ctx context.Context) error {
	now := s.clock.Now()
	if now.Sub(s.instant(ctx, seenValue)) < s.limits.idle(Device(s.manager.GetString(ctx, deviceValue)))/10 {
		return nil
	}
	s.manager.Put(ctx, seenValue, micros(now))
	_, _, err := s.manager.Commit(ctx)
	return err
}

// Begin signs a person in under a fresh token and sends its cookie; the token
// that came with the request, if any, is dead from now on.
func (s *Sessions) Begin(c echo.Context, session signin.Session) error {
	ctx, err := s.open(c)
	if err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	now := s.clock.Now()
	outsidePerson, outsideSession := session.Outside.Digests()
	s.manager.SetDeadline(ctx, now.Add(s.limits.Absolute))
	for name, value := range map[string]string{
		personValue: string(session.Person), sinceValue: micros(session.Since), seenValue: micros(now),
		byValue: session.By, provenValue: micros(session.Proven), kioskValue: string(session.Kiosk),
		deviceValue: string(deviceOf(c, session)), outsidePersonValue: outsidePerson, outsideSessionValue: outsideSession,
	} {
		s.manager.Put(ctx, name, value)
	}
	token, _, err := s.manager.Commit(ctx)
	if err != nil {
		return err
	}
	// No Max-Age: the cookie goes with the browser, its times are the server's.
	c.SetCookie(route.NewCookie(c, Cookie, token, 0))
	return nil
}

// micros writes an instant as microseconds since 1970; empty for none.
func micros(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return strconv.FormatInt(at.UnixMicro(), 10)
}

// deviceOf tells kinds of devices apart. A phone that says it is none keeps
// its session as long as a desk does, and no longer.
func deviceOf(c echo.Context, session signin.Session) Device {
	h := c.Request().Header
	switch {
	case session.Kiosk != "", frame.WorkstationToken(c) != "":
		return Kiosk
	case h.Get("Sec-CH-UA-Mobile") == "?1", strings.Contains(h.Get("User-Agent"), "Mobi"):
		return Phone
	}
	return Desk
}

// Prove keeps that the person of the request's session proved again who they
// are, under a fresh token.
func (s *Sessions) Prove(c echo.Context, at time.Time) error {
	ctx, err := s.open(c)
	if err != nil {
		return err
	}
	ends := s.manager.Deadline(ctx) // a proof makes no session longer
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.SetDeadline(ctx, ends)
	s.manager.Put(ctx, provenValue, micros(at))
	token, _, err := s.manager.Commit(ctx)
	if err != nil {
		return err
	}
	c.SetCookie(route.NewCookie(c, Cookie, token, 0))
	return nil
}

// Drop ends the request's session and leaves what the browser keeps: the next
// person at a shared workstation goes on.
func (s *Sessions) Drop(c echo.Context) error {
	ctx, err := s.open(c)
	if err != nil {
		return err
	}
	if s.manager.Token(ctx) != "" {
		if err := s.manager.Destroy(ctx); err != nil {
			return err
		}
	}
	c.SetCookie(route.NewCookie(c, Cookie, "", -1))
	return nil
}

// End signs out: the token is dead, and the browser forgets the pages it kept
// and, unless it still holds scans for the next person, all its storage.
func (s *Sessions) End(c echo.Context, forget bool) error {
	if err := s.Drop(c); err != nil {
		return err
	}
	what := `"cache"`
	if forget {
		what += `, "storage"`
	}
	c.Response().Header().Set("Clear-Site-Data", what)
	return nil
}
