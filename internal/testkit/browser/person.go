package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Apart is the same Chromium with cookies and storage of its own, as on
// another person's device, until the test ends.
func (b *Browser) Apart(t testing.TB) *Browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return &Browser{ctx: ctx}
}

// Look changes how the page is looked at, without loading it again.
func (p *Page) Look(t testing.TB, look Look) {
	t.Helper()
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	p.Do(t, chromedp.EmulateViewport(look.Width, look.Height), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
	Eval[bool](t, p, painted) // colours follow with the next frames
}

// painted waits until two frames have been drawn.
const painted = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

// WithoutScripts turns the page's scripts off from its next load on. What the
// test itself asks of the page is still answered.
func (p *Page) WithoutScripts(t testing.TB) {
	t.Helper()
	p.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// Go opens an address and returns the status of the answer.
func (p *Page) Go(t testing.TB, url string) int64 {
	t.Helper()
	ctx, stop := p.step()
	defer stop()
	answer, err := chromedp.RunResponse(ctx, chromedp.Navigate(url))
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status
}

// point finds what a person would press: a button, link or summary in view
// whose words begin so, where a finger can reach it.
const point = `((words) => {
	const said = (e) => (e.getAttribute("aria-label") ?? e.innerText ?? e.value ?? "").replace(/\s+/g, " ").trim();
	const all = [...document.querySelectorAll("button, a[href], summary, label.choice")].filter((e) => e.checkVisibility({ visibilityProperty: true }));
	const found = all.find((e) => said(e) === words) ?? all.find((e) => said(e).startsWith(words));
	if (!found) return "there is no " + words + " among: " + all.map(said).join(" | ");
	found.scrollIntoView({ block: "center", behavior: "instant" });
	const box = found.getClientRects()[0];
	const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
	const top = document.elementFromPoint(x, y);
	if (!found.contains(top) && !top?.contains(found)) return words + " is covered by " + top?.outerHTML.slice(0, 120);
	return [x, y].join(" ");
})(%q)`

func (p *Page) find(t testing.TB, words string) chromedp.Action[chromedp.Void] {
	t.Helper()
	var x, y float64
	at := Eval[string](t, p, fmt.Sprintf(point, words))
	if n, _ := fmt.Sscanf(at, "%g %g", &x, &y); n != 2 {
		t.Fatalf("%s", at)
	}
	return chromedp.MouseClickXY(x, y)
}

// Press clicks the button, link or choice whose words are these, or else begin
// with them.
func (p *Page) Press(t testing.TB, words string) {
	t.Helper()
	p.Do(t, p.find(t, words))
}

// Follow presses what leads to another page and returns the status of that
// page.
func (p *Page) Follow(t testing.TB, words string) int64 {
	t.Helper()
	ctx, stop := p.step()
	defer stop()
	answer, err := chromedp.RunResponse(ctx, p.find(t, words))
	if err != nil {
		t.Fatalf("after pressing %q: %v", words, err)
	}
	return answer.Status
}

// Text returns what the page says.
func (p *Page) Text(t testing.TB) string {
	t.Helper()
	return Eval[string](t, p, `document.body.innerText.replace(/\s+/g, " ")`)
}

// Download presses what gives a file and returns the file with its name.
func (p *Page) Download(t testing.TB, words string) (name string, content []byte) {
	t.Helper()
	folder, events := t.TempDir(), true
	ctx, stop := p.step()
	defer stop()
	begun, progress := chromedp.Events(ctx, browser.DownloadWillBegin), chromedp.Events(ctx, browser.DownloadProgress)
	p.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: folder, EventsEnabled: &events,
			BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
		})
		return err
	}))
	Eval[bool](t, p, painted) // a page that still moves is not pressed
	p.Press(t, words)
	for event, err := range begun {
		if err != nil {
			t.Fatalf("no file came after pressing %q: %v; %s says: %s", words, err, p.Path(t), p.Text(t))
		}
		name = event.SuggestedFilename
		break
	}
	for event, err := range progress {
		if err != nil || event.State == browser.DownloadProgressStateCanceled {
			t.Fatalf("%s did not arrive: %v", name, err)
		}
		if event.State != browser.DownloadProgressStateCompleted {
			continue
		}
		content, err = os.ReadFile(filepath.Join(folder, event.GUID))
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	return name, content
}

// Fill types a text into a field in place of what stands there.
func (p *Page) Fill(t testing.TB, selector, text string) {
	t.Helper()
	p.Do(t, chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Choose picks the option of a select whose words begin so.
func (p *Page) Choose(t testing.TB, selector, words string) {
	t.Helper()
	value := Eval[string](t, p, fmt.Sprintf(`[...document.querySelector(%q).options].find((o) => o.text.trim().startsWith(%q))?.value ?? "none"`, selector, words))
	if value == "none" {
		t.Fatalf("%s offers no %q", selector, words)
	}
	p.Do(t, chromedp.SetValue(chromedp.CSS(selector), value))
}

// Path returns the path of the page's address.
func (p *Page) Path(t testing.TB) string {
	t.Helper()
	return Eval[string](t, p, "location.pathname")
}

// Together presses the same words on several pages at the same moment and
// waits until each has its answer.
func Together(t testing.TB, words string, pages ...*Page) {
	t.Helper()
	steps, failed := make([]chromedp.Action[chromedp.Void], len(pages)), make([]error, len(pages))
	for i, p := range pages {
		steps[i] = p.find(t, words)
	}
	var all sync.WaitGroup
	for i, p := range pages {
		all.Go(func() {
			ctx, stop := p.step()
			defer stop()
			_, failed[i] = chromedp.RunResponse(ctx, steps[i])
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			t.Fatalf("after pressing %q together: %v", words, err)
		}
	}
}

// WithReader gives the page, from its next load on, a stand-in for the tag
// reader of a phone (Web NFC): the last one that scans is window.reader, and a
// test has it read by an event "reading".
func (p *Page) WithReader(t testing.TB) {
	t.Helper()
	p.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `window.NDEFReader = class extends EventTarget { async scan() { window.reader = this; } };`,
		})
		return err
	}))
}
