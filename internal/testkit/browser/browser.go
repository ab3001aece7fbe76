// Package browser drives a real Chromium for tests: pages at a given width and
// theme, what the console said, accessibility rules, overflow, pictures.
//
// It promises a fresh profile per Start and no browser left behind. Where
// Chromium is missing, Start answers false and says so; with
// TRUEWARD_REQUIRE_ALL=1 that is a failure instead.
package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long one step may take before the test gives up on it. It is
// far beyond what any step needs: a busy machine must not fail a test.
const patience = 60 * time.Second

// Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// Start runs Chromium with a fresh profile until the test ends. Flags are
// further command line switches, such as a fake camera's.
func Start(t testing.TB, flags map[string]string) (*Browser, bool) {
	t.Helper()
	program, ok := find()
	if !ok {
		missing(t, "Chromium")
		return nil, false
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()),
	}
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "hide-scrollbars"} {
		opts = append(opts, chromedp.Flag(name, true))
	}
	for name, value := range flags {
		if value == "" {
			opts = append(opts, chromedp.Flag(name, true))
			continue
		}
		opts = append(opts, chromedp.Flag(name, value))
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the program is gone, so that its profile can be removed
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return &Browser{ctx: ctx}, true
}

func find() (string, bool) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

// missing reports an outside thing that is not there: a failure when everything
// is required, otherwise a line that says what was not judged.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("TRUEWARD_REQUIRE_ALL") == "1" {
		t.Fatalf("%s is missing; make setup installs it", what)
	}
	t.Logf("not judged: %s is missing", what)
}

// Page is one tab and what it said.
type Page struct {
	ctx   context.Context
	mu    sync.Mutex
	said  []string
	typed float64 // stamp of the last key in seconds since 1970, see Keys
}

// Look says how a page is looked at.
type Look struct {
	Width, Height int64 // 390 × 844 when zero
	Dark          bool  // what the device prefers
	Touch         bool
}

// Open opens an address in a new tab and waits until it has loaded.
func (b *Browser) Open(t testing.TB, url string, look Look) *Page {
	t.Helper()
	p := b.Blank(t, look)
	p.Do(t, chromedp.Navigate(url))
	return p
}

// Blank opens an empty tab, whose console is heard from the start.
func (b *Browser) Blank(t testing.TB, look Look) *Page {
	t.Helper()
	if look.Width == 0 {
		look.Width, look.Height = 390, 844
	}
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	p := &Page{ctx: ctx}
	p.listen()
	p.Look(t, look)
	return p
}

// step bounds what one step may take.
func (p *Page) step() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

// listen gathers warnings and errors of the console; refusals by the content
// security policy are among them.
func (p *Page) listen() {
	messages := chromedp.Console(p.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleLog || m.Type == "info" || m.Type == "debug" || m.Type == "verbose" {
				continue
			}
			p.mu.Lock()
			p.said = append(p.said, m.String())
			p.mu.Unlock()
		}
	}()
}

// Said returns the warnings and errors of the console so far.
func (p *Page) Said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.said...)
}

// Do runs steps and fails the test when one fails.
func (p *Page) Do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, stop := p.step()
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// Eval computes a JavaScript expression, awaiting a promise.
func Eval[T any](t testing.TB, p *Page, expression string) T {
	t.Helper()
	ctx, stop := p.step()
	defer stop()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", clip(expression), err)
	}
	return value
}

// WaitFor waits until a JavaScript expression holds, also across a change of
// page, which ends what was being asked of the page before. It asks again and
// again from outside: a page that draws no frames answers too.
func (p *Page) WaitFor(t testing.TB, expression string) {
	t.Helper()
	ctx, stop := p.step()
	defer stop()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && holds {
			return
		}
		if ctx.Err() != nil || (err != nil && !leaving(err)) {
			t.Fatalf("never true: %s (%v; console: %v; %s)", clip(expression), err, p.Said(), p.where())
		}
		select {
		case <-ctx.Done():
		case <-time.After(askAgain):
		}
	}
}

// askAgain is how often a page is asked whether what is waited for holds.
const askAgain = 25 * time.Millisecond

// leaving reports whether a page could not be asked because another was on its
// way; one without a body cannot be read either.
func leaving(err error) bool {
	for _, sign := range []string{"navigated", "Cannot find context", "context was destroyed", "of null"} {
		if strings.Contains(err.Error(), sign) {
			return true
		}
	}
	return false
}

// where says which page stands there when a step has failed, and what it says.
func (p *Page) where() string {
	ctx, stop := p.step()
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.hash + " says " + document.querySelector("main, body")?.innerText.replace(/\s+/g, " ").slice(0, 2000)`))
	if err != nil {
		return "the page does not answer: " + err.Error()
	}
	return text
}

func clip(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}

// Picture writes the whole page as a PNG file. The window is made as tall as the
// page first: capturing beyond the window shows some parts in a stale state.
func (p *Page) Picture(t testing.TB, path string) {
	t.Helper()
	size := Eval[[2]int64](t, p, "[innerWidth, document.documentElement.scrollHeight]")
	p.Do(t, chromedp.EmulateViewport(size[0], size[1]))
	Eval[bool](t, p, painted)
	p.capture(t, path)
}

// root is the folder that holds go.mod.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Shot writes what the window shows now, as a PNG file.
func (p *Page) Shot(t testing.TB, path string) {
	t.Helper()
	Eval[bool](t, p, painted)
	p.capture(t, path)
}

func (p *Page) capture(t testing.TB, path string) {
	t.Helper()
	ctx, stop := p.step()
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
