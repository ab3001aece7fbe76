package locks_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"trueward/internal/testkit/browser"
)

// A browser is let through to the house's sign-in and back, by the policy that
// keeps forms here; the pages on the way are read by everybody and fit a phone.
func TestTheWayToTheHouseInABrowser(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	h, at := throughProvider(t)
	*at.keeps.age = time.Hour
	p := b.Open(t, h.url+"/sign-in/outside?next=%2Faccount", browser.Look{Touch: true})
	there := func() {
		p.WaitFor(t, `location.pathname == "/login/username" && !!document.querySelector("[name=password]")`)
		browser.Eval[bool](t, p, `(document.querySelector("[name=username]").value = "amy", document.querySelector("[name=password]").value = "verysecure", document.querySelector("form").submit(), true)`)
	}
	look := func(name string) {
		// Without what the console said: the answer is a refusal, and the issuer has
		// no picture for a tab.
		found, _ := p.Axe(t)
		for _, f := range append(append(found, p.Overflow(t)...), p.SmallTargets(t)...) {
			t.Errorf("%s: %s", name, f)
		}
		if folder := os.Getenv("TRUEWARD_PICTURES"); folder != "" {
			p.Picture(t, filepath.Join(folder, name+".png"))
		}
	}
	there()
	p.WaitFor(t, `location.pathname == "/account"`)
	browser.Eval[bool](t, p, `((f) => (f.method = "post", f.action = "/account/passkeys/new", document.body.append(f), f.submit(), true))(document.createElement("form"))`)
	p.WaitFor(t, `document.title.includes("Prove it is you")`)
	look("prove-outside")
	*at.keeps.age = 0
	browser.Eval[bool](t, p, `(document.querySelector("form[action='/prove/outside'] button").click(), true)`)
	there()
	p.WaitFor(t, `document.querySelector("h1")?.textContent.startsWith("Thank you")`)
	browser.Eval[bool](t, p, `((f) => (f.method = "post", f.action = "/sign-out", document.body.append(f), f.submit(), true))(document.createElement("form"))`)
	p.WaitFor(t, `location.pathname == "/sign-in/outside/ended"`)
	look("signed-out-outside")
}
