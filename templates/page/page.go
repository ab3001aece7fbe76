// Package page frames every screen: head, skip link, top bar, navigation, the
// thumb bar of a phone, and the bare frame for people who are not signed in. It
// promises one h1 per page (the screen's own PageHead), one main landmark, and
// nothing inline that the content security policy would refuse.
//
// It does not know who may see what: the caller hands in the navigation that
// this person has.
package page

import (
	"strconv"
	"strings"

	"trueward/templates/ui"
)

// ThemeCookie is the name of the cookie that holds a chosen theme; without it
// the page follows the device.
const ThemeCookie = "trueward_theme"

// Theme is the appearance a person chose.
type Theme string

// The themes. Auto follows the device.
const (
	Auto  Theme = ""
	Light Theme = "ward-light"
	Dark  Theme = "ward-dark"
)

// ParseTheme reads a cookie or form value; anything unknown is Auto.
func ParseTheme(text string) Theme {
	if t := Theme(text); t == Light || t == Dark {
		return t
	}
	return Auto
}

// NavItem is an entry of the navigation. Key is the letter that follows g on a
// keyboard; Count shows what waits there.
type NavItem struct {
	Text   string
	Href   string
	Icon   string
	Key    string
	Count  string
	Active bool
}

// Person is who is signed in.
type Person struct {
	ID   string
	Name string // "Amy O."
	Role string // "Nurse"
}

// initials are what the avatar shows: the first letters of the first and last
// part of the name.
func (p Person) initials() string {
	parts := strings.Fields(p.Name)
	if len(parts) == 0 {
		return ""
	}
	first := []rune(parts[0])[:1]
	if len(parts) == 1 {
		return string(first)
	}
	return string(first) + string([]rune(parts[len(parts)-1])[:1])
}

// Case is the open case a scan lands in. The pseudonym is all a header shows.
type Case struct {
	ID        string
	Pseudonym string // "C-7Q4M"
	Href      string
}

// Workstation is the shared device a person sits at.
type Workstation struct {
	TapURL      string // takes POST badge=, next=
	LockURL     string // takes POST next=
	LockedURL   string // the locked screen
	Here        string // path of this page
	IdleSeconds int    // until it locks by itself
}

func (w Workstation) idle() string { return strconv.Itoa(w.IdleSeconds) }

// Props describe a page of a person who is signed in.
type Props struct {
	Lang         string // "en" when empty
	Direction    string // "ltr" when empty
	Title        string
	Theme        Theme
	Person       Person
	Organisation string
	Site         string // empty for people without one, such as a vendor's office
	Case         *Case  // nil: none open
	Nav          []NavItem
	ScanHref     string        // the scan page; empty for people who do not scan
	Scan         *ui.ScanProps // takes bursts where the screen has no scan box of its own; nil when the person does not scan
	Flash        []ui.NoticeProps
	Sample       bool // demonstration data: a strip says so
	LiveURL      string
	ProbeURL     string // answers HEAD while the server is well
	OutboxURL    string // shows what this device still has to send
	KeptURL      string // takes scans that were kept while the connection was gone
	WorkerURL    string // the service worker; empty for people who do not scan
	CaseKnown    bool   // Case is what is open now, also when it is nil
	AccountURL   string // the person's own account
	ThemeURL     string // takes POST theme=
	SignOutURL   string
	Workstation  *Workstation // nil elsewhere
	Key          string       // idempotency key of the header's forms
	Version      string       // shown at the foot of the navigation
	Scripts      []string     // names of further scripts, "js/….js"
	GoURL        string       // lists where the person can go
	KeyboardURL  string       // says what keys do
	KeysOff      bool         // the person switched single keys off
	LeftHanded   bool         // what a thumb reaches for lies on the other side
	SoundsOff    bool
}

// BareProps describe a page outside the frame: sign-in, a public tap, errors.
type BareProps struct {
	Lang      string
	Direction string
	Title     string
	Theme     Theme
	Sample    bool
	Scripts   []string
}

// pill is the connection pill of the header.
func (p Props) pill() ui.PillProps {
	out := ui.PillProps{
		Probe: p.ProbeURL, Outbox: p.OutboxURL, Scan: p.ScanHref, Kept: p.KeptURL, Worker: p.WorkerURL,
		Person: p.Person.ID, Name: p.Person.Name, Known: p.CaseKnown,
	}
	if p.Case != nil {
		out.Case, out.CaseName = p.Case.ID, p.Case.Pseudonym
	}
	return out
}

// thumbs are the entries beside the scan button on a phone; the rest is in the
// menu, with all of them.
func (p Props) thumbs() []NavItem {
	var out []NavItem
	for _, item := range p.Nav {
		if item.Href != p.ScanHref && len(out) < 3 {
			out = append(out, item)
		}
	}
	return out
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func offWhen(off bool) string {
	if off {
		return "off"
	}
	return "on"
}

// themeChoices are the segments of the appearance switch.
func themeChoices(words *ui.Words) []struct {
	Theme Theme
	Text  string
} {
	return []struct {
		Theme Theme
		Text  string
	}{{Auto, words.ThemeAuto}, {Light, words.ThemeLight}, {Dark, words.ThemeDark}}
}
