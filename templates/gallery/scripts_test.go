package gallery

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	"trueward/internal/testkit/browser"
	"trueward/static"
	"trueward/templates/page"
)

// counter is a server that answers scans and remembers what it got: down drops
// every connection, refuse says no to every scan.
type counter struct {
	url    string
	down   atomic.Bool
	refuse atomic.Bool
	mu     sync.Mutex
	got    []map[string]string
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{}
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("POST /scan", c.scan)
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("HEAD /healthz", func(http.ResponseWriter, *http.Request) {})
	for _, s := range Screens(page.Auto, "ltr") {
		mux.Handle("GET /"+s.Name, templ.Handler(s.Body))
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.down.Load() {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Security-Policy", static.Policy)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	c.url = srv.URL
	return c
}

func (c *counter) scan(w http.ResponseWriter, r *http.Request) {
	fields := map[string]string{"hx": r.Header.Get("HX-Request")}
	for _, name := range []string{"scan", "source", "symbology", "idempotency_key"} {
		fields[name] = r.FormValue(name)
	}
	c.mu.Lock()
	c.got = append(c.got, fields)
	n := len(c.got)
	c.mu.Unlock()
	if c.refuse.Load() {
		w.WriteHeader(http.StatusUnprocessableEntity)
	}
	fmt.Fprintf(w, `<p class="answer" data-sound="good">answer %d</p>`, n)
}

func (c *counter) scans() []map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]map[string]string(nil), c.got...)
}

// settle waits until the page has loaded what it loads after its first key.
func settle(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Keys(t, "x", 0)
	pause(t, p, 400*time.Millisecond)
}

// atOnce presses keys in one task of the page, so that no timer of the page
// comes between two of them, however busy the machine is.
func atOnce(t *testing.T, p *browser.Page, text string, last string) {
	t.Helper()
	browser.Eval[bool](t, p, fmt.Sprintf(`[...%q, %q].every((key) =>
		document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})) || true)`, text, last))
}

// pause lets the browser's own clock run; what is measured is the time between
// its key events.
func pause(t *testing.T, p *browser.Page, d time.Duration) {
	t.Helper()
	browser.Eval[bool](t, p, fmt.Sprintf("new Promise((done) => setTimeout(() => done(true), %d))", d.Milliseconds()))
}

const (
	element = "]d20109506000134352172801311" + "0LT4471\u001d21SN90313A"
	answers = `document.querySelectorAll("#scan-result .answer, #dock-result .answer").length`
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestWedge(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	c := newCounter(t)
	last := func(t *testing.T, want int) map[string]string {
		t.Helper()
		scans := c.scans()
		if len(scans) != want {
			t.Fatalf("%d scans arrived, want %d: %v", len(scans), want, scans)
		}
		return scans[want-1]
	}

	t.Run("on a page without a scan box", func(t *testing.T) {
		p := b.Open(t, c.url+"/unit", browser.Look{})
		settle(t, p)
		p.Keys(t, element+"\r", 0)
		p.WaitFor(t, answers+" === 1")
		got := last(t, 1)
		if got["scan"] != element || got["source"] != "wedge" || got["symbology"] != "]d2" || got["hx"] != "true" || !uuid.MatchString(got["idempotency_key"]) {
			t.Errorf("arrived as %q", got)
		}
		// The next scan right behind it is another request with another key.
		p.Keys(t, "0109506000134352\r", 0)
		p.Keys(t, "0109506000134369\r", 0)
		p.WaitFor(t, `document.body.textContent.includes("answer 3")`)
		scans := c.scans()
		if scans[1]["scan"] != "0109506000134352" || scans[2]["scan"] != "0109506000134369" || scans[1]["idempotency_key"] == scans[2]["idempotency_key"] {
			t.Errorf("two scans in a row arrived as %v", scans[1:])
		}
	})
	t.Run("into a field that has the focus", func(t *testing.T) {
		p := b.Open(t, c.url+"/components", browser.Look{})
		settle(t, p)
		p.Do(t, chromedp.SetValue(chromedp.CSS("#ref"), "kept"), chromedp.Focus(chromedp.CSS("#ref")))
		p.Keys(t, element+"\r", 0)
		p.WaitFor(t, answers+" === 1")
		if got := last(t, 4); got["scan"] != element {
			t.Errorf("arrived as %q", got["scan"])
		}
		if got := browser.Eval[string](t, p, `document.querySelector("#ref").value`); got != "kept" {
			t.Errorf("the field holds %q, want what it held before", got)
		}
	})
	t.Run("a slow scanner without focus", func(t *testing.T) {
		p := b.Open(t, c.url+"/unit", browser.Look{})
		p.Keys(t, "LT4471", 60*time.Millisecond)
		p.Keys(t, "\r", 0)
		p.WaitFor(t, answers+" === 1")
		if got := last(t, 5); got["scan"] != "LT4471" {
			t.Errorf("arrived as %q", got["scan"])
		}
	})
	t.Run("a person is not a scanner", func(t *testing.T) {
		p := b.Open(t, c.url+"/components", browser.Look{})
		p.Do(t, chromedp.Focus(chromedp.CSS("#reason")))
		p.Keys(t, "dropped it", 90*time.Millisecond)
		p.Keys(t, "\r", 0)
		pause(t, p, 300*time.Millisecond)
		last(t, 5)
		if got := browser.Eval[string](t, p, `document.querySelector("#reason").value`); got != "dropped it\n" {
			t.Errorf("the field holds %q, want what was typed", got)
		}
	})
	t.Run("a password is never read", func(t *testing.T) {
		p := b.Open(t, c.url+"/unit", browser.Look{})
		browser.Eval[bool](t, p, `(document.querySelector("main").insertAdjacentHTML("beforeend", '<input type="password" id="secret">'), document.querySelector("#secret").focus(), true)`)
		p.Keys(t, "hunter2-hunter2\r", 0)
		pause(t, p, 300*time.Millisecond)
		last(t, 5)
		if got := browser.Eval[string](t, p, `document.querySelector("#secret").value`); got != "hunter2-hunter2" {
			t.Errorf("the password field holds %q", got)
		}
	})
	t.Run("shortcuts stay silent during a burst and work without one", func(t *testing.T) {
		p := b.Open(t, c.url+"/unit", browser.Look{Width: 1280, Height: 900})
		pause(t, p, 300*time.Millisecond) // the page is idle: shortcuts are loaded
		browser.Eval[bool](t, p, `(document.addEventListener("click", (e) => { if (e.target.closest("[data-scan-link]")) { e.preventDefault(); window.went = true; } }), true)`)
		atOnce(t, p, "s123456", "Enter")
		p.WaitFor(t, answers+" === 1")
		pause(t, p, 300*time.Millisecond)
		if browser.Eval[bool](t, p, "window.went === true") {
			t.Fatal("a burst pressed a shortcut")
		}
		p.Keys(t, "s", 0)
		p.WaitFor(t, "window.went")
	})
}

func TestTypedScan(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	c := newCounter(t)
	p := b.Open(t, c.url+"/scan", browser.Look{})
	submit := func(text string) {
		p.Do(t, chromedp.SetValue(chromedp.CSS("#scan"), text), chromedp.Click(chromedp.CSS("#scan-form .btn-primary")))
	}
	submit("09506000134352")
	p.WaitFor(t, answers+" === 1")
	if got := c.scans()[0]; got["scan"] != "09506000134352" || got["source"] != "typed" || !uuid.MatchString(got["idempotency_key"]) {
		t.Errorf("arrived as %v", got)
	}
	if got := browser.Eval[string](t, p, `document.querySelector("#scan").value`); got != "" {
		t.Errorf("the box still holds %q", got)
	}
	c.refuse.Store(true)
	submit("0950600013435X")
	p.WaitFor(t, `document.body.textContent.includes("answer 2")`)
	if got := browser.Eval[string](t, p, `document.querySelector("#scan").value`); got != "0950600013435X" {
		t.Errorf("a refused code is gone from the box: %q", got)
	}
}

// TestLostConnection: scans are kept while nothing answers. What becomes of them
// afterwards is shown over the product, in tests/browser.
func TestLostConnection(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	c := newCounter(t)
	p := b.Open(t, c.url+"/unit", browser.Look{})
	settle(t, p)
	const word = `document.querySelector("[data-pill-word]").textContent`
	p.WaitFor(t, word+` === "Online"`)
	c.down.Store(true)
	p.Keys(t, element+"\r", 0)
	p.WaitFor(t, word+` === "Offline – 1 waiting"`)
	p.Keys(t, "0109506000134352\r", 0)
	p.WaitFor(t, word+` === "Offline – 2 waiting"`)
	if n := len(c.scans()); n != 0 {
		t.Fatalf("%d scans arrived through a dropped connection", n)
	}
}

func TestSmallScripts(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	c := newCounter(t)
	t.Run("appearance", func(t *testing.T) {
		p := b.Open(t, c.url+"/unit", browser.Look{Width: 1280, Height: 900})
		p.Do(t, chromedp.Click(chromedp.CSS(".topbar .drop:not(.pill) > summary")), chromedp.Click(chromedp.CSS(`[data-theme-choice="ward-dark"]`)))
		p.WaitFor(t, `document.documentElement.dataset.theme === "ward-dark"`)
		if got := browser.Eval[string](t, p, "document.cookie"); !strings.Contains(got, page.ThemeCookie+"=ward-dark") {
			t.Errorf("cookies %q", got)
		}
		p.Do(t, chromedp.Click(chromedp.CSS(`[data-theme-choice=""]`)))
		p.WaitFor(t, `!document.documentElement.hasAttribute("data-theme") && !document.cookie.includes("ward-dark")`)
		p.Do(t, chromedp.KeyEvent("\u001b"))
		p.WaitFor(t, `!document.querySelector(".topbar .drop:not(.pill)").open`)
	})
	t.Run("undo leaves when its time is over", func(t *testing.T) {
		p := b.Open(t, c.url+"/scan", browser.Look{})
		browser.Eval[bool](t, p, `(document.querySelector("main").insertAdjacentHTML("beforeend", '<div id="short" data-undo-seconds="1"><span data-undo-left>1</span></div>'), true)`)
		p.WaitFor(t, `document.querySelector("#short").hidden && !document.querySelector("form[data-undo-seconds]").hidden`)
	})
	t.Run("a press is the same request until it succeeds", func(t *testing.T) {
		p := b.Open(t, c.url+"/components", browser.Look{})
		browser.Eval[bool](t, p, `(() => {
			document.querySelector("main").insertAdjacentHTML("beforeend", '<form id="f" hx-post="/scan" hx-target="#out"><input type="hidden" name="idempotency_key" value="first"><button id="go">Go</button></form><div id="out"></div>');
			htmx.process(document.querySelector("#f"));
			return true;
		})()`)
		c.refuse.Store(true)
		p.Do(t, chromedp.Click(chromedp.CSS("#go")))
		p.WaitFor(t, `document.querySelector("#out").textContent !== ""`)
		if got := browser.Eval[string](t, p, `document.querySelector("#f [name=idempotency_key]").value`); got != "first" {
			t.Errorf("after a refusal the key is %q", got)
		}
		c.refuse.Store(false)
		p.Do(t, chromedp.Click(chromedp.CSS("#go")))
		p.WaitFor(t, `document.querySelector("#f [name=idempotency_key]").value !== "first"`)
	})
}

// TestFirstLoad counts what a page asks for before it is painted and used.
func TestFirstLoad(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	c := newCounter(t)
	p := b.Open(t, c.url+"/unit", browser.Look{})
	loaded := browser.Eval[[]string](t, p, `performance.getEntriesByType("resource").map((e) => new URL(e.name))
		.map((u) => (u.origin === location.origin ? "" : "FOREIGN ") + u.pathname)`)
	first := 1 // the page itself
	for _, path := range loaded {
		if strings.Contains(path, "FOREIGN") {
			t.Errorf("the page asks somebody else: %s", path)
		}
		// Shortcuts, tones, what is remembered and the event stream come once the page stands.
		if !strings.Contains(path, "/keys.") && !strings.Contains(path, "/sounds.") && !strings.Contains(path, "/idb/") && path != "/live" {
			first++
		}
	}
	if first > 8 || first < 5 {
		t.Errorf("%d requests for a first load, want 5 to 8: %v", first, loaded)
	}
}
