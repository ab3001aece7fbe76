package egress_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"trueward/internal/adapter/egress"
)

// inside is a server within the house that must not be called.
func inside(t *testing.T) (url string, hits *atomic.Int64) {
	t.Helper()
	hits = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { hits.Add(1) }))
	t.Cleanup(s.Close)
	return s.URL, hits
}

func call(t *testing.T, c *http.Client, url string) error {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err == nil {
		_ = answer.Body.Close()
	}
	return err
}

// probe calls addresses of the house in every notation and returns those that
// were reached or refused for another reason.
func probe(t *testing.T, c *http.Client, port string) (through []string) {
	t.Helper()
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1.2.3",
	} {
		if err := call(t, c, "http://"+host+":"+port+"/"); !errors.Is(err, egress.ErrPrivate) {
			through = append(through, host)
		}
	}
	return through
}

// Row 61: nothing inside the house is called, in whatever notation its address
// comes.
func TestPrivateAddressesAreRefused(t *testing.T) {
	url, hits := inside(t)
	_, port, _ := net.SplitHostPort(url[len("http://"):])
	if through := probe(t, egress.New(egress.Config{}), port); len(through) > 0 || hits.Load() != 0 {
		t.Errorf("reached or refused otherwise: %q, %d calls", through, hits.Load())
	}
	// What the operator has named is reached, and nothing beside it.
	named := egress.New(egress.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	if err := call(t, named, url); err != nil || hits.Load() != 1 {
		t.Errorf("a named network: %v, %d calls", err, hits.Load())
	}
	if err := call(t, named, "http://127.1.2.3:"+port+"/"); !errors.Is(err, egress.ErrPrivate) {
		t.Errorf("beside a named network: %v", err)
	}
}

// TestProbeFindsAnOpenClient is the control: a client without the guard gets
// through.
func TestProbeFindsAnOpenClient(t *testing.T) {
	url, hits := inside(t)
	_, port, _ := net.SplitHostPort(url[len("http://"):])
	if through := probe(t, &http.Client{}, port); len(through) < 4 || hits.Load() == 0 {
		t.Errorf("the probe finds only %q", through)
	}
}

// An answer that sends elsewhere is not followed.
func TestRedirectsAreNotFollowed(t *testing.T) {
	url, hits := inside(t)
	outside := httptest.NewServer(http.RedirectHandler(url, http.StatusFound))
	t.Cleanup(outside.Close)
	c := egress.New(egress.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err := call(t, c, outside.URL); err != nil || hits.Load() != 0 {
		t.Errorf("%v, %d calls", err, hits.Load())
	}
}

// A name that answers with a public address first and a private one later is
// judged by the address that is dialled.
func TestNameThatChangesItsAddressIsRefused(t *testing.T) {
	url, hits := inside(t)
	_, port, _ := net.SplitHostPort(url[len("http://"):])
	asked := &atomic.Int64{}
	c := egress.New(egress.Config{Resolver: resolver(t, func() netip.Addr {
		asked.Add(1)
		return netip.MustParseAddr("127.0.0.1")
	})})
	if err := call(t, c, "http://changes.example:"+port+"/"); !errors.Is(err, egress.ErrPrivate) {
		t.Errorf("%v", err)
	}
	if asked.Load() == 0 || hits.Load() != 0 {
		t.Errorf("the name was asked for %d times, the house called %d times", asked.Load(), hits.Load())
	}
}

// resolver answers every name with one address (RFC 1035, 4.1).
func resolver(t *testing.T, address func() netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			question := buffer[12:n]
			end := 0
			for question[end] != 0 {
				end += int(question[end]) + 1
			}
			kind := binary.BigEndian.Uint16(question[end+1:])
			answer := append([]byte{buffer[0], buffer[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[:end+5]...)
			if kind == 1 {
				answer[7] = 1
				answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				four := address().As4()
				answer = append(answer, four[:]...)
			}
			_, _ = conn.WriteTo(answer, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestPublicAddresses(t *testing.T) {
	for text, public := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true,
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "::ffff:169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "fe80::1": false, "fc00::1": false,
		"fd00:ec2::254": false, "::": false, "::1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:db8::1": false,
	} {
		if egress.Public(netip.MustParseAddr(text)) != public {
			t.Errorf("%s", text)
		}
	}
}

// A server is called over TLS only when somebody whom the machine trusts vouches
// for its name; what it would say is not read otherwise.
func TestStrangersCertificatesAreRefused(t *testing.T) {
	hits := &atomic.Int64{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	allow := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	if err := call(t, egress.New(egress.Config{Allow: allow}), s.URL); err == nil || hits.Load() != 0 {
		t.Errorf("a certificate that nobody vouches for is taken: %v, %d calls", err, hits.Load())
	}
	// The control: who trusts it reaches it.
	if err := call(t, s.Client(), s.URL); err != nil || hits.Load() != 1 {
		t.Errorf("%v, %d calls", err, hits.Load())
	}
}
