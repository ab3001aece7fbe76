package locks_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// Row 67: a client that asks for much and reads nothing is cut off when the
// time to write is over.
func TestSlowReadersAreCutOff(t *testing.T) {
	h := serve(t, nil)
	if !h.cutsReaders(t, 500*time.Millisecond) {
		t.Error("a client that reads nothing is kept")
	}
	// The control: a server without the limit keeps it.
	if h.cutsReaders(t, 0) {
		t.Error("without a limit it is cut off too")
	}
}

// cutsReaders reports whether a server with a limit for writing ends the
// connection of a client that asks and never reads.
func (h *house) cutsReaders(t *testing.T, limit time.Duration) bool {
	t.Helper()
	ended := make(chan struct{}, 1)
	address := h.listen(t, func(s *http.Server) {
		s.WriteTimeout = limit
		s.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				ended <- struct{}{}
			}
		}
	})
	conn := dial(t, address)
	_ = conn.SetReadBuffer(4 << 10)
	// What comes back is more than the buffers of both sides hold.
	_ = conn.SetWriteDeadline(time.Now().Add(patient / 2))
	_, _ = io.WriteString(conn, strings.Repeat("GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n", 20_000)) // may not all be taken
	select {
	case <-ended:
		return true
	case <-time.After(patient / 2):
		return false
	}
}

// h2 is a client of HTTP/2 that speaks in raw frames (RFC 9113, 4.1).
type h2 struct {
	*tls.Conn
	in *bufio.Reader
}

// Frames of RFC 9113, 6, and the two errors looked for (7).
const (
	frameHeaders, frameReset, frameSettings, frameGoAway = 0x1, 0x3, 0x4, 0x7
	endOfStream, endOfHeaders                            = 0x1, 0x4
	cancelled, enhanceYourCalm                           = 0x8, 0xb
)

func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	out := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return append(binary.BigEndian.AppendUint32(out, stream), payload...)
}

// request is a GET of the sign-in page (RFC 7541, appendix A and 6.2.2).
func request(stream uint32) []byte {
	headers := append([]byte{0x82, 0x87, 0x04, 8}, "/sign-in"...)
	headers = append(append(headers, 0x01, 9), "localhost"...)
	return frame(frameHeaders, endOfStream|endOfHeaders, stream, headers)
}

func speakH2(t *testing.T, server *httptest.Server) h2 {
	t.Helper()
	trust := server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trust.NextProtos = []string{"h2"}
	conn, err := tls.Dial("tcp", server.Listener.Addr().String(), trust)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if conn.ConnectionState().NegotiatedProtocol != "h2" {
		t.Fatal("the server does not speak HTTP/2")
	}
	c := h2{conn, bufio.NewReader(conn)}
	send(t, c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+string(frame(frameSettings, 0, 0, nil)))
	return c
}

// flood opens streams and resets each at once, without a pause.
func (c h2) flood(streams int) {
	var out []byte
	for n := range streams {
		stream := uint32(2*n + 1)
		out = append(append(out, request(stream)...), frame(frameReset, 0, stream, []byte{0, 0, 0, cancelled})...)
	}
	_ = c.SetWriteDeadline(time.Now().Add(patient))
	_, _ = c.Write(out) // fails when the server has closed, which is looked for by reading
}

// farewell reads until the server ends the connection and returns the error of
// its GOAWAY; false when it goes on.
func (c h2) farewell() (code uint32, ended bool) {
	_ = c.SetReadDeadline(time.Now().Add(patient))
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(c.in, head); err != nil {
			return code, !errors.Is(err, os.ErrDeadlineExceeded)
		}
		payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		if _, err := io.ReadFull(c.in, payload); err != nil {
			return code, !errors.Is(err, os.ErrDeadlineExceeded)
		}
		if head[3] == frameGoAway && len(payload) >= 8 {
			code = binary.BigEndian.Uint32(payload[4:])
		}
	}
}

// secured serves the product by HTTP/2 with a change of its server.
func (h *house) secured(t *testing.T, change func(*http.Server)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Config, server.EnableHTTP2 = h.Web.HTTP(), true
	if change != nil {
		change(server.Config)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// heldUp lets nothing of the attacker's be finished before the test is over, as
// when the database does not answer.
func heldUp(t *testing.T) func(*http.Server) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func(s *http.Server) {
		product := s.Handler
		s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Host == "localhost" { // others name the address
				<-over
			}
			product.ServeHTTP(w, r)
		})
	}
}

// Row 68: who opens streams of HTTP/2 only to reset them (CVE-2023-44487) loses
// the connection as soon as work piles up, and others are answered meanwhile.
func TestRapidResetsEndTheConnection(t *testing.T) {
	const streams = 5_000
	h := serve(t, nil)
	t.Run("the product", func(t *testing.T) {
		server := h.secured(t, heldUp(t))
		attacker := speakH2(t, server)
		go attacker.flood(streams)
		for range 10 {
			if got := do(t, server.Client(), http.MethodGet, server.URL+"/sign-in", nil); got.status != http.StatusOK {
				t.Errorf("somebody else is answered %d", got.status)
			}
		}
		if code, ended := attacker.farewell(); !ended || code != enhanceYourCalm {
			t.Errorf("the attacker's connection: ended %v, code %#x", ended, code)
		}
	})
	// The control: a server that begins as many streams as it is asked to.
	t.Run("without the bound", func(t *testing.T) {
		hold := heldUp(t)
		server := h.secured(t, func(s *http.Server) {
			hold(s)
			s.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
		})
		attacker := speakH2(t, server)
		go attacker.flood(streams)
		if code, ended := attacker.farewell(); ended {
			t.Errorf("the connection ends too, code %#x", code)
		}
	})
}
