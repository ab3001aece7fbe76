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

// TrueUp is the credit that a retroactive tier owes at the end of its window.
type TrueUp struct {
	Tier       int // reached
	DiscountBP int
	Paid       int64 // net of the window's usages as decided
	Due        int64 // what they cost at the tier reached
}

// Credit is what is owed to the hospital; never negative.
func (t TrueUp) Credit() int64 { return max(t.Paid-t.Due, 0) }

// TrueUpOf computes the true-up of a window from the live decisions in it:
// each is decided again at the position where the window ended. Decisions that
// another engine made, or that no tier touched, count as they are.
func TrueUpOf(decisions []Decision, tier consign.Tier, reached int64) (TrueUp, error) {
	n, step := tier.At(max(reached, 1))
	up := TrueUp{Tier: n, DiscountBP: step.DiscountBP}
	for _, d := range decisions {
		up.Paid += d.Net.Minor
		in, err := d.inputs()
		if err != nil {
			return up, err
		}
		if d.Engine != EngineTerms || in.Tier == nil || in.Tier.Tier.Name != tier.Name || in.Cap != nil && len(in.Cap.Nets) > 0 {
			up.Due += d.Net.Minor
			continue
		}
		in.Tier.Before = max(reached-in.Quantity, 0)
		if tier.Basis == consign.BySpend {
			in.Tier.Before = max(reached-1, 0)
		}
		_, _, net, _ := Decide(in)
		up.Due += net.Minor
	}
	return up, nil
}
