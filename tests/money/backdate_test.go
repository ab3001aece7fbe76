package money_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
)

// publish makes the next version of the world's agreement.
func (w *world) publish(from time.Time, terms consign.Terms) (proposed int) {
	w.t.Helper()
	w.write(func(tx *store.Tx) (err error) {
		v := w.versionRow()
		v.Version, v.ValidFrom, v.ValidTo, v.Terms = v.Version+1, from, time.Time{}, terms
		if v.ID, err = tx.CreateVersion(v, "sample"); err != nil {
			return err
		}
		w.version = v.ID
		proposed, err = w.pricing.Backdated(tx, v)
		return err
	})
	return proposed
}

func TestABackDatedVersionRepricesNothingByItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c, later := w.openCase("C-BILL"), w.openCase("C-OPEN")
		billed := w.use(c, nil)
		clk.Advance(11 * time.Minute)
		w.endCase(c)
		w.drain()
		open, refused, undone := w.use(later, nil), w.use(later, nil), w.use(later, nil)
		clk.Advance(11 * time.Minute)
		w.drain() // collected, not frozen
		w.undo(undone)
		terms := defaults()
		terms.DiscountBP = 1000
		if n := w.publish(clk.Now().Add(-12*time.Hour), terms); n != 3 {
			t.Fatalf("%d usages proposed, want 3", n)
		}
		for _, u := range []billing.UsageID{billed.ID, open.ID, refused.ID} {
			if d, err := w.all().Decision(u); err != nil || d.Net.Minor != 148000 {
				t.Fatalf("priced anew without a person: %s %v", d.Net, err)
			}
		}
		want := map[billing.UsageID]string{billed.ID: "credit_due", open.ID: "accepted", refused.ID: "declined"}
		for _, p := range w.reprices() {
			if p.NewMinor != 144000 || p.OldMinor != 148000 {
				t.Errorf("%+v", p)
			}
			key := "p" + p.ID
			for range 2 { // the same key twice is one decision
				state, err := w.pricing.AcceptPrice(t.Context(), cmd(w.finance, key), w.agreement, p.ID, want[p.Usage] != "declined")
				if err != nil || state != want[p.Usage] {
					t.Errorf("%s %v, want %s", state, err, want[p.Usage])
				}
			}
			if _, err := w.pricing.AcceptPrice(t.Context(), cmd(w.finance, key+"again"), w.agreement, p.ID, false); !fault.Is(err, fault.Conflict) {
				t.Errorf("decided twice: %v", err)
			}
		}
		w.drain()
		if d := w.decision(open); d.Net.Minor != 144000 || d.Revision != 2 || w.line(open).State != billing.LineCollected {
			t.Errorf("accepted: %s, %s", d.Net, w.line(open).State)
		}
		if d := w.decision(billed); d.Net.Minor != 148000 {
			t.Errorf("an issued line: %s", d.Net)
		}
		noBreach(t, w)
	})
}

func (w *world) reprices() []store.Reprice {
	w.t.Helper()
	all, err := w.all().Reprices(w.agreement)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}
