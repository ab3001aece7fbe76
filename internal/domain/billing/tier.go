package billing

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"trueward/internal/domain/consign"
)

// tierPart is a run of units at one step of a tier.
type tierPart struct {
	tier         int
	first, units int64
	discountBP   int
	retroactive  bool
	spend        bool
}

func (p tierPart) code() StepCode {
	switch {
	case p.spend:
		return StepTierSpend
	case p.retroactive:
		return StepTierReached
	}
	return StepTier
}

// parts splits a quantity over the steps of the tier. Spend and retroactive
// tiers give all units the step of one position: what was spent before, or the
// last unit's.
func (p TierPosition) parts(quantity int64) []tierPart {
	t := p.Tier
	if t.Basis == consign.BySpend {
		n, step := t.At(p.Before + 1)
		return []tierPart{{tier: n, first: p.Before, units: quantity, discountBP: step.DiscountBP, spend: true}}
	}
	if t.Retroactive {
		n, step := t.At(p.Before + quantity)
		return []tierPart{{tier: n, first: p.Before + quantity, units: quantity, discountBP: step.DiscountBP, retroactive: true}}
	}
	var parts []tierPart
	for at := p.Before + 1; at <= p.Before+quantity; {
		n, step := t.At(at)
		end := p.Before + quantity
		if n < len(t.Steps) {
			end = min(end, t.Steps[n].From-1)
		}
		parts = append(parts, tierPart{tier: n, first: at, units: end - at + 1, discountBP: step.DiscountBP})
		at = end + 1
	}
	return parts
}

// TierWindow returns the window of a tier at t, in the calendar of the site.
// The window of a whole contract has no end.
func TierWindow(w consign.TierWindow, t time.Time, zone *time.Location) Window {
	year, month, _ := t.In(zone).Date()
	switch w {
	case consign.PerMonthWindow:
		return Window{fmt.Sprintf("month:%04d-%02d", year, int(month)), midnight(year, month, 1, zone), midnight(year, month+1, 1, zone)}
	case consign.PerQuarterWindow:
		first := month - (month-1)%3
		return Window{fmt.Sprintf("quarter:%04d-Q%d", year, (int(month)+2)/3), midnight(year, first, 1, zone), midnight(year, first+3, 1, zone)}
	case consign.PerYearWindow:
		return Window{fmt.Sprintf("year:%04d", year), midnight(year, 1, 1, zone), midnight(year+1, 1, 1, zone)}
	}
	return Window{Key: "contract"}
}

// windowWords says a tier's window in a sentence: "this quarter".
func windowWords(key string) string {
	kind, _, _ := strings.Cut(key, ":")
	if kind == "contract" {
		return "under this contract"
	}
	return "this " + kind
}

// ordinal writes 51 as 51st.
func ordinal(text string) string {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return text + suffix
}
