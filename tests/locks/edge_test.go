package locks_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// listen serves the product on a further listener with limits a test can wait
// for, changed by change.
func (h *house) listen(t *testing.T, change func(*http.Server)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := h.Web.HTTP()
	change(server)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return listener.Addr().String()
}

func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn.(*net.TCPConn)
}

// patient is how long a test waits for a slow client to be cut off.
const patient = 3 * time.Second

// cut reports whether the server ends a connection by itself.
func cut(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(patient))
	_, err := io.Copy(io.Discard, conn)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// slowness is what a client does too slowly, up to where it stops.
var slowness = map[string]func(*testing.T, net.Conn){
	"header": func(t *testing.T, c net.Conn) { send(t, c, "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: a") },
	"body": func(t *testing.T, c net.Conn) {
		send(t, c, "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\nemail=a")
	},
	"nothing": func(*testing.T, net.Conn) {},
	"idle": func(t *testing.T, c net.Conn) {
		send(t, c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
	},
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// held returns what keeps a connection open.
func held(t *testing.T, address string) (open []string) {
	t.Helper()
	type result struct {
		name string
		cut  bool
	}
	results := make(chan result)
	for name, slow := range slowness {
		conn := dial(t, address)
		slow(t, conn)
		go func() { results <- result{name, cut(conn)} }()
	}
	for range slowness {
		if r := <-results; !r.cut {
			open = append(open, r.name)
		}
	}
	return open
}

// Row 67: a client that sends its header or its body too slowly, or nothing at
// all, is cut off. The limits themselves are the product's; the test shortens
// them in proportion.
func TestSlowClientsAreCutOff(t *testing.T) {
	h := serve(t, nil)
	server := h.Web.HTTP()
	for name, limit := range map[string]time.Duration{
		"header": server.ReadHeaderTimeout, "read": server.ReadTimeout, "write": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		if limit <= 0 || limit > 2*time.Minute {
			t.Errorf("the limit of %s is %v", name, limit)
		}
	}
	short := h.listen(t, func(s *http.Server) {
		s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout, s.IdleTimeout = 200*time.Millisecond, 500*time.Millisecond, 700*time.Millisecond, 300*time.Millisecond
	})
	if open := held(t, short); len(open) > 0 {
		t.Errorf("kept open: %q", open)
	}
	// The control: a server without limits keeps all of them.
	endless := h.listen(t, func(s *http.Server) {
		s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout, s.IdleTimeout = 0, 0, 0, 0
	})
	if open := held(t, endless); len(open) != len(slowness) {
		t.Errorf("without limits only %q are kept open", open)
	}
}

// second is a request that hides in the body of another.
const second = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

// ambiguous are requests whose end two servers may see at different places
// (RFC 9112, 6.3 and 11.2).
var ambiguous = map[string]string{
	"length and chunks":    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"two lengths":          "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 43\r\n\r\n",
	"a signed length":      "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: +0\r\n\r\n",
	"an unknown coding":    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n",
	"two codings":          "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
	"a space before colon": "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length : 0\r\n\r\n",
	"a broken chunk":       "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
	"two hosts":            "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n",
	"a list of lengths":    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0, 43\r\n\r\n",
	"a length in hex":      "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x0\r\n\r\n",
	"a negative length":    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
	"chunks of HTTP/1.0":   "POST /sign-in HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"a bare line feed":     "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0;a\n\r\n",
	"a chunk too long":     "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
	"a size that wraps":    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
	"a coding by fold":     "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\n\r\n",
	"an end in the name":   "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length\x00: 43\r\n\r\n",
	"a line of its own":    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nContent-Length: 0\r\nTransfer-Encoding:\x0bchunked\r\n\r\n",
}

// answers counts the answers on one connection to a text.
func answers(t *testing.T, address, text string) (n int) {
	t.Helper()
	conn := dial(t, address)
	send(t, conn, text)
	_ = conn.SetReadDeadline(time.Now().Add(patient))
	reader := bufio.NewReader(conn)
	for {
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			return n
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		n++
		if answer.Close {
			return n
		}
	}
}

// Row 68: after a request whose end is not certain nothing more is taken from
// the connection, so that nothing can hide behind it.
func TestAmbiguousRequestsEndTheConnection(t *testing.T) {
	h := serve(t, nil)
	at := strings.TrimPrefix(strings.Replace(h.url, "localhost", "127.0.0.1", 1), "http://")
	for name, text := range ambiguous {
		if n := answers(t, at, text+second); n > 1 {
			t.Errorf("%s: %d answers", name, n)
		}
	}
	// The control: behind a request that is whole, the second one is answered.
	whole := "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
	if n := answers(t, at, whole+strings.Replace(second, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)); n != 2 {
		t.Errorf("two whole requests: %d answers", n)
	}
}

// Row 96: nothing that is not in the registry answers: no debugging, no files
// of the machine, no other methods.
func TestNothingElseListens(t *testing.T) {
	h := serve(t, nil)
	c := visitor(t)
	for _, path := range []string{
		"/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/debug/requests", "/.git/config", "/.env", "/server-status", "/actuator", "/static/", "/static/../go.mod",
	} {
		if got := do(t, c, http.MethodGet, h.url+path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
	for _, method := range []string{http.MethodTrace, http.MethodPut, http.MethodDelete, http.MethodPatch, "PROPFIND"} {
		if got := do(t, c, method, h.url+"/sign-in", nil); got.status < 400 || got.status >= 500 {
			t.Errorf("%s answers %d", method, got.status)
		}
	}
	if got := do(t, c, http.MethodGet, h.url+"/healthz", nil); got.status != http.StatusOK {
		t.Errorf("the control: %d", got.status)
	}
}
