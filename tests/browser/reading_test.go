package browser_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trueward/internal/testkit/browser"
)

// screens are the main screens by person, and what a screen reader finds on
// each by role and name.
var screens = []struct {
	email string
	path  string
	finds []browser.Spoken
}{
	{amy, "/ward", []browser.Spoken{{Role: "heading", Name: "Ward"}, {Role: "link", Name: "Scan"}, {Role: "navigation", Name: "Main"}}},
	{amy, "/scan", []browser.Spoken{{Role: "textbox", Name: "Scan or type a code"}, {Role: "button", Name: "Check"}, {Role: "button", Name: "Use the camera"}}},
	{amy, "/find", []browser.Spoken{{Role: "search", Name: "Find a product"}, {Role: "button", Name: "Show results"}}},
	{amy, "/cases", []browser.Spoken{{Role: "heading", Name: "Cases"}, {Role: "button", Name: "Open a case"}}},
	{ines, "/vendor", []browser.Spoken{{Role: "heading", Name: "Overview"}, {Role: "link", Name: "See all usage"}}},
	{ines, "/vendor/stock", []browser.Spoken{{Role: "table", Name: "Units on consignment"}, {Role: "search", Name: "Filter stock"}, {Role: "combobox", Name: "Hospital"}, {Role: "link", Name: "CSV of this list"}, {Role: "columnheader", Name: "Sort by Expires"}}},
	{ines, "/vendor/usage", []browser.Spoken{{Role: "table", Name: "Usage"}, {Role: "searchbox", Name: "Lot, serial or case"}}},
	{"maria@brannoc.example", "/on-hand", []browser.Spoken{{Role: "table", Name: "Units on hand"}, {Role: "heading", Name: "What expires when"}}},
	{tom, "/queue", []browser.Spoken{{Role: "navigation", Name: "Queue"}, {Role: "heading", Name: "Queue"}}},
	{tom, "/invoices", []browser.Spoken{{Role: "table", Name: "Invoices"}, {Role: "link", Name: "Export invoices"}}},
	{tom, "/exports", []browser.Spoken{{Role: "button", Name: "Take this export"}}},
	{tom, "/account", []browser.Spoken{{Role: "radio", Name: "Dark"}, {Role: "radio", Name: "Left"}, {Role: "button", Name: "Change my password"}}},
	{tom, "/go", []browser.Spoken{{Role: "searchbox", Name: "Page or number"}, {Role: "link", Name: "Invoices"}}},
}

// has says whether a page says an element; a name may be longer than asked.
func has(said []browser.Spoken, want browser.Spoken) bool {
	return slices.ContainsFunc(said, func(s browser.Spoken) bool { return s.Role == want.Role && strings.HasPrefix(s.Name, want.Name) })
}

// TestScreenReader finds the main screens' parts by role and name, and nothing
// to act on without a name; and doubles the text at a phone's width, where
// nothing is lost.
func TestScreenReader(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	people := map[string]*browser.Browser{}
	for _, s := range screens {
		if people[s.email] == nil {
			people[s.email] = b.Apart(t)
			h.enter(t, people[s.email], s.email, desk)
		}
		p := people[s.email].Open(t, h.url+s.path, desk)
		said := p.SpokenAll(t)
		for _, want := range s.finds {
			if !has(said, want) {
				t.Errorf("%s: no %s is called %q", s.path, want.Role, want.Name)
			}
		}
		for _, fault := range p.Nameless(t) {
			t.Errorf("%s: %s", s.path, fault)
		}
		p.Look(t, phone)
		for _, fault := range p.LargeText(t) {
			t.Errorf("%s with text of double size: %s", s.path, fault)
		}
		if folder := os.Getenv("TRUEWARD_PICTURES"); folder != "" {
			for _, look := range looks {
				p.Look(t, look)
				p.Picture(t, filepath.Join(folder, "screen"+strings.ReplaceAll(s.path, "/", "-")+"-"+nameOf(look)+".png"))
			}
		}
	}
}

// TestPlantedReading shows that a control without a name, and text that is lost
// when it doubles, are found.
func TestPlantedReading(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	const head = `<!doctype html><html lang="en"><head><title>A page</title><style>body { margin: 0; font: 1rem sans-serif }
		.low { height: 1.5em; overflow: hidden; font-size: 1rem; max-height: 24px } .dots { width: 150px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap } .fixed { width: 12em }</style></head><body><main><h1>A page</h1>`
	bodies := map[string]string{
		"/sound":      `<button>Use 3 units</button><label>Lot <input></label><p>Some words</p>`,
		"/nameless":   `<button><svg width="20" height="20"></svg></button>`,
		"/unlabelled": `<input type="checkbox">`,
		"/low":        `<div class="low">Two words</div>`,
		"/dots":       `<div class="dots">Words that fit</div>`,
		"/wide":       `<div class="fixed" style="width: 15em">Wide</div>`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(head + bodies[r.URL.Path]))
	}))
	t.Cleanup(server.Close)
	for path := range bodies {
		p := b.Open(t, server.URL+path, phone)
		nameless, lost := p.Nameless(t), p.LargeText(t)
		switch path {
		case "/sound":
			if len(nameless)+len(lost) > 0 {
				t.Errorf("found on a sound page: %q %q", nameless, lost)
			}
		case "/nameless", "/unlabelled":
			if len(nameless) != 1 {
				t.Errorf("%s: %q", path, nameless)
			}
		default:
			if len(lost) == 0 {
				t.Errorf("%s: nothing is found lost", path)
			}
		}
	}
}
