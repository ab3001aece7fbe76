package operations

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	_ "modernc.org/sqlite"

	"trueward/internal/testkit/browser"
)

// demoPassword and the addresses are what `trueward demo` prints.
const demoPassword = "sample-ward-2026"

// screens are the pages of the room by the role that sees them.
var screens = []struct {
	email string
	pages map[string]string
}{
	{"priya@brannoc.example", map[string]string{"keys": "/keys", "alerts": "/alerts", "alerts-all": "/alerts?view=all", "system": "/system"}},
	{"ines@norvane.example", map[string]string{"vendor-keys": "/keys", "vendor-alerts": "/alerts"}},
	{"oliver@brannoc.example", map[string]string{"audit": "/audit", "audit-used": "/audit?action=unit.used", "audit-nothing": "/audit?action=price.set"}},
}

var looks = []struct {
	name string
	look browser.Look
}{
	{"390-light", browser.Look{Width: 390, Height: 844}}, {"1280-light", browser.Look{Width: 1280, Height: 900}},
	{"390-dark", browser.Look{Width: 390, Height: 844, Dark: true}}, {"1280-dark", browser.Look{Width: 1280, Height: 900, Dark: true}},
}

// TestScreens holds the pages of the room to accessibility rules, width, target
// sizes and a silent console. TRUEWARD_PICTURES names a folder for pictures.
func TestScreens(t *testing.T) {
	if b, ok := browser.Start(t, nil); ok {
		data := t.TempDir()
		p := start(t, "demo", "--data", data)
		makeAlerts(t, data)
		for _, s := range screens {
			enter(t, b, p.url, s.email, demoPassword)
			for name, path := range s.pages {
				look(t, b, name, p.url+path)
			}
			leave(t, b, p.url)
		}
	}
}

// look checks a page in every look; without pictures in two of the four.
func look(t *testing.T, b *browser.Browser, name, url string) {
	t.Helper()
	shots := os.Getenv("TRUEWARD_PICTURES")
	for i, l := range looks {
		if shots == "" && (i+len(name))%2 == 1 {
			continue
		}
		t.Run(name+"-"+l.name, func(t *testing.T) { // the tab closes with it
			page := b.Open(t, url, l.look)
			page.Check(t, name)
			if shots != "" {
				page.Picture(t, filepath.Join(shots, name+"-"+l.name+".png"))
			}
		})
	}
}

// makeAlerts puts one alert of each sort before the first hospital and vendor,
// so that the lists are not empty.
func makeAlerts(t *testing.T, data string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "trueward.db")+"?_pragma=busy_timeout(10000)") // the server writes too
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, a := range [...]struct{ kind, sentence string }{
		{"replay_rollback", "A tag answered with a counter older than one seen before. It may be a copy."},
		{"reused_tag", "A tag was read whose unit was used on 3 Nov 2026."},
		{"counter_end", "A tag is near the end of its counter and is to be replaced."},
	} {
		_, err := db.ExecContext(t.Context(), `INSERT INTO alerts (id, hospital_id, vendor_id, kind, subject_kind, subject_id, sentence, raised_at, acknowledged_by)
			SELECT ?, h.id, v.id, ?, 'tag', 'none', ?, 1793000000000000, '' FROM organisations h, organisations v
			WHERE h.name = 'St. Brannoc''s' AND v.name = 'Norvane'`, fmt.Sprintf("019af000-0000-7000-8000-00000000000%d", i), a.kind, a.sentence)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func enter(t *testing.T, b *browser.Browser, url, email, password string) {
	t.Helper()
	t.Run("enter "+email, func(t *testing.T) {
		page := b.Open(t, url+"/sign-in", browser.Look{})
		page.Do(t, chromedp.SetValue(chromedp.CSS("#email"), email), chromedp.SetValue(chromedp.CSS("#password"), password),
			chromedp.Click(chromedp.CSS(`form[action="/sign-in"] button`)))
		page.WaitFor(t, `location.pathname != "/sign-in"`)
	})
}

func leave(t *testing.T, b *browser.Browser, url string) {
	t.Helper()
	t.Run("leave", func(t *testing.T) {
		page := b.Open(t, url+"/account", browser.Look{Width: 1280, Height: 900})
		page.Do(t, chromedp.Click(chromedp.CSS(".topbar .drop:not(.pill) > summary")), chromedp.Click(chromedp.CSS(`form[action="/sign-out"] button`)))
		page.WaitFor(t, `location.pathname == "/sign-in"`)
	})
}

// TestSampleScreens watches the loading of sample data in a real browser: the
// page follows by itself to the sign-ins.
func TestSampleScreens(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	p := start(t, "serve", "--data", t.TempDir(), "--log-level", "warn")
	admin := p.administrator(t)
	enter(t, b, p.url, "rea@it.example", "slate harbour lantern")
	look(t, b, "empty", p.url+"/system")
	t.Run("load", func(t *testing.T) {
		page := b.Open(t, p.url+"/system", browser.Look{Width: 1280, Height: 900})
		page.Do(t, chromedp.Click(chromedp.CSS(`form[action="/system/sample"] button`)))
		page.WaitFor(t, `location.pathname == "/system/sample"`)
		if shots := os.Getenv("TRUEWARD_PICTURES"); shots != "" {
			page.Picture(t, filepath.Join(shots, "loading.png"))
		}
		untilLoaded(t, admin)
		page.WaitFor(t, `document.querySelector("#password")`) // looked at below, when no page follows any more
	})
	look(t, b, "loaded", p.url+"/system/sample")
	look(t, b, "operator", p.url+"/system")
	look(t, b, "operator-audit", p.url+"/audit")
}
