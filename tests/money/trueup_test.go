package money_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
)

// quarterOver uses five stents at a retroactive tier, of which the first three
// paid the first step's price, and lets the quarter end. Two are on an issued
// invoice, three in a case that is still open.
func quarterOver(t *testing.T, s *store.Store, clk *clock.Fake, mode consign.IssueMode) (w *world, open func()) {
	terms := withPricing(quarterTier(true))
	terms.IssueMode = mode
	w = newWorld(t, s, clk, terms).priced()
	first, second := w.openCase("C-FIRST"), w.openCase("C-SECOND")
	w.use(first, nil)
	w.use(first, nil)
	for range 3 {
		w.use(second, nil)
	}
	w.closeCase(first)
	clk.Advance(time.Hour)
	w.drain()
	w.approveAll()
	clk.Advance(100 * 24 * time.Hour)
	w.runPrices()
	return w, func() {
		w.closeCase(second)
		clk.Advance(time.Hour)
		w.drain()
		w.approveAll()
		clk.Advance(25 * time.Hour)
		w.runPrices()
	}
}

func (w *world) runPrices() {
	w.t.Helper()
	if _, err := w.pricing.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// approveAll approves what waits for it.
func (w *world) approveAll() {
	w.t.Helper()
	for _, i := range w.invoices() {
		if i.State != billing.Frozen {
			continue
		}
		if _, err := w.invoicing.Approve(w.t.Context(), cmd(w.second, "approve "+string(i.ID)), i.ID); err != nil {
			w.t.Fatal(err)
		}
	}
	w.drain()
}

// credits are the credit notes of all invoices.
func (w *world) credits() (all []billing.CreditNote) {
	w.t.Helper()
	for _, i := range w.invoices() {
		of, err := w.all().CreditsOf(i.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, of...)
	}
	return all
}

// What a retroactive tier owes at the end of its window becomes credit notes,
// one per invoice, of themselves where the agreement issues of itself; lines
// that are not issued yet are waited for, and nothing is given back twice.
func TestARetroactiveTierGivesBackWhatItOwes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, issueRest := quarterOver(t, s, clk, consign.IssueAuto)
		credits := w.credits()
		if len(credits) != 1 || credits[0].State != billing.CreditIssued || credits[0].NetMinor != 2*8000 || credits[0].TaxMinor != 2*1680 || credits[0].Number == "" {
			t.Fatalf("after the window: %+v", credits)
		}
		if said := credits[0].Sentence(); said != "Tier reached: tier \"stents\", 2027-Q1, −5\u00a0% on everything in it." {
			t.Errorf("it says %q", said)
		}
		issueRest()
		w.runPrices()
		clk.Advance(48 * time.Hour)
		w.runPrices()
		net := int64(0)
		for _, c := range w.credits() {
			net += c.NetMinor
		}
		ups, err := w.all().TrueUps(w.agreement)
		if err != nil || len(w.credits()) != 2 || net != 3*8000 || len(ups) != 1 || ups[0].CreditMinor != net || ups[0].Credited != net {
			t.Errorf("%d credit notes over %d, true-ups %+v (%v)", len(w.credits()), net, ups, err)
		}
		noBreach(t, w)
		w.verify()
	})
}

// Where the vendor approves invoices, it approves what a tier gives back too,
// with the duties of every credit note; a line that was credited for another
// reason owes only what is left of it.
func TestATiersCreditNoteWaitsForWhoMayIssueIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, issueRest := quarterOver(t, s, clk, consign.IssueVendorApproves)
		credits := w.credits()
		if len(credits) != 1 || credits[0].State != billing.CreditProposed {
			t.Fatalf("after the window: %+v", credits)
		}
		if _, err := w.crediting.Issue(t.Context(), cmd(w.nurse, "n"), credits[0].ID); err == nil {
			t.Error("a nurse issued a credit note")
		}
		if _, err := w.crediting.Issue(t.Context(), cmd(w.second, "i"), credits[0].ID); err != nil {
			t.Fatal(err)
		}
		issueRest()
		waiting := 0
		for _, c := range w.credits() {
			if c.State == billing.CreditProposed {
				waiting++
			}
		}
		if waiting != 1 {
			t.Errorf("%d credit notes wait, want that of the second case", waiting)
		}
		noBreach(t, w)
	})
}
