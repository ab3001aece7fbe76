package money_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
)

// A usage goes to no invoice before the sides that the agreement names have
// confirmed it, and each side sees what waits for it.
func TestUsageSheetsAreSignedBeforeTheInvoice(t *testing.T) {
	for _, c := range []struct {
		rule  consign.SheetRule
		sides []access.OrganisationKind
	}{
		{consign.SheetNone, nil},
		{consign.SheetClinical, []access.OrganisationKind{access.Hospital}},
		{consign.SheetBoth, []access.OrganisationKind{access.Vendor, access.Hospital}},
	} {
		terms := defaults()
		terms.SheetRule = c.rule
		t.Run(string(c.rule), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
				signedBy(t, newWorld(t, s, clk, terms).priced(), c.sides)
			})
		})
	}
}

func signedBy(t *testing.T, w *world, sides []access.OrganisationKind) {
	id := w.openCase("C-SHEET")
	u := w.use(id, nil)
	w.closeCase(id)
	w.clk.Advance(time.Hour)
	w.drain()
	for _, side := range sides {
		if l := w.line(u); l.Invoice != "" || !strings.HasPrefix(l.Reason, "Waits for the usage sheet") {
			t.Fatalf("not signed by the %s, and it is %q: %s", side, l.State, l.Reason)
		}
		who := w.signers()[side]
		if rows, err := w.s.Read(t.Context(), who.Scope()).ToSign(side, 10); err != nil || len(rows) != 1 {
			t.Fatalf("the %s sees %d to sign (%v)", side, len(rows), err)
		}
		if n, err := w.pricing.Confirm(t.Context(), cmd(who, "s"+string(side)), []billing.LineID{w.line(u).ID}); err != nil || n != 1 {
			t.Fatal(err)
		}
		w.drain()
	}
	if l := w.line(u); l.State != billing.LineInvoiced {
		t.Errorf("signed, and it is %q: %s", l.State, l.Reason)
	}
	noBreach(t, w)
}

// What a side contests waits whatever the agreement says, until that side
// confirms it; the other side's word does not replace it.
func TestAContestedUsageWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		id := w.openCase("C-CONTEST")
		u, right := w.use(id, nil), w.use(id, nil)
		clk.Advance(time.Hour)
		w.drain() // both are collected
		line, who := w.line(u).ID, w.signers()
		if _, err := w.pricing.Contest(t.Context(), cmd(who[access.Vendor], "none"), line, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := w.pricing.Contest(t.Context(), cmd(w.finance, "finance"), line, "no"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("by finance: %v", err)
		}
		if _, err := w.pricing.Contest(t.Context(), cmd(who[access.Vendor], "c"), line, "Another serial is on the box."); err != nil {
			t.Fatal(err)
		}
		if l := w.line(u); l.State != billing.LineHeld || !strings.Contains(l.Reason, "Another serial") || l.Invoice != "" {
			t.Fatalf("contested: %+v", l)
		}
		w.closeCase(id)
		if _, err := w.pricing.Confirm(t.Context(), cmd(who[access.Hospital], "h"), []billing.LineID{line}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.pricing.Release(t.Context(), cmd(w.finance, "r"), line); err != nil { // finance may let it go on, and it does not
			t.Fatal(err)
		}
		clk.Advance(time.Hour)
		w.drain()
		if l := w.line(u); l.Invoice != "" || w.line(right).Invoice == "" {
			t.Fatalf("the hospital's word made it go on: %+v", l)
		}
		if _, err := w.pricing.Confirm(t.Context(), cmd(who[access.Vendor], "v"), []billing.LineID{line}); err != nil {
			t.Fatal(err)
		}
		w.drain()
		if l := w.line(u); l.State != billing.LineInvoiced && l.State != billing.LineCollected {
			t.Errorf("confirmed by the side that contested it: %q %s", l.State, l.Reason)
		}
		marks, err := w.all().SheetMarks(line)
		if err != nil || len(marks) != 3 || marks[0].Reason == "" {
			t.Errorf("%d marks (%v)", len(marks), err)
		}
		noBreach(t, w)
	})
}

func (w *world) signers() map[access.OrganisationKind]access.Actor {
	return map[access.OrganisationKind]access.Actor{access.Hospital: w.nurse, access.Vendor: w.office}
}
