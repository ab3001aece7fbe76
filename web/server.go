// Package web is the HTTP edge: the one place that knows requests, cookies and
// status codes. Every URL comes from one registry (routes.go); what a request
// must pass before its handler runs is written below in the order in which it
// happens; refusals become answers in one file (refuse.go).
package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/web/metrics"
	"trueward/web/route"
	"trueward/web/session"
)

// Time limits of a request. A slow sender or reader is cut off; streams and
// large exports extend their own.
const (
	headerTime  = 5 * time.Second
	readTime    = 20 * time.Second
	handleTime  = 25 * time.Second
	writeTime   = 30 * time.Second
	idleTime    = 75 * time.Second
	headerBytes = 64 << 10
	bodyBytes   = 1 << 20
	queryBytes  = 4 << 10
)

// Config is what the edge is told by its environment.
type Config struct {
	Clock    clock.Clock
	Log      *slog.Logger
	Metrics  *metrics.Registry
	Sessions *session.Sessions
	// Secure says that browsers reach the server over TLS, by itself or by a
	// proxy before it. Without it sign-in works on a loopback name alone.
	Secure bool
	// Proxies are the addresses whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// Unlimited lifts the rate limits, for measurements.
	Unlimited bool
	// Patience is how long a request may take, 25 s when zero: past it the
	// database begins nothing more for it, and it is answered.
	Patience time.Duration
	// HasPasskey reports whether a person could prove themself by a passkey;
	// nil when nobody can.
	HasPasskey func(context.Context, access.Actor) bool
	// ProvesOutside names the house's own sign-in where a person can prove
	// themself at it, and is empty where not; nil when nobody can.
	ProvesOutside func(context.Context, access.Actor) string
}

// Server answers requests. Make one with New.
type Server struct {
	cfg    Config
	echo   *echo.Echo
	routes []route.Route
	menu   []route.Route
	limits *limits
	// classes are the routes' rate classes. They are found once: the mux makes
	// its chain of middleware anew for each request.
	classes map[string]route.Rate
	cross   *http.CrossOriginProtection
}

// New builds the server from the registry alone. An entry that fails to
// declare something, or a URL declared twice, is an error.
func New(cfg Config, routes []route.Route) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Metrics == nil {
		cfg.Metrics = metrics.New()
	}
	cfg.Patience = cmp.Or(cfg.Patience, handleTime)
	s := &Server{
		cfg: cfg, echo: echo.New(), routes: routes, menu: menuOf(routes),
		limits: newLimits(cfg.Clock, cfg.Unlimited), classes: classesOf(routes), cross: http.NewCrossOriginProtection(),
	}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.Logger.SetOutput(io.Discard) // what the edge has to say goes to cfg.Log
	s.echo.HTTPErrorHandler = s.answerRefusal
	s.echo.Use(
		s.identify,       // request id, client address, secure or not
		s.account,        // access log and figures, after everything below
		s.harden,         // security headers on every answer
		s.answerErrors,   // refusals become answers here, so that they are logged too
		s.survive,        // a panic becomes a generic 500
		s.refuseForeign,  // cross-origin POSTs
		s.boundBody,      // size of query and body
		s.limitByAddress, // before anything costs something
	)
	if err := s.mount(routes); err != nil {
		return nil, err
	}
	return s, nil
}

// mount puts every entry of the registry on the mux, behind its own checks.
func (s *Server) mount(routes []route.Route) error {
	names, urls := map[string]bool{}, map[string]bool{}
	for _, r := range routes {
		if err := r.Check(); err != nil {
			return err
		}
		if url := r.Method + " " + r.Path; names[r.Name] || urls[url] {
			return fmt.Errorf("route %s (%s) is declared twice", url, r.Name)
		}
		names[r.Name], urls[r.Method+" "+r.Path] = true, true
		s.echo.Add(r.Method, r.Path, r.Handler,
			s.know(r),        // which route it is
			s.checkParams,    // strict parameters, before any database work
			s.timed,          // time limits
			s.enter,          // who is signed in
			s.authorise,      // deny by default
			s.limitByAccount, // a person's own pace
		)
		if r.Method == http.MethodGet {
			s.echo.Add(http.MethodHead, r.Path, headOf(r), s.know(r), s.checkParams, s.timed, s.enter, s.authorise, s.limitByAccount)
		}
	}
	return nil
}

// headOf answers HEAD like GET without the body, except where a GET changes
// something: there a HEAD must not, and is refused.
func headOf(r route.Route) echo.HandlerFunc {
	if r.ChangesState || r.Stream {
		return func(c echo.Context) error { return c.NoContent(http.StatusMethodNotAllowed) }
	}
	return r.Handler
}

// Routes returns the registry the server was built from.
func (s *Server) Routes() []route.Route { return s.routes }

// Mounted returns what is on the mux, to be compared with the registry.
func (s *Server) Mounted() []*echo.Route { return s.echo.Routes() }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// HTTP returns the server with its limits, ready to serve a listener.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
	}
}
