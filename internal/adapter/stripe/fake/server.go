// Package fake is a payment service of our own that behaves like Stripe's
// invoicing where it matters to Trueward: it keeps state, remembers idempotency
// keys, signs webhooks, and fails on demand. Tests and training only.
//
// It promises to refuse what Stripe documents as refused and to answer in
// Stripe's form. It moves no money, is served on this machine's own address
// only, and where its behaviour was never compared with the real service (how
// tax is rounded, what the hosted page looks like) it takes the stricter way.
package fake

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"trueward/internal/clock"
)

// Config says how the server behaves.
type Config struct {
	Clock clock.Clock
	// Keys are the secret keys it knows; each has an account of its own and
	// may make connected accounts. Empty: any key that begins with "sk_test_".
	Keys []string
	// HookSecret signs webhooks.
	HookSecret string
	// Deliver is told each webhook as it happens; nil keeps them for Take.
	Deliver func(Delivery)
	// Judge is the address of a second opinion on every request's parameters
	// ("http://127.0.0.1:12111"); empty for none.
	Judge string
	// BaseURL is how browsers reach the server, for the links it gives out.
	BaseURL string
	// PageSize caps lists, so that paging is used; 100 when zero.
	PageSize int
}

// Server is the service. It is safe for concurrent use.
type Server struct {
	cfg   Config
	judge *judge

	mu        sync.Mutex
	seq       int
	accounts  map[string]*account
	keys      map[string]*saved
	faults    []*Fault
	requests  []string
	deliverer []Delivery
}

// New makes an empty server.
func New(cfg Config) *Server {
	cfg.Clock = cmp.Or[clock.Clock](cfg.Clock, clock.System{})
	cfg.PageSize = cmp.Or(cfg.PageSize, 100)
	return &Server{cfg: cfg, judge: newJudge(cfg.Judge), accounts: map[string]*account{}, keys: map[string]*saved{}}
}

// call is one request, read.
type call struct {
	*Server
	account *account
	method  string
	path    []string // after /v1/
	form    form
}

// answer is a status and what is written as JSON.
type answer struct {
	status int
	body   any
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/pay/") {
		s.hosted(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.judge.look(r, body)
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	fault := s.fault(r.Method, r.URL.Path)
	s.mu.Unlock()
	s.serve(w, r, string(body), fault)
}

// serve answers one request, as its fault, if any, has it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, body string, fault *Fault) {
	if fault.before(w, r) {
		return
	}
	s.mu.Lock()
	reply, replayed := s.answer(r, body, fault)
	out := s.deliverer
	if s.cfg.Deliver != nil {
		s.deliverer = nil
	}
	s.mu.Unlock()
	if s.cfg.Deliver != nil {
		for _, d := range out {
			s.cfg.Deliver(d)
		}
	}
	if fault.after(w, r) {
		return
	}
	write(w, reply, replayed)
}

// answer finds the account, asks the memory of keys, and lets the route work.
func (s *Server) answer(r *http.Request, body string, fault *Fault) (answer, bool) {
	a, refused := s.authenticate(r)
	if refused != nil {
		return *refused, false
	}
	f, err := parseForm(body, r.URL.RawQuery)
	if err != nil {
		return invalid("", err.Error()), false
	}
	c := call{Server: s, account: a, method: r.Method, path: strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/"), form: f}
	if r.Method != http.MethodPost {
		if refused, stop := fault.unworked(); stop {
			return refused, false
		}
		if refused, stop := fault.instead(); stop {
			return refused, false
		}
		reply := fault.cover(c.route())
		fault.lie(reply.body)
		return reply, false
	}
	return s.once(c, r.Header.Get("Idempotency-Key"), r.URL.Path+"\n"+body, fault)
}

func (s *Server) authenticate(r *http.Request) (*account, *answer) {
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	known := strings.HasPrefix(key, "sk_test_")
	if len(s.cfg.Keys) > 0 {
		known = false
		for _, k := range s.cfg.Keys {
			known = known || k == key
		}
	}
	if !known {
		refused := failure(http.StatusUnauthorized, "invalid_request_error", "", "Invalid API Key provided")
		return nil, &refused
	}
	own := s.ownAccount(key)
	id := r.Header.Get("Stripe-Account")
	if id == "" {
		return own, nil
	}
	a := s.accounts[id]
	if a == nil || a.platform != own.id || a.revoked {
		refused := failure(http.StatusForbidden, "invalid_request_error", "account_invalid", "The provided key does not have access to account "+id)
		return nil, &refused
	}
	return a, nil
}

func (s *Server) ownAccount(key string) *account {
	id := "acct_own" + fmt.Sprintf("%x", key[len(key)-min(6, len(key)):])
	if s.accounts[id] == nil {
		s.accounts[id] = &account{id: id, charges: true, details: true, payouts: true, refunds: map[string]string{}}
	}
	return s.accounts[id]
}

// id makes the next id of a kind.
func (s *Server) id(prefix string) string {
	s.seq++
	return fmt.Sprintf("%s_%08d", prefix, s.seq)
}

func (s *Server) now() int64 { return s.cfg.Clock.Now().Unix() }

// Requests returns what was asked so far, as "METHOD /path".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Complaints returns what the second opinion found wrong with requests.
func (s *Server) Complaints() []string { return s.judge.found() }
