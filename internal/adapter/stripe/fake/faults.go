package fake

import (
	"net/http"
	"strings"
	"time"

	"trueward/internal/clock"
)

// Kind is a way of failing.
type Kind string

// The ways of failing.
const (
	DropBefore  Kind = "drop before"      // nothing done, connection cut
	DropAfter   Kind = "drop after"       // done, answer lost
	RateLimit   Kind = "429 rate_limit"   // nothing done, nothing remembered
	LockTimeout Kind = "429 lock_timeout" // nothing done, but the key keeps the answer
	Saved500    Kind = "500"              // nothing done, but the key keeps the answer
	Done500     Kind = "500 after work"   // done, and the key keeps the 500
	Away        Kind = "503"              // nothing done, nothing remembered
	InUse       Kind = "409"              // another request holds the key
	HTML        Kind = "200 HTML"         // nothing done, a page instead of JSON
	HTMLAfter   Kind = "200 HTML after"   // done, a page instead of JSON
	Late        Kind = "late"             // done, answer lost, a day and more goes by
	Lie         Kind = "lie"              // what is read is one unit too much
	Stuck       Kind = "stuck"            // nothing done; no answer until the caller is gone
	StuckAfter  Kind = "stuck after"      // done; no answer until the caller is gone
)

// Fault fails one request. Match is part of its path, Method its method
// (changing ones when empty); Skip lets that many matching requests pass.
type Fault struct {
	Kind   Kind
	Method string
	Match  string
	Skip   int
	Clock  *clock.Fake // for Late
	// Reached is closed when a stuck request has come as far as it goes.
	Reached chan struct{}

	used bool
}

// Fail plans a fault; each is used once.
func (s *Server) Fail(f *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// Heal forgets planned faults and reports whether all were used.
func (s *Server) Heal() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := true
	for _, f := range s.faults {
		all = all && f.used
	}
	s.faults = nil
	return all
}

// fault is the one for a request; nil for none.
func (s *Server) fault(method, path string) *Fault {
	for _, f := range s.faults {
		changing := method == http.MethodPost || method == http.MethodDelete
		if f.used || !strings.Contains(path, f.Match) || (f.Method == "" && !changing) || (f.Method != "" && f.Method != method) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		f.used = true
		return f
	}
	return nil
}

func (f *Fault) is(kinds ...Kind) bool {
	if f == nil {
		return false
	}
	for _, k := range kinds {
		if f.Kind == k {
			return true
		}
	}
	return false
}

// before fails a request that was not worked on.
func (f *Fault) before(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case f.is(DropBefore):
		cut(w)
	case f.is(HTML):
		page(w)
	case f.is(Stuck):
		close(f.Reached)
		<-r.Context().Done()
		cut(w)
	default:
		return false
	}
	return true
}

// after fails a request that was worked on.
func (f *Fault) after(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case f.is(DropAfter):
		cut(w)
	case f.is(Late):
		f.Clock.Advance(30 * time.Hour)
		cut(w)
	case f.is(HTMLAfter):
		page(w)
	case f.is(StuckAfter):
		close(f.Reached)
		<-r.Context().Done()
		cut(w)
	default:
		return false
	}
	return true
}

// unworked answers without work and without memory.
func (f *Fault) unworked() (answer, bool) {
	switch {
	case f.is(RateLimit):
		return failure(http.StatusTooManyRequests, "invalid_request_error", "rate_limit", "Request rate limit exceeded."), true
	case f.is(Away):
		return failure(http.StatusServiceUnavailable, "api_error", "", "Service unavailable."), true
	case f.is(InUse):
		return failure(http.StatusConflict, "idempotency_error", "idempotency_key_in_use", "There is currently another in-progress request using this key."), true
	}
	return answer{}, false
}

// instead answers without work; the key remembers it.
func (f *Fault) instead() (answer, bool) {
	switch {
	case f.is(LockTimeout):
		return failure(http.StatusTooManyRequests, "invalid_request_error", "lock_timeout", "This object cannot be accessed right now."), true
	case f.is(Saved500):
		return failure(http.StatusInternalServerError, "api_error", "", "An unknown error occurred."), true
	}
	return answer{}, false
}

// cover hides a good answer behind a failure.
func (f *Fault) cover(reply answer) answer {
	if f.is(Done500) && reply.status < 300 {
		return failure(http.StatusInternalServerError, "api_error", "", "An unknown error occurred.")
	}
	return reply
}

// lie changes what is read.
func (f *Fault) lie(body any) {
	o, isObject := body.(object)
	if !f.is(Lie) || !isObject {
		return
	}
	if total, there := o["total"].(int64); there {
		o["total"] = total + 1
	}
}

func cut(w http.ResponseWriter) {
	if h, can := w.(http.Hijacker); can {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

func page(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<html><body>Please wait</body></html>"))
}
