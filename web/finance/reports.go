package finance

import (
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// showReports shows ageing, what is due, spend by month, rebates and what
// cases cost.
func (o Office) showReports(c echo.Context) error {
	q, now := o.queries(c), o.Store.Now()
	s := view.Sheet{Frame: frame.Page(c, "Reports"), Title: "Reports", Lead: "Before tax, unless said otherwise. Amounts of several currencies are never added up."}
	for _, make := range []func(echo.Context, store.Queries, time.Time) (view.Part, error){ageingPart, duePart, spendPart, rebatePart, casePart} {
		p, err := make(c, q, now)
		if err != nil {
			return err
		}
		s.Parts = append(s.Parts, p)
	}
	return route.Render(c, http.StatusOK, view.SheetPage(s))
}

// ageingPart is what was used and is on no issued invoice, by its age in the
// calendar of its site.
func ageingPart(_ echo.Context, q store.Queries, now time.Time) (view.Part, error) {
	p := view.Part{Title: "Used, not invoiced", ID: "ageing"}
	sums, err := q.Ageing(now)
	if err != nil || len(sums) == 0 {
		p.Lead = "Everything that was used is invoiced."
		return p, err
	}
	type key struct {
		bucket   billing.AgeBucket
		currency money.Currency
	}
	totals, all := map[key]int64{}, map[money.Currency]int64{}
	t := ui.TableProps{Caption: "Used, not invoiced, by partner", Columns: []ui.Column{{Label: "Partner"}, {Label: "Age"}, {Label: "Usages", Numeric: true}, {Label: "Amount", Numeric: true}}}
	for _, a := range sums {
		totals[key{a.Bucket, a.Currency}] += a.Minor
		all[a.Currency] += a.Minor
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			ui.Text(a.Party), ui.Text(string(a.Bucket)), ui.Text(strconv.FormatInt(a.Count, 10)), ui.Money(money.Amount{Minor: a.Minor, Currency: a.Currency}, view.Locale),
		}})
	}
	p.Table = &t
	for _, currency := range sorted(all) {
		chart := ui.ChartProps{LabelHead: "Age", ValueHead: "Amount in " + string(currency)}
		for n, bucket := range billing.AgeBuckets() {
			chart.Bars = append(chart.Bars, bar(string(bucket), totals[key{bucket, currency}], currency, n >= 3))
		}
		old := totals[key{billing.Age3, currency}] + totals[key{billing.Age4, currency}]
		chart.Conclusion = amountOf(old, currency) + " of " + amountOf(all[currency], currency) + " waits longer than 14 days."
		p.Charts = append(p.Charts, chart)
	}
	return p, nil
}

func amountOf(minor int64, currency money.Currency) string {
	return money.Amount{Minor: minor, Currency: currency}.Format(view.Locale)
}

func bar(label string, minor int64, currency money.Currency, mark bool) ui.Bar {
	return ui.Bar{Label: label, Value: float64(minor), Text: amountOf(minor, currency), Mark: mark}
}

// duePart is what issued invoices still ask for, tax included, by how late it is.
func duePart(_ echo.Context, q store.Queries, now time.Time) (view.Part, error) {
	p := view.Part{Title: "Issued, still due", ID: "due", Lead: "Tax included."}
	sums, err := q.Receivables(now)
	if err != nil || len(sums) == 0 {
		p.Lead = "Nothing is due."
		return p, err
	}
	for _, d := range sums {
		late := d.Late30 + d.Late60 + d.LateMore
		conclusion := amountOf(late, d.Currency) + " is overdue, " + amountOf(d.Soon, d.Currency) + " is not due yet."
		if d.Disputed > 0 {
			conclusion += " " + amountOf(d.Disputed, d.Currency) + " is disputed."
		}
		p.Charts = append(p.Charts, ui.ChartProps{
			Conclusion: conclusion, LabelHead: "Days after the due date", ValueHead: "Amount in " + string(d.Currency),
			Bars: []ui.Bar{
				bar("not due yet", d.Soon, d.Currency, false), bar("1–30 days late", d.Late30, d.Currency, false),
				bar("31–60 days late", d.Late60, d.Currency, true), bar("over 60 days late", d.LateMore, d.Currency, true),
			},
		})
	}
	return p, nil
}

// spendPart is what was invoiced less what was credited, month by month.
func spendPart(c echo.Context, q store.Queries, now time.Time) (view.Part, error) {
	title := "Spend by month"
	if route.Actor(c).Kind == access.Vendor {
		title = "Sales by month"
	}
	p := view.Part{Title: title, ID: "spend"}
	from := billing.MonthOf(now.AddDate(-1, 1, 0), time.UTC)
	months, err := q.Spend(from)
	if err != nil || len(months) == 0 {
		p.Lead = "Nothing was invoiced in the last twelve months."
		return p, err
	}
	byCurrency, totals := map[money.Currency][]ui.Bar{}, map[money.Currency]int64{}
	for _, m := range months {
		byCurrency[m.Currency] = append(byCurrency[m.Currency], bar(m.Month.Word(), m.Minor, m.Currency, false))
		totals[m.Currency] += m.Minor
	}
	for _, currency := range sorted(totals) {
		p.Charts = append(p.Charts, ui.ChartProps{
			Conclusion: amountOf(totals[currency], currency) + " in the last twelve months, credit notes taken off.",
			LabelHead:  "Month of issue", ValueHead: "Net in " + string(currency), Bars: byCurrency[currency],
		})
	}
	return p, nil
}

// rebatePart is how far the tiers of the agreements in force have come.
func rebatePart(_ echo.Context, q store.Queries, now time.Time) (view.Part, error) {
	p := view.Part{Title: "Rebate progress", ID: "rebates"}
	agreements, err := q.Agreements()
	if err != nil {
		return p, err
	}
	t := ui.TableProps{Caption: "Tiers of agreements in force", Columns: []ui.Column{
		{Label: "Agreement and tier"}, {Label: "Window"}, {Label: "Reached", Numeric: true}, {Label: "Now", Numeric: true}, {Label: "Next step"},
	}}
	for _, a := range agreements {
		version, err := q.VersionInForce(a.ID, now)
		if fault.Is(err, fault.NotFound) || err == nil && len(version.Pricing.Tiers) == 0 {
			continue
		}
		if err != nil {
			return p, err
		}
		rows, err := tierRows(q, version)
		if err != nil {
			return p, err
		}
		t.Rows = append(t.Rows, rows...)
	}
	if len(t.Rows) == 0 {
		p.Lead = "No agreement in force has tiers that counted anything yet."
		return p, nil
	}
	p.Table = &t
	return p, nil
}

// casePart is what the latest cases cost.
func casePart(_ echo.Context, q store.Queries, now time.Time) (view.Part, error) {
	p := view.Part{Title: "Cost of cases", ID: "cases", Lead: "The latest 50 cases of the last 90 days, by pseudonym."}
	costs, err := q.CaseCosts(now.AddDate(0, 0, -90), 50)
	if err != nil || len(costs) == 0 {
		p.Lead = "No case of the last 90 days used anything that costs."
		return p, err
	}
	t := ui.TableProps{Caption: "Cost of cases", Columns: []ui.Column{
		{Label: "Case"}, {Label: "Last use"}, {Label: "Usages", Numeric: true}, {Label: "Invoiced", Numeric: true}, {Label: "Cost", Numeric: true},
	}}
	for _, k := range costs {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			ui.RowLink(k.Pseudonym, numbersPath+"?q="+k.Pseudonym), ui.Instant(k.At(), zone(k.TimeZone)), ui.Text(strconv.FormatInt(k.Count, 10)),
			ui.Money(money.Amount{Minor: k.Invoiced, Currency: k.Currency}, view.Locale), ui.Money(money.Amount{Minor: k.Minor, Currency: k.Currency}, view.Locale),
		}})
	}
	p.Table = &t
	return p, nil
}
