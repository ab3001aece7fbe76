package browser_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"trueward/internal/testkit/browser"
	"trueward/static"
	"trueward/web/route"
)

// planted are pages with one fault each, by the words with which it must be
// reported; sound is a page with none.
var planted = map[string]string{
	"color-contrast":               `<p class="pale">Hardly to be read</p>`,
	"label:":                       `<form><input type="text" name="lot"></form>`,
	"overflow: page":               `<div class="wide">Far beyond a phone</div>`,
	"overflow: cut off":            `<div class="short">Thisisalongwordthatdoesnotfit</div>`,
	"small target":                 `<button class="btn tiny">Use</button>`,
	"Content Security Policy":      `<p id="inline" style="color: red">Coloured by hand</p>`,
	"console: error: something":    `<script src="/complain.js"></script>`,
	"console: exception":           `<script src="/throw.js"></script>`,
	"Failed to load resource":      `<img src="/missing.png" alt="A picture that is not there">`,
	"page-has-heading-one":         `<!-- no heading -->`,
	"landmark-one-main":            `<!-- no main -->`,
	"small target: button.btn btn": `<button class="btn btn-primary low">Confirm</button>`,
}

const styles = `html { color-scheme: light } body { margin: 0; color: #111; background: #fff; font: 18px sans-serif }
.pale { color: #ccc } .wide { width: 2000px } .short { width: 40px; overflow: hidden } .tiny { height: 20px } .low { height: 44px }`

// page wraps a fault in a page that is sound otherwise.
func page(fault string) string {
	heading, open, end := "<h1>A page</h1>", "<main>", "</main>"
	if strings.Contains(fault, "no heading") {
		heading = ""
	}
	if strings.Contains(fault, "no main") {
		open, end = "", ""
	}
	return `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head><body>` +
		open + heading + fault + end + `</body></html>`
}

// TestPlantedFaults shows that each check of TestEveryPage finds the fault it
// is there for, and none on a sound page.
func TestPlantedFaults(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	mux := http.NewServeMux()
	files := map[string][2]string{
		"/style.css": {"text/css", styles}, "/complain.js": {"text/javascript", `console.error("something is wrong")`},
		"/throw.js": {"text/javascript", `throw new Error("a script broke")`},
	}
	for path, file := range files {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", file[0])
			_, _ = w.Write([]byte(file[1]))
		})
	}
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", static.Policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page(planted[r.URL.Query().Get("fault")])))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	open := func(t *testing.T, fault string) *browser.Page {
		p := b.Blank(t, looks[0])
		p.Go(t, server.URL+"/page?fault="+strings.ReplaceAll(fault, " ", "+"))
		return p
	}
	look := func(t *testing.T, fault string) []string { return open(t, fault).Faults(t) }
	t.Run("sound", func(t *testing.T) {
		for _, fault := range look(t, "") {
			t.Errorf("found on a sound page: %s", fault)
		}
	})
	t.Run("recoloured", func(t *testing.T) {
		if found := strings.Join(open(t, "color-contrast").Recoloured(t), "\n"); !strings.Contains(found, "color-contrast") {
			t.Errorf("a pale text was not found: %q", found)
		}
	})
	for words := range planted {
		t.Run(words, func(t *testing.T) {
			if found := look(t, words); !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, words) }) {
				t.Errorf("not found; instead: %q", found)
			}
		})
	}
}

// TestUnseenPage shows that a page nobody met is named.
func TestUnseenPage(t *testing.T) {
	w := &walk{seen: map[string]bool{"case": true}}
	routes := []route.Route{
		{Method: http.MethodGet, Name: "case", Path: "/cases/:id"}, {Method: http.MethodGet, Name: "forgotten", Path: "/forgotten"},
		{Method: http.MethodPost, Name: "case.open", Path: "/cases"}, {Method: http.MethodGet, Name: "live", Path: "/live"},
	}
	if got := w.unseen(routes); !slices.Equal(got, []string{"forgotten (/forgotten)"}) {
		t.Errorf("unseen: %v", got)
	}
}
