package browser_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/kiosk"
	"trueward/internal/domain/access"
	"trueward/internal/testkit/browser"
)

// atOnce is how long a switch of people may take until the next one can work.
const atOnce = 2 * time.Second

// badges gives people of the sample a badge and a PIN, as they would in their
// account.
func (h *house) badges(t *testing.T, codes map[string][2]string) map[string]access.Actor {
	t.Helper()
	actors := map[string]access.Actor{}
	for email, code := range codes {
		c, ok, err := h.product.Store.Read(t.Context(), access.Everything()).CredentialByEmail(email)
		if err != nil || !ok {
			t.Fatalf("%s: %v %v", email, ok, err)
		}
		if err := h.product.Kiosk.SetBadge(t.Context(), c.Actor, kiosk.NewBadge{Badge: code[0], PIN: code[1], Again: code[1]}); err != nil {
			t.Fatal(err)
		}
		actors[email] = c.Actor
	}
	return actors
}

// holder is who holds the workstation of a name.
func (h *house) holder(t *testing.T, name string) store.Kiosk {
	t.Helper()
	list, err := h.queries(t).Kiosks()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range list {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no workstation is called %s", name)
	return store.Kiosk{}
}

// TestSharedWorkstation is rows 73 and rule 10: an administrator sets a
// workstation up; a badge and a PIN let people in; another badge switches the
// person within two seconds, from the page where the list runs, and the case
// and its list stay; a lock keeps them too; and the former person can do
// nothing any more.
func TestSharedWorkstation(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	actors := h.badges(t, map[string][2]string{kenji: {"K0011223344", "493817"}, amy: {"P0055667788", "820461"}})
	own := b.Apart(t)
	p := h.enter(t, own, wardAdmin, browser.Look{Width: 1280, Height: 900})
	p.Go(t, h.url+"/workstations")
	p.Check(t, "workstations")
	p.Fill(t, "#name", "Cath Lab 2, left")
	p.Choose(t, "#place", "Cath Lab 2, Harbour Road")
	p.Follow(t, "Set up this workstation")
	n := nurse{h, p, t}
	n.says("Tap your badge", "Cath Lab 2, left")
	p.Check(t, "locked")

	n.tapIn("K0011223344", "493817")
	n.lockUp()
	n.tapIn("P0055667788", "820461")
	n.Go(t, h.url+"/cases")
	n.Choose(t, "#place", "Cath Lab 2")
	n.Follow(t, "Open a case")
	n.Go(t, h.url+"/scan")
	units := h.take(t, 2)
	n.Burst(t, "]d2"+element(units[0]))
	n.answers(units[0])
	n.Burst(t, "]d2"+element(units[1]))
	n.answers(units[1])
	p.Check(t, "at work")
	before := n.openCase()

	began := time.Now()
	n.Burst(t, ";K0011223344?")
	n.WaitFor(t, `document.readyState === "complete" && document.querySelector(".topbar .who b")?.innerText.includes("`+actors[kenji].Name+`")`)
	n.WaitFor(t, `document.querySelector("#waiting")?.innerText.includes("`+units[0].Serial+`") && document.querySelector("#waiting").innerText.includes("`+units[1].Serial+`")`)
	if took := time.Since(began); took > atOnce {
		t.Errorf("the switch took %v", took)
	} else {
		t.Logf("the switch took %v", took)
	}
	if after := n.openCase(); after != before || n.Path(t) != "/scan" {
		t.Errorf("the case changed from %s to %s, the page to %s", before, after, n.Path(t))
	}
	if k := h.holder(t, "Cath Lab 2, left"); k.Person != actors[kenji].Person {
		t.Errorf("the workstation is held by %s", k.Person)
	}
	n.Follow(t, "Use 2 units on")
	n.says("2 used.")
	for _, u := range units {
		if by := h.usedBy(t, u); by != actors[kenji].Person {
			t.Errorf("%s is used by %s, not by who tapped last", u.Serial, by)
		}
	}
	n.lockUp()
	n.says("The open case and its list are kept.")
	n.hold("P0055667788")
	n.Go(t, h.url+"/scan")
	if after := n.openCase(); after != before {
		t.Errorf("after a lock the case is %s", after)
	}
	for _, line := range n.Said() {
		t.Errorf("console: %s", line)
	}
}

// wardAdmin administers the hospital of the sample's nurses.
const wardAdmin = "helen@brannoc.example"

// hold holds a badge to the reader of the locked screen.
func (n nurse) hold(badge string) {
	n.t.Helper()
	n.Fill(n.t, "#badge", ";"+badge+"?")
	n.Follow(n.t, "Go on")
}

// tapIn taps and gives the PIN.
func (n nurse) tapIn(badge, pin string) {
	n.t.Helper()
	n.hold(badge)
	n.says("enter your PIN")
	n.Fill(n.t, "#pin", pin)
	n.Follow(n.t, "Go on as")
	if at := n.Path(n.t); at == "/workstation" {
		n.t.Fatalf("the badge is not let in: %s", n.Text(n.t))
	}
}

func (n nurse) lockUp() {
	n.t.Helper()
	n.Follow(n.t, "Lock")
	n.says("Tap your badge")
}

// usedBy is who used a unit last.
func (h *house) usedBy(t *testing.T, u store.UnitRow) access.PersonID {
	t.Helper()
	list, err := h.queries(t).Usages(store.UsageFilter{LiveOnly: true}, store.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range list.Rows {
		if row.Unit == u.ID {
			return row.Actor
		}
	}
	t.Fatalf("%s is not used", u.Serial)
	return ""
}
