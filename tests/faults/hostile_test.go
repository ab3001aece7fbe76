package faults_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"trueward/web/route"
)

// nowhere is an id that no row has.
const nowhere = "0197f3d0-0000-7000-8000-000000000000"

// TestForeignFieldsChangeNothing is row 51: whoever adds fields of others'
// competence to a form is refused, and nothing changes.
func TestForeignFieldsChangeNothing(t *testing.T) {
	h := newHouse(t)
	unit := string(h.Stents(1)[0])
	people := map[string]guest{"nurse": h.enter(h.Amy), "rep": h.enter(h.Rob)}
	if got := people["nurse"].post("/cases", url.Values{"place": {string(h.Room)}}); got.status != http.StatusSeeOther {
		t.Fatalf("opening a case answers %d", got.status)
	}
	before := h.facts()
	tried := 0
	for _, r := range h.p.Web.Routes() {
		if !r.ChangesState || r.RawBody || strings.HasPrefix(r.Name, "sign-") {
			continue
		}
		for who, g := range people {
			for _, field := range []string{"role", "vendor_id", "hospital_id", "owner_id", "price", "net_minor", "verdict", "is_admin"} {
				got := g.post(strings.ReplaceAll(filled(r.Path), ":id", unit), url.Values{field: {"admin"}})
				if got.status < 400 || got.status >= 500 {
					t.Errorf("%s with the field %s from the %s: %d", r.Name, field, who, got.status)
				}
				tried++
			}
		}
	}
	if after := h.facts(); after != before {
		t.Error("a request with a foreign field changed something")
	}
	if got := people["nurse"].post("/units/"+unit+"/use", url.Values{}); got.status != http.StatusSeeOther || h.facts() == before {
		t.Errorf("without the foreign field a use answers %d: the test proves nothing", got.status)
	}
	if tried < 200 {
		t.Errorf("only %d requests were tried", tried)
	}
}

// filled puts an id that no row has into every parameter of a path but ":id".
func filled(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") && part != ":id" {
			parts[i] = nowhere
		}
	}
	return strings.Join(parts, "/")
}

// injections end a text literal, add a condition, a statement or a wait.
var injections = []string{
	`' OR '1'='1`, `' OR 1=1 --`, `x' UNION SELECT password_hash FROM people --`, `'; DELETE FROM units; --`, `" OR ""="`,
	`') OR ('1'='1`, `1 OR 1=1`, `%' OR serial LIKE '%`, `\' OR 1=1 --`, `' || (SELECT email FROM people LIMIT 1) || '`,
}

// TestInjectionFindsNothing is row 55: no parameter of any route reaches a
// statement as anything but a value.
func TestInjectionFindsNothing(t *testing.T) {
	h := newHouse(t)
	h.Stents(3)
	guests := []guest{h.enter(h.Amy), h.enter(h.Rob), h.visitor()}
	before := h.facts()
	tried := 0
	for _, g := range guests {
		for _, r := range h.p.Web.Routes() {
			if r.RawBody || r.Stream || strings.HasPrefix(r.Name, "sign-out") {
				continue
			}
			for _, p := range r.Params {
				for _, payload := range injections {
					tried++
					if found := h.inject(g, r, p, payload); found != "" {
						t.Errorf("%s %s, %s = %q: %s", r.Method, r.Name, p.Name, payload, found)
					}
				}
			}
		}
	}
	after := h.facts()
	for _, line := range append(added(before, after), added(after, before)...) {
		t.Errorf("an injection changed %s", line)
	}
	if tried < 500 {
		t.Errorf("only %d requests were tried", tried)
	}
	h.findTwin(t)
}

// added lists the lines that one text has and another has not.
func added(before, after string) (out []string) {
	known := map[string]bool{}
	for line := range strings.Lines(before) {
		known[line] = true
	}
	for line := range strings.Lines(after) {
		if !known[line] {
			out = append(out, line)
		}
	}
	return out
}

// inject sends a payload as one parameter and says what is wrong with the
// answer, if anything.
func (h *house) inject(g guest, r route.Route, p route.Param, payload string) string {
	h.t.Helper()
	path, values := strings.ReplaceAll(filled(r.Path), ":id", nowhere), url.Values{}
	switch p.In {
	case route.InPath:
		path = strings.Replace(r.Path, ":"+p.Name, url.PathEscape(payload), 1)
		path = strings.ReplaceAll(filled(path), ":id", nowhere)
	case route.InQuery:
		path += "?" + url.Values{p.Name: {payload}}.Encode()
	case route.InForm:
		values.Set(p.Name, payload)
	}
	if r.Method == http.MethodGet {
		return suspicious(g.get(path))
	}
	return suspicious(g.post(path, values))
}

// suspicious says what an answer to an injection must not show: a failure, the
// words of a database, or rows that nothing asked for.
func suspicious(got reply) string {
	lower := strings.ToLower(got.body)
	switch {
	case got.status >= 500:
		return fmt.Sprintf("answers %d", got.status)
	case strings.Contains(lower, "syntax error"), strings.Contains(lower, "sqlite"), strings.Contains(lower, "argon2id$"):
		return "shows the database's words"
	case strings.Contains(got.body, "SN00001") && strings.Contains(got.body, "SN00002"):
		return "shows rows"
	}
	return ""
}

// findTwin sends the same to a page that builds its statement from text.
func (h *house) findTwin(t *testing.T) {
	t.Helper()
	raw := openRaw(t, plan{SQLitePath: h.folder + "/trueward.db"})
	defer raw.Close()
	twin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rows, err := raw.Query(`SELECT serial FROM units WHERE serial = '` + r.URL.Query().Get("q") + `'`)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, collect(t, rows))
	}))
	defer twin.Close()
	found := 0
	for _, payload := range injections {
		response, err := http.Get(twin.URL + "/?" + url.Values{"q": {payload}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if suspicious(readReply(t, response)) != "" {
			found++
		}
	}
	if found < 4 {
		t.Errorf("%d of %d injections are found in a page that is open to them: the test proves nothing", found, len(injections))
	}
}

// climbs lead out of a folder where a server lets them.
var climbs = []string{
	"../go.mod", "../../go.mod", "../../../../../../etc/passwd", "..%2f..%2fgo.mod", "%2e%2e/%2e%2e/go.mod", "%2e%2e%2f%2e%2e%2fgo.mod",
	"..%5c..%5cgo.mod", "....//....//go.mod", "css/../../go.mod", "css/%2e%2e/%2e%2e/go.mod", "%252e%252e%252fgo.mod", "/etc/passwd",
	"..;/go.mod", "css/..%00/go.mod", "static.go", "../static/static.go",
}

// TestPathsStayInside is row 62: nothing outside the served files is read,
// however a path is spelt.
func TestPathsStayInside(t *testing.T) {
	h := newHouse(t)
	for _, g := range []guest{h.visitor(), h.enter(h.Amy)} {
		for _, folder := range []string{"/static/", "/", "/units/", "/invoices/"} {
			for _, climb := range climbs {
				if got := g.send(spelt(t, h.server.URL, folder+climb)); leaked(got) || got.status >= 500 {
					t.Errorf("%s%s answers %d: %.80s", folder, climb, got.status, got.body)
				}
			}
		}
	}
	twin := httptest.NewServer(climbable(t))
	defer twin.Close()
	if !leaked(h.visitor().send(spelt(t, twin.URL, "/static/../go.mod"))) {
		t.Error("a server that lets paths climb is not found: the test proves nothing")
	}
}

// climbable joins what it is asked for to a folder, as no server should.
func climbable(t *testing.T) http.HandlerFunc {
	t.Helper()
	folder := t.TempDir()
	if err := os.Mkdir(folder+"/static", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/go.mod", []byte("module trueward\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		content, err := os.ReadFile(folder + r.URL.Path)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(content)
	}
}

// spelt is a request for a path exactly as it is spelt.
func spelt(t *testing.T, server, path string) *http.Request {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, server, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.URL.Opaque = strings.TrimPrefix(server, "http:") + path
	return request
}

func leaked(got reply) bool {
	return strings.Contains(got.body, "module trueward") || strings.Contains(got.body, "root:") || strings.Contains(got.body, "package static")
}
