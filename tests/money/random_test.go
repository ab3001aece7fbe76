package money_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/paying"
	"trueward/internal/app/pricing"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// deeds are what people and time do, in any order. Each leaves the ledger's
// checker satisfied, and at the end every usage that stands is billed once or
// waits with a reason.
type deeds struct {
	w      *world
	cases  []usage.CaseID
	usages []usage.Usage
	gone   map[usage.ID]bool
	n      int
}

func (d *deeds) key() string { d.n++; return fmt.Sprintf("key-%d", d.n) }

func (d *deeds) do(t *rapid.T, deed string) {
	switch deed {
	case "use":
		d.usages = append(d.usages, d.w.use(rapid.SampledFrom(d.cases).Draw(t, "case"), d.outcome(t)))
	case "undo":
		if u, ok := d.some(t); ok && !d.gone[u.ID] {
			d.w.undo(u)
			d.gone[u.ID] = true
		}
	case "hold":
		if u, ok := d.some(t); ok && !d.gone[u.ID] {
			_, err := d.w.pricing.Hold(d.w.t.Context(), cmd(d.w.finance, d.key()), pricing.HoldInput{Line: d.w.line(u).ID, Reason: "looking into it"})
			mayBeRefused(t, err)
		}
	case "release":
		if u, ok := d.some(t); ok && !d.gone[u.ID] {
			_, err := d.w.pricing.Release(d.w.t.Context(), cmd(d.w.finance, d.key()), d.w.line(u).ID)
			mayBeRefused(t, err)
		}
	case "price":
		d.w.clk.Advance(time.Second) // two prices never begin at one instant
		d.w.listPrice(rapid.Int64Range(0, 1e7).Draw(t, "price"), d.w.clk.Now())
	case "pay":
		d.pay(t)
	case "wait":
		d.w.clk.Advance(time.Duration(rapid.IntRange(1, 3000).Draw(t, "minutes")) * time.Minute)
	case "work":
		d.w.drain()
		d.w.check()
	default:
		d.doAfter(t, deed)
	}
}

func (d *deeds) outcome(t *rapid.T) func(*usage.Usage) {
	wasted := rapid.IntRange(0, 4).Draw(t, "wasted") == 0
	return func(u *usage.Usage) {
		if wasted {
			u.Outcome, u.Reason = usage.Wasted, "dropped"
		}
	}
}

func (d *deeds) some(t *rapid.T) (usage.Usage, bool) {
	if len(d.usages) == 0 {
		return usage.Usage{}, false
	}
	return rapid.SampledFrom(d.usages).Draw(t, "usage"), true
}

func (d *deeds) pay(t *rapid.T) {
	for _, i := range d.w.invoices() {
		if !i.State.Payable() || i.Due().Minor == 0 {
			continue
		}
		amount := i.Amount(rapid.Int64Range(1, i.Due().Minor).Draw(t, "amount"))
		result, err := d.w.paying.Record(d.w.t.Context(), cmd(d.w.finance, d.key()), paying.RecordInput{
			Invoice: i.ID, Amount: amount.Decimal(), ReceivedOn: d.w.clk.Now().Format(time.DateOnly), Method: billing.Card,
		})
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "wrong") {
			if _, err := d.w.paying.Undo(d.w.t.Context(), cmd(d.w.office, d.key()), paying.UndoInput{Payment: result.Payment, Reason: "wrong invoice"}); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
}

// mayBeRefused lets a refusal by the state of things pass, and nothing else.
func mayBeRefused(t *rapid.T, err error) {
	if err != nil && !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
}

func TestAnyOrderOfDeedsLeavesTheLedgerWhole(t *testing.T) {
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		if runs++; runs > 12 {
			return // each run opens a database; a dozen long ones say more than a hundred short
		}
		s, clk := storetest.SQLite(t)
		terms := defaults()
		terms.Consolidation = rapid.SampledFrom([]consign.Consolidation{consign.PerCase, consign.PerDay, consign.PerWeek, consign.PerMonth}).Draw(rt, "window")
		d := &deeds{w: newWorld(t, s, clk, terms), gone: map[usage.ID]bool{}}
		if rapid.Bool().Draw(rt, "priced") {
			d.w.priced()
		}
		for n := range 3 {
			d.cases = append(d.cases, d.w.openCase(fmt.Sprintf("C-%04d", n)))
		}
		for range 120 {
			d.do(rt, rapid.SampledFrom(append([]string{"use", "use", "use", "undo", "hold", "release", "price", "pay", "wait", "work", "work"}, afterIssue...)).Draw(rt, "deed"))
		}
		for _, c := range d.cases {
			d.w.closeCase(c)
		}
		for range 2 { // a late line joins the window of the day on which it came
			clk.Advance(40 * 24 * time.Hour)
			d.w.drain()
			d.w.check()
		}
		d.accounted(rt)
	})
	for _, deed := range afterIssue {
		if reached[deed] == 0 {
			t.Errorf("no run ever came to %s: it proves nothing about it", deed)
		}
	}
	t.Logf("done after issue: %v", reached)
}

// accounted checks that each usage that stands is billed exactly once, or
// waits or is free with a reason in words.
func (d *deeds) accounted(t *rapid.T) {
	billed := map[usage.ID]int{}
	for _, i := range d.w.invoices() {
		lines, err := d.w.all().InvoiceLines(i.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.Live {
				billed[l.Usage]++
			}
		}
	}
	for _, u := range d.usages {
		if billed[u.ID] > 1 {
			t.Fatalf("usage billed %d times", billed[u.ID])
		}
		if d.gone[u.ID] {
			continue
		}
		l := d.w.line(u)
		if stuck := l.State == billing.LineWaiting || l.State == billing.LineCollected; stuck || billed[u.ID] == 0 && l.Reason == "" {
			t.Fatalf("usage is %s (%q), billed %d times", l.State, l.Reason, billed[u.ID])
		}
	}
}
