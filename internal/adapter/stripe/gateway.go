// Package stripe speaks to Stripe for the vendors' accounts: one call at a
// time, as written down by whoever decides, and reads what Stripe holds.
//
// It promises that every changing call carries the key it is given, that an
// answer is told apart by its status and code and never by its words, that
// nothing is tried again behind the caller's back, and that an account gets at
// most 15 calls a second. It decides nothing, keeps no state but the pace, and
// sends no telemetry. Keys are never logged.
package stripe

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	api "github.com/stripe/stripe-go/v76"

	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// Config says where Stripe is.
type Config struct {
	// BaseURL is Stripe's own when empty; a simulated one otherwise, on this
	// machine only.
	BaseURL string
	// PerSecond bounds the calls of one account; 15 when zero.
	PerSecond int
}

// timeout bounds one call.
const timeout = 30 * time.Second

// Gateway is the door to Stripe. It is safe for concurrent use.
type Gateway struct {
	cfg  Config
	http *http.Client

	mu      sync.Mutex
	clients map[string]*resources
	paces   map[string]*pace
}

// New makes a gateway. It refuses an address other than Stripe's that is not
// on this machine: keys would travel there.
func New(cfg Config) (*Gateway, error) {
	if cfg.BaseURL != "" {
		u, err := url.Parse(cfg.BaseURL)
		if err != nil || !loopback(u.Hostname()) {
			return nil, fault.At("stripe-url", "A simulated Stripe must be on this machine, such as http://127.0.0.1:12110.")
		}
	}
	cfg.PerSecond = cmp.Or(cfg.PerSecond, 15)
	return &Gateway{
		cfg: cfg, http: &http.Client{Timeout: timeout, Transport: once{http.DefaultTransport.(*http.Transport).Clone()}}, clients: map[string]*resources{}, paces: map[string]*pace{},
	}, nil
}

func loopback(host string) bool { return host == "127.0.0.1" || host == "::1" || host == "localhost" }

// client returns the API of one key: never the library's global one.
func (g *Gateway) client(key remote.Secret) *resources {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.clients[key.Reveal()]; c != nil {
		return c
	}
	cfg := &api.BackendConfig{
		EnableTelemetry: api.Bool(false), MaxNetworkRetries: api.Int64(0), HTTPClient: g.http,
		LeveledLogger: silent{},
	}
	if g.cfg.BaseURL != "" {
		cfg.URL = api.String(g.cfg.BaseURL)
	}
	c := newResources(key.Reveal(), api.GetBackendWithConfig(api.APIBackend, cfg))
	g.clients[key.Reveal()] = c
	return c
}

// silent keeps the library from logging bodies.
type silent struct{}

func (silent) Debugf(string, ...any) {}
func (silent) Infof(string, ...any)  {}
func (silent) Warnf(string, ...any)  {}
func (silent) Errorf(string, ...any) {}

// once keeps the transport from sending a changing request a second time by
// itself, which it does for requests with an idempotency key when a kept
// connection breaks: when to send again is the journal's decision.
type once struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (t once) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && r.Body != nil {
		r = r.Clone(r.Context())
		r.GetBody = nil // what cannot be read again is not sent again
	}
	return t.Transport.RoundTrip(r)
}

// enter waits for the account's turn and returns its API.
func (g *Gateway) enter(ctx context.Context, e remote.Entry) (*resources, error) {
	if err := g.pace(e).wait(ctx); err != nil {
		return nil, err
	}
	return g.client(e.Key), nil
}

func (g *Gateway) pace(e remote.Entry) *pace {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := e.Account + "\n" + e.Key.Reveal()
	if g.paces[name] == nil {
		g.paces[name] = &pace{every: time.Second / time.Duration(g.cfg.PerSecond)}
	}
	return g.paces[name]
}

// pace spaces calls evenly.
type pace struct {
	every time.Duration
	mu    sync.Mutex
	next  time.Time
}

func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	at := now
	if p.next.After(now) {
		at = p.next
	}
	p.next = at.Add(p.every)
	p.mu.Unlock()
	if !at.After(now) {
		return ctx.Err()
	}
	timer := time.NewTimer(at.Sub(now))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// params are what every call carries.
func params(ctx context.Context, e remote.Entry) api.Params {
	p := api.Params{Context: ctx}
	if e.Account != "" {
		p.SetStripeAccount(e.Account)
	}
	return p
}

func listParams(ctx context.Context, e remote.Entry) api.ListParams {
	p := api.ListParams{Context: ctx, Limit: api.Int64(100)}
	if e.Account != "" {
		p.SetStripeAccount(e.Account)
	}
	return p
}

// refusal turns a failed read into a sentence: absent, not allowed, or away.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	answered, readable := errors.AsType[*api.Error](err)
	switch {
	case !readable:
		return fault.Wrap(fault.Unavailable, "Stripe cannot be reached. It is tried again by itself.", err)
	case answered.HTTPStatusCode == http.StatusNotFound:
		return fault.Wrap(fault.NotFound, "Stripe does not know this any more.", err)
	case answered.HTTPStatusCode == http.StatusUnauthorized || answered.HTTPStatusCode == http.StatusForbidden:
		return fault.Wrap(fault.Forbidden, "Stripe does not accept the key or the account. Connect Stripe again.", err)
	case answered.HTTPStatusCode == http.StatusBadRequest:
		return fault.Wrap(fault.Invalid, "Stripe refused a question. The log has its reason.", err)
	}
	return fault.Wrap(fault.Unavailable, "Stripe is busy or has a failure. It is tried again by itself.", err)
}
