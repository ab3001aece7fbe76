package finance

import (
	"strconv"

	"github.com/a-h/templ"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
)

// tierRows are the windows of a version's tiers: what they counted, the
// discount it gives, and how far the next step is.
func tierRows(q store.Queries, v consign.Version) ([]ui.Row, error) {
	progress, err := q.TierProgress(v.Agreement)
	var rows []ui.Row
	for _, p := range progress {
		for _, tier := range v.Pricing.Tiers {
			if tier.Name == p.Tier && len(tier.Steps) > 0 {
				rows = append(rows, tierRow(v, tier, p))
			}
		}
	}
	return rows, err
}

func tierRow(v consign.Version, tier consign.Tier, p store.TierProgress) ui.Row {
	reached, write := p.Quantity, func(n int64) string { return strconv.FormatInt(n, 10) + " units" }
	if tier.Basis == consign.BySpend {
		reached = p.SpendMinor
		write = func(n int64) string {
			return money.Amount{Minor: n, Currency: money.Currency(v.Currency)}.Format(view.Locale)
		}
	}
	_, step := tier.At(reached + 1)
	next := "the last step is reached"
	for _, s := range tier.Steps {
		if s.From > reached+1 {
			next = "−" + billing.Percent(strconv.Itoa(s.DiscountBP)) + " from " + write(s.From) + " on: " + write(s.From-1-reached) + " to go"
			break
		}
	}
	return ui.Row{Cells: []templ.Component{
		ui.Two(ui.Text(v.Number), ui.Text(tier.Name)), ui.Text(p.WindowKey), ui.Text(write(reached)),
		ui.Text("−" + billing.Percent(strconv.Itoa(step.DiscountBP))), ui.Text(next),
	}}
}
