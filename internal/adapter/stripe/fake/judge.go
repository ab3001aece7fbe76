package fake

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// judge asks stripe-mock for a second opinion: names, required parameters,
// enums and types by Stripe's own description of its interface.
type judge struct {
	base string
	mu   sync.Mutex
	bad  []string
	seen int
}

func newJudge(base string) *judge { return &judge{base: base} }

// look forwards a request and notes a refusal. The judge knows no state, so
// only refused parameters (400) count.
func (j *judge) look(r *http.Request, body []byte) {
	if j.base == "" {
		return
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, j.base+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		j.note(err.Error())
		return
	}
	req.Header.Set("Authorization", "Bearer sk_test_123")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		j.note(err.Error())
		return
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 4096))
	j.mu.Lock()
	j.seen++
	j.mu.Unlock()
	if answer.StatusCode == http.StatusBadRequest || answer.StatusCode == http.StatusNotFound {
		j.note(r.Method + " " + r.URL.Path + ": " + string(text))
	}
}

func (j *judge) note(text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.bad = append(j.bad, text)
}

func (j *judge) found() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.bad...)
}

// Judged returns how many requests the second opinion saw.
func (s *Server) Judged() int {
	s.judge.mu.Lock()
	defer s.judge.mu.Unlock()
	return s.judge.seen
}
