package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/sample"
	"trueward/internal/testkit/browser"
)

const (
	amy   = "amy@brannoc.example"
	kenji = "ito@brannoc.example"
)

// phone is what nurses hold.
var phone = browser.Look{Width: 390, Height: 844, Touch: true}

// nurse is a person at work in a case.
type nurse struct {
	*house
	*browser.Page
	t *testing.T
}

// work signs a nurse in and opens a case of her own, leaving any other one.
func (h *house) work(t *testing.T, b *browser.Browser, email string) nurse {
	t.Helper()
	n := nurse{h, h.enter(t, b, email, phone), t}
	n.Go(t, h.url+"/cases")
	n.Choose(t, "#place", "Cath Lab 2")
	n.Follow(t, "Open a case")
	n.says("is open. Everything you scan lands in it.")
	return n
}

func (n nurse) says(words ...string) {
	n.t.Helper()
	said := n.Text(n.t)
	for _, w := range words {
		if !strings.Contains(said, w) {
			n.t.Fatalf("%s does not say %q, but: %s", n.Path(n.t), w, said)
		}
	}
}

// typed enters a scan into the box, as people do whose scanner is broken.
func (n nurse) typed(text string) {
	n.t.Helper()
	n.Fill(n.t, "#scan", text)
	n.Do(n.t, chromedp.KeyEvent("\t")) // leaves the box, and ends what may be taken for a burst
	n.Press(n.t, "Check")
}

// answers waits until the answer to a scan and the list of the case name a
// unit.
func (n nurse) answers(u store.UnitRow) {
	n.t.Helper()
	for _, place := range []string{"#scan-result", "#waiting"} {
		n.WaitFor(n.t, fmt.Sprintf(`document.querySelector(%q)?.innerText.includes(%q) || document.querySelector("#scan-result .notice.tone-stop")`, place, u.Serial))
		if said := n.Text(n.t); !strings.Contains(said, u.Serial) {
			n.t.Fatalf("the scan of %s is answered by: %s", bracketed(u), said)
		}
	}
}

// state returns what the house knows of a unit.
func (n nurse) state(u store.UnitRow) custody.State {
	n.t.Helper()
	now, err := n.queries(n.t).Unit(u.ID)
	if err != nil {
		n.t.Fatal(err)
	}
	return now.State
}

func (n nurse) expect(u store.UnitRow, want custody.State) {
	n.t.Helper()
	if got := n.state(u); got != want {
		n.t.Errorf("unit %s is %s, want %s", u.Serial, got, want)
	}
}

// TestNurse is the main job: a case is opened, products come into it by hand,
// by a hand scanner, and by a tap on their tag; they are used, one use is
// taken back, one unit is wasted, one put back; the case is closed.
func TestNurse(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := h.work(t, b.Apart(t), kenji)
	units := h.take(t, 4)
	byHand, byWedge, toWaste, toPutBack := units[0], units[1], units[2], units[3]

	n.typed(bracketed(byHand))
	n.answers(byHand)
	n.says("Identified", "May be used", byHand.Lot)
	n.green(0)
	n.Burst(t, "]d2"+element(byWedge))
	n.answers(byWedge)
	n.typed(bracketed(byHand))
	n.WaitFor(t, `document.querySelector("#scan-result").innerText.includes("Already in")`)
	n.tapGenuine()

	n.Go(t, h.url+"/scan")
	n.Follow(t, "Use 3 units on")
	n.says("3 used.")
	n.expect(byHand, custody.Used)
	n.expect(byWedge, custody.Used)
	n.undoAndWaste(toWaste)
	n.takeOut(toPutBack)
	n.closeCase()
	for _, line := range n.Said() {
		t.Errorf("console: %s", line)
	}
}

// tapGenuine opens the address of a tap, as a phone does that is held to a
// tag: the verdict stands on the page, and one press puts the unit into the
// case.
func (n nurse) tapGenuine() {
	n.t.Helper()
	address := n.tap(n.t, sample.TapGenuine)
	n.Go(n.t, address)
	n.says("Genuine", "May be used")
	n.green(2)
	n.Follow(n.t, "Add to C-")
	n.says("In C-")
	// Loading the same address again shows the same check, and no second one.
	n.Go(n.t, address)
	n.says("Genuine", "May be used")
}

// green counts the panels of a fresh check that are green: none for anything
// but a tag that is genuine on a unit that may be used, and then both.
func (n nurse) green(want int) {
	n.t.Helper()
	if got := browser.Eval[int](n.t, n.Page, `document.querySelectorAll(".verdict-panel.tone-good").length`); got != want {
		n.t.Errorf("%d panels are green, want %d", got, want)
	}
}

// undoAndWaste takes the newest use back within its time and wastes another
// unit instead.
func (n nurse) undoAndWaste(u store.UnitRow) {
	n.t.Helper()
	before := n.live()
	n.Follow(n.t, "Undo")
	n.says("Taken back")
	if after := n.live(); before != 3 || after != 2 {
		n.t.Errorf("%d uses count before an undo and %d after it", before, after)
	}
	n.Go(n.t, n.url+"/scan")
	n.typed(bracketed(u))
	n.answers(u)
	n.Follow(n.t, "Waste")
	n.Press(n.t, "Dropped or unsterile")
	n.Follow(n.t, "Record")
	n.says("Wasted", u.Serial)
	n.expect(u, custody.Wasted)
}

// takeOut takes a unit off its shelf and puts it back.
func (n nurse) takeOut(u store.UnitRow) {
	n.t.Helper()
	n.Go(n.t, n.url+"/units/"+string(u.ID))
	n.Follow(n.t, "Take it out")
	n.expect(u, custody.Removed)
	n.Go(n.t, n.url+"/ward")
	n.says("Removed, not charged", u.Serial)
	n.Go(n.t, n.url+"/units/"+string(u.ID))
	n.Follow(n.t, "Put it back")
	n.says("Put back at its place.")
	n.expect(u, custody.Available)
}

// closeCase sets aside what still waits and closes the case.
func (n nurse) closeCase() {
	n.t.Helper()
	n.Go(n.t, n.url+"/ward")
	n.Follow(n.t, "See the case")
	for browser.Eval[bool](n.t, n.Page, `document.querySelector("#waiting li") !== null`) {
		n.Follow(n.t, "Not used")
		n.says("Set aside.")
	}
	n.Follow(n.t, "Close C-")
	n.says("The case is closed.", "Closed")
	n.Go(n.t, n.url+"/ward")
	n.says("You have no case open")
}

// live counts the usages that count on the case whose page is open.
func (n nurse) live() int {
	n.t.Helper()
	id := strings.TrimPrefix(n.Path(n.t), "/cases/")
	list, err := n.queries(n.t).Usages(store.UsageFilter{Case: usage.CaseID(id), LiveOnly: true}, store.Page{Limit: 200})
	if err != nil {
		n.t.Fatal(err)
	}
	return len(list.Rows)
}

// openCase is the case that the nurse works on.
func (n nurse) openCase() usage.CaseID {
	n.t.Helper()
	return usage.CaseID(strings.TrimPrefix(browser.Eval[string](n.t, n.Page, `document.querySelector("a[href^='/cases/']").pathname`), "/cases/"))
}
