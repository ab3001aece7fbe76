package fake

import (
	"net/http"
	"time"
)

// keyLife is how long a key is remembered at least.
const keyLife = 24 * time.Hour

// saved is the answer that a key will always get.
type saved struct {
	request string
	at      time.Time
	answer  answer
}

// once answers a changing request by the memory of idempotency keys: a key
// with other parameters is refused, a known one gets its first answer again,
// an answer is kept once work on it began, also a failed one. Keys older than
// a day are forgotten.
func (s *Server) once(c call, key, request string, fault *Fault) (answer, bool) {
	if refused, stop := fault.unworked(); stop {
		return refused, false
	}
	if key == "" {
		return c.route(), false
	}
	name := c.account.id + "\n" + key
	now := s.cfg.Clock.Now()
	if old := s.keys[name]; old != nil && now.Sub(old.at) < keyLife {
		if old.request != request {
			return failure(http.StatusBadRequest, "idempotency_error", "", "Keys for idempotent requests can only be used with the same parameters they were first used with."), false
		}
		return old.answer, true
	}
	reply, worked := fault.instead()
	if !worked {
		reply = c.route()
		reply = fault.cover(reply)
	}
	// A request whose parameters are refused was never begun.
	if reply.status < 400 || reply.status >= 500 || reply.status == http.StatusTooManyRequests {
		s.keys[name] = &saved{request, now, reply}
	}
	return reply, false
}
