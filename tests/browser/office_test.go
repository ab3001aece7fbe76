package browser_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"trueward/internal/testkit/browser"
)

const (
	ines = "ines@norvane.example"
	tom  = "tom@brannoc.example"
)

// desk is where people of an office work.
var desk = browser.Look{Width: 1280, Height: 900}

// clerk is a person of an office at their desk.
type clerk struct {
	*house
	*browser.Page
	t *testing.T
}

func (h *house) office(t *testing.T, b *browser.Browser, email string) clerk {
	t.Helper()
	return clerk{h, h.enter(t, b.Apart(t), email, desk), t}
}

func (c clerk) says(words ...string) {
	c.t.Helper()
	said := c.Text(c.t)
	for _, w := range words {
		if !strings.Contains(said, w) {
			c.t.Fatalf("%s does not say %q, but: %s", c.Path(c.t), w, said)
		}
	}
}

// rows returns the words of each row of the page's list.
func (c clerk) rows() []string {
	c.t.Helper()
	return browser.Eval[[]string](c.t, c.Page, `[...document.querySelectorAll("main table tbody tr")].map((r) => r.innerText.replace(/\s+/g, " "))`)
}

// first opens what the first row of the page's list leads to, and returns its
// words.
func (c clerk) first() string {
	c.t.Helper()
	words := browser.Eval[string](c.t, c.Page, `document.querySelector("main .row-link").innerText.trim()`)
	c.Follow(c.t, words)
	return words
}

// TestVendorOffice sees what was used, at which hospital and on which case
// without any patient, finds stock by its lot, and takes an invoice as PDF.
func TestVendorOffice(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	c := h.office(t, b, ines)
	c.says("Overview", "St. Brannoc's", "Lindgate General")

	c.Go(t, h.url+"/vendor/usage")
	c.says("St. Brannoc's", "C-")
	for _, row := range c.rows() {
		if !strings.Contains(row, "Norvane") || !strings.Contains(row, "C-") {
			t.Errorf("a usage without product of the vendor or case: %s", row)
		}
	}

	lot := h.take(t, 1)[0].Lot
	c.Go(t, h.url+"/vendor/stock")
	all := len(c.rows())
	c.Fill(t, "#q", lot)
	c.Follow(t, "Show results")
	rows := c.rows()
	if len(rows) == 0 || len(rows) >= all {
		t.Errorf("%d of %d rows are of the lot %s", len(rows), all, lot)
	}
	for _, row := range rows {
		if !strings.Contains(row, lot) {
			t.Errorf("a row of another lot than %s: %s", lot, row)
		}
	}

	c.Go(t, h.url+"/invoices?status=issued")
	number := c.first()
	c.says("Invoice "+number, "Norvane to ", "Still due")
	name, pdf := c.Download(t, "Download PDF")
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !strings.HasSuffix(name, ".pdf") || !strings.Contains(name, number) {
		t.Errorf("%s begins with %q", name, pdf[:min(8, len(pdf))])
	}
	c.quiet()
}

func (c clerk) quiet() {
	c.t.Helper()
	for _, line := range c.Said() {
		c.t.Errorf("console: %s", line)
	}
}

// TestFinance goes from the queue to an invoice, records a part of it as paid,
// takes that back, and exports the lines of one vendor.
func TestFinance(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	c := h.office(t, b, tom)
	c.says("Queue", "on its way to an invoice")
	c.Go(t, h.url+"/invoices")
	c.Choose(t, "#party", "Norvane")
	c.Choose(t, "#status", "Open")
	c.Follow(t, "Show results")
	number := c.first()
	c.pay(number)
	c.export(number)
	c.quiet()
}

// due is the amount that the invoice's page says is still to be paid.
func (c clerk) due() string {
	c.t.Helper()
	return browser.Eval[string](c.t, c.Page, `[...document.querySelectorAll(".stat")].find((s) => s.innerText.includes("Still due")).querySelector(".stat-figure").innerText`)
}

// pay records a part payment and takes it back.
func (c clerk) pay(number string) {
	c.t.Helper()
	before := c.due()
	c.Press(c.t, "Record a payment")
	c.Fill(c.t, "#amount", "12.34")
	c.Fill(c.t, "#reference", "Statement 7")
	c.Follow(c.t, "Record payment on "+number)
	c.says("The payment is recorded.", "€12.34", "Statement 7")
	if c.due() == before {
		c.t.Errorf("after a payment %s is due as before", before)
	}
	c.Press(c.t, "Take this payment back")
	field := browser.Eval[string](c.t, c.Page, `document.querySelector("[name=reason]").id`)
	c.Fill(c.t, fmt.Sprintf("[id=%q]", field), "Entered twice")
	c.Follow(c.t, "Take back €12.34")
	c.says("The payment is taken back.", "Entered twice")
	if got := c.due(); got != before {
		c.t.Errorf("after the payment was taken back %s is due, before it %s", got, before)
	}
}

// export takes the lines of one vendor's open invoices twice and reads them,
// then its statement.
func (c clerk) export(number string) {
	c.t.Helper()
	name, file := c.take("Lines, CSV", "Norvane", "Sent, not paid in full")
	again, _ := c.take("Lines, CSV", "Norvane", "Sent, not paid in full")
	_, other := c.Download(c.t, again)
	if !bytes.Equal(file, other) {
		c.t.Errorf("%s and %s, taken by the same filter, differ", name, again)
	}
	if _, same := c.Download(c.t, name); !bytes.Equal(file, same) {
		c.t.Errorf("%s is not what it was", name)
	}
	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil || len(records) < 2 {
		c.t.Fatalf("%s holds %d records (%v)", name, len(records), err)
	}
	vendor, invoice := slices.Index(records[0], "vendor"), slices.Index(records[0], "number")
	if vendor < 0 || invoice < 0 {
		c.t.Fatalf("%s has the columns %v", name, records[0])
	}
	found := false
	for _, r := range records[1:] {
		found = found || r[invoice] == number
		if !strings.HasPrefix(r[vendor], "Norvane") {
			c.t.Errorf("a line of %s among Norvane's", r[vendor])
		}
	}
	if !found {
		c.t.Errorf("%s holds no line of the open invoice %s", name, number)
	}
	if name, file := c.take("Statement, PDF", "Norvane", "Every issued invoice"); !bytes.HasPrefix(file, []byte("%PDF-")) {
		c.t.Errorf("%s is no PDF: %.20q", name, file)
	}
	if name, file := c.take("Statement, CSV", "Norvane", "Every issued invoice"); !bytes.Contains(file, []byte(",invoice,"+number+",")) {
		c.t.Errorf("the statement %s does not name %s", name, number)
	}
	c.shown("statement")
}

// take takes an export and returns its name and content.
func (c clerk) take(what, party, status string) (string, []byte) {
	c.t.Helper()
	c.Go(c.t, c.url+"/exports")
	c.Press(c.t, what)
	c.Choose(c.t, "#party", party)
	c.Choose(c.t, "#status", status)
	c.Follow(c.t, "Take this export")
	c.says("The export is ready")
	name := browser.Eval[string](c.t, c.Page, `document.querySelector("main .row-link").innerText.trim()`)
	_, file := c.Download(c.t, name)
	return name, file
}
