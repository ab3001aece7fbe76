package money_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/exporting"
	"trueward/internal/app/paying"
	"trueward/internal/app/pricing"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

func TestUsageBecomesOnePaidInvoice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c := w.openCase("C-7Q4M")
		u := w.use(c, nil)
		w.drain()
		if got := w.line(u); got.State != billing.LineWaiting || got.Net.Minor != 148000 {
			t.Fatalf("before the undo time ends: %+v", got)
		}
		clk.Advance(10 * time.Minute)
		w.drain()
		if got := w.one(); got.State != billing.Collecting || got.NetMinor != 148000 {
			t.Fatalf("while the case is open: %+v", got)
		}
		w.closeCase(c)
		w.drain()
		i := w.one()
		if i.State != billing.Sent || i.Number != "NV-2027-000001" || i.TotalMinor != 179080 || i.DueOn != "2027-04-02" || !i.Sample {
			t.Fatalf("issued: %+v", i)
		}
		if !billing.ValidPaymentReference(i.PaymentReference) || i.Provider != "local" {
			t.Errorf("reference %q, provider %q", i.PaymentReference, i.Provider)
		}
		w.check()
		part, err := w.paying.Record(t.Context(), cmd(w.finance, "k1"), paying.RecordInput{Invoice: i.ID, Amount: "790.80", ReceivedOn: "2027-03-03", Method: billing.BankTransfer})
		if err != nil || part.Paid || part.Due.Minor != 100000 {
			t.Fatalf("part: %+v, %v", part, err)
		}
		rest, err := w.paying.Record(t.Context(), cmd(w.finance, "k2"), paying.RecordInput{Invoice: i.ID, Amount: "1,000.00", ReceivedOn: "2027-03-03", Method: billing.BankTransfer})
		if err != nil || !rest.Paid || w.one().State != billing.Paid {
			t.Fatalf("rest: %+v, %v", rest, err)
		}
		w.check()
		w.explain(u, "Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00.")
	})
}

func (w *world) explain(u usage.Usage, want string) {
	w.t.Helper()
	e, err := w.pricing.Explain(w.t.Context(), w.finance, u.ID)
	if err != nil || e.Sentence != want || e.Difference != "" {
		w.t.Errorf("explain: %+v, %v", e, err)
	}
}

// Row 92: the price at the moment of use counts, whatever comes later.
func TestPriceChangedDuringUseKeepsThePriceAtUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c := w.openCase("C-7Q4M")
		w.listPrice(200000, clk.Now().Add(time.Minute))
		before := w.use(c, nil)
		clk.Advance(2 * time.Minute)
		after := w.use(c, nil)
		w.listPrice(1, before.FactAt.Add(-time.Second))
		w.write(func(tx *store.Tx) error {
			terms := defaults()
			terms.DiscountBP = 9000
			_, err := tx.CreateVersion(consign.Version{Agreement: w.agreement, Vendor: w.vendor, Hospital: w.hospital, Version: 4, ValidFrom: tx.Now(), Terms: terms}, "v4")
			return err
		})
		clk.Advance(20 * time.Minute)
		w.closeCase(c)
		w.drain()
		if b, a := w.line(before).Net.Minor, w.line(after).Net.Minor; b != 148000 || a != 185000 {
			t.Errorf("prices %d and %d, want 148000 and 185000", b, a)
		}
		if got := w.one().NetMinor; got != 148000+185000 {
			t.Errorf("invoice over %d", got)
		}
		w.check()
	})
}

func TestUndoTakesTheMoneyBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c := w.openCase("C-7Q4M")
		early, late, kept := w.use(c, nil), w.use(c, nil), w.use(c, nil)
		w.undo(early)
		clk.Advance(11 * time.Minute)
		w.drain()
		w.undo(late) // collected, not frozen
		w.closeCase(c)
		w.drain()
		if got := w.one(); got.NetMinor != 148000 || got.State != billing.Sent {
			t.Fatalf("%+v", got)
		}
		for _, u := range []usage.Usage{early, late} {
			if _, err := w.all().LiveLine(u.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("a corrected usage has a live line (%v)", err)
			}
		}
		w.check()
		w.undo(kept) // issued: the document stays, people see that a credit is due
		credits, err := w.all().CreditsOf(w.one().ID)
		if got := w.one(); err != nil || got.NetMinor != 148000 || len(credits) != 1 || credits[0].State != billing.CreditProposed {
			t.Errorf("after a correction of an issued line: %+v, credits %+v (%v)", got, credits, err)
		}
	})
}

func TestUndoOfAFrozenUsageReopensTheInvoice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		terms := defaults()
		terms.IssueMode = consign.IssueVendorApproves
		w := newWorld(t, s, clk, terms).priced()
		c := w.openCase("C-7Q4M")
		gone := w.use(c, nil)
		w.use(c, nil)
		clk.Advance(11 * time.Minute)
		w.closeCase(c)
		w.drain()
		if got := w.one(); got.State != billing.Frozen || got.NetMinor != 296000 {
			t.Fatalf("%+v", got)
		}
		w.undo(gone)
		w.drain() // the closed case is cut off again
		i := w.one()
		if i.State != billing.Frozen || i.NetMinor != 148000 {
			t.Fatalf("after the undo: %+v", i)
		}
		if _, err := w.invoicing.Approve(t.Context(), cmd(w.finance, "a0"), i.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the hospital approved its own invoice: %v", err)
		}
		if _, err := w.invoicing.Approve(t.Context(), cmd(w.office, "a1"), i.ID); err != nil {
			t.Fatal(err)
		}
		w.drain()
		if got := w.one(); got.State != billing.Sent {
			t.Errorf("after approval: %s", got.State)
		}
		w.check()
	})
}

func TestUnpricedWaitsAndIsPricedLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults())
		c := w.openCase("C-7Q4M")
		u := w.use(c, nil)
		if got := w.line(u); got.State != billing.LineUnpriced || !strings.Contains(got.Reason, "no list price") {
			t.Fatalf("%+v", got)
		}
		clk.Advance(time.Hour)
		w.closeCase(c)
		in := pricing.PriceInput{Product: w.product, Price: money.Amount{Minor: 100000, Currency: "EUR"}, ValidFrom: u.FactAt.Add(-time.Hour)}
		if _, err := w.pricing.SetPrice(t.Context(), cmd(w.finance, "p0"), in); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the hospital set a vendor's price: %v", err)
		}
		result, err := w.pricing.SetPrice(t.Context(), cmd(w.office, "p1"), in)
		if err != nil || result.Repriced != 1 {
			t.Fatalf("%+v, %v", result, err)
		}
		w.drain()
		if got := w.one(); got.State != billing.Sent || got.NetMinor != 92500 {
			t.Errorf("%+v", got)
		}
		w.check()
	})
}

func TestWasteThatTheVendorBearsCostsNothing(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w := newWorld(t, s, clk, defaults()).priced()
	u := w.use(w.openCase("C-7Q4M"), func(u *usage.Usage) { u.Outcome, u.Reason = usage.Wasted, "Dropped" })
	if got := w.line(u); got.State != billing.LineNoCharge || got.Reason != "Agreement A-12 v3: opened, not used (dropped): vendor pays → €0.00." {
		t.Errorf("%+v", got)
	}
	secret := w.use(w.openCase("C-8Q4M"), func(u *usage.Usage) { u.Outcome, u.Reason = usage.Wasted, "Mr. Smith moved" })
	if got := w.line(secret); strings.Contains(got.Reason, "Smith") {
		t.Errorf("the ward's free text reached the vendor: %q", got.Reason)
	}
}

func TestHeldLineStaysAloneAndGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c := w.openCase("C-7Q4M")
		held := w.use(c, nil)
		w.use(c, nil)
		clk.Advance(11 * time.Minute)
		w.drain()
		if _, err := w.pricing.Hold(t.Context(), cmd(w.finance, "h1"), pricing.HoldInput{Line: w.line(held).ID, Reason: "Wrong size delivered"}); err != nil {
			t.Fatal(err)
		}
		w.closeCase(c)
		w.drain()
		if got := w.one(); got.NetMinor != 148000 || got.State != billing.Sent {
			t.Fatalf("the rest did not go on: %+v", got)
		}
		if _, err := w.pricing.Release(t.Context(), cmd(w.finance, "h2"), w.line(held).ID); err != nil {
			t.Fatal(err)
		}
		w.drain()
		all := w.invoices()
		if len(all) != 2 || all[1].State != billing.Sent || all[1].Part != 2 || all[1].Number != "NV-2027-000002" {
			t.Errorf("the released line: %+v", all)
		}
		w.check()
	})
}

func TestOverriddenUsageIsHeld(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w := newWorld(t, s, clk, defaults()).priced()
	u := w.use(w.openCase("C-7Q4M"), func(u *usage.Usage) { u.OverrideReason = "no other at hand" })
	if got := w.line(u); got.State != billing.LineHeld || got.Net.Minor != 148000 {
		t.Errorf("%+v", got)
	}
}

func TestMonthCollectsOverCasesAndSplitsAt250(t *testing.T) {
	s, clk := storetest.SQLite(t)
	terms := defaults()
	terms.Consolidation = consign.PerMonth
	w := newWorld(t, s, clk, terms).priced()
	for n := range 3 {
		c := w.openCase(fmt.Sprintf("C-%04d", n))
		for range 90 {
			w.use(c, nil)
		}
	}
	clk.Advance(time.Hour)
	w.drain()
	if got := w.one(); got.State != billing.Collecting || got.Window.Key != "month:2027-03" || got.NetMinor != 270*148000 {
		t.Fatalf("%+v", got)
	}
	clk.Set(time.Date(2027, 3, 31, 23, 0, 0, 0, time.UTC)) // midnight in Dublin's summer time
	w.drain()
	all := w.invoices()
	if len(all) != 2 || all[0].NetMinor != 250*148000 || all[1].NetMinor != 20*148000 || all[1].State != billing.Sent {
		t.Fatalf("%+v", all)
	}
	w.check()
	late := w.use(w.openCase("C-LATE"), func(u *usage.Usage) { u.FactAt = u.FactAt.Add(-24 * time.Hour) })
	clk.Advance(time.Hour)
	w.drain()
	if got, err := w.all().Invoice(w.line(late).Invoice); err != nil || got.Window.Key != "month:2027-04" {
		t.Errorf("a late usage joined %q (%v)", got.Window.Key, err)
	}
}

func TestSerialIsBilledOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 1)
		lines, err := w.all().InvoiceLines(i.ID)
		if err != nil {
			t.Fatal(err)
		}
		// The last fence is the database's own.
		again := lines[0]
		again.Position = 2
		other := w.use(w.openCase("C-8Q4M"), nil)
		for name, change := range map[string]func(*billing.InvoiceLine){
			"usage":  func(l *billing.InvoiceLine) { l.Serial = "other" },
			"serial": func(l *billing.InvoiceLine) { l.Usage, l.Line = other.ID, w.line(other).ID },
		} {
			double := again
			change(&double)
			err := s.Write(t.Context(), w.office, func(tx *store.Tx) error { return tx.AddInvoiceLines([]billing.InvoiceLine{double}) })
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("the same %s went onto a second line: %v", name, err)
			}
		}
	})
}

func TestPaymentsAreRefusedBookedAndTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 2)
		in := paying.RecordInput{Invoice: i.ID, Amount: "3,581.60", ReceivedOn: "2027-03-03", Method: billing.Cheque, Reference: "77"}
		for name, change := range map[string]func(*paying.RecordInput){
			"too much": func(in *paying.RecordInput) { in.Amount = "3581.61" }, "nothing": func(in *paying.RecordInput) { in.Amount = "0" },
			"negative": func(in *paying.RecordInput) { in.Amount = "-5" }, "no number": func(in *paying.RecordInput) { in.Amount = "NaN" },
			"fraction": func(in *paying.RecordInput) { in.Amount = "1.001" }, "overflow": func(in *paying.RecordInput) { in.Amount = "99999999999999999999" },
			"future": func(in *paying.RecordInput) { in.ReceivedOn = "2030-01-01" }, "method": func(in *paying.RecordInput) { in.Method = "gold" },
		} {
			wrong := in
			change(&wrong)
			if _, err := w.paying.Record(t.Context(), cmd(w.finance, "bad "+name), wrong); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.paying.Record(t.Context(), cmd(w.nurse, "n"), in); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse booked a payment: %v", err)
		}
		paid, err := w.paying.Record(t.Context(), cmd(w.finance, "k"), in)
		again, err2 := w.paying.Record(t.Context(), cmd(w.finance, "k"), in)
		if err != nil || err2 != nil || !paid.Paid || paid != again {
			t.Fatalf("%+v %v, %+v %v", paid, err, again, err2)
		}
		if _, err := w.paying.Undo(t.Context(), cmd(w.finance, "u1"), paying.UndoInput{Payment: paid.Payment, Reason: "Booked on the wrong invoice"}); err != nil {
			t.Fatal(err)
		}
		if got := w.one(); got.State != billing.Sent || got.PaidMinor != 0 {
			t.Errorf("after the reversal: %+v", got)
		}
		if _, err := w.paying.Undo(t.Context(), cmd(w.finance, "u2"), paying.UndoInput{Payment: paid.Payment, Reason: "again"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("reversed twice: %v", err)
		}
		w.check()
	})
}

func TestExportIsTheSameAgainAndKeepsToItsScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 2)
		for _, format := range billing.ExportFormats() {
			id, err := w.exporting.Take(t.Context(), cmd(w.finance, string(format)), exporting.Input{Format: format})
			if err != nil {
				t.Fatal(err)
			}
			first, err := w.exporting.Get(t.Context(), w.finance, id)
			if err != nil || len(first.Bytes) == 0 {
				t.Fatal(err)
			}
			clk.Advance(time.Hour)
			second, err := w.exporting.Get(t.Context(), w.finance, id)
			if err != nil || string(first.Bytes) != string(second.Bytes) {
				t.Errorf("%s: other bytes (%v)", format, err)
			}
			if _, err := w.exporting.Get(t.Context(), w.office, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("the vendor read the hospital's export: %v", err)
			}
		}
		if _, err := w.exporting.Take(t.Context(), cmd(w.nurse, "x"), exporting.Input{Format: billing.InvoicesCSV}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse exported: %v", err)
		}
		if _, err := w.exporting.Take(t.Context(), cmd(w.finance, "y"), exporting.Input{Format: billing.InvoicesCSV, Filter: exporting.Filter{To: "2026-01-01"}}); !fault.Is(err, fault.NotFound) {
			t.Errorf("an empty period: %v", err)
		}
		pdf, err := w.exporting.Document(t.Context(), w.office, i.ID)
		if err != nil || pdf.Name != i.Number+".pdf" || !strings.HasPrefix(string(pdf.Bytes), "%PDF") {
			t.Errorf("%s, %v", pdf.Name, err)
		}
	})
}

// Numbers have no gap and no double when several workers issue at once.
func TestNumbersHaveNoGapUnderConcurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		const cases = 24
		for n := range cases {
			c := w.openCase(fmt.Sprintf("C-%04d", n))
			w.use(c, nil)
			w.closeCase(c)
		}
		clk.Advance(11 * time.Minute)
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				if _, err := w.invoicing.Run(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		clk.Advance(time.Hour) // what collided is due again
		w.drain()
		seen := map[string]bool{}
		for _, i := range w.invoices() {
			if i.State != billing.Sent {
				t.Errorf("invoice %s is %s, parked %v: %s", i.Number, i.State, i.Parked, i.ParkedReason)
			}
			seen[i.Number] = true
		}
		for n := 1; n <= cases; n++ {
			if !seen[billing.DocumentNumber("NV", 2027, int64(n))] {
				t.Errorf("number %d is missing", n)
			}
		}
		w.check()
	})
}
