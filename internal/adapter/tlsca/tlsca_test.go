package tlsca_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/tlsca"
	"trueward/internal/clock"
	"trueward/internal/fault"
)

var start = time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, folder string, c clock.Clock, names ...string) *tlsca.Authority {
	t.Helper()
	a, err := tlsca.Open(tlsca.Config{Folder: folder, Key: [32]byte{1}, Names: names, Guesses: []string{"localhost", "127.0.0.1"}, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// serve answers over TLS with whatever certificate get returns.
func serve(t *testing.T, get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	listener := tls.NewListener(server.Listener, &tls.Config{GetCertificate: get, MinVersion: tls.VersionTLS12})
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// visit asks as a device that trusts root alone, under a name, at an instant.
func visit(t *testing.T, port, name string, root []byte, at time.Time) (*x509.Certificate, error) {
	t.Helper()
	pool := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(root)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: pool, ServerName: name, Time: func() time.Time { return at }},
	}}
	answer, err := client.Get("https://127.0.0.1:" + port)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return answer.TLS.PeerCertificates[0], nil
}

// A device that trusts the authority reaches the server under each of its
// names, and under no other; one that trusts another authority does not.
func TestDevicesThatTrustTheAuthorityReachTheServer(t *testing.T) {
	clk := clock.NewFake(start)
	a := open(t, t.TempDir(), clk, "ward.example")
	port := serve(t, a.Certificate)
	for _, name := range []string{"ward.example", "localhost", "127.0.0.1"} {
		if _, err := visit(t, port, name, a.Root(), start); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := visit(t, port, "other.example", a.Root(), start); err == nil {
		t.Error("a name that is not the server's is believed")
	}
	stranger := open(t, t.TempDir(), clk, "ward.example")
	if _, err := visit(t, port, "ward.example", stranger.Root(), start); err == nil {
		t.Error("another authority's word is believed")
	}
}

func TestCertificateIsRenewedByTheClock(t *testing.T) {
	clk := clock.NewFake(start)
	a := open(t, t.TempDir(), clk, "ward.example")
	port := serve(t, a.Certificate)
	first, err := visit(t, port, "ward.example", a.Root(), clk.Now())
	if err != nil {
		t.Fatal(err)
	}
	day := 24 * time.Hour
	if same, err := visit(t, port, "ward.example", a.Root(), clk.Advance(59*day)); err != nil || !same.Equal(first) {
		t.Errorf("after 59 days: %v", err)
	}
	next, err := visit(t, port, "ward.example", a.Root(), clk.Advance(2*day))
	if err != nil || next.Equal(first) || next.SerialNumber.Cmp(first.SerialNumber) == 0 {
		t.Errorf("after 61 days it is not renewed: %v", err)
	}
	if _, err := visit(t, port, "ward.example", a.Root(), clk.Advance(30*day)); err != nil {
		t.Errorf("after 91 days, past the first one's end: %v", err)
	}
	// Control: the first certificate would not be believed any more.
	if _, err := first.Verify(x509.VerifyOptions{Roots: pool(t, a.Root()), DNSName: "ward.example", CurrentTime: clk.Now()}); err == nil {
		t.Error("the first certificate never ends")
	}
}

func pool(t *testing.T, der []byte) *x509.CertPool {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	p.AddCert(c)
	return p
}

// A restart goes on with the same authority; what it was not made for it does
// not vouch for.
func TestAuthoritySurvivesAndKeepsToItsNames(t *testing.T) {
	folder, clk := filepath.Join(t.TempDir(), "tls"), clock.NewFake(start)
	first := open(t, folder, clk, "ward.example")
	again := open(t, folder, clk, "ward.example")
	if !bytes.Equal(first.Root(), again.Root()) {
		t.Error("a restart makes another authority")
	}
	_, err := tlsca.Open(tlsca.Config{Folder: folder, Key: [32]byte{1}, Names: []string{"bank.example"}, Clock: clk})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "bank.example") {
		t.Errorf("another name: %v", err)
	}
	guessed, err := tlsca.Open(tlsca.Config{Folder: folder, Key: [32]byte{1}, Guesses: []string{"bank.example", "new.local", "10.1.2.3", "203.0.113.9"}, Clock: clk})
	if err != nil || strings.Join(guessed.Names(), " ") != "new.local 10.1.2.3" {
		t.Errorf("guessed names: %v, %v", guessed, err)
	}
}

// Whoever holds the authority's key still cannot pose as another site: devices
// refuse what it was not bound to.
func TestStolenAuthorityPosesAsNobodyElse(t *testing.T) {
	a := open(t, t.TempDir(), clock.NewFake(start), "ward.example")
	root, err := x509.ParseCertificate(a.Root())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		ip   net.IP
	}{{name: "bank.example"}, {ip: net.IPv4(203, 0, 113, 9)}} {
		forged := tlsca.Forge(a, c.name, c.ip)
		host := c.name
		if host == "" {
			host = c.ip.String()
		}
		if _, err := forged.Verify(x509.VerifyOptions{Roots: pool(t, a.Root()), DNSName: host, CurrentTime: start}); err == nil {
			t.Errorf("a stolen authority poses as %s", host)
		}
	}
	if fine := tlsca.Forge(a, "ward.example", nil); fine != nil {
		if _, err := fine.Verify(x509.VerifyOptions{Roots: pool(t, a.Root()), DNSName: "ward.example", CurrentTime: start}); err != nil {
			t.Errorf("the control is refused too: %v", err)
		}
	}
	if !root.PermittedDNSDomainsCritical || !root.MaxPathLenZero {
		t.Error("the bounds may be overlooked")
	}
}

func TestAuthorityKeyIsSealed(t *testing.T) {
	folder, clk := filepath.Join(t.TempDir(), "tls"), clock.NewFake(start)
	a := open(t, folder, clk, "ward.example")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	secret := tlsca.PlainKey(a)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v (%v)", e.Name(), info.Mode(), err)
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil || bytes.Contains(content, secret[8:]) || bytes.Contains(content, []byte("PRIVATE KEY")) {
			t.Errorf("%s holds the key in the clear (%v)", e.Name(), err)
		}
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v", info.Mode())
	}
	if _, err := tlsca.Open(tlsca.Config{Folder: folder, Key: [32]byte{2}, Clock: clk}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another key-encryption key: %v", err)
	}
	if err := os.Remove(filepath.Join(folder, "authority.key.sealed")); err != nil {
		t.Fatal(err)
	}
	if _, err := tlsca.Open(tlsca.Config{Folder: folder, Key: [32]byte{1}, Clock: clk}); !fault.Is(err, fault.Conflict) {
		t.Errorf("without its key: %v", err)
	}
}

// A renewed certificate is served without a restart; a broken one is not.
func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	folder, clk, log := t.TempDir(), clock.NewFake(start), &bytes.Buffer{}
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	first := put(t, cert, key, start)
	f, err := tlsca.Read(cert, key, clk, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	port := serve(t, f.Certificate)
	serves := func(want []byte, when string) {
		t.Helper()
		if got, err := visit(t, port, "ward.example", want, start); err != nil || !bytes.Equal(got.Raw, want) {
			t.Errorf("%s another certificate is served (%v)", when, err)
		}
	}
	serves(first, "at first")
	second := put(t, cert, key, start.Add(time.Hour))
	serves(first, "before a look")
	clk.Advance(time.Minute)
	serves(second, "after a look")
	if err := os.WriteFile(key, []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	clk.Advance(time.Minute)
	serves(second, "after a broken renewal")
	if !strings.Contains(log.String(), "the former one stays in use") {
		t.Errorf("nobody is told: %s", log)
	}
	if _, err := tlsca.Read(cert, key, clk, slog.Default()); !fault.Is(err, fault.Invalid) {
		t.Errorf("a start with a broken pair: %v", err)
	}
}

// put writes a self-signed pair, as if at an instant, and returns it.
func put(t *testing.T, cert, key string, at time.Time) []byte {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(at.Unix()), Subject: pkix.Name{CommonName: "ward.example"}, DNSNames: []string{"ward.example"},
		NotBefore: start.Add(-time.Hour), NotAfter: start.AddDate(0, 1, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return der
}
