package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// rules are the accessibility rules every page is held to: WCAG 2.2 A and AA,
// and the good practice of one main heading and named landmarks.
const rules = `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]}`

// colourRules are those among them that a change of colours can break.
const colourRules = `{runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}, resultTypes: ["violations"]}`

// Axe runs axe-core over the page and returns one line per violation. It answers
// false where axe-core is not installed.
func (p *Page) Axe(t testing.TB) (violations []string, judged bool) {
	t.Helper()
	return p.axe(t, rules)
}

func (p *Page) axe(t testing.TB, rules string) (violations []string, judged bool) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root(), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		missing(t, "axe-core")
		return nil, false
	}
	if !Eval[bool](t, p, `"axe" in window`) {
		Eval[bool](t, p, string(source)+"\n;true")
	}
	found := Eval[string](t, p, `axe.run(document, `+rules+`).then((r) => JSON.stringify(r.violations.flatMap((v) =>
		v.nodes.map((n) => v.id + ": " + n.target.join(" ") + " – " + n.failureSummary.replaceAll("\n", " ")))))`)
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		t.Fatal(err)
	}
	return violations, true
}

// Overflow names the elements that reach beyond the page's width, when the page
// can be scrolled sideways, and those that cut their own content off.
func (p *Page) Overflow(t testing.TB) []string {
	t.Helper()
	return Eval[[]string](t, p, `(() => {
		const page = document.documentElement;
		const cut = [...document.querySelectorAll("body *")].filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 &&
			["hidden", "clip"].includes(getComputedStyle(e).overflowX) && getComputedStyle(e).textOverflow !== "ellipsis" && !e.closest(".visually-hidden, video, svg, select, input"))
			.map((e) => "cut off: " + e.tagName.toLowerCase() + "." + e.className);
		if (page.scrollWidth <= page.clientWidth) return cut;
		return cut.concat(["page " + page.scrollWidth + " wide in " + page.clientWidth], [...document.querySelectorAll("body *")]
			.filter((e) => e.getBoundingClientRect().right > page.clientWidth + 1 || (page.dir === "rtl" && e.getBoundingClientRect().left < -1)).slice(0, 8)
			.map((e) => e.tagName.toLowerCase() + "." + e.className));
	})()`)
}

// SmallTargets names visible controls smaller than the house allows: 56 px for
// the primary action, 44 px for every other control. Links inside a sentence are
// not controls.
func (p *Page) SmallTargets(t testing.TB) []string {
	t.Helper()
	return Eval[[]string](t, p, `[...document.querySelectorAll("button, .btn, summary, input:not([type=hidden]), select, textarea, nav a, .row-link, .sort, .chip")]
		.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".visually-hidden, .skip"))
		.map((e) => [e, e.closest("label.choice") ?? e])
		.filter(([e, box]) => box.getBoundingClientRect().height + 0.5 < (e.matches(".btn-primary, .thumb-scan, .side-scan") ? 56 : 44))
		.map(([e, box]) => e.tagName.toLowerCase() + "." + e.className + " " + box.getBoundingClientRect().height + " px")`)
}

// Check holds a page to all of it and fails the test with everything found. What
// the console said counts, refusals by the content security policy included.
func (p *Page) Check(t testing.TB, name string) {
	t.Helper()
	for _, f := range p.Faults(t) {
		t.Errorf("%s: %s", name, f)
	}
}

// Faults returns what Check would report.
func (p *Page) Faults(t testing.TB) []string {
	t.Helper()
	return p.faults(t, rules)
}

// Recoloured returns what Faults would, of a page that was judged in other
// colours and at the same width before: nothing else of it can have changed.
func (p *Page) Recoloured(t testing.TB) []string {
	t.Helper()
	return p.faults(t, colourRules)
}

func (p *Page) faults(t testing.TB, rules string) []string {
	t.Helper()
	var all []string
	violations, _ := p.axe(t, rules)
	all = append(all, violations...)
	for _, line := range p.Overflow(t) {
		all = append(all, fmt.Sprintf("overflow: %s", line))
	}
	for _, line := range p.SmallTargets(t) {
		all = append(all, fmt.Sprintf("small target: %s", line))
	}
	for _, line := range p.Said() {
		all = append(all, fmt.Sprintf("console: %s", line))
	}
	return all
}
