package browser_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/sample"
	"trueward/internal/testkit/browser"
)

// offline is a nurse whose way to the house can be cut.
type offline struct {
	nurse
	line *line
}

// offline signs a nurse in over a line of her own, with a case open, and waits
// until her device could do without the house.
func (h *house) offline(t *testing.T, b *browser.Browser, email string, plant func(string, []byte) []byte) offline {
	t.Helper()
	l := h.line(t)
	l.plant = plant
	n := offline{nurse{&house{product: h.product, url: l.url, used: h.used}, nil, t}, l}
	n.nurse = n.house.work(t, b, email)
	n.Go(t, l.url+"/scan")
	n.WaitFor(t, `navigator.serviceWorker.ready.then((r) => r.active?.state === "activated" && navigator.serviceWorker.controller !== null)`)
	return n
}

// again opens a page of hers without the house. The worker is awake by then:
// while a browser still starts it, it may answer for itself that nobody is
// there.
func (n offline) again(path string) {
	n.t.Helper()
	n.WaitFor(n.t, `fetch(document.querySelector("link[rel=stylesheet]").href).then((r) => r.ok)`)
	n.Go(n.t, n.line.url+path)
}

// pill waits until the connection pill says something.
func (n offline) pill(words string) {
	n.t.Helper()
	n.WaitFor(n.t, fmt.Sprintf(`document.querySelector("[data-pill-word]")?.textContent === %q`, words))
}

// scans lists what waits in the nurse's case.
func (n offline) scans(id usage.CaseID) []store.ScanRow {
	n.t.Helper()
	list, err := n.queries(n.t).Scans(id)
	if err != nil {
		n.t.Fatal(err)
	}
	return list
}

// TestOffline: the network goes in the middle of a case. Scans are kept and said
// to be unchecked; the page survives a reload and so do they; fifty of them go
// to the house once when it is back, in their case, with the time they were
// taken; and signing out before that is not possible by accident.
func TestOffline(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	const many = 50
	units := h.take(t, many)
	n := h.offline(t, b.Apart(t), kenji, nil)
	id := n.openCase()
	n.line.cut()
	n.Burst(t, "]d2"+element(units[0]))
	n.WaitFor(t, `document.querySelector("#scan-result").innerText.includes("Saved – not checked yet")`)
	n.pill("Offline – 1 waiting")
	n.green(0)
	n.looksRight("offline")
	n.again("/scan")
	n.WaitFor(t, `document.querySelector("[data-shell-case]")?.textContent.startsWith("C-") && document.querySelector("[data-saved-list] li")`)
	n.WaitFor(t, fmt.Sprintf(`document.body.innerText.includes(%q)`, units[0].Serial)) // drawn after it is filled
	n.says("No connection")
	n.pill("Offline – 1 waiting")
	for _, u := range units[1:] {
		n.feed(u)
	}
	n.pill(fmt.Sprintf("Offline – %d waiting", many))
	n.looksRight("the page that stands in")
	if got := len(n.scans(id)); got != 0 {
		t.Fatalf("%d scans reached the house without a network", got)
	}
	n.line.mend()
	n.pill("Online")
	n.WaitFor(t, `document.querySelector("#waiting")?.innerText.includes("Use ")`)
	kept := n.scans(id)
	if len(kept) != many {
		t.Errorf("%d of %d scans are in the case", len(kept), many)
	}
	for _, s := range kept {
		if s.Captured.IsZero() || s.ScannedAt.Before(s.Captured) || s.Source != "wedge" {
			t.Errorf("a scan of %v by %s was kept at %v", s.ScannedAt, s.Source, s.Captured)
		}
	}
	if sent := n.line.count("POST /scan/kept"); sent > 3 {
		t.Errorf("%d scans went in %d requests", many, sent)
	}
	n.closeCaseAside()
}

// looksRight holds a page to the rules of every page but for the console, where
// the browser itself complains of the network.
func (n offline) looksRight(name string) {
	n.t.Helper()
	violations, _ := n.Axe(n.t)
	for _, fault := range append(append(violations, n.Overflow(n.t)...), n.SmallTargets(n.t)...) {
		n.t.Errorf("%s: %s", name, fault)
	}
	if folder := os.Getenv("TRUEWARD_PICTURES"); folder != "" {
		n.Picture(n.t, filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".png"))
	}
}

// feed gives a scan to the page the way a hand scanner's burst ends up.
func (n offline) feed(u store.UnitRow) {
	n.t.Helper()
	browser.Eval[bool](n.t, n.Page, fmt.Sprintf(`(() => {
		const form = document.getElementById("scan-form"), { elements } = form;
		elements.scan.value = %q; elements.source.value = "wedge"; elements.symbology.value = "]d2";
		form.requestSubmit();
		return true;
	})()`, element(u)))
}

// closeCaseAside sets aside what waits, by the use case, so that other tests
// find the units where they were.
func (n offline) closeCaseAside() {
	n.t.Helper()
	id := n.openCase()
	actor := n.actor(kenji)
	for _, s := range n.scans(id) {
		if _, err := n.product.Using.SetAside(n.t.Context(), store.Command{Actor: actor}, id, s.Unit.ID); err != nil {
			n.t.Fatal(err)
		}
	}
}

// lostReply sends a tap whose answer is lost, and has it sent again. It returns
// what speaks against one effect: a message of a tag is good for one check.
func (n offline) lostReply() (faults []string) {
	n.t.Helper()
	id := n.openCase()
	address := n.tap(n.t, sample.TapGenuine)
	n.line.loses(func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/scan" })
	n.typed(strings.Replace(address, n.line.url, n.url, 1))
	n.WaitFor(n.t, `document.querySelector("#scan-result").innerText.includes("Saved – not checked yet")`)
	before := n.scans(id)
	if len(before) != 1 || before[0].Verdict.Level != authentic.Genuine {
		n.t.Fatalf("before the answer was lost, the house noted %+v", before)
	}
	n.line.loses(nil)
	n.WaitFor(n.t, `document.querySelector("[data-answer-list] li") && document.querySelector("[data-pill-word]").textContent === "Online"`)
	after := n.scans(id)
	if len(after) != 1 || after[0].Verdict != before[0].Verdict || after[0].Scan.ID != before[0].Scan.ID {
		faults = append(faults, fmt.Sprintf("the case holds %d scans", len(after)))
	}
	if said := browser.Eval[string](n.t, n.Page, `document.querySelector("[data-answer-list] li").innerText`); !strings.Contains(said, "In C-") {
		faults = append(faults, "the second try is answered by: "+said)
	}
	return faults
}

// TestLostReply: the house acted and the answer was lost; the scan is sent
// again and has one effect.
func TestLostReply(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := h.offline(t, b.Apart(t), amy, nil)
	for _, fault := range n.lostReply() {
		t.Error(fault)
	}
}

// TestOutboxThatForgetsItsKey plants an outbox that makes a new key for each
// try: what TestLostReply looks at must find it.
func TestOutboxThatForgetsItsKey(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := h.offline(t, b.Apart(t), kenji, swap(t, "/js/replay.", `const rows = await mine(handed), `, `const rows = await Promise.all((await mine(handed)).map(async (row) => {
		const id = outbox.newKey();
		await outbox.change(row.id, { id });
		return { ...row, id };
	})), `))
	if n.lostReply() == nil {
		t.Error("an outbox with a new key for each try is not found")
	}
}

// actor is a person of the sample, as the house knows them.
func (n offline) actor(email string) access.Actor {
	n.t.Helper()
	c, ok, err := n.product.Store.Read(n.t.Context(), access.Everything()).CredentialByEmail(email)
	if err != nil || !ok {
		n.t.Fatalf("%s: %v %v", email, ok, err)
	}
	return c.Actor
}

// scansOf are requests that bring scans.
func scansOf(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/scan")
}

// TestHandedOver: who signs out while scans wait is told, and leaves them to
// whoever signs in next, who sends them as theirs. A scan for a case that was
// closed meanwhile changes nothing: it is listed, and kept as an exception with
// a reason or not at all.
func TestHandedOver(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := h.offline(t, b.Apart(t), kenji, nil)
	units, id := h.take(t, 2), n.openCase()
	n.line.stops(scansOf)
	n.Burst(t, "]d2"+element(units[0]))
	n.pill("Offline – 1 waiting")
	n.leave("Sign out")
	n.WaitFor(t, `location.pathname === "/outbox" && !document.querySelector("[data-leaving]").hidden`)
	n.looksRight("leaving")
	if _, err := n.product.Using.CloseCase(t.Context(), store.Command{Actor: n.actor(kenji)}, id); err != nil {
		t.Fatal(err)
	}
	n.Follow(t, "Sign out and hand them over")
	n.line.stops(nil)
	n.Fill(t, "#email", amy)
	n.Fill(t, "#password", password)
	n.Follow(t, "Sign in")
	n.Go(t, n.line.url+"/outbox")
	n.WaitFor(t, `!document.querySelector("[data-saved-theirs]").hidden`)
	n.Press(t, "Send everybody's as mine")
	n.WaitFor(t, `document.querySelector("[data-answer-list]").innerText.includes("The case was closed meanwhile")`)
	n.pill("Online")
	n.Go(t, n.line.url+"/outbox")
	n.says(units[0].Serial, "The case was closed meanwhile.", "Kenji I.")
	n.looksRight("to be decided")
	n.Follow(t, "Keep as an exception")
	n.says("Say why, in a few words.")
	n.Do(t, chromedp.SendKeys(chromedp.CSS("input[id^=reason-]"), "used before the case was closed"))
	n.Follow(t, "Keep as an exception")
	n.says("Decided.", "Kept as exceptions", "used before the case was closed")
	n.expect(units[0], custody.Available)
	for _, s := range n.scans(id) {
		t.Errorf("%s waits in a closed case", s.Unit.Serial)
	}
}

// leave opens the person's menu and presses something in it.
func (n offline) leave(words string) {
	n.t.Helper()
	n.Do(n.t, chromedp.Click(chromedp.CSS(".topbar details.drop > summary")))
	n.Press(n.t, words)
}

// TestForms: each room has a form on paper, whose code leads back to the room.
func TestForms(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := nurse{h, h.enter(t, b.Apart(t), kenji, phone), t}
	n.Go(t, h.url+"/outbox/forms")
	n.says("Cath Lab 2")
	n.Check(t, "forms")
	address := browser.Eval[string](t, n.Page, `[...document.querySelectorAll(".sheet")].find((s) => s.innerText.includes("Cath Lab 2")).querySelector(".sheet-code p").innerText`)
	n.Go(t, address)
	if room := browser.Eval[string](t, n.Page, `document.querySelector("#place").selectedOptions[0].text`); !strings.HasPrefix(room, "Cath Lab 2") {
		t.Errorf("the form's address leads to %s", room)
	}
}
