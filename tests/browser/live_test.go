package browser_test

import (
	"fmt"
	"testing"
)

// TestNothingIsMissed: a page whose stream of events came back, or could not
// keep up, asks for what it shows, and does so once for each.
func TestNothingIsMissed(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := h.work(t, b.Apart(t), amy)
	n.Go(t, h.url+"/scan")
	n.WaitFor(t, `document.querySelector("[data-pill]").dataset.state === "online" && document.querySelector("[hx-trigger*='from:body']")`)
	asked := func(want int) {
		t.Helper()
		n.WaitFor(t, fmt.Sprintf(`performance.getEntriesByType("resource").filter((e) => new URL(e.name).pathname === new URL(document.querySelector("[hx-trigger*='from:body']").getAttribute("hx-get"), location).pathname).length === %d`, want))
	}
	asked(0)
	for i, event := range []string{"everything", "htmx:sse:after:connection"} {
		n.WaitFor(t, fmt.Sprintf(`document.querySelector("#live").dispatchEvent(new CustomEvent(%q, { bubbles: true }))`, event))
		asked(i + 1)
	}
}
