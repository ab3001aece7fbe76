package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"trueward/internal/testkit/browser"
)

const nils = "nils@norvane.example"

// shown holds a page to the house rules in every look and, when asked for,
// keeps its pictures.
func (c clerk) shown(name string) {
	c.t.Helper()
	for _, look := range looks {
		c.Look(c.t, look)
		for _, fault := range c.Faults(c.t) {
			c.t.Errorf("%s, %s: %s", name, nameOf(look), fault)
		}
		if folder := os.Getenv("TRUEWARD_PICTURES"); folder != "" {
			c.Picture(c.t, filepath.Join(folder, fmt.Sprintf("correct-%s-%s.png", name, nameOf(look))))
		}
	}
	c.Look(c.t, desk)
}

func (c clerk) unfold(words string) {
	c.t.Helper()
	opened := browser.Eval[bool](c.t, c.Page, fmt.Sprintf(`(() => { const d = [...document.querySelectorAll("details")].find((d) => d.querySelector("summary").innerText.trim() === %q); if (d) d.open = true; return !!d })()`, words))
	if !opened {
		c.t.Fatalf("%s has nothing behind %q", c.Path(c.t), words)
	}
}

// TestDisputeBecomesACreditNote follows a disagreement from the hospital's desk
// to the vendor's credit note, and an invoice that two people end.
func TestDisputeBecomesACreditNote(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	finance, office := h.office(t, b, tom), h.office(t, b, ines)
	finance.Go(t, h.url+"/invoices")
	finance.Choose(t, "#party", "Norvane")
	finance.Choose(t, "#status", "Open")
	finance.Follow(t, "Show results")
	number := finance.first()
	invoice := finance.Path(t)
	finance.unfold("Dispute a line")
	finance.Fill(t, "#dispute-amount", "1.00")
	finance.Fill(t, "#dispute-reason", "The agreed price is lower by one.")
	finance.Follow(t, "Dispute this line of "+number)
	finance.says("Disputed in part", "The agreed price is lower by one.", "Line disputed")
	finance.shown("disputed")

	office.Go(t, h.url+"/disputes")
	office.says(number, "Waits for the vendor")
	office.shown("inbox")
	office.Press(t, "Agree to")
	office.WaitFor(t, `document.body.innerText.includes("It is agreed")`)
	office.Go(t, h.url+"/approvals")
	office.says("Credit note on " + number)
	office.shown("approvals")
	browser.Eval[bool](t, office.Page, `([...document.querySelectorAll("tbody tr")].find((r) => r.innerText.includes("Credit note on")).querySelector("input").click(), true)`)
	office.Follow(t, "Approve the chosen ones")
	office.says("Credit note on "+number, "What you approve")
	office.shown("approve-together")
	office.Follow(t, "Approve 1: €1.00")
	office.says("1 is approved.")
	office.Go(t, h.url+invoice)
	office.says("-CN-", "Credit note issued and posted to both books", "Credited")
	office = h.office(t, b, ines) // a page of its own, with its own patience
	office.Go(t, h.url+invoice)
	office.unfold("Write a credit note")
	office.shown("credited")
	office.unfold("Ask to end this invoice")
	office.Fill(t, "#end-reason", "Nobody pays this.")
	office.Follow(t, "Ask to end "+number)
	office.says("A second person of the vendor's office decides")
	second := h.office(t, b, nils)
	second.Go(t, h.url+invoice)
	second.Follow(t, "Uncollectible: end "+number)
	second.says("Uncollectible", "Nobody pays this.")
	second.shown("ended")
	second.quiet()

	finance = h.office(t, b, tom)
	finance.Go(t, h.url+"/reports")
	finance.says("Spend by month", "Cost of cases", "Used, not invoiced")
	finance.quiet()
}
