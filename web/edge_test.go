package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/web"
	"trueward/web/route"
)

// echoRoute answers what it was sent, as text.
func echoRoute(method, path string, params ...route.Param) route.Route {
	return route.Route{
		Method: method, Path: path, Name: "test " + method + path, Needs: route.Anonymous, Tenancy: route.None,
		ChangesState: method == http.MethodPost, Keyless: true, BodyLimit: 8 << 10, Params: params,
		Handler: func(c echo.Context) error { return c.String(http.StatusOK, "reached "+route.Value(c, "text")) },
	}
}

// Row 66 and "bad input": malformed requests are refused before the handler
// and so before the database.
func TestMalformedRequestsAreRefused(t *testing.T) {
	parts, two, three := partsOf("text", "", "a", "table", "", "pasted", "table", "t.csv", "\xefn\n1;2"), partsOf("text", "x.csv", "a"), partsOf("role", "", "a")
	h := open(t, web.Config{}, echoRoute(http.MethodPost, "/file", route.Form("text", route.Text(100)), route.Upload("table", route.Prose(100))), echoRoute(http.MethodPost, "/echo", route.Form("text", route.Text(100)), route.FormMany("n", route.Int())),
		echoRoute(http.MethodGet, "/echo", route.Query("n", route.Int()), route.Query("q", route.Text(20))),
		echoRoute(http.MethodGet, "/echo/:id", route.Path("id", route.ID())))
	form := "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, method, path, kind, body string
		want                           int
	}{
		{"plain", "POST", "/echo", form, "text=a&n=1&n=2", 200},
		{"undeclared field", "POST", "/echo", form, "text=a&role=admin", 400},
		{"doubled field", "POST", "/echo", form, "text=a&text=b", 400},
		{"foreign digits", "POST", "/echo", form, "n=" + url.QueryEscape("１２"), 400},
		{"NUL", "POST", "/echo", form, "text=a%00b", 400},
		{"bad escape", "POST", "/echo", form, "text=%zz", 400},
		{"bad UTF-8", "POST", "/echo", form, "text=%ff", 400},
		{"semicolons", "POST", "/echo", form, "text=a;n=1", 400},
		{"JSON", "POST", "/echo", "application/json", `{"text":"a"}`, 400},
		{"multipart", "POST", "/echo", "multipart/form-data; boundary=x", "--x--", 400},
		{"a file", "POST", "/file", uploaded, parts, 200},
		{"a file pasted", "POST", "/file", form, "text=a&table=b", 200},
		{"a file for another field", "POST", "/file", uploaded, two, 400},
		{"an undeclared part", "POST", "/file", uploaded, three, 400},
		{"a file that is cut off", "POST", "/file", uploaded, parts[:len(parts)-12], 400},
		{"a file where none is taken", "POST", "/echo", uploaded, partsOf("text", "", "a"), 400},
		{"too long a file", "POST", "/file", uploaded, partsOf("table", "t", strings.Repeat("a", 101)), 400},
		{"too large a file", "POST", "/file", uploaded, partsOf("table", "t", strings.Repeat("a", 9<<10)), 413},
		{"a file with NUL", "POST", "/file", uploaded, partsOf("table", "t", "a\x00"), 400},
		{"too many parts", "POST", "/file", uploaded, strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\r\n", 65) + "--x--\r\n", 400},
		{"too long a value", "POST", "/echo", form, "text=" + strings.Repeat("a", 101), 400},
		{"too large a body", "POST", "/echo", form, "text=" + strings.Repeat("a", 9<<10), 413},
		{"ten thousand fields", "POST", "/echo", form, strings.Repeat("n=1&", 1000) + "n=1", 400},
		{"plain query", "GET", "/echo?n=12", "", "", 200},
		{"undeclared query", "GET", "/echo?n=12&debug=1", "", "", 400},
		{"doubled query", "GET", "/echo?n=1&n=2", "", "", 400},
		{"long query", "GET", "/echo?q=" + strings.Repeat("a", 9<<10), "", "", 413},
		{"negative", "GET", "/echo?n=-1", "", "", 400},
		{"an id", "GET", "/echo/0197f3d0-0000-7000-8000-000000000000", "", "", 200},
		{"no id", "GET", "/echo/1", "", "", 404},
		{"traversal", "GET", "/echo/..%2f..%2fetc%2fpasswd", "", "", 404},
		{"static traversal", "GET", "/static/..%2f..%2fgo.mod", "", "", 404},
		{"absent", "GET", "/nothing", "", "", 404},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, h.url+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if c.kind != "" {
			r.Header.Set("Content-Type", c.kind)
		}
		got := h.do(t, visitor(t), r)
		if got.StatusCode != c.want || (c.want != 200 && strings.Contains(got.body, "reached")) {
			t.Errorf("%s: %d, want %d\n%.200s", c.name, got.StatusCode, c.want, got.body)
		}
		for _, leak := range []string{"SELECT", "goroutine", "/work", ".go:", "sqlite"} {
			if c.want != 200 && strings.Contains(got.body, leak) {
				t.Errorf("%s: the answer shows %q", c.name, leak)
			}
		}
	}
}

// Row 66: headers over 64 KiB.
func TestHugeHeadersAreRefused(t *testing.T) {
	h := open(t, web.Config{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Padding", strings.Repeat("a", 80<<10))
	if got := h.do(t, visitor(t), r); got.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d", got.StatusCode)
	}
}

var wantedHeaders = []string{
	"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
	"Cross-Origin-Opener-Policy", "Permissions-Policy", "X-Request-Id", "Cache-Control",
}

// Row 59: the headers are on every answer, errors and files included.
func TestEveryAnswerHasItsHeaders(t *testing.T) {
	h := open(t, web.Config{Secure: true}, panicking)
	missing := func(got answer) (out []string) {
		for _, name := range wantedHeaders {
			if got.Header.Get(name) == "" {
				out = append(out, name)
			}
		}
		return out
	}
	for _, path := range []string{"/", "/sign-in", "/nothing", "/account", "/static/icons/favicon.svg", "/static/none", "/healthz", "/panic", "/sign-in?x=1"} {
		got := h.get(t, visitor(t), path)
		if m := missing(got); len(m) > 0 {
			t.Errorf("%s (%d) lacks %v", path, got.StatusCode, m)
		}
		if got.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s does not insist on TLS", path)
		}
		if policy := got.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe-inline") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s has the policy %q", path, policy)
		}
	}
	bare := answer{Response: &http.Response{Header: http.Header{"X-Request-Id": {"1"}}}}
	if len(missing(bare)) == 0 {
		t.Fatal("the check finds nothing where nothing is set")
	}
}

// Row 58: a changing request from another site is refused.
func TestForeignRequestsAreRefused(t *testing.T) {
	h := open(t, web.Config{}, echoRoute(http.MethodPost, "/echo"))
	for _, c := range []struct {
		name, site, origin string
		want               int
	}{
		{"same origin", "same-origin", "", 200},
		{"typed by the person", "none", "", 200},
		{"own Origin", "", h.url, 200},
		{"no browser", "", "", 200},
		{"cross site", "cross-site", "", 403},
		{"sibling", "same-site", "", 403},
		{"foreign Origin", "", "https://evil.example", 403},
		{"null Origin", "", "null", 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/echo", nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if got := h.do(t, visitor(t), r); got.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.name, got.StatusCode, c.want)
		}
	}
}

var panicking = route.Route{
	Method: http.MethodGet, Path: "/panic", Name: "test panic", Needs: route.Anonymous, Tenancy: route.None,
	Handler: func(echo.Context) error { panic("secret 4711 in a panic") },
}

// Row 91: a panic is a generic 500 with a reference; the others go on.
func TestPanicIsAGenericAnswer(t *testing.T) {
	h := open(t, web.Config{}, panicking, route.Route{
		Method: http.MethodGet, Path: "/fails", Name: "test fails", Needs: route.Anonymous, Tenancy: route.None,
		Handler: func(echo.Context) error { return fmt.Errorf("no such file: /var/lib/secret.db") },
	})
	for _, path := range []string{"/panic", "/fails"} {
		got := h.get(t, visitor(t), path)
		if got.StatusCode != http.StatusInternalServerError || strings.Contains(got.body, "4711") || strings.Contains(got.body, "secret.db") {
			t.Errorf("%s: %d\n%s", path, got.StatusCode, got.body)
		}
		if id := got.Header.Get("X-Request-Id"); id == "" || !strings.Contains(got.body, id) || !strings.Contains(h.log.String(), id) {
			t.Errorf("%s: the reference %q is not on the page and in the log\n%s\n%s", path, id, got.body, h.log)
		}
	}
	if strings.Contains(h.log.String(), "4711") {
		t.Error("the value of a panic reached the log")
	}
	if got := h.get(t, visitor(t), "/healthz"); got.StatusCode != http.StatusOK {
		t.Errorf("after a panic: %d", got.StatusCode)
	}
	if figures := h.get(t, visitor(t), "/metrics"); !strings.Contains(figures.body, "trueward_panics_total 1") {
		t.Error("the panic is not counted")
	}
}

// Rows 57 and 79: nothing that was sent reaches the log.
func TestLogHoldsNothingThatWasSent(t *testing.T) {
	h := open(t, web.Config{})
	h.person(t, access.Hospital, "amy.canary@holm.example", access.Nurse)
	client := h.enter(t, "amy.canary@holm.example")
	h.get(t, client, "/account")
	h.get(t, client, "/sign-in?next=%2Fcanary")
	h.get(t, client, "/welcome/canary-token")
	h.get(t, client, "/canary%0d%0aInjected:%20line")
	h.post(t, client, "/sign-in", url.Values{"email": {"canary"}, "password": {"canary"}})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Request-Id", "canary")
	r.Header.Set("User-Agent", "canary")
	h.do(t, client, r)
	log := h.log.String()
	if n := strings.Count(log, "canary"); n > 0 {
		t.Errorf("%d canaries in the log:\n%s", n, log)
	}
	if !strings.Contains(log, `"route":"welcome"`) || !strings.Contains(log, `"status":200`) {
		t.Errorf("the log does not tell routes and statuses:\n%s", log)
	}
	for _, line := range strings.Split(strings.TrimSpace(log), "\n") {
		if !strings.HasPrefix(line, "{") || !strings.HasSuffix(line, "}") {
			t.Errorf("a line was split: %q", line)
		}
	}
}

// A ward behind one address is not stopped by the address's limit; one person
// who goes wild is.
func TestLimitsSlowAPersonNotAWard(t *testing.T) {
	h := open(t, web.Config{})
	h.person(t, access.Hospital, "wild@holm.example", access.Nurse)
	h.person(t, access.Hospital, "calm@holm.example", access.Nurse)
	wild, calm := h.enter(t, "wild@holm.example"), h.enter(t, "calm@holm.example")
	slowed := 0
	for range 200 {
		if h.get(t, wild, "/account").StatusCode == http.StatusTooManyRequests {
			slowed++
		}
	}
	if slowed != 50 { // the clock stands still, so 150 pass
		t.Errorf("%d of 200 were slowed, want 50", slowed)
	}
	if got := h.get(t, calm, "/account"); got.StatusCode != http.StatusOK {
		t.Errorf("a colleague behind the same address: %d", got.StatusCode)
	}
}

// Row 50: whoever is not signed in reaches the allow-list and nothing else.
func TestNobodyReachesOnlyTheAllowList(t *testing.T) {
	h := open(t, web.Config{})
	allowed := map[string]bool{
		"static": true, "start": true, "sign-in": true, "sign-in.enter": true, "sign-out": true,
		"welcome": true, "welcome.accept": true, "health": true, "ready": true, "metrics": true, "reports.csp": true,
		"workstation": true, "workstation.tap": true,
	}
	for _, r := range h.web.Routes() {
		if (r.Needs == route.Anonymous) != allowed[r.Name] {
			t.Errorf("%s (%s %s) needs %q", r.Name, r.Method, r.Path, r.Needs)
		}
		if r.Needs == route.Anonymous {
			continue
		}
		path := strings.ReplaceAll(r.Path, ":id", "0197f3d0-0000-7000-8000-000000000000")
		var got answer
		if r.Method == http.MethodGet {
			got = h.get(t, visitor(t), path)
		} else {
			got = h.post(t, visitor(t), path, url.Values{route.KeyField: {route.NewKey()}})
		}
		toSignIn := got.StatusCode == http.StatusSeeOther && strings.HasPrefix(got.Header.Get("Location"), web.SignInPath)
		if got.StatusCode != http.StatusUnauthorized && !toSignIn {
			t.Errorf("nobody gets %d from %s", got.StatusCode, r.Name)
		}
	}
}

func TestChangingFormsCarryAKey(t *testing.T) {
	h := open(t, web.Config{})
	h.person(t, access.Hospital, "boss@holm.example", access.Admin)
	client := h.enter(t, "boss@holm.example")
	form := url.Values{"name": {"Amy"}, "email": {"amy@holm.example"}, "roles": {"nurse"}}
	if got := h.post(t, client, "/people", form); got.StatusCode != http.StatusBadRequest {
		t.Errorf("without a key: %d", got.StatusCode)
	}
	form.Set(route.KeyField, route.NewKey())
	first := h.post(t, client, "/people", form)
	if first.StatusCode != http.StatusOK || !strings.Contains(first.body, "/welcome/") {
		t.Fatalf("an invitation: %d\n%s", first.StatusCode, first.body)
	}
	if again := h.post(t, client, "/people", form); again.StatusCode != http.StatusOK || strings.Contains(again.body, "/welcome/") {
		t.Errorf("the same again: %d", again.StatusCode)
	}
	form.Set("name", "Eve")
	if other := h.post(t, client, "/people", form); other.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another body under the same key: %d", other.StatusCode)
	}
}

// Every handler on the mux comes from the registry.
func TestOnlyTheRegistryIsOnTheMux(t *testing.T) {
	h := open(t, web.Config{})
	declared := map[string]bool{}
	for _, r := range h.web.Routes() {
		declared[r.Method+" "+r.Path] = true
		if r.Method == http.MethodGet {
			declared["HEAD "+r.Path] = true
		}
	}
	undeclared := func(mounted []*echo.Route) (out []string) {
		for _, r := range mounted {
			if url := r.Method + " " + r.Path; !declared[url] {
				out = append(out, url)
			}
		}
		return out
	}
	if extra := undeclared(h.web.Mounted()); len(extra) > 0 {
		t.Errorf("undeclared: %v", extra)
	}
	planted := append(h.web.Mounted(), &echo.Route{Method: "GET", Path: "/debug/pprof"})
	if len(undeclared(planted)) != 1 {
		t.Fatal("a planted route is not found")
	}
	if _, err := web.New(web.Config{}, []route.Route{{Method: "GET", Path: "/x", Name: "x", Handler: func(echo.Context) error { return nil }}}); err == nil {
		t.Error("an entry without verb and tenancy is mounted")
	}
}

// Probes answer machines; figures are for the machine itself.
func TestProbes(t *testing.T) {
	h := open(t, web.Config{})
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if got := h.get(t, visitor(t), path); got.body != want {
			t.Errorf("%s: %d %q", path, got.StatusCode, got.body)
		}
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, h.url+web.CSPReportPath,
		strings.NewReader(`{"csp-report":{"effective-directive":"script-src","document-uri":"http://x/welcome/secret"}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/csp-report")
	if got := h.do(t, visitor(t), r); got.StatusCode != http.StatusNoContent {
		t.Errorf("a report: %d", got.StatusCode)
	}
	if log := h.log.String(); !strings.Contains(log, `"directive":"script-src"`) || strings.Contains(log, "welcome/secret") {
		t.Errorf("the report's log: %s", log)
	}
}

const uploaded = "multipart/form-data; boundary=x"

// partsOf writes a form in parts from names, names of files (empty for a plain
// field) and contents.
func partsOf(fields ...string) string {
	var b strings.Builder
	for i := 0; i+2 < len(fields); i += 3 {
		b.WriteString("--x\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"")
		if fields[i+1] != "" {
			b.WriteString("; filename=\"" + fields[i+1] + "\"")
		}
		b.WriteString("\r\n\r\n" + fields[i+2] + "\r\n")
	}
	return b.String() + "--x--\r\n"
}
