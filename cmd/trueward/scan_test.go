package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTLSScanFindsNothing is row 82: of every version and every cipher suite
// that this machine's library can offer, the server accepts the good ones
// alone. The twin is a server that accepts what it is offered.
func TestTLSScanFindsNothing(t *testing.T) {
	server := serveIn(t, filepath.Join(t.TempDir(), "data"), "--tls", "own", "--name", "ward.example")
	address := "127.0.0.1" + server.url[strings.LastIndexByte(server.url, ':'):]
	if weak := scanTLS(t, address); len(weak) > 0 {
		t.Errorf("accepted: %q", weak)
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		if !accepts(t, address, version, nil) {
			t.Errorf("%s is not spoken", tls.VersionName(version))
		}
	}
	careless := httptest.NewUnstartedServer(nil)
	careless.TLS = &tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: allSuites()}
	careless.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of each refusal
	careless.StartTLS()
	defer careless.Close()
	found := scanTLS(t, careless.Listener.Addr().String())
	for _, planted := range []string{"TLS 1.0", "TLS 1.1", "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"} {
		if !slices.Contains(found, planted) {
			t.Errorf("the careless server's %s is not found among %q", planted, found)
		}
	}
}

func allSuites() (ids []uint16) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, s.ID)
	}
	return ids
}

// scanTLS names the old versions and the weak suites that a server accepts.
// Good are those with forward secrecy and authenticated encryption (RFC 9325,
// 4.2).
func scanTLS(t *testing.T, address string) (weak []string) {
	t.Helper()
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if accepts(t, address, version, allSuites()) {
			weak = append(weak, tls.VersionName(version))
		}
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		good := strings.HasPrefix(suite.Name, "TLS_ECDHE_") && (strings.Contains(suite.Name, "_GCM_") || strings.Contains(suite.Name, "_POLY1305_"))
		if good || !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			continue
		}
		if accepts(t, address, tls.VersionTLS12, []uint16{suite.ID}) {
			weak = append(weak, suite.Name)
		}
	}
	return weak
}

// accepts reports whether a server agrees to a version with one of the suites.
func accepts(t *testing.T, address string, version uint16, suites []uint16) bool {
	t.Helper()
	plain, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Fatal(fmt.Errorf("the server is gone: %w", err))
	}
	defer plain.Close()
	// The scan looks at what is spoken; whom to trust is another test's.
	conn := tls.Client(plain, &tls.Config{ServerName: "ward.example", InsecureSkipVerify: true, MinVersion: version, MaxVersion: version, CipherSuites: suites})
	return conn.HandshakeContext(t.Context()) == nil
}
