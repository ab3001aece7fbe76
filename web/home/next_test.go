package home

import (
	"net/url"
	"strings"
	"testing"
)

// Row 60: none of these leaves the server. A browser's reading is imitated:
// what it resolves the answer to must be this origin.
func TestNextStaysHere(t *testing.T) {
	payloads := []string{
		"", "https://evil.example", "http://evil.example/", "HTTPS://evil.example", "//evil.example", "///evil.example",
		"////evil.example", "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\t/evil.example",
		"/\n/evil.example", "\t//evil.example", " //evil.example", "/%09/evil.example", "/%2f/evil.example", "/%5cevil.example",
		"/%2F%2Fevil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@evil.example",
		"evil.example", "evil.example/", "@evil.example", "/@evil.example", "/.evil.example", "https:evil.example", "https:/evil.example",
		"http:evil.example", "//evil.example@ward", "//ward@evil.example", "/\x00/evil.example", "/\u2028/evil.example", "/\uff0fevil.example",
		"／／evil.example", "?next=//evil.example", "#//evil.example", "/..//evil.example", "/./\\evil.example", "//%65vil.example", "\r\nLocation: //evil.example",
	}
	if len(payloads) < 40 {
		t.Fatalf("only %d payloads", len(payloads))
	}
	const origin = "https://ward.example"
	base, err := url.Parse(origin + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range payloads {
		got := localPath(p)
		if !staysHere(base, got) {
			t.Errorf("%q leads to %q", p, got)
		}
	}
	if staysHere(base, "/\\evil.example") || staysHere(base, "//evil.example") || staysHere(base, "/\t/evil.example") {
		t.Fatal("the imitated browser sees no foreign host where there is one")
	}
}

// staysHere resolves as WHATWG URL parsing does where it differs from Go:
// backslashes are slashes, tabs and line breaks vanish.
func staysHere(base *url.URL, to string) bool {
	seen := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(to))
	u, err := base.Parse(seen)
	return err == nil && u.Host == base.Host && u.Scheme == base.Scheme
}

func TestNextKeepsOwnPaths(t *testing.T) {
	for in, want := range map[string]string{
		"/scan":                   "/scan",
		"/people?q=amy&after=x":   "/people?q=amy&after=x",
		"/t/profile?e=00&c=1#top": "/t/profile?e=00&c=1",
		"/find?q=a%20b":           "/find?q=a%20b",
	} {
		if got := localPath(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestOnLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "localhost:8080": true, "127.0.0.1:1": true, "[::1]:8080": true, "ward.localhost": true,
		"ward.example": false, "localhost.evil.example": false, "10.0.0.1:80": false, "": false, "[fe80::1]": false,
	} {
		if onLoopback(host) != want {
			t.Errorf("%q: want %v", host, want)
		}
	}
}
