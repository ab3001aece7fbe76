package billing

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

func share(bp int) *int { return &bp }

func marginal(before int64) *TierPosition {
	return &TierPosition{
		Tier: consign.Tier{
			Name: "stents", Basis: consign.ByQuantity, Window: consign.PerQuarterWindow, Scope: consign.OfHospital,
			Steps: []consign.TierStep{{From: 1}, {From: 51, DiscountBP: 500}, {From: 101, DiscountBP: 1000}},
		},
		Window: "quarter:2026-Q4", Before: before,
	}
}

func agreed(value int64) *consign.Price {
	return &consign.Price{Kind: consign.PriceOfItem, Fixed: true, Value: value, Scale: 2, Per: 1}
}

func TestTermsInWords(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*PriceInputs)
		outcome PriceOutcome
		net     int64
		words   string
	}{
		"the whole sentence": {func(in *PriceInputs) {
			in.Rule, in.Tier = agreed(148000), marginal(50)
			in.Outcome, in.Fate, in.HospitalBP = usage.Wasted, consign.OpenedWasted, share(5000)
			in.Cap = &CapShare{Cap: consign.Cap{Name: "case", Minor: 900000}, Nets: []int64{70300}}
		}, Priced, 70300, "Agreement A-12 v3: €1,480.00. Tier 2 (51st unit this quarter) −5\u00a0% → €1,406.00. " +
			"Opened, not used: vendor pays 50\u00a0% → €703.00. Case cap €9,000.00 not reached."},
		"over the edge of a tier": {func(in *PriceInputs) {
			in.Rule, in.Tier, in.Quantity = agreed(10000), marginal(49), 3
		}, Priced, 10000 + 2*9500, "Agreement A-12 v3: €100.00. Tier 1 (50th unit this quarter) → €100.00. " +
			"Tier 2 (2 units from the 51st this quarter) −5\u00a0% → €190.00."},
		"retroactive": {func(in *PriceInputs) {
			in.Rule, in.Tier = agreed(10000), marginal(100)
			in.Tier.Tier.Retroactive = true
		}, Priced, 9000, "Agreement A-12 v3: €100.00. Tier 3 reached with the 101st unit this quarter −10\u00a0% → €90.00; earlier units are credited at the end."},
		"a family's price of a box": {func(in *PriceInputs) {
			in.Rule = &consign.Price{Kind: consign.PriceOfFamily, Family: "Gloves", Fixed: true, Value: 1000, Scale: 2, Per: 3}
		}, Priced, 333, "Agreement A-12 v3: €10.00 for 3 for Gloves → €3.33 each."},
		"as the item replaced": {func(in *PriceInputs) {
			in.Rule, in.Instead = agreed(148000), "Coronary stent"
		}, Priced, 148000, "Agreement A-12 v3: €1,480.00 as for Coronary stent."},
		"equal agreements": {func(in *PriceInputs) { in.Ambiguous = []string{"A-12", "A-13"} }, Unpriced, 0,
			"Agreements A-12, A-13 hold equally at the time of use. Waits for a person to choose."},
		"cap pending": {func(in *PriceInputs) {
			in.DiscountBP, in.Cap = 0, &CapShare{Cap: consign.Cap{Name: "case", Minor: 100000}}
		}, Priced, 160000, "Agreement A-12 v3: list price €1,600.00. Case cap €1,000.00 is applied when the case is closed."},
		"cap reached": {func(in *PriceInputs) {
			in.DiscountBP, in.Cap = 0, &CapShare{Cap: consign.Cap{Name: "case", Minor: 200000}, Nets: []int64{160000, 160000}, Index: 1}
		}, Priced, 100000, "Agreement A-12 v3: list price €1,600.00. Case cap €2,000.00: together €3,200.00, so this one is → €1,000.00."},
		"a late line has what is left": {func(in *PriceInputs) {
			in.DiscountBP, in.Cap = 0, &CapShare{Cap: consign.Cap{Name: "case", Minor: 200000}, Nets: []int64{160000}, Taken: 190000}
		}, Priced, 10000, "Agreement A-12 v3: list price €1,600.00. Case cap €2,000.00: together €3,500.00, so this one is → €100.00."},
		"the vendor bears a defect": {func(in *PriceInputs) {
			in.Outcome, in.Fate, in.HospitalBP, in.Reason = usage.Wasted, consign.Defective, share(0), "defect"
		}, Priced, 0, "Agreement A-12 v3: opened, not used (defect): vendor pays → €0.00."},
	} {
		in := inputs()
		c.change(&in)
		outcome, _, net, steps := Decide(in)
		if outcome != c.outcome || net.Minor != c.net || steps.Sentence("en") != c.words {
			t.Errorf("%s: %s %d %q\nwant %s %d %q", name, outcome, net.Minor, steps.Sentence("en"), c.outcome, c.net, c.words)
		}
	}
}

// stored is a decision as the database keeps it.
func stored(t testing.TB, in PriceInputs, engine string, decide func(PriceInputs) (PriceOutcome, money.Amount, money.Amount, Steps)) Decision {
	digest, text, err := in.Sum()
	if err != nil {
		t.Fatal(err)
	}
	d := Decision{Inputs: text, InputsSHA256: digest, Engine: engine, Quantity: in.Quantity}
	d.Outcome, d.Unit, d.Net, d.Steps = decide(in)
	raw, err := json.Marshal(d.Steps)
	if err != nil {
		t.Fatal(err)
	}
	d.Steps = nil
	if err := json.Unmarshal(raw, &d.Steps); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestADecisionIsExplainedByTheEngineThatMadeIt(t *testing.T) {
	in := inputs()
	in.Quantity, in.ListMinor, in.DiscountBP = 3, 1003, 750 // the engines round in different places
	old, today := stored(t, in, EngineList, decideList), stored(t, in, EngineTerms, Decide)
	if old.Net == today.Net {
		t.Fatalf("both engines say %s, so this proves nothing", old.Net)
	}
	for _, d := range []Decision{old, today} {
		if words := d.Difference(); words != "" {
			t.Errorf("%s: %s", d.Engine, words)
		}
	}
	crossed := old
	crossed.Engine = EngineTerms
	for name, d := range map[string]Decision{
		"the other engine": crossed,
		"an unknown one":   {Inputs: old.Inputs, InputsSHA256: old.InputsSHA256, Engine: "none/0"},
		"other inputs":     {Inputs: old.Inputs + " ", InputsSHA256: old.InputsSHA256, Engine: EngineList},
	} {
		if d.Difference() == "" {
			t.Errorf("%s: no difference was seen", name)
		}
	}
}

func TestOfEveryQuantityTheTierPartsAreTheSumOfItsUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := inputs()
		in.Rule = agreed(rapid.Int64Range(0, 1e9).Draw(t, "price") * 100)
		in.Tier, in.Quantity = marginal(rapid.Int64Range(0, 120).Draw(t, "before")), rapid.Int64Range(1, 120).Draw(t, "quantity")
		_, _, together, _ := Decide(in)
		sum, one := int64(0), in
		for n := range in.Quantity {
			one.Tier, one.Quantity = marginal(in.Tier.Before+n), 1
			_, _, net, _ := Decide(one)
			sum += net.Minor
		}
		if together.Minor != sum {
			t.Fatalf("together %d, one by one %d", together.Minor, sum)
		}
	})
}

func TestACapIsNeverPassedAndLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nets := rapid.SliceOfN(rapid.Int64Range(0, 1e9), 1, 30).Draw(t, "nets")
		c := CapShare{Cap: consign.Cap{Minor: rapid.Int64Range(0, 1e10).Draw(t, "cap")}, Nets: nets, Taken: rapid.Int64Range(0, 1e9).Draw(t, "taken")}
		shares, together, err := c.shares()
		if err != nil {
			t.Fatal(err)
		}
		var before, after int64
		for i, n := range nets {
			if shares[i] < 0 || shares[i] > n {
				t.Fatalf("line %d: %d of %d", i, shares[i], n)
			}
			before, after = before+n, after+shares[i]
		}
		if want := min(before, max(c.Cap.Minor-c.Taken, 0)); after != want || together != before+c.Taken {
			t.Fatalf("after the cap %d, want %d; together %d", after, want, together)
		}
	})
}

func TestTierWindowsFollowTheSitesCalendar(t *testing.T) {
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 30, 23, 30, 0, 0, time.UTC) // October in Dublin
	for w, want := range map[consign.TierWindow]string{
		consign.PerMonthWindow: "month:2026-10", consign.PerQuarterWindow: "quarter:2026-Q4",
		consign.PerYearWindow: "year:2026", consign.WholeContract: "contract",
	} {
		got := TierWindow(w, at, dublin)
		if got.Key != want || got.Key != "contract" && (at.Before(got.Start) || !at.Before(got.End)) {
			t.Errorf("%s: %+v", w, got)
		}
	}
}

func TestTheTrueUpIsWhatEarlierUnitsPaidTooMuch(t *testing.T) {
	var decisions []Decision
	for n := range int64(60) {
		in := inputs()
		in.Rule, in.Tier = agreed(10000), marginal(n)
		in.Tier.Tier.Retroactive = true
		decisions = append(decisions, stored(t, in, EngineTerms, Decide))
	}
	up, err := TrueUpOf(decisions, marginal(0).Tier, 60)
	if err != nil || up.Credit() != 50*500 || up.Tier != 2 {
		t.Fatalf("%+v %v, want 50 units × €5.00", up, err)
	}
}
