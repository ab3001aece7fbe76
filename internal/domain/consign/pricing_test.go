package consign

import (
	"testing"
	"time"

	"trueward/internal/fault"
)

func TestPricingIsRefusedAtItsField(t *testing.T) {
	steps := []TierStep{{From: 1}, {From: 51, DiscountBP: 500}}
	tier := Tier{Name: "a", Basis: ByQuantity, Window: PerQuarterWindow, Scope: OfHospital, Steps: steps}
	good := Pricing{Tiers: []Tier{tier}, Caps: []Cap{{Name: "c", Minor: 1}}, Waste: []WasteRule{{Outcome: Expired, HospitalBP: 5000}},
		CutOff: CutOff{Rule: CutOffDay, Day: 25, At: "18:00", Holidays: []string{"2026-12-25"}}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Pricing)
		field  string
	}{
		"rounding":        {func(p *Pricing) { p.Rounding = "up" }, "rounding"},
		"same name":       {func(p *Pricing) { p.Tiers = []Tier{tier, tier} }, "tiers"},
		"steps fall":      {func(p *Pricing) { t := tier; t.Steps = []TierStep{{From: 1}, {From: 1}}; p.Tiers = []Tier{t} }, "tiers"},
		"begins at two":   {func(p *Pricing) { t := tier; t.Steps = []TierStep{{From: 2}}; p.Tiers = []Tier{t} }, "tiers"},
		"cap below zero":  {func(p *Pricing) { p.Caps = []Cap{{Name: "c", Minor: -1}} }, "caps"},
		"waste over all":  {func(p *Pricing) { p.Waste = []WasteRule{{Outcome: Lost, HospitalBP: 10_001}} }, "waste"},
		"the 32nd":        {func(p *Pricing) { p.CutOff.Day = 32 }, "cut_off"},
		"at 25 o'clock":   {func(p *Pricing) { p.CutOff.At = "25:00" }, "cut_off"},
		"no such holiday": {func(p *Pricing) { p.CutOff.Holidays = []string{"2026-02-30"} }, "cut_off"},
		"tolerance":       {func(p *Pricing) { p.Tolerance.BP = -1 }, "tolerance"},
	} {
		p := good
		c.change(&p)
		if all := fault.All(p.Check()); len(all) == 0 || all[0].Field != c.field {
			t.Errorf("%s: %v", name, p.Check())
		}
	}
}

func TestSharesAndSteps(t *testing.T) {
	terms := Terms{WastePayer: VendorPays, Pricing: Pricing{Waste: []WasteRule{{Outcome: OpenedWasted, HospitalBP: 5000}}}}
	for outcome, want := range map[WasteOutcome]int{Consumed: 10_000, OpenedWasted: 5000, Defective: 0} {
		if got := terms.HospitalShare(outcome); got != want {
			t.Errorf("%s: %d, want %d", outcome, got, want)
		}
	}
	tier := Tier{Steps: []TierStep{{From: 1}, {From: 51, DiscountBP: 500}}}
	for position, want := range map[int64]int{1: 1, 50: 1, 51: 2, 9999: 2} {
		if n, _ := tier.At(position); n != want {
			t.Errorf("position %d: step %d, want %d", position, n, want)
		}
	}
	c := CutOff{Rule: CutOffBusiness, Holidays: []string{"2026-12-31"}}
	if got := c.DayIn(2026, time.December); got != 30 {
		t.Errorf("last business day: %d", got)
	}
	if got := (CutOff{Rule: CutOffDay, Day: 31}).DayIn(2028, time.February); got != 29 {
		t.Errorf("the 31st of a leap February: %d", got)
	}
}
