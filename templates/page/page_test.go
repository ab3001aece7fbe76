package page

import (
	"regexp"
	"strings"
	"testing"

	"trueward/templates/ui"
)

func TestParseThemeTakesOnlyOurThemes(t *testing.T) {
	for text, want := range map[string]Theme{"ward-light": Light, "ward-dark": Dark, "": Auto, "dark": Auto, `"><script>`: Auto} {
		if got := ParseTheme(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Amy Okafor": "AO", "Amy": "A", "": "", "Åsa van der Berg": "ÅB"} {
		if got := (Person{Name: name}).initials(); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestFrameHoldsNothingInline looks for what the content security policy would
// refuse: inline styles, scripts with a body, handlers in attributes.
func TestFrameHoldsNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`(?i) style=|<style|<script[^>]*>[^<]|\son[a-z]+=|hx-on|href="javascript`)
	var out strings.Builder
	p := Props{
		Title: "Home", Theme: Dark, Person: Person{Name: "Amy Okafor", Role: "Nurse"}, Organisation: "St. Brannoc’s", Site: "Main",
		Case: &Case{Pseudonym: "C-7Q4M", Href: "/case"}, Nav: []NavItem{{Text: "Home", Href: "/home", Icon: "home", Active: true}},
		ScanHref: "/scan", Scan: &ui.ScanProps{URL: "/scan", Key: "k"}, Flash: []ui.NoticeProps{{Tone: ui.Done, Title: "Saved"}},
		LiveURL: "/live", ThemeURL: "/theme", SignOutURL: "/sign-out", Scripts: []string{"js/camera.js"},
	}
	if err := Layout(p).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if hits := inline.FindAllString(out.String(), -1); hits != nil {
		t.Errorf("inline: %q", hits)
	}
	for _, want := range []string{`data-theme="ward-dark"`, `hx-sse:connect="/live"`, `id="scan-dock"`, `id="dock-result"`, `aria-current="page"`, `C-7Q4M`, `Amy Okafor`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, planted := range []string{`<p style="x">`, `<script>1</script>`, `<a onclick="x">`} {
		if !inline.MatchString(planted) {
			t.Errorf("planted %s is not found", planted)
		}
	}
}
