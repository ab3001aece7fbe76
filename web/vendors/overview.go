package vendors

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
	"trueward/templates/finance"
	"trueward/templates/ui"
	view "trueward/templates/vendors"
	"trueward/web/frame"
	"trueward/web/route"
)

// shortDays is how long before its expiry a unit counts as short-dated.
const shortDays = 90

func (v Counter) showOverview(c echo.Context) error {
	q := v.queries(c)
	p := view.OverviewProps{Frame: frame.Page(c, "Overview")}
	consigned, err := q.Consigned(v.Store.Now())
	if err != nil {
		return err
	}
	p.Tiles, p.Chart = []ui.StatProps{consignedTile(consigned)}, chart(consigned)
	for _, tile := range []func(store.Queries) (ui.StatProps, error){v.usedTile, dueTile(c), v.shortTile} {
		t, err := tile(q)
		if err != nil {
			return err
		}
		if t.Label != "" {
			p.Tiles = append(p.Tiles, t)
		}
	}
	lines, err := q.Lines(store.LineFilter{}, store.Page{Limit: 8})
	if err != nil {
		return err
	}
	for _, row := range lines.Rows {
		p.Feed = append(p.Feed, feedEvent(row))
	}
	return route.Render(c, http.StatusOK, view.Overview(p))
}

func consignedTile(rows []store.Consigned) ui.StatProps {
	sums, units := map[money.Currency]int64{}, int64(0)
	for _, r := range rows {
		units += r.Units
		if r.Currency != "" {
			sums[r.Currency] += r.Minor
		}
	}
	figure, rest := leading(sums)
	return ui.StatProps{Label: "On consignment, at list price", Figure: figure, Note: rest + strconv.FormatInt(units, 10) + " units", Href: stockPath}
}

// leading writes the largest sum as the figure, and the other currencies as the
// beginning of its note: sums of several currencies never add up.
func leading(sums map[money.Currency]int64) (figure, rest string) {
	var main money.Currency
	for _, c := range slices.Sorted(maps.Keys(sums)) {
		if sums[c] > sums[main] {
			main = c
		}
	}
	if sums[main] == 0 {
		return "–", ""
	}
	for _, c := range slices.Sorted(maps.Keys(sums)) {
		if c != main && sums[c] != 0 {
			rest += "and " + money.Amount{Minor: sums[c], Currency: c}.Format(finance.Locale) + " · "
		}
	}
	return money.Amount{Minor: sums[main], Currency: main}.Format(finance.Locale), rest
}

// chart compares the hospitals by units, and writes the value beside each.
func chart(rows []store.Consigned) *ui.ChartProps {
	p := &ui.ChartProps{LabelHead: "Hospital", ValueHead: "Units and value at list price"}
	var all int64
	first := store.Consigned{}
	for _, r := range rows {
		text := strconv.FormatInt(r.Units, 10) + " units"
		if r.Currency != "" {
			text += ", " + money.Amount{Minor: r.Minor, Currency: r.Currency}.Format(finance.Locale)
		}
		p.Bars = append(p.Bars, ui.Bar{Label: r.Name, Value: float64(r.Units), Text: text})
		all += r.Units
		if r.Units > first.Units {
			first = r
		}
	}
	if all == 0 {
		return nil
	}
	slices.SortStableFunc(p.Bars, func(a, b ui.Bar) int { return cmp.Compare(b.Value, a.Value) })
	p.Conclusion = fmt.Sprintf("%s holds the most: %d of %d units.", first.Name, first.Units, all)
	if first.Units == all {
		p.Conclusion = fmt.Sprintf("%s holds all %d units.", first.Name, all)
	}
	return p
}

func (v Counter) usedTile(q store.Queries) (ui.StatProps, error) {
	rows, err := q.UsedSince(v.Store.Now().Add(-24 * time.Hour))
	sums, count := map[money.Currency]int64{}, int64(0)
	for _, r := range rows {
		count += r.Count
		sums[r.Currency] += r.Minor
	}
	return ui.StatProps{Label: "Used in the last 24 hours", Figure: strconv.FormatInt(count, 10), Note: amounts(sums) + " at agreed prices", Href: usagePath}, err
}

// dueTile shows what is invoiced and not paid, to those who may see invoices.
func dueTile(c echo.Context) func(store.Queries) (ui.StatProps, error) {
	return func(q store.Queries) (ui.StatProps, error) {
		if !route.Actor(c).May(access.SeeInvoices) {
			return ui.StatProps{}, nil
		}
		rows, err := q.InvoiceSums(store.InvoiceFilter{States: []billing.InvoiceState{billing.Open, billing.Sent}})
		sums, count := map[money.Currency]int64{}, int64(0)
		for _, r := range rows {
			count += r.Count
			sums[r.Currency] += r.TotalMinor - r.PaidMinor
		}
		figure, rest := leading(sums)
		return ui.StatProps{Label: "Invoiced, not yet paid", Figure: figure, Note: rest + strconv.FormatInt(count, 10) + " invoices", Href: "/invoices?status=issued"}, err
	}
}

// most bounds counts of lists: beyond it a count reads "1,000+".
const most = 1000

func (v Counter) shortTile(q store.Queries) (ui.StatProps, error) {
	until := shortUntil(v.Store.Now())
	n, err := q.CountUnits(store.UnitFilter{ExpiresBy: until, States: []custody.State{custody.Available}}, most)
	tile := ui.StatProps{
		Label: "Short-dated on the shelf", Figure: strconv.FormatInt(n, 10), Note: "expired, or within " + strconv.Itoa(shortDays) + " days",
		Href: stockPath + "?state=available&expires=" + until,
	}
	if n >= most {
		tile.Figure = "1,000+"
	}
	if n > 0 {
		tile.Tone = ui.Warn
	}
	return tile, err
}

func shortUntil(now time.Time) string { return civil.Of(now.AddDate(0, 0, shortDays)).String() }

func feedEvent(row store.LineRow) ui.Event {
	e := ui.Event{
		Tone: ui.Info, Icon: "case", What: row.Product + ", " + row.Size + " used", When: ui.Instant(row.EffectiveAt, zone(row.TimeZone)),
		Who: row.HospitalName, With: row.Net.Format(finance.Locale),
	}
	if row.Outcome == usage.Wasted {
		e.Tone, e.Icon, e.What = ui.Warn, "warning", row.Product+", "+row.Size+" opened, not used"
	}
	switch row.State {
	case billing.LineWaiting:
		e.With = "draft until undo ends"
	case billing.LineUnpriced:
		e.With = "needs a price"
	case billing.LineCancelled:
		e.With = "corrected"
	}
	return e
}

// amounts writes sums of several currencies, each by itself: they never add up.
func amounts(sums map[money.Currency]int64) string {
	text := ""
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		if text != "" {
			text += " · "
		}
		text += money.Amount{Minor: sums[currency], Currency: currency}.Format(finance.Locale)
	}
	if text == "" {
		return "–"
	}
	return text
}
