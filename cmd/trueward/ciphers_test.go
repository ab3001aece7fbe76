package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// accepted returns the suites of TLS 1.2 that a server speaks.
func accepted(t *testing.T, config *tls.Config) (out []uint16) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.TLS = config
	server.StartTLS()
	defer server.Close()
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			continue
		}
		conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{
			InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}, //nolint:gosec // the server's own certificate
		})
		if err == nil {
			_ = conn.Close()
			out = append(out, suite.ID)
		}
	}
	return out
}

// weak are suites without forward secrecy or without authenticated encryption.
func weak(suites []uint16) (out []string) {
	good := secureTLS().CipherSuites
	for _, s := range suites {
		if !slices.Contains(good, s) {
			out = append(out, tls.CipherSuiteName(s))
		}
	}
	return out
}

// Row 82: of TLS 1.2 only suites with forward secrecy and authenticated
// encryption are spoken.
func TestWeakCiphersAreRefused(t *testing.T) {
	spoken := accepted(t, secureTLS())
	if len(spoken) == 0 || len(weak(spoken)) > 0 {
		t.Errorf("spoken are %d, of them weak: %v", len(spoken), weak(spoken))
	}
	// The control: a server that takes whatever there is.
	careless := &tls.Config{MinVersion: tls.VersionTLS12} //nolint:gosec // the planted fault
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		careless.CipherSuites = append(careless.CipherSuites, s.ID)
	}
	if len(weak(accepted(t, careless))) == 0 {
		t.Error("a careless server speaks no weak suite: the test finds nothing")
	}
}

// The time of each line of the log says how far it is from UTC.
func TestLogTellsItsTimeZone(t *testing.T) {
	var lines bytes.Buffer
	logFlags{LogLevel: "info", LogFormat: "json"}.logger(streams{err: &lines}).Info("stopping")
	var line struct{ Time string }
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.RFC3339Nano, line.Time); err != nil {
		t.Errorf("%q: %v", line.Time, err)
	}
}
