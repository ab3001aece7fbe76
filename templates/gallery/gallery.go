// Package gallery composes sample screens from every component, so that the face
// can be looked at and measured without a database: widths, themes, contrast,
// accessibility. It is used by tests; no program links it.
package gallery

import (
	"time"

	"github.com/a-h/templ"

	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
	"trueward/templates/page"
	"trueward/templates/ui"
)

// Screen is one sample page.
type Screen struct {
	Name string
	Body templ.Component
}

// Screens are all sample pages in the given theme and direction ("ltr", "rtl").
func Screens(theme page.Theme, direction string) []Screen {
	frame := func(title, active string) page.Props { return nurse(title, active, theme, direction) }
	bare := page.BareProps{Title: "Sign in", Theme: theme, Direction: direction}
	return []Screen{
		{"components", components(frame("Components", "/home"))},
		{"scan", scan(frame("Scan", "/scan"))},
		{"stopped", stopped(frame("Scan", "/scan"))},
		{"unit", unit(frame("Unit", "/find"))},
		{"empty", empty(frame("Count", "/count"))},
		{"vendor", vendor(rep(theme, direction))},
		{"invoices", invoices(clerk(theme, direction))},
		{"signin", signIn(bare)},
		{"tap", tap(bare)},
		{"error", page.ErrorPage(bare, page.ErrorProps{
			Title: "This page could not be shown", Text: "Something failed on our side. What you had scanned is saved.",
			Advice: "Try again in a minute. If it happens again, tell the help desk the number below.", Reference: "R-7F3K-92",
			BackHref: "/", BackText: "Back to the start",
		})},
	}
}

func nurse(title, active string, theme page.Theme, direction string) page.Props {
	nav := []page.NavItem{
		{Text: "Home", Href: "/home", Icon: "home", Key: "h"},
		{Text: "Case", Href: "/case", Icon: "case", Key: "c"},
		{Text: "Find", Href: "/find", Icon: "search", Key: "f"},
		{Text: "Receive", Href: "/receive", Icon: "truck", Key: "r", Count: "2"},
		{Text: "Count", Href: "/count", Icon: "box", Key: "n"},
	}
	mark(nav, active)
	p := page.Props{
		Title: title, Theme: theme, Direction: direction, Person: page.Person{Name: "Amy Okafor", Role: "Nurse"},
		Organisation: "St. Brannoc’s", Site: "Cath Lab 2, Main Site", Case: &page.Case{Pseudonym: "C-7Q4M", Href: "/case"},
		Nav: nav, ScanHref: "/scan", LiveURL: "/live", ProbeURL: "/healthz", ThemeURL: "/theme", SignOutURL: "/sign-out",
		Key: "0b54e4b8-0d0b-4b65-8d2e-6a9a3d1b7f10", Version: "0.1", Sample: true,
	}
	if active != "/scan" {
		p.Scan = &ui.ScanProps{URL: "/scan", Key: "2d1f5d0a-0a5b-4a30-9d0e-0f5b3c6d7e81"}
	}
	return p
}

func rep(theme page.Theme, direction string) page.Props {
	p := nurse("Overview", "", theme, direction)
	p.Person, p.Organisation, p.Site, p.Case, p.Scan, p.ScanHref = page.Person{Name: "Jon Sand", Role: "Vendor office"}, "Norvane Medical", "", nil, nil, ""
	p.Nav = []page.NavItem{
		{Text: "Overview", Href: "/overview", Icon: "home"}, {Text: "Stock", Href: "/stock", Icon: "box"},
		{Text: "Usage", Href: "/usage", Icon: "scan", Count: "7"}, {Text: "Invoices", Href: "/invoices", Icon: "file"},
		{Text: "Agreements", Href: "/agreements", Icon: "case"},
	}
	mark(p.Nav, "/overview")
	return p
}

func clerk(theme page.Theme, direction string) page.Props {
	p := rep(theme, direction)
	p.Title, p.Person, p.Organisation = "Invoices", page.Person{Name: "Maren Holt", Role: "Finance"}, "St. Brannoc’s"
	p.Nav = []page.NavItem{
		{Text: "Queue", Href: "/queue", Icon: "waiting", Count: "12"}, {Text: "Invoices", Href: "/invoices", Icon: "file"},
		{Text: "Match", Href: "/match", Icon: "check"}, {Text: "Export", Href: "/export", Icon: "download"},
	}
	mark(p.Nav, "/invoices")
	return p
}

func mark(nav []page.NavItem, active string) {
	for i := range nav {
		nav[i].Active = nav[i].Href == active
	}
}

// The sample checks show each pair of verdict and disposition once.
var (
	genuine = ui.CheckProps{
		Verdict: ui.Genuine, VerdictWord: "Genuine", VerdictWhy: "The tag proved itself to the server at 10:02.",
		Disposition: ui.MayBeUsed, DispositionWord: "May be used", DispositionWhy: "Expires 31 Dec 2027. No recall.",
	}
	expired = ui.CheckProps{
		Verdict: ui.Genuine, VerdictWord: "Genuine", VerdictWhy: "The tag proved itself to the server at 10:04.",
		Disposition: ui.StopUse, DispositionWord: "Stop: expired", DispositionWhy: "Expired on 31 Mar 2026. Put it aside and take another.",
	}
	seenBefore = ui.CheckProps{
		Verdict: ui.Refused, VerdictWord: "Seen before", VerdictWhy: "This tap was used once already. Tap the tag again.",
		Disposition: ui.Unknown, DispositionWord: "Not decided",
	}
	identified = ui.CheckProps{
		Verdict: ui.Identified, VerdictWord: "Identified", VerdictWhy: "Read from the barcode; a barcode proves nothing.",
		Disposition: ui.Warning, DispositionWord: "Warning: short-dated", DispositionWhy: "Expires in 21 days.",
	}
	chip = ui.CheckProps{
		Verdict: ui.ChipGenuine, VerdictWord: "Chip genuine", Disposition: ui.MayBeUsed, DispositionWord: "May be used",
	}
	offline = ui.CheckProps{
		Verdict: ui.Pending, VerdictWord: "Saved – not checked yet", Disposition: ui.Unknown, DispositionWord: "Not decided",
	}
)

var site = time.FixedZone("CEST", 2*60*60)

func at(hour, minute int) time.Time { return time.Date(2026, 5, 3, hour-2, minute, 0, 0, time.UTC) }

func day(y int, m time.Month, d int) civil.Date { return civil.Date{Year: y, Month: m, Day: d} }

func euros(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }
