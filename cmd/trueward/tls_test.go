package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/cmd/trueward/product"
)

// trusting is a browser that trusts the authority of a data folder, and what
// it downloads from the page is that authority.
func trusting(t *testing.T, data, name string) *http.Client {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "tls", "authority.crt"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		t.Fatal("the authority's file is no certificate")
	}
	who := person(t)
	who.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name}, ForceAttemptHTTP2: true}
	return who
}

// From the first start the server speaks TLS under an authority of its own; a
// device that trusts it signs in, with a cookie no other host can plant.
func TestTLSFromTheFirstStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serveIn(t, data, "--tls", "own", "--name", "ward.example")
	port := server.url[strings.LastIndexByte(server.url, ':'):]
	if server.url != "https://ward.example"+port {
		t.Fatalf("ready at %s", server.url)
	}
	address := "https://localhost" + port
	admin := trusting(t, data, "ward.example")
	form := secret("slate harbour lantern")
	form.Set("organisation", "Ward IT")
	form.Set("name", "Rea Osei")
	form.Set("email", "rea@it.example")
	if status, _ := ask(t, admin, address+server.setUp[len(server.url):], form); status != http.StatusSeeOther {
		t.Fatalf("set-up: %d", status)
	}
	answer, err := admin.Get(address + "/account")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.ProtoMajor != 2 || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("account: %d, HTTP/%d, %q", answer.StatusCode, answer.ProtoMajor, answer.Header.Get("Strict-Transport-Security"))
	}
	home, _ := url.Parse(address)
	names := ""
	for _, c := range admin.Jar.Cookies(home) {
		names += c.Name + " "
	}
	if !strings.Contains(names, "__Host-trueward ") {
		t.Errorf("cookies: %s", names)
	}
	if _, err := person(t).Get(address + "/sign-in"); err == nil {
		t.Error("a device that trusts nobody yet is let in without a warning")
	}
	old := trusting(t, data, "ward.example")
	old.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS11
	if _, err := old.Get(address + "/sign-in"); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	plain, err := person(t).Get("http://localhost" + port + "/sign-in")
	if err == nil {
		_ = plain.Body.Close()
		if plain.StatusCode != http.StatusBadRequest {
			t.Errorf("plain HTTP is answered: %d", plain.StatusCode)
		}
	}
	theSameAuthority(t, admin, address, data)
}

// theSameAuthority compares what the page of trust gives with what the server
// proves itself by, before and after a restart.
func theSameAuthority(t *testing.T, who *http.Client, address, data string) {
	t.Helper()
	answer, err := who.Get(address + "/trust/authority.crt")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	der, err := io.ReadAll(answer.Body)
	text, readErr := os.ReadFile(filepath.Join(data, "tls", "authority.crt"))
	block, _ := pem.Decode(text)
	if err != nil || readErr != nil || block == nil || string(block.Bytes) != string(der) {
		t.Errorf("the downloaded certificate is another one (%v, %v)", err, readErr)
	}
	if kind := answer.Header.Get("Content-Type"); kind != "application/x-x509-ca-cert" {
		t.Errorf("phones do not know the type %q", kind)
	}
}

func TestPlainHTTPLeadsToTheSecurePage(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	secure := "https://ward.example" + listener.Addr().String()[strings.LastIndexByte(listener.Addr().String(), ':'):]
	server := httptest.NewServer(redirects(listener))
	defer server.Close()
	for _, c := range []struct {
		method, host, path, to string
		want                   int
	}{
		{"GET", "ward.example", "/scan?x=1", secure + "/scan?x=1", 308},
		{"GET", "ward.example:80", "/", secure + "/", 308},
		{"POST", "ward.example", "/sign-in", "", 403},
		{"GET", "ward.example/evil", "/", "", 403},
		{"GET", "ward.example@evil.example", "/", "", 403},
	} {
		r, err := http.NewRequest(c.method, server.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		answer, err := person(t).Do(r)
		if err != nil {
			if strings.Contains(err.Error(), "Host") && c.want == 403 {
				continue // the client itself refuses to send it
			}
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		bad := answer.StatusCode == http.StatusBadRequest && c.want == 403 // net/http refused it first
		if answer.StatusCode != c.want && !bad || answer.Header.Get("Location") != c.to {
			t.Errorf("%s %s%s: %d to %q", c.method, c.host, c.path, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}

func TestWhereCertificatesComeFrom(t *testing.T) {
	for name, c := range map[string]struct {
		l      listenFlags
		want   string
		secure bool
	}{
		"this machine alone": {listenFlags{Listen: "127.0.0.1:1"}, tlsOff, false},
		"everybody":          {listenFlags{Listen: "0.0.0.0:1"}, tlsOwn, true},
		"behind a proxy":     {listenFlags{Listen: "0.0.0.0:1", Proxy: []string{"10.0.0.1"}}, tlsOff, true},
		"named files":        {listenFlags{Listen: "127.0.0.1:1", tlsFlags: tlsFlags{TLSCert: "a", TLSKey: "b"}}, tlsFiles, true},
		"asked for":          {listenFlags{Listen: "127.0.0.1:1", tlsFlags: tlsFlags{TLS: tlsOwn}}, tlsOwn, true},
	} {
		c.l.TLS = strings.TrimSpace(c.l.TLS)
		if got := c.l.certificates(); got != c.want || c.l.secure() != c.secure {
			t.Errorf("%s: %s, secure %v", name, got, c.l.secure())
		}
	}
}

// A certificate service is asked for the named hosts alone, and what it cannot
// give is a failed handshake, never plain HTTP.
func TestCertificateServiceIsAskedForItsNamesAlone(t *testing.T) {
	asked := 0
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		http.Error(w, "not for you", http.StatusForbidden)
	}))
	defer service.Close()
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := listenFlags{Listen: "0.0.0.0:443", tlsFlags: tlsFlags{TLS: tlsACME, Name: []string{"ward.example"}, ACMEDirectory: service.URL}}
	secured, plain, err := l.wrap(raw, dataFlags{Data: t.TempDir()}, &product.Product{})
	if err != nil {
		t.Fatal(err)
	}
	defer secured.Close()
	go func() {
		for {
			conn, err := secured.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake() // its refusal is what the client sees
			_ = conn.Close()
		}
	}()
	dial := func(name string) error {
		conn, err := tls.Dial("tcp", raw.Addr().String(), &tls.Config{ServerName: name, InsecureSkipVerify: true}) //nolint:gosec // no certificate is expected
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	if err := dial("evil.example"); err == nil || asked != 0 {
		t.Errorf("a foreign name: %v, the service was asked %d times", err, asked)
	}
	if err := dial("ward.example"); err == nil || asked == 0 {
		t.Errorf("the own name: %v, the service was asked %d times", err, asked)
	}
	answer := httptest.NewRecorder()
	plain.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://ward.example/.well-known/acme-challenge/none", nil))
	if answer.Code == http.StatusPermanentRedirect {
		t.Error("challenges are sent on instead of answered")
	}
}
