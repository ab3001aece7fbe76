package browser_test

import (
	"strings"
	"testing"

	"trueward/internal/testkit/browser"
)

// TestPaper prints an invoice, a list and a unit: what is read stands on the
// paper, what is pressed does not. The screen is the control: it shows both.
func TestPaper(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	c := h.office(t, b, tom)
	c.Go(t, h.url+"/invoices?status=issued")
	number := c.first()
	c.paper([]string{number, "Still due"}, []string{"Record a payment", "Queue", "Go to a page"})
	c.Go(t, h.url+"/invoices")
	c.paper([]string{"Newest first", number}, []string{"Show results", "CSV of this list"})
	m := h.office(t, b, "maria@brannoc.example")
	m.Go(t, h.url+"/on-hand")
	serial := browser.Eval[string](t, m.Page, `document.querySelector("main tbody bdi.mono").innerText`)
	m.paper([]string{"What expires when", "still on the shelf", serial}, []string{"Show results", "Move units", "List what is expired"})
	n := h.office(t, b, amy)
	n.Go(t, h.url+"/cases/"+string(h.lately(t).Case))
	n.paper([]string{"Recorded", "Room", "Recorded by", "Checked by", "Name, date, signature"}, []string{"Correct"})
}

// paper prints the page and looks for words that must, and must not, stand on
// the paper; all of them stand on the screen.
func (c clerk) paper(kept, left []string) {
	c.t.Helper()
	screen := c.Text(c.t)
	text, ok := c.Paper(c.t)
	if !ok {
		return
	}
	text = strings.Join(strings.Fields(text), " ")
	for _, words := range kept {
		if !strings.Contains(text, words) {
			c.t.Errorf("%s: the paper does not say %q, but: %.600s", c.Path(c.t), words, text)
		}
	}
	for _, words := range left {
		if !strings.Contains(screen, words) {
			c.t.Errorf("%s: the screen has no %q that the paper could leave out", c.Path(c.t), words)
		}
		if strings.Contains(text, words) {
			c.t.Errorf("%s: the paper says %q, which is to be pressed", c.Path(c.t), words)
		}
	}
}
