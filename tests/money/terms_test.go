package money_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/pricing"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

func withPricing(p consign.Pricing) consign.Terms {
	t := defaults()
	t.DiscountBP, t.Pricing = 0, p
	return t
}

func quarterTier(retroactive bool) consign.Pricing {
	return consign.Pricing{Tiers: []consign.Tier{{
		Name: "stents", Basis: consign.ByQuantity, Window: consign.PerQuarterWindow, Scope: consign.OfHospital, Retroactive: retroactive,
		Steps: []consign.TierStep{{From: 1}, {From: 4, DiscountBP: 500}},
	}}}
}

// price gives the agreement version a price of its own.
func (w *world) price(p consign.Price) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { return tx.AddAgreementPrices(w.versionRow(), []consign.Price{p}) })
}

func (w *world) versionRow() consign.Version {
	v, err := w.all().AgreementVersion(w.version)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) decision(u usage.Usage) billing.Decision {
	w.t.Helper()
	d, err := w.all().Decision(u.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if words := d.Difference(); words != "" {
		w.t.Fatalf("computed again: %s", words)
	}
	return d
}

// Nobody shares a position: of ten uses at once, three cost the first step.
func TestTiersCountUnderALock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, withPricing(quarterTier(false))).priced()
		c := w.openCase("C-TIER")
		usages, failures := make([]usage.Usage, 10), make([]error, 10)
		var all sync.WaitGroup
		for i := range usages {
			serial := "TI" + string(rune('A'+i))
			all.Go(func() { usages[i], failures[i] = w.useSerial(c, serial, nil) })
		}
		all.Wait()
		full, positions := 0, map[string]bool{}
		for i, u := range usages {
			if failures[i] != nil {
				t.Fatal(failures[i])
			}
			d := w.decision(u)
			if d.Net.Minor == 160000 {
				full++
			} else if d.Net.Minor != 152000 {
				t.Errorf("%s costs %s", u.ID, d.Net)
			}
			positions[d.Steps[1].Args["first"]] = true
		}
		if full != 3 || len(positions) != 10 {
			t.Errorf("%d at the first step, %d positions", full, len(positions))
		}
		noBreach(t, w)
	})
}

func noBreach(t *testing.T, w *world) {
	t.Helper()
	breach, err := w.all().CheckLedger()
	if err != nil || breach != nil {
		t.Fatalf("ledger: %+v %v", breach, err)
	}
}

func TestARetroactiveTierProposesItsCreditAtTheEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, withPricing(quarterTier(true))).priced()
		c := w.openCase("C-BACK")
		for range 5 {
			w.use(c, nil)
		}
		taken := w.use(c, nil)
		w.undo(taken)
		clk.Advance(100 * 24 * time.Hour)
		if _, err := w.pricing.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		ups, err := w.all().TrueUps(w.agreement)
		if err != nil || len(ups) != 1 || ups[0].CreditMinor != 3*8000 || ups[0].Usages != 5 || ups[0].Reached != 6 {
			t.Fatalf("%+v %v", ups, err)
		}
	})
}

func TestACapIsMetWhenTheCaseCloses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		terms := withPricing(consign.Pricing{Caps: []consign.Cap{{Name: "case", Minor: 300000}}})
		w := newWorld(t, s, clk, terms).priced()
		c := w.openCase("C-CAPS")
		a, b, gone := w.use(c, nil), w.use(c, nil), w.use(c, nil)
		w.undo(gone)
		clk.Advance(time.Hour)
		w.drain()
		if l := w.line(a); !l.CapPending || l.State != billing.LineWaiting {
			t.Fatalf("while the case is open: %+v", l)
		}
		w.endCase(c)
		w.drain()
		for _, u := range []usage.Usage{a, b} {
			d := w.decision(u)
			if d.Net.Minor != 150000 || d.Revision != 2 || !strings.HasSuffix(d.Steps.Sentence("en"), "together €3,200.00, so this one is → €1,500.00.") {
				t.Errorf("%s: %s", d.Net, d.Steps.Sentence("en"))
			}
		}
		if i := w.one(); i.NetMinor != 300000 {
			t.Errorf("invoice over %s", i.Net())
		}
		late := w.use(c, nil)
		if l := w.line(late); l.State != billing.LineNoCharge || l.CapPending {
			t.Errorf("a late line after a full cap: %+v", l)
		}
		noBreach(t, w)
	})
}

// endCase closes a case as the ward does: caps are settled with it.
func (w *world) endCase(id usage.CaseID) {
	w.t.Helper()
	w.closeCase(id)
	w.write(func(tx *store.Tx) error { return w.pricing.CaseClosed(tx, usage.Case{ID: id}) })
}

func TestACapDoesNotWaitForEver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, withPricing(consign.Pricing{CapWaitDays: 2, Caps: []consign.Cap{{Name: "case", Minor: 100000}}})).priced()
		u := w.use(w.openCase("C-LONG"), nil)
		clk.Advance(49 * time.Hour)
		if _, err := w.pricing.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := w.decision(u); d.Net.Minor != 100000 {
			t.Errorf("%s: %s", d.Net, d.Steps.Sentence("en"))
		}
		noBreach(t, w)
	})
}

func TestPricesOfAnAgreementRuleInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, withPricing(consign.Pricing{})).priced()
		c := w.openCase("C-RULE")
		net := func() int64 { return w.decision(w.use(c, nil)).Net.Minor }
		if got := net(); got != 160000 {
			t.Errorf("list: %d", got)
		}
		w.price(consign.Price{Kind: consign.PriceOfFamily, Family: "Stents", DiscountBP: 1000})
		if got := net(); got != 144000 {
			t.Errorf("family: %d", got)
		}
		w.price(consign.Price{Kind: consign.PriceOfItem, Product: string(w.product), Fixed: true, Value: 44333333, Scale: 4, Per: 3})
		if got := net(); got != 147778 {
			t.Errorf("item, a third of a box: %d", got)
		}
		substitute := w.product
		w.write(func(tx *store.Tx) (err error) {
			substitute, err = tx.CreateProduct(catalog.Product{Vendor: w.vendor, DI: "09506000134369", Name: "Other stent", Family: "None"})
			return err
		})
		w.price(consign.Price{Kind: consign.PriceSubstitution, Product: string(substitute), Replaces: string(w.product)})
		u := w.use(c, func(u *usage.Usage) { u.Product = substitute })
		d := w.decision(u)
		if d.Net.Minor != 147778 || !strings.Contains(d.Steps.Sentence("en"), "as for Coronary stent") {
			t.Errorf("substitute: %s %s", d.Net, d.Steps.Sentence("en"))
		}
	})
}

func TestTheNarrowestAgreementRulesAndEqualsAreNotGuessed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, withPricing(consign.Pricing{})).priced()
		c := w.openCase("C-RANK")
		agree := func(number string, scope consign.Scope, site custody.Site, bp int) {
			w.write(func(tx *store.Tx) error {
				terms := defaults()
				terms.DiscountBP = bp
				id, err := tx.CreateAgreement(consign.Agreement{Vendor: w.vendor, Hospital: w.hospital, Number: number, Scope: scope, Site: site.ID})
				if err != nil {
					return err
				}
				_, err = tx.CreateVersion(consign.Version{
					Agreement: id, Vendor: w.vendor, Hospital: w.hospital, Version: 1, ValidFrom: clk.Now().Add(-time.Hour), Terms: terms,
				}, "sample")
				return err
			})
		}
		net := func() int64 { return w.decision(w.use(c, nil)).Net.Minor }
		agree("G-1", consign.OfGroup, custody.Site{}, 5000)
		agree("A-13", consign.OfHospital, custody.Site{}, 4000)
		if got := net(); got != 160000 {
			t.Errorf("the agreement of the unit: %d", got)
		}
		agree("S-1", consign.OfSite, custody.Site{ID: w.site}, 1000)
		if got := net(); got != 144000 {
			t.Errorf("the site's: %d", got)
		}
		agree("S-2", consign.OfSite, custody.Site{ID: w.site}, 2000)
		u := w.use(c, nil)
		if l := w.line(u); l.State != billing.LineUnpriced || !strings.Contains(l.Reason, "S-1, S-2") {
			t.Errorf("equals: %s %s", l.State, l.Reason)
		}
	})
}

func TestWasteIsSharedAsAgreed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, withPricing(consign.Pricing{Waste: []consign.WasteRule{
			{Outcome: consign.OpenedWasted, HospitalBP: 5000}, {Outcome: consign.Defective, HospitalBP: 0}, {Outcome: consign.Expired, HospitalBP: 10_000},
		}})).priced()
		c := w.openCase("C-WAST")
		for reason, want := range map[string]int64{"dropped": 80000, "defect": 0, "expired": 160000, "": 160000} {
			u := w.use(c, func(u *usage.Usage) {
				if u.Reason = reason; reason != "" {
					u.Outcome = usage.Wasted
				}
			})
			if d := w.decision(u); d.Net.Minor != want || d.Outcome != billing.Priced {
				t.Errorf("%q: %s %s", reason, d.Net, d.Steps.Sentence("en"))
			}
		}
	})
}

func TestAHoldEndsByItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		u := w.use(w.openCase("C-HOLD"), nil)
		id := w.line(u).ID
		hold := pricing.HoldInput{Line: id, Reason: "Price is being asked", Until: clk.Now().Add(48 * time.Hour)}
		if _, err := w.pricing.Hold(t.Context(), cmd(w.finance, "h"), hold); err != nil {
			t.Fatal(err)
		}
		clk.Advance(47 * time.Hour)
		w.works()
		if l := w.line(u); l.State != billing.LineHeld {
			t.Fatalf("before its end: %s", l.State)
		}
		clk.Advance(2 * time.Hour)
		w.works()
		if l := w.line(u); l.State != billing.LineCollected {
			t.Fatalf("after its end: %s", l.State)
		}
	})
}

// works lets every worker of money do what is due.
func (w *world) works() {
	w.t.Helper()
	if _, err := w.pricing.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.drain()
}
