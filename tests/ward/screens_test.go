package ward_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"trueward/internal/testkit/browser"
)

// TestScreens holds every page of the ward to accessibility rules, width,
// target sizes and a silent console, in a real browser. TRUEWARD_PICTURES names
// a folder for pictures of each page by day and by night.
func TestScreens(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	h := open(t)
	amy := h.enter("amy@brannoc.example")
	labels := amy.ready(t, 3)
	_, path := amy.openCase(t)
	for _, label := range labels {
		amy.scan(label)
	}
	unit := amy.get(path).find(t, `name="units" value="([0-9a-f-]{36})"`)
	amy.send(path+"/confirm", url.Values{"units": {unit}})
	tapped := amy.get(h.taps["recalled"])
	amy.send("/scan/pick", url.Values{"tap": {tapped.find(t, `name="tap" value="([0-9a-f-]{36})"`)}})
	page := amy.get(path)

	pictures := os.Getenv("TRUEWARD_PICTURES")
	nobody := b.Open(t, h.taps["replayed"], browser.Look{Width: 390, Height: 844})
	nobody.Check(t, "tap-nobody")
	if pictures != "" {
		nobody.Picture(t, filepath.Join(pictures, "tap-nobody.png"))
	}

	p := b.Open(t, h.url+"/sign-in", browser.Look{})
	p.Do(t, chromedp.SetValue(chromedp.CSS("#email"), "amy@brannoc.example"), chromedp.SetValue(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS(`form[action="/sign-in"] button`)))
	p.WaitFor(t, `document.querySelector("h1")?.textContent === "Ward"`)

	shelf := amy.get("/find?q=stent").find(t, `href="(/find/[0-9a-f-]+\?place=[0-9a-f-]+)"`)
	for i, s := range []struct{ name, path string }{
		{"home", "/ward"}, {"scan", "/scan"}, {"case", path}, {"cases", "/cases"}, {"find", "/find?q=stent"}, {"find-nothing", "/find?q=zzz"},
		{"shelf", shelf}, {"unit", "/units/" + unit}, {"unit-ready", page.find(t, `href="(/units/[0-9a-f-]{36})"`)},
		{"decide", page.find(t, `href="(/cases/[0-9a-f-]{36}/units/[0-9a-f-]{36}/decide)"`)},
		{"waste", page.find(t, `href="(/cases/[0-9a-f-]{36}/units/[0-9a-f-]{36}/waste)"`)},
		{"correct", page.find(t, `href="(/usages/[0-9a-f-]{36}/correct)"`)},
		{"tap", h.taps["genuine"][len(h.url):]}, {"tap-altered", h.taps["altered"][len(h.url):]},
	} {
		for j, look := range []browser.Look{{Width: 390, Height: 844}, {Width: 1280, Height: 900, Dark: true}, {Width: 390, Height: 844, Dark: true}, {Width: 1280, Height: 900}} {
			if pictures == "" && j != i%4 {
				continue // without pictures each page is looked at once, in turn
			}
			name := fmt.Sprintf("%s-%d-%v", s.name, look.Width, map[bool]string{true: "dark", false: "light"}[look.Dark])
			t.Run(name, func(t *testing.T) {
				p := b.Open(t, h.url+s.path, look)
				p.Check(t, name)
				if pictures != "" {
					p.Picture(t, filepath.Join(pictures, name+".png"))
				}
			})
		}
	}
}

// TestScanningInABrowser types a code, as a nurse does, and sees the answer and
// the list without a new page.
func TestScanningInABrowser(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	h := open(t)
	amy := h.enter("amy@brannoc.example")
	labels := amy.ready(t, 2)
	amy.openCase(t)
	p := b.Open(t, h.url+"/sign-in?next=/scan", browser.Look{})
	p.Do(t, chromedp.SetValue(chromedp.CSS("#email"), "amy@brannoc.example"), chromedp.SetValue(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS(`form[action="/sign-in"] button`)))
	p.WaitFor(t, `document.readyState === "complete" && document.querySelector("#scan") !== null`)
	for i, label := range labels {
		p.Fill(t, "#scan", label)
		p.Do(t, chromedp.KeyEvent("\t")) // leaves the box, and ends what may be taken for a burst
		p.Press(t, "Check")
		p.WaitFor(t, fmt.Sprintf(`document.querySelectorAll("#waiting .scan-line").length === %d`, i+1))
	}
	if got := browser.Eval[string](t, p, `document.querySelector("#waiting .btn-primary").textContent.trim()`); got[:11] != "Use 2 units" {
		t.Errorf("the confirm button reads %q", got)
	}
	if n := browser.Eval[int](t, p, `document.querySelectorAll("#waiting").length`); n != 1 {
		t.Errorf("the list stands %d times on the page", n)
	}
	p.Check(t, "scan")
}
