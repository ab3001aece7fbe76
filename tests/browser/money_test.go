package browser_test

import (
	"testing"

	"trueward/internal/adapter/store/storetest"
	"trueward/internal/testkit/browser"
)

// TestOfficeForms holds the forms behind folds of the money pages to the house
// rules, as a finance desk and a phone show them, and has a usage sheet
// confirmed and another account proposed by hand.
func TestOfficeForms(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	rule := func(rule string) {
		if err := storetest.Behind(t.Context(), h.product.Store, `UPDATE agreement_versions SET sheet_rule = '`+rule+`'`); err != nil {
			t.Fatal(err)
		}
	}
	rule("both")
	defer rule("none")
	c := h.office(t, b, ines)
	c.Go(t, h.url+"/sheets")
	c.says("Usage sheets", "To be confirmed", "not right")
	c.unfoldAll()
	c.shown("sheets")
	c.paper([]string{"For the hospital:", "For the vendor:", "Name, date, signature"}, []string{"Contest this usage"})
	before := len(c.rows())
	browser.Eval[bool](t, c.Page, `(document.querySelector("main form[action$='/confirm'] button").click(), true)`)
	c.WaitFor(t, `document.querySelector("main") && document.body.innerText.includes("confirmed by your side")`)
	if after := len(c.rows()); after >= before {
		t.Errorf("%d usages wait after one sheet of %d is confirmed", after, before)
	}

	c.Go(t, h.url+"/approvals")
	c.unfold("Propose another account")
	c.Fill(t, "#account-number", "NL91 ABNA 0417 1643 00")
	c.Follow(t, "Propose this account")
	c.says("Take this proposal back", "NL91ABNA0417164300")
	c.shown("account")
	c.Press(t, "Take this proposal back") // leads to the same address again, which no Follow notices
	c.WaitFor(t, `document.body.innerText.includes("The proposal is ended")`)

	c.Go(t, h.url+"/exports")
	c.unfoldAll()
	c.shown("export-columns")
	c.Go(t, h.url+"/queue?view=soon")
	c.first()
	c.unfoldAll()
	c.shown("line")
}

// unfoldAll opens everything that is folded in the page's content.
func (c clerk) unfoldAll() {
	c.t.Helper()
	browser.Eval[bool](c.t, c.Page, `(document.querySelectorAll("main details").forEach((d) => { d.open = true }), true)`)
}
