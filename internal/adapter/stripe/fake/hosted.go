package fake

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// hosted is the page on which a hospital pays, and the one on which a vendor
// finishes the set-up of an account.
func (s *Server) hosted(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	rest := strings.TrimPrefix(r.URL.Path, "/pay/")
	if id, setup := strings.CutPrefix(rest, "setup/"); setup {
		s.Complete(id)
		s.passOn()
		fmt.Fprintf(w, "<title>Set-up</title><h1>Account %s is set up</h1><p>Go back to Trueward.</p>", html.EscapeString(id))
		return
	}
	id, _, _ := strings.Cut(rest, "/")
	if r.Method == http.MethodPost {
		if err := s.Pay(id, 0); err != nil {
			w.WriteHeader(http.StatusConflict)
		}
		s.passOn()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, inv := s.find(id)
	if inv == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	fmt.Fprintf(w, `<title>Invoice</title><h1>Invoice %s</h1><p>%s: %d %s to pay</p><form method="post"><button>Pay</button></form>`,
		html.EscapeString(inv.number), inv.status, a.remaining(inv), html.EscapeString(inv.currency))
}

// passOn delivers what happened outside of a request of the interface.
func (s *Server) passOn() {
	if s.cfg.Deliver != nil {
		for _, d := range s.Take() {
			s.cfg.Deliver(d)
		}
	}
}
