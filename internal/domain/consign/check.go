package consign

import (
	"slices"
	"strconv"
	"time"

	"trueward/internal/fault"
)

// Check refuses pricing that cannot be computed: the first mistake is told at
// the field that holds it.
func (p Pricing) Check() error {
	if !p.Rounding.Known() {
		return fault.At("rounding", "Choose a way of rounding that the list names.")
	}
	for _, check := range []func() error{p.checkTiers, p.checkCaps, p.checkWaste, p.checkCalendar} {
		if err := check(); err != nil {
			return err
		}
	}
	if p.Tolerance.Minor < 0 || p.Tolerance.BP < 0 || p.Tolerance.BP > 10_000 {
		return fault.At("tolerance", "A tolerance is an amount of zero or more and at most 100 %.")
	}
	return nil
}

func (p Pricing) checkTiers() error {
	names := map[string]bool{}
	for _, t := range p.Tiers {
		switch {
		case t.Name == "" || names[t.Name]:
			return fault.At("tiers", "Each tier needs a name of its own.")
		case t.Basis != ByQuantity && t.Basis != BySpend:
			return fault.At("tiers", "Tier "+t.Name+" counts neither units nor spend.")
		case !slices.Contains([]TierWindow{PerMonthWindow, PerQuarterWindow, PerYearWindow, WholeContract}, t.Window):
			return fault.At("tiers", "Tier "+t.Name+" needs a window: month, quarter, year or contract.")
		case !slices.Contains([]Scope{OfSite, OfHospital, OfGroup}, t.Scope):
			return fault.At("tiers", "Tier "+t.Name+" needs a scope: site, hospital or group.")
		case len(t.Steps) == 0 || t.Steps[0].From != 1:
			return fault.At("tiers", "Tier "+t.Name+" begins with position 1.")
		}
		names[t.Name] = true
		for i, s := range t.Steps {
			if s.DiscountBP < 0 || s.DiscountBP > 10_000 || i > 0 && s.From <= t.Steps[i-1].From {
				return fault.At("tiers", "Step "+strconv.Itoa(i+1)+" of tier "+t.Name+" does not follow the one before, or its discount is not between 0 and 100 %.")
			}
		}
	}
	return nil
}

func (p Pricing) checkCaps() error {
	names := map[string]bool{}
	for _, c := range p.Caps {
		if c.Name == "" || names[c.Name] || c.Minor < 0 {
			return fault.At("caps", "Each cap needs a name of its own and an amount of zero or more.")
		}
		names[c.Name] = true
	}
	return nil
}

func (p Pricing) checkWaste() error {
	seen := map[WasteOutcome]bool{}
	for _, w := range p.Waste {
		known := slices.Contains([]WasteOutcome{Consumed, OpenedWasted, Defective, Expired, Lost, Damaged}, w.Outcome)
		if !known || seen[w.Outcome] || w.HospitalBP < 0 || w.HospitalBP > 10_000 {
			return fault.At("waste", "Each outcome stands once, with a share between 0 and 100 %.")
		}
		seen[w.Outcome] = true
	}
	return nil
}

func (p Pricing) checkCalendar() error {
	c := p.CutOff
	switch {
	case !slices.Contains([]CutOffRule{"", CutOffDay, CutOffBusiness, CutOffWeekday}, c.Rule):
		return fault.At("cut_off", "Choose a cut-off that the list names.")
	case c.Rule == CutOffDay && (c.Day < 1 || c.Day > 31), c.Rule == CutOffWeekday && (c.Day < 0 || c.Day > 6):
		return fault.At("cut_off", "The day of the cut-off does not exist.")
	case c.GraceHours < 0 || c.GraceHours > 24*14:
		return fault.At("cut_off", "The grace time is at most 14 days.")
	case p.CapWaitDays < 0 || p.CapWaitDays > 365:
		return fault.At("caps", "A cap waits at most a year for its case.")
	}
	if _, err := time.Parse("15:04", c.At); err != nil && c.At != "" {
		return fault.At("cut_off", "Enter the time of the cut-off as 18:00.")
	}
	for _, h := range c.Holidays {
		if _, err := time.Parse(time.DateOnly, h); err != nil {
			return fault.At("cut_off", "Enter holidays as 2026-12-25.")
		}
	}
	return nil
}
