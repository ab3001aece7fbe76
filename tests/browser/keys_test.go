package browser_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"trueward/internal/domain/access"
	"trueward/internal/testkit/browser"
	"trueward/web/home"
	"trueward/web/route"
)

// hand is a person's pace between two keys.
const hand = 200 * time.Millisecond

// settled is longer than a shortcut waits for a further key.
const settled = `new Promise((done) => setTimeout(() => done(true), 400))`

// palette opens the list of places by its keys.
func (c clerk) palette() {
	c.t.Helper()
	c.Do(c.t, chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	c.WaitFor(c.t, `document.querySelector("dialog[open] #palette-text") === document.activeElement`)
}

func (c clerk) at(path string) {
	c.t.Helper()
	c.WaitFor(c.t, `location.pathname === "`+path+`" && document.readyState === "complete"`)
}

// TestKeyboard leads a clerk through the house by keys alone.
func TestKeyboard(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	c := h.office(t, b, tom)
	c.Go(t, h.url+"/queue")
	c.WaitFor(t, `performance.getEntriesByType("resource").some((r) => r.name.includes("/js/keys."))`)
	browser.Eval[bool](t, c.Page, settled)

	t.Run("a page by its words", func(t *testing.T) {
		c.palette()
		c.Check(t, "the list of places, open")
		c.Keys(t, "invo", hand)
		c.WaitFor(t, `[...document.querySelectorAll("dialog .palette-list a")].length === 1`)
		c.Keys(t, "\r", hand)
		c.at("/invoices")
	})
	t.Run("g and a letter", func(t *testing.T) {
		c.WaitFor(t, `performance.getEntriesByType("resource").some((r) => r.name.includes("/js/keys."))`)
		browser.Eval[bool](t, c.Page, settled)
		c.Keys(t, "gq", hand)
		c.at("/queue")
	})
	t.Run("rows and search", func(t *testing.T) {
		c.Go(t, h.url+"/invoices")
		browser.Eval[bool](t, c.Page, settled)
		c.Keys(t, "j", hand)
		c.WaitFor(t, `document.activeElement === document.querySelectorAll("[data-rows] .row-link")[0]`)
		c.Keys(t, "j", hand)
		c.WaitFor(t, `document.activeElement === document.querySelectorAll("[data-rows] .row-link")[1]`)
		c.Keys(t, "/", hand)
		c.WaitFor(t, `document.activeElement.matches("main [data-search]")`)
		c.Keys(t, "sj?", hand)
		browser.Eval[bool](t, c.Page, settled)
		if typed := browser.Eval[string](t, c.Page, `document.activeElement.value`); typed != "sj?" {
			t.Errorf("keys typed into a field became %q", typed)
		}
	})
	t.Run("the map", func(t *testing.T) {
		c.Go(t, h.url+"/queue")
		browser.Eval[bool](t, c.Page, settled)
		c.Keys(t, "?", hand)
		c.WaitFor(t, `document.querySelector("dialog[open] .keymap")`)
		c.says("Go to any page or number", "Invoices")
		c.Check(t, "the map of keys, open")
	})
	t.Run("a scanner is no person", func(t *testing.T) {
		c.Go(t, h.url+"/queue")
		browser.Eval[bool](t, c.Page, settled)
		for _, scan := range []string{"gi?s/0109506000134352", "?", "/g"} {
			c.Burst(t, scan+scan+scan+scan+scan+scan)
			browser.Eval[bool](t, c.Page, settled)
			if at := c.Path(t); at != "/queue" || browser.Eval[bool](t, c.Page, `Boolean(document.querySelector("dialog[open]"))`) {
				t.Fatalf("the scan %q pressed a shortcut: %s", scan, at)
			}
		}
	})
	t.Run("switched off", func(t *testing.T) {
		c.Go(t, h.url+"/account")
		browser.Eval[bool](t, c.Page, `(document.querySelector("input[name=keys][value=off]").click(), true)`)
		c.Follow(t, "Save keys and hand")
		c.says("Saved.")
		c.Go(t, h.url+"/queue")
		browser.Eval[bool](t, c.Page, settled)
		c.Keys(t, "?gi", hand)
		browser.Eval[bool](t, c.Page, settled)
		if at := c.Path(t); at != "/queue" || browser.Eval[bool](t, c.Page, `Boolean(document.querySelector("dialog[open]"))`) {
			t.Errorf("keys work though they are off: %s", at)
		}
		c.palette()
		c.Go(t, h.url+"/account")
		browser.Eval[bool](t, c.Page, `(document.querySelector("input[name=keys][value=on]").click(), true)`)
		c.Follow(t, "Save keys and hand")
	})
}

// TestNumbersAreFound finds a unit by its serial from any page, by keys and
// without any script.
func TestNumbersAreFound(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	u := h.take(t, 1)[0]
	c := h.office(t, b, ines)
	browser.Eval[bool](t, c.Page, settled)
	c.palette()
	c.Keys(t, u.Serial, hand)
	c.WaitFor(t, `document.querySelector("dialog .palette-list a[href^='/units/']")`)
	c.Keys(t, "\r", hand)
	c.at("/units/" + string(u.ID))

	plain := b.Apart(t).Blank(t, phone)
	plain.WithoutScripts(t)
	n := clerk{h, plain, t}
	n.Go(t, h.url+"/sign-in?next=/go")
	n.Fill(t, "#email", ines)
	n.Fill(t, "#password", password)
	n.Follow(t, "Sign in")
	n.Fill(t, "#palette-text", strings.ToLower(u.Serial))
	n.Follow(t, "Search")
	n.says(u.Serial)
	n.Follow(t, u.Product)
	n.at("/units/" + string(u.ID))
}

// notPlaces are pages without parameters that nobody goes to by name.
var notPlaces = map[string]string{
	"scan.tapped": "a tap's answer", "go": "the list itself",
	"export.file":   "a file",
	"alerts.chosen": "asks about what was chosen", "tags.chosen": "asks about what was chosen",
	"units.chosen": "asks about what was chosen", "approvals.chosen": "asks about what was chosen",
}

// TestEveryPlaceIsKnown shows that each page without parameters is in the list
// of places, and that no two pages that one kind of organisation sees share a
// key.
func TestEveryPlaceIsKnown(t *testing.T) {
	h, _, ok := open(t, nil)
	if !ok {
		return
	}
	keys := map[access.OrganisationKind]map[string]string{}
	for _, r := range h.product.Web.Routes() {
		if r.Method != http.MethodGet || strings.ContainsAny(r.Path, ":*") || r.Needs == route.Anonymous || notPages[r.Name] != "" || notPlaces[r.Name] != "" {
			continue
		}
		if _, known := home.Further[r.Name]; r.Menu == nil && !known {
			t.Errorf("%s (%s) is neither in the navigation nor in the list of places", r.Name, r.Path)
		}
		if r.Menu == nil || r.Menu.Key == "" {
			continue
		}
		for _, kind := range []access.OrganisationKind{access.Hospital, access.Vendor, access.Operator} {
			if !r.Tenancy.Admits(kind) {
				continue
			}
			if keys[kind] == nil {
				keys[kind] = map[string]string{}
			}
			if other := keys[kind][r.Menu.Key]; other != "" {
				t.Errorf("g %s leads to %s and to %s at a %s", r.Menu.Key, other, r.Name, kind)
			}
			keys[kind][r.Menu.Key] = r.Name
		}
	}
}
