package scanning_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/scanning"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424/simtag"
)

// TestAttack04CollectedTaps holds a use of a product that wants two taps against
// labels that repeat messages somebody collected. What this cannot keep out, an
// emulator that plays two collected messages in their order, is shown as well:
// the last case passes, and docs/tags.md says so.
func TestAttack04CollectedTaps(t *testing.T) {
	for name, play := range map[string]func(v *visits){
		"no tap at all":          func(v *visits) { v.scan(scanning.Result{}); v.refused() },
		"one message, copied":    func(v *visits) { url := v.b.url(v.tag); v.add(url); v.add(url); v.refused() },
		"an older one behind it": func(v *visits) { older := v.b.url(v.tag); v.add(v.b.url(v.tag)); v.add(older); v.refused() },
		"both before the visit": func(v *visits) {
			first, second := v.b.tap(v.b.Amy, v.b.url(v.tag)), v.b.tap(v.b.Amy, v.b.url(v.tag))
			v.b.clock.Advance(time.Second)
			v.scan(first)
			v.scan(second)
			v.refused()
		},
		"the second too late": func(v *visits) {
			v.add(v.b.url(v.tag))
			v.b.clock.Advance(authentic.VisitWindow + time.Second)
			if wants := v.add(v.b.url(v.tag)).Wants; !strings.Contains(wants, "more than two minutes") {
				v.b.t.Errorf("told %q", wants)
			}
			v.refused()
			v.add(v.b.url(v.tag)) // the late one began a visit of its own
			v.used()
		},
		"read elsewhere in between": func(v *visits) {
			v.add(v.b.url(v.tag))
			for range authentic.VisitSteps {
				v.b.url(v.tag)
			}
			v.add(v.b.url(v.tag))
			v.refused()
		},
		"a device kept the second": func(v *visits) {
			v.add(v.b.url(v.tag))
			for _, r := range v.b.scansKept(v.b.Cmd(v.b.Amy), v.b.kept(v.tag)) {
				v.scan(r)
			}
			v.refused()
		},
		"the proof is old": func(v *visits) {
			v.add(v.b.url(v.tag))
			v.add(v.b.url(v.tag))
			v.b.clock.Advance(authentic.ProofStands + time.Second)
			v.refused()
		},
		"the tag itself, twice": func(v *visits) {
			if wants := v.add(v.b.url(v.tag)).Wants; !strings.Contains(wants, "once more") {
				v.b.t.Errorf("told %q", wants)
			}
			v.b.clock.Advance(authentic.VisitWindow)
			if !v.add(v.b.url(v.tag)).Proven {
				v.b.t.Error("the second tap proves nothing")
			}
			v.add(v.b.url(v.tag)) // a third harms nothing
			v.used()
		},
		"two collected in a row, played by a device": func(v *visits) {
			collected := []scanning.TapInput{v.b.url(v.tag), v.b.url(v.tag)}
			v.b.clock.Advance(24 * time.Hour)
			v.add(collected[0])
			v.add(collected[1])
			v.used()
		},
	} {
		t.Run(name, func(t *testing.T) { each(t, func(t *testing.T, b *bench) { play(newVisits(t, b)) }) })
	}
}

// TestAttack04AnotherPersonsTap lets a colleague make the second tap.
func TestAttack04AnotherPersonsTap(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		v := newVisits(t, b)
		v.add(b.url(v.tag))
		theirs := b.tap(b.Ben, b.url(v.tag))
		v.scan(theirs)
		v.refused()
	})
}

// TestAttack04ASecondPersonStandsForIt shows the way out when no tag answers.
func TestAttack04ASecondPersonStandsForIt(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		v := newVisits(t, b)
		v.scan(scanning.Result{})
		done, err := v.desk.Use(t.Context(), b.Cmd(b.Amy), using.Consumption{
			Unit: v.unit, Outcome: usage.Used, Reason: "the tag is torn", Email: "ben@sample.test", Password: "right",
		})
		if err != nil || !done.Incident {
			t.Fatalf("%+v %v", done, err)
		}
		found, err := b.Store.Read(t.Context(), b.Amy.Scope()).Incidents(v.unit, store.Page{})
		if err != nil || len(found.Rows) != 1 || found.Rows[0].Kind != "authenticity" {
			t.Errorf("incidents: %+v %v", found.Rows, err)
		}
	})
}

// visits is a unit whose product wants two taps, in amy's open case.
type visits struct {
	b    *bench
	desk *using.Desk
	unit custody.UnitID
	tag  *simtag.Tag
}

type free struct{ beside access.Actor }

func (free) Charge(*store.Tx, usage.Usage) error          { return nil }
func (free) Reverse(*store.Tx, usage.Usage, string) error { return nil }
func (f free) Confirm(context.Context, string, string, string) (access.Actor, error) {
	return f.beside, nil
}

func newVisits(t *testing.T, b *bench) *visits {
	t.Helper()
	b.t = t
	v := &visits{b: b, unit: b.Stents(1)[0]}
	v.tag = b.tag(0, v.unit)
	v.desk = &using.Desk{Store: b.Store, Billing: free{}, Second: free{b.Ben}, Random: rand.NewChaCha8([32]byte{7})}
	err := b.Store.Write(t.Context(), b.Rob, func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(b.Vendor)), Action: "product.changed", Kind: "product", Object: string(b.Stent)})
		p, err := tx.Unbounded().Product(b.Stent)
		if err != nil {
			return err
		}
		p.Proof = catalog.TwoTaps
		return tx.ChangeProduct(p)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.desk.OpenCase(t.Context(), b.Cmd(b.Amy), b.Room); err != nil {
		t.Fatal(err)
	}
	return v
}

// add taps and puts what was found into the case.
func (v *visits) add(in scanning.TapInput) using.Scanned {
	v.b.t.Helper()
	return v.scan(v.b.tap(v.b.Amy, in))
}

func (v *visits) scan(r scanning.Result) using.Scanned {
	v.b.t.Helper()
	in := using.ScanInput{Unit: v.unit, Source: "tap", Verdict: r.Verdict, Tap: r.Tap, Captured: r.Captured}
	if r.Tap == "" {
		in.Source, in.Verdict.Level = "typed", authentic.Identified
	}
	out, err := v.desk.Scan(v.b.t.Context(), v.b.Cmd(v.b.Amy), in)
	if err != nil {
		v.b.t.Fatal(err)
	}
	return out
}

func (v *visits) use() error {
	_, err := v.desk.Use(v.b.t.Context(), v.b.Cmd(v.b.Amy), using.Consumption{Unit: v.unit, Outcome: usage.Used})
	return err
}

func (v *visits) used() {
	v.b.t.Helper()
	if err := v.use(); err != nil {
		v.b.t.Error(err)
	}
}

func (v *visits) refused() {
	v.b.t.Helper()
	if err := v.use(); !fault.Is(err, fault.Conflict) || fault.All(err)[0].Field != using.OverrideField {
		v.b.t.Errorf("used without its proof: %v", err)
	}
}
