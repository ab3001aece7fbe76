package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/wording"
	"trueward/static"
	"trueward/web/metrics"
	"trueward/web/route"
)

// identify gives the request its id and finds out where it comes from. An id
// sent along is not taken over: it would let a client write into our log.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		id := uuid.NewString()
		c.Response().Header().Set("X-Request-Id", id)
		route.Attach(c, &route.Request{
			ID: id, Address: clientAddress(r, s.cfg.Proxies), Language: wording.Match(r.Header.Get("Accept-Language")),
		})
		route.MarkSecure(c, s.cfg.Secure)
		return next(c)
	}
}

// clientAddress is the peer's address, or, behind proxies of ours, the last
// one in X-Forwarded-For that is not a proxy of ours.
func clientAddress(r *http.Request, proxies []netip.Prefix) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	address := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && contains(proxies, address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap()
	}
	return address.String()
}

func contains(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// account logs each request and counts it. The route's pattern is logged, not
// the path; query, body, names and addresses never are.
func (s *Server) account(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := s.cfg.Clock.Now()
		err := next(c)
		request, took := route.Of(c), s.cfg.Clock.Now().Sub(began)
		name := request.Route.Name
		if name == "" {
			name = "none"
		}
		status := c.Response().Status
		attrs := []slog.Attr{
			attrID(request.ID), attrMethod(c.Request().Method), attrRoute(name),
			attrStatus(status), attrTook(took), attrBytes(c.Response().Size), attrActor(request.Actor),
		}
		if request.Refused {
			attrs = append(attrs, slog.Bool("refused", true))
		}
		s.cfg.Log.LogAttrs(c.Request().Context(), levelOf(status), "request", attrs...)
		labels := []metrics.Label{{Name: "route", Value: name}, {Name: "class", Value: classOf(status)}}
		s.cfg.Metrics.Count("trueward_http_requests_total", "Requests by route and class of status.", labels...)
		if !request.Route.Stream {
			s.cfg.Metrics.Observe("trueward_http_request_seconds", "Time to answer by route.", took, labels[:1]...)
		}
		return err
	}
}

// harden sets the security headers before anything is written, so that errors
// and files have them too.
func (s *Server) harden(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", static.Policy+reportTo)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(self)")
		h.Set("Cache-Control", "no-store")
		if s.cfg.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// reportTo makes browsers report what the policy stopped.
const reportTo = "; report-uri " + CSPReportPath

// answerErrors writes the answer of a refusal while the log still waits for it.
func (s *Server) answerErrors(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil {
			s.answerRefusal(err, c)
		}
		return nil
	}
}

// survive turns a panic into an error that is answered with a reference and
// nothing else. The value stays out of the log: it may hold what no log may.
func (s *Server) survive(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if value := recover(); value != nil {
				if value == http.ErrAbortHandler {
					panic(value)
				}
				s.cfg.Metrics.Count("trueward_panics_total", "Requests that ended in a panic.")
				err = &panicError{value: value, stack: debug.Stack()}
			}
		}()
		return next(c)
	}
}

// refuseForeign refuses changing requests that another site made the browser
// send (Sec-Fetch-Site, Origin).
func (s *Server) refuseForeign(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.cross.Check(c.Request()); err != nil {
			return fault.Wrap(fault.Forbidden, "This request came from another site and was not carried out. Open the page here and try again.", err)
		}
		return next(c)
	}
}

// know notes which entry of the registry was asked for.
func (s *Server) know(r route.Route) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			route.Of(c).Route = r
			if r.Wasm {
				c.Response().Header().Set("Content-Security-Policy", static.ScanPolicy+reportTo)
			}
			return next(c)
		}
	}
}

// timed bounds the time a handler may take; a stream has its own bounds.
func (s *Server) timed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if route.Of(c).Route.Stream {
			control := http.NewResponseController(c.Response())
			_ = control.SetReadDeadline(time.Time{}) // unsupported by a test's recorder, and not needed there
			return next(c)
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), s.cfg.Patience)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// enter finds out who is signed in.
func (s *Server) enter(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := route.Of(c)
		if request.Route.Rate == route.RateProbe && request.Route.Needs == route.Anonymous {
			return next(c)
		}
		if err := s.recognise(c); err != nil {
			return err
		}
		return next(c)
	}
}

// recognise notes the person of the request's session, if it has one.
func (s *Server) recognise(c echo.Context) error {
	if s.cfg.Sessions == nil {
		return nil
	}
	current, ok, err := s.cfg.Sessions.Load(c)
	if err != nil || !ok {
		return err
	}
	request := route.Of(c)
	request.Actor, request.Theme, request.Email = current.Actor, current.Theme, current.Email
	if request.Chosen = current.Language; request.Chosen != access.AnyLanguage {
		request.Language = wording.Tag(request.Chosen)
	}
	request.Sample, request.Idle = current.Sample, s.cfg.Sessions.Idle(c)
	request.Actor.RequestID = request.ID
	request.Menu = menuFor(s.menu, request.Actor)
	request.Preferences, request.Registry, request.Zone = current.Preferences, s.routes, current.Zone
	return nil
}

// authorise lets in whom the registry's entry admits, and nobody else.
func (s *Server) authorise(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := route.Of(c)
		switch {
		case request.Route.Admits(request.Actor):
			return next(c)
		case !request.Actor.Signed():
			return fault.New(fault.Unauthenticated, "Sign in first.")
		}
		return fault.New(fault.Forbidden, "Your roles do not include this. Ask your administrator if you need it.")
	}
}

func menuFor(menu []route.Route, actor access.Actor) []route.Route {
	var out []route.Route
	for _, r := range menu {
		if r.Admits(actor) {
			out = append(out, r)
		}
	}
	return out
}
