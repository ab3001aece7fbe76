// Package session keeps who is signed in between requests: a random token in a
// cookie, its digest and the person in the database. It promises that a
// session ends at its idle and absolute times, at sign-out, and at the next
// request after the person was disabled or their roles or password changed;
// that signing in always makes a new token; and that a stolen database holds
// no usable one.
package session

import (
	"context"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/signin"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/web/route"
)

// Cookie is the session cookie's name, without the prefix it has over TLS.
const Cookie = "trueward"

// Limits say how long a session lasts.
type Limits struct {
	Idle     time.Duration // without a request; 30 minutes when zero
	Absolute time.Duration // at most; 12 hours when zero
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
	if limits.Idle == 0 {
		limits.Idle = 30 * time.Minute
	}
	if limits.Absolute == 0 {
		limits.Absolute = 12 * time.Hour
	}
	manager := scs.New()
	manager.Lifetime = limits.Absolute
	manager.Codec = codec{}
	manager.Store = &keeper{store: s, clock: c, idle: limits.Idle}
	return &Sessions{manager: manager, desk: desk, clock: c, limits: limits}
}

// Names of the values a session holds, all texts.
const (
	personValue = "person"
	sinceValue  = "since" // microseconds since 1970, UTC
	seenValue   = "seen"
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
	current, ok, err = s.desk.Current(ctx, signin.Session{
		Person: access.PersonID(person), Since: s.instant(ctx, sinceValue),
	})
	if err != nil || !ok {
		return signin.Current{}, false, err
	}
	return current, true, s.touch(ctx)
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
	if now.Sub(s.instant(ctx, seenValue)) < s.limits.Idle/10 {
		return nil
	}
	s.manager.Put(ctx, seenValue, strconv.FormatInt(now.UnixMicro(), 10))
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
	s.manager.SetDeadline(ctx, now.Add(s.limits.Absolute))
	s.manager.Put(ctx, personValue, string(session.Person))
	s.manager.Put(ctx, sinceValue, strconv.FormatInt(session.Since.UnixMicro(), 10))
	s.manager.Put(ctx, seenValue, strconv.FormatInt(now.UnixMicro(), 10))
	token, _, err := s.manager.Commit(ctx)
	if err != nil {
		return err
	}
	// No Max-Age: the cookie goes with the browser, its times are the server's.
	c.SetCookie(route.NewCookie(c, Cookie, token, 0))
	return nil
}

// End signs out: the token is dead, and the browser forgets what it kept.
func (s *Sessions) End(c echo.Context) error {
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
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return nil
}
