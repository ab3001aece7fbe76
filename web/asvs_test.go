package web_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/web"
	"trueward/web/route"
)

// whence answers where a request comes from, as the server sees it.
var whence = route.Route{
	Method: http.MethodGet, Path: "/whence", Name: "test whence", Needs: route.Anonymous, Tenancy: route.None,
	Handler: func(c echo.Context) error { return c.String(http.StatusOK, route.Of(c).Address) },
}

// Where a request comes from is told by the connection; of headers only those
// that a named proxy has added are believed, and of those the last.
func TestForwardedAddressesAreAProxysAlone(t *testing.T) {
	for name, c := range map[string]struct {
		proxies, sent string
		want          string
	}{
		"nobody's header":        {"", "198.51.100.7", "127.0.0.1"},
		"another proxy's":        {"10.0.0.0/8", "198.51.100.7", "127.0.0.1"},
		"our proxy's":            {"127.0.0.0/8", "198.51.100.7", "198.51.100.7"},
		"made up before it":      {"127.0.0.0/8", "203.0.113.1, 198.51.100.7", "198.51.100.7"},
		"two proxies of ours":    {"127.0.0.0/8,10.0.0.0/8", "198.51.100.7, 10.0.0.9", "198.51.100.7"},
		"no address":             {"127.0.0.0/8", "evil", "127.0.0.1"},
		"no address before ours": {"127.0.0.0/8,10.0.0.0/8", "evil, 10.0.0.9", "10.0.0.9"},
	} {
		var proxies []netip.Prefix
		for text := range strings.SplitSeq(c.proxies, ",") {
			if text != "" {
				proxies = append(proxies, netip.MustParsePrefix(text))
			}
		}
		h := open(t, web.Config{Proxies: proxies}, whence)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/whence", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip", "Cf-Connecting-Ip"} {
			r.Header.Set(header, c.sent)
		}
		got := h.do(t, visitor(t), r)
		if got.body != c.want && (c.want != "127.0.0.1" || got.body != "::1") {
			t.Errorf("%s: %s, want %s", name, got.body, c.want)
		}
	}
}

// What comes in is decoded once: what looks encoded after that is data.
func TestInputIsDecodedOnce(t *testing.T) {
	query := echoRoute(http.MethodGet, "/said", route.Query("q", route.Text(40)))
	query.Handler = func(c echo.Context) error { return c.String(http.StatusOK, route.QueryValue(c, "q")) }
	h := open(t, web.Config{}, query, echoRoute(http.MethodPost, "/echo", route.Form("text", route.Text(40))))
	if got := h.get(t, visitor(t), "/said?q=%2541%252f%26lt%3B"); got.body != "%41%2f&lt;" {
		t.Errorf("a query is read as %q", got.body)
	}
	if got := h.post(t, visitor(t), "/echo", url.Values{"text": {"%00%2e%2e&amp;"}}); got.body != "reached %00%2e%2e&amp;" {
		t.Errorf("a form is read as %q", got.body)
	}
	for _, path := range []string{"/%73aid%253Fq=1", "/%2573aid", "/%252e%252e/said"} {
		if got := h.get(t, visitor(t), path); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

// A file is a text by its name and by its content; its name is not used.
func TestFilesAreTextsByNameAndContent(t *testing.T) {
	h := open(t, web.Config{}, echoRoute(http.MethodPost, "/file", route.Upload("text", route.Prose(200))))
	for _, c := range []struct {
		name, content string
		want          int
	}{
		{"t.csv", "a", 200}, {"T.CSV", "a", 200}, {"t", "a", 200}, {"../../etc/passwd.txt", "a", 200}, {"a;b=c.csv", "a", 200},
		{"t.exe", "a", 400}, {"t.csv.html", "a", 400}, {"t.svg", "<svg/>", 400}, {"t.xlsx", "PK\x03\x04", 400}, {"t.zip", "a", 400},
		{"t.csv", "PK\x03\x04\x00\x00", 400}, {"t.csv", "%PDF-1.7\n\x00", 400}, {"t.csv", "\x7fELF\x00", 400},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/file", strings.NewReader(partsOf("text", c.name, c.content)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", uploaded)
		if got := h.do(t, visitor(t), r); got.StatusCode != c.want || strings.Contains(got.body, "passwd") {
			t.Errorf("%s of %q: %d\n%s", c.name, c.content, got.StatusCode, got.body)
		}
	}
}

// What is refused stands in the log: wrong passwords, what roles do not
// include, requests of other sites, malformed ones and too many of them, each
// by route and time, with who it was; so does what was let in.
func TestRefusalsAreLogged(t *testing.T) {
	away := echoRoute(http.MethodPost, "/away")
	away.Handler = func(c echo.Context) error {
		return route.Redirect(c, "/sign-in", route.Flash{Kind: "error", Text: "No."})
	}
	h := open(t, web.Config{}, echoRoute(http.MethodPost, "/echo", route.Form("text", route.Text(9))), away)
	h.person(t, access.Hospital, "amy@holm.example", access.Nurse)
	amy := h.enter(t, "amy@holm.example")
	foreign, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	for name, c := range map[string]struct {
		do   func() answer
		want []string
	}{
		"a right password": {func() answer {
			return h.post(t, visitor(t), "/sign-in", url.Values{"email": {"amy@holm.example"}, "password": {password}})
		}, []string{`"route":"sign-in.enter"`, `"status":303`, `"actor":"nobody"`}},
		"a wrong password": {func() answer {
			return h.post(t, visitor(t), "/sign-in", url.Values{"email": {"amy@holm.example"}, "password": {"wrong"}})
		}, []string{`"route":"sign-in.enter"`, `"status":401`}},
		"a role that lacks it":   {func() answer { return h.get(t, amy, "/people") }, []string{`"route":"people"`, `"status":403`}},
		"nobody signed in":       {func() answer { return h.get(t, visitor(t), "/people") }, []string{`"route":"people"`, `"actor":"nobody"`}},
		"another site's request": {func() answer { return h.do(t, visitor(t), foreign) }, []string{`"status":403`}},
		"a malformed one":        {func() answer { return h.post(t, visitor(t), "/echo", url.Values{"role": {"admin"}}) }, []string{`"status":400`}},
		"a refusal elsewhere":    {func() answer { return h.post(t, visitor(t), "/away", nil) }, []string{`"status":303`, `"refused":true`}},
	} {
		before := len(h.log.String())
		c.do()
		line := h.log.String()[before:]
		for _, want := range append(c.want, `"time":"`, `"request":"`) {
			if !strings.Contains(line, want) {
				t.Errorf("%s: the log lacks %s: %s", name, want, line)
			}
		}
		if name == "a role that lacks it" && strings.Contains(line, `"actor":"nobody"`) {
			t.Errorf("the log does not tell who: %s", line)
		}
		if strings.Contains(line, "amy") || strings.Contains(line, password) {
			t.Errorf("the log tells too much: %s", line)
		}
	}
}

// Every answer with a body says what it is, and texts say that they are UTF-8.
func TestEveryAnswerSaysWhatItIs(t *testing.T) {
	h := open(t, web.Config{}, panicking)
	for _, path := range []string{"/", "/sign-in", "/nothing", "/account", "/static/icons/favicon.svg", "/static/none", "/healthz", "/readyz", "/panic", "/sign-in?x=1", "/welcome/none"} {
		got := h.get(t, visitor(t), path)
		kind := got.Header.Get("Content-Type")
		text := strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+xml") || strings.HasPrefix(kind, "application/json")
		if got.body != "" && (kind == "" || text && !strings.Contains(strings.ToLower(kind), "charset=utf-8")) {
			t.Errorf("%s (%d) says %q", path, got.StatusCode, kind)
		}
	}
}
