package browser_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// line is a second way to the house that can be cut: every connection drops,
// and new ones are dropped as they come, which is what a device meets whose
// network is gone. The house itself goes on.
type line struct {
	url    string
	server *http.Server

	mu     sync.Mutex
	down   bool
	conns  map[net.Conn]struct{}
	lose   func(*http.Request) bool              // answers to these are lost: the house acts, the device hears nothing
	stop   func(*http.Request) bool              // these never reach the house
	plant  func(path string, body []byte) []byte // changes a file on its way, to plant a fault
	passed map[string]int                        // requests by "METHOD path"
}

// line opens a line to the house until the test ends.
func (h *house) line(t *testing.T) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{
		url:   fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port),
		conns: map[net.Conn]struct{}{}, passed: map[string]int{},
	}
	l.server = h.product.Web.HTTP()
	l.server.Handler = l.pass(l.server.Handler)
	l.server.ConnState = l.note
	ended := make(chan error, 1)
	go func() { ended <- l.server.Serve(listener) }()
	t.Cleanup(func() {
		_ = l.server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l
}

func (l *line) note(c net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case state == http.StateClosed || state == http.StateHijacked:
		delete(l.conns, c)
	case l.down:
		_ = c.Close()
	default:
		l.conns[c] = struct{}{}
	}
}

// cut drops every connection; mend lets new ones through.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for c := range l.conns {
		_ = c.Close()
	}
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}

// loses sets whose answers are lost from now on; nil: none.
func (l *line) loses(which func(*http.Request) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lose = which
}

// stops sets what never reaches the house from now on; nil: nothing.
func (l *line) stops(which func(*http.Request) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stop = which
}

// count is how many requests of a kind came through.
func (l *line) count(kind string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passed[kind]
}

func (l *line) pass(house http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		down, lost, plant := l.down || l.stop != nil && l.stop(r), l.lose != nil && l.lose(r), l.plant
		l.passed[r.Method+" "+r.URL.Path]++
		l.mu.Unlock()
		switch {
		case down:
			panic(http.ErrAbortHandler)
		case lost:
			house.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case plant != nil && strings.HasSuffix(r.URL.Path, ".js"):
			r.Header.Del("Accept-Encoding")
			whole := httptest.NewRecorder()
			house.ServeHTTP(whole, r)
			body := plant(r.URL.Path, whole.Body.Bytes())
			for name, values := range whole.Header() {
				if name != "Content-Length" && name != "Etag" {
					w.Header()[name] = values
				}
			}
			w.WriteHeader(whole.Code)
			_, _ = w.Write(body)
		default:
			house.ServeHTTP(w, r)
		}
	})
}

// swap replaces a text in the file of a name, which must hold it.
func swap(t *testing.T, name, from, to string) func(string, []byte) []byte {
	return func(path string, body []byte) []byte {
		if !strings.Contains(path, name) {
			return body
		}
		if !bytes.Contains(body, []byte(from)) {
			t.Errorf("%s holds no %q to spoil", path, from)
		}
		return bytes.ReplaceAll(body, []byte(from), []byte(to))
	}
}
