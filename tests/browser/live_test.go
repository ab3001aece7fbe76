package browser_test

import (
	"fmt"
	"testing"

	"trueward/internal/testkit/browser"
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
	// A part that waits for news nobody else has: what happens in the house
	// meanwhile must not count.
	n.WaitFor(t, `(() => {
		window.asked = 0;
		document.body.addEventListener("news", () => asked++);
		document.querySelector("main").insertAdjacentHTML("beforeend", '<i hx-trigger="news from:body"></i><i hx-trigger="news from:body"></i>');
		return true;
	})()`)
	for i, step := range []struct {
		event   string
		attempt int // of the stream: the first one has missed nothing
		asked   int
	}{{"htmx:sse:after:connection", 0, 0}, {"everything", 0, 1}, {"htmx:sse:after:connection", 1, 2}} {
		got := browser.Eval[int](t, n.Page, fmt.Sprintf(`(document.querySelector("#live").dispatchEvent(
			new CustomEvent(%q, { bubbles: true, detail: { connection: { attempt: %d } } })), asked)`, step.event, step.attempt))
		if got != step.asked {
			t.Errorf("step %d: after %s the page has asked %d times, not %d", i, step.event, got, step.asked)
		}
	}
	part := `document.querySelector("[hx-trigger*='from:body'][hx-get]")`
	n.WaitFor(t, fmt.Sprintf(`performance.getEntriesByType("resource").some((e) => new URL(e.name).pathname === new URL(%s.getAttribute("hx-get"), location).pathname)`, part))
}
