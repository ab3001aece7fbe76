package browser_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// reader is somebody without a browser, signed in unless the address is empty.
func (h *house) reader(t *testing.T, email, password string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	t.Cleanup(c.CloseIdleConnections)
	if email == "" {
		return c
	}
	answer, err := c.PostForm(h.url+"/sign-in", url.Values{"email": {email}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || strings.HasPrefix(answer.Request.URL.Path, "/sign-in") {
		t.Fatalf("%s signs in: %s at %s", email, answer.Status, answer.Request.URL.Path)
	}
	return c
}

// read takes a page's links without drawing it: its look was held to the rules
// when somebody met it first.
func (v *visitor) read(t *testing.T, name, address string) {
	t.Helper()
	answer, err := v.reader.Get(v.url + address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if name != "404" && answer.StatusCode != http.StatusOK {
		t.Errorf("%s answers %s", name, answer.Status)
	}
	for _, link := range links.FindAllSubmatch(body, -1) {
		if to, err := answer.Request.URL.Parse(html.UnescapeString(string(link[1]))); err == nil && v.url == "http://"+to.Host {
			v.follow(to.RequestURI())
		}
	}
}

var links = regexp.MustCompile(`<a\s[^>]*?href="([^"]*)"`)
