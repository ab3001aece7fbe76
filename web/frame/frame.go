// Package frame dresses a page for whoever asked: their name and roles, the
// navigation they may use, the flash of what they just did.
package frame

import (
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/templates/page"
	"trueward/templates/ui"
	"trueward/web/route"
)

// Addresses that every page's frame leads to.
const (
	LivePath    = "/live"
	ProbePath   = "/healthz"
	AccountPath = "/account"
	ThemePath   = "/account/theme"
	SignOutPath = "/sign-out"
	ProvePath   = "/prove"
	// Of scans that wait on a device, see web/ward and web/offline.
	OutboxPath = "/outbox"
	KeptPath   = "/scan/kept"
	WorkerPath = "/offline/worker.js"
	// GoPath lists where one can go, KeyboardPath the keys that lead there.
	GoPath          = "/go"
	KeyboardPath    = "/keyboard"
	PreferencesPath = "/account/preferences"
	// Of shared workstations, see web/kiosk.
	WorkstationPath = "/workstation"
	BadgeTapPath    = "/workstation/tap"
	LockPath        = "/workstation/lock"
)

// Page returns the frame of a page for the person signed in. The caller may
// change what it knows better (open case, site, scan form, scripts).
func Page(c echo.Context, title string) page.Props {
	p := Around(c, title)
	if flash := route.TakeFlash(c); flash.Text != "" {
		p.Flash = []ui.NoticeProps{{Tone: toneOf(flash.Kind), Title: flash.Text}}
	}
	return p
}

// Around is Page without the flash, which waits for the next page: the frame of
// a refusal.
func Around(c echo.Context, title string) page.Props {
	r := route.Of(c)
	p := page.Props{
		Title: title, Theme: Theme(r.Theme), Sample: r.Sample,
		Person:       page.Person{ID: string(r.Actor.Person), Name: r.Actor.Name, Role: roleWords(r.Actor)},
		Organisation: r.Actor.OrganisationName,
		Nav:          nav(r),
		LiveURL:      LivePath, ProbeURL: ProbePath, OutboxURL: OutboxPath, AccountURL: AccountPath, ThemeURL: ThemePath, SignOutURL: SignOutPath,
		GoURL: GoPath, KeyboardURL: KeyboardPath, KeysOff: r.Preferences.KeysOff, LeftHanded: r.Preferences.LeftHanded,
		Key: route.NewKey(),
	}
	if r.Actor.Sitting != nil && r.Actor.Sitting.Kiosk != "" {
		p.Workstation = workstation(c, r)
	}
	for _, m := range r.Menu {
		if m.Wasm {
			p.ScanHref, p.KeptURL, p.WorkerURL = m.Path, KeptPath, WorkerPath
			p.Scan = &ui.ScanProps{URL: m.Path, Key: route.NewKey()}
		}
	}
	return p
}

// Bare returns the frame of a page for nobody in particular.
func Bare(c echo.Context, title string) page.BareProps {
	return page.BareProps{Title: title, Theme: Theme(route.Of(c).Theme), Sample: route.Of(c).Sample}
}

// Theme translates a person's choice to the name of a style.
func Theme(t access.Theme) page.Theme {
	switch t {
	case access.Light:
		return page.Light
	case access.Dark:
		return page.Dark
	}
	return page.Auto
}

func toneOf(kind string) ui.Tone {
	switch kind {
	case "success":
		return ui.Done
	case "warning":
		return ui.Warn
	case "error":
		return ui.Stop
	}
	return ui.Info
}

// nav is the navigation, with the entry marked whose address is the longest
// beginning of the page's own.
func nav(r *route.Request) []page.NavItem {
	items := make([]page.NavItem, len(r.Menu))
	best, longest := -1, 0
	for i, m := range r.Menu {
		items[i] = page.NavItem{Text: m.Menu.Text, Href: m.Path, Icon: m.Menu.Icon, Key: m.Menu.Key}
		if under(r.Route.Path, m.Path) && len(m.Path) > longest {
			best, longest = i, len(m.Path)
		}
	}
	if best >= 0 {
		items[best].Active = true
	}
	return items
}

func under(path, base string) bool {
	return path == base || strings.HasPrefix(path, strings.TrimSuffix(base, "/")+"/")
}

// roleWords are a person's roles as people say them, each once.
func roleWords(a access.Actor) string {
	var words []string
	seen := map[access.Role]bool{}
	for _, g := range a.Grants {
		if !seen[g.Role] {
			words = append(words, g.Role.Word())
		}
		seen[g.Role] = true
	}
	text := strings.Join(words, ", ")
	if text == "" {
		return "no role"
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
