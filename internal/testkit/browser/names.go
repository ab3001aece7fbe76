package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// Spoken is an element as a screen reader says it.
type Spoken struct{ Role, Name string }

// operable are the roles of what a person acts on, and of the regions they jump
// between: each needs a name of its own.
var operable = map[string]bool{
	"button": true, "link": true, "textbox": true, "searchbox": true, "combobox": true, "checkbox": true, "radio": true, "spinbutton": true,
	"DisclosureTriangle": true, "menuitem": true, "tab": true, "slider": true, "Date": true, "table": true, "navigation": true, "search": true, "dialog": true, "img": true, "image": true,
}

// SpokenAll is the page's accessibility tree, flat, in reading order, without
// what is ignored.
func (p *Page) SpokenAll(t testing.TB) []Spoken {
	t.Helper()
	var out []Spoken
	p.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			return err
		}
		for _, n := range tree.Nodes {
			if !n.Ignored {
				out = append(out, Spoken{word(n.Role), word(n.Name)})
			}
		}
		return nil
	}))
	return out
}

func word(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var text string
	if json.Unmarshal([]byte(v.Value), &text) != nil {
		return ""
	}
	return text
}

// Nameless lists what a person can act on, or jump to, that a screen reader
// has no name for.
func (p *Page) Nameless(t testing.TB) []string {
	t.Helper()
	var out []string
	for i, s := range p.SpokenAll(t) {
		if operable[s.Role] && s.Name == "" {
			out = append(out, fmt.Sprintf("nameless: %s, number %d of the page", s.Role, i))
		}
	}
	return out
}

// LargeText doubles the reader's text size, as their browser's setting does,
// and lists what is lost: text cut off in any direction, or a page that has to
// be moved sideways.
func (p *Page) LargeText(t testing.TB) []string {
	t.Helper()
	Eval[bool](t, p, `(document.documentElement.style.fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize) * 2 + "px", true)`)
	Eval[bool](t, p, painted)
	lost := append(Eval[[]string](t, p, `(() => {
		const wide = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= wide) return [];
		const beyond = (e) => e && (e.getBoundingClientRect().right > wide + 1 || e.getBoundingClientRect().left < -1);
		return ["page " + document.documentElement.scrollWidth + " wide in " + wide].concat([...document.querySelectorAll("body *")]
			.filter((e) => beyond(e) && !e.closest("details:not([open]) > :not(summary), .visually-hidden, .skip, svg") && ![...e.children].some(beyond)).slice(0, 6)
			.map((e) => "too wide: " + e.tagName.toLowerCase() + "." + e.className + " “" + (e.innerText ?? "").slice(0, 40) + "”"));
	})()`), Eval[[]string](t, p, `[...document.querySelectorAll("body *")].filter((e) => {
		const s = getComputedStyle(e);
		if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(".visually-hidden, .skip, video, svg, select") || e.matches("input, textarea") || !e.innerText?.trim()) return false;
		if (e.clientWidth <= 1 || s.clipPath !== "none") return false;
		if (["hidden", "clip"].includes(s.overflowX) && s.textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1) return true;
		const short = ["hidden", "clip"].includes(s.overflowY) && e.scrollHeight > e.clientHeight + 2;
		const narrow = s.textOverflow === "ellipsis" && ["hidden", "clip"].includes(s.overflowX) && e.scrollWidth > e.clientWidth + 1;
		return short || narrow;
	}).map((e) => "lost: " + e.tagName.toLowerCase() + "." + e.className + " “" + e.innerText.slice(0, 40) + "”")`)...)
	Eval[bool](t, p, `(document.documentElement.style.fontSize = "", true)`)
	return lost
}
