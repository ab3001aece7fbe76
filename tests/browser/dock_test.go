package browser_test

import (
	"fmt"
	"testing"

	"trueward/internal/testkit/browser"
)

// TestScanAnywhere: a burst of a hand scanner is answered on a page that is
// about something else, and by the page's own scan box where there is one.
func TestScanAnywhere(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := nurse{h, h.enter(t, b.Apart(t), amy, browser.Look{}), t}
	u := h.take(t, 1)[0]
	for _, path := range []string{"/account", "/find", "/cases"} {
		n.Go(t, h.url+path)
		n.WaitFor(t, `document.readyState === "complete"`)
		n.Keys(t, bracketed(u)+"\r", 0)
		n.WaitFor(t, fmt.Sprintf(`document.querySelector("#dock-result").innerText.includes(%q)`, u.Serial))
		n.Check(t, "an answer on "+path)
	}
	n.Go(t, h.url+"/scan")
	n.Keys(t, bracketed(u)+"\r", 0)
	n.WaitFor(t, fmt.Sprintf(`document.querySelector("#scan-result").innerText.includes(%q)`, u.Serial))
	if !browser.Eval[bool](t, n.Page, `document.querySelector("#dock-result").childElementCount === 0`) {
		t.Error("a page with a scan box answered beside it")
	}
}
