package browser_test

import (
	"testing"

	"trueward/internal/domain/custody"
	"trueward/internal/sample"
	"trueward/internal/testkit/browser"
)

// TestWithoutScripts is the nurse's work in a browser that runs no script:
// every step is a link or a form, and a refused scan stays in its box.
func TestWithoutScripts(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	p := b.Apart(t).Blank(t, phone)
	p.WithoutScripts(t)
	n := nurse{h, p, t}
	n.Go(t, h.url+"/sign-in")
	n.Fill(t, "#email", kenji)
	n.Fill(t, "#password", password)
	n.Follow(t, "Sign in")
	n.Go(t, h.url+"/cases")
	n.Choose(t, "#place", "Cath Lab 2")
	n.Follow(t, "Open a case")
	if browser.Eval[bool](t, p, `"htmx" in window`) {
		t.Fatal("scripts run in a browser that is said to run none")
	}
	n.Fill(t, "#scan", "(01)12345678901234")
	if status := n.Follow(t, "Check"); status != 400 {
		t.Errorf("a number with a wrong check digit is answered with %d", status)
	}
	if kept := browser.Eval[string](t, p, `document.querySelector("#scan").value`); kept != "(01)12345678901234" {
		t.Errorf("the refused scan became %q", kept)
	}
	units := h.take(t, 2)
	for _, u := range units {
		n.Fill(t, "#scan", bracketed(u))
		n.Follow(t, "Check")
		n.says("Identified", "May be used", u.Serial)
	}
	n.Follow(t, "Use 2 units on")
	n.says("2 used.")
	n.Follow(t, "Undo")
	n.says("Taken back")
	if live := n.live(); live != 1 {
		t.Errorf("%d uses count after one of two was undone", live)
	}
	n.Go(t, h.tap(t, sample.TapRecalled))
	n.says("Genuine", "Stop", "ecalled")
	n.green(0)
	n.closeCase()
	if n.state(units[0]) == custody.Used && n.state(units[1]) == custody.Used {
		t.Error("the unit whose use was taken back is used")
	}
}
