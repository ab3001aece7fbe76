package finance

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/pricing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

// views are the parts of the queue and the states of lines in each.
var views = []struct {
	key, text, lead, empty string
	states                 []billing.LineState
}{
	{"soon", "On the way", "Used, and on its way to an invoice.", "Everything that was used is invoiced, or waits under another heading.",
		[]billing.LineState{billing.LineWaiting, billing.LineBillable, billing.LineCollected}},
	{"held", "Held", "Stopped by a person or a rule. The rest goes on without these.", "No line is held.",
		[]billing.LineState{billing.LineHeld}},
	{waitingView, "Awaiting PO", "Used, and waiting for the hospital's order before an invoice is made.", "No usage waits for an order.",
		[]billing.LineState{billing.LineAwaitingPO}},
	{"unpriced", "Needs a price", "Used without a price in force. The vendor sets one and the usage goes on.", "Every usage has a price.",
		[]billing.LineState{billing.LineUnpriced}},
	{"parked", "Parked", "Work that cannot go on by itself: what happened, and what to do.", "Nothing is parked.", nil},
	{"free", "No charge", "Kept with its reason, and costs nothing.", "Nothing was free of charge.", []billing.LineState{billing.LineNoCharge}},
}

func (o Office) showQueue(c echo.Context) error {
	chosen := route.QueryValue(c, "view")
	if chosen == "" {
		chosen = views[0].key
	}
	if states := statesOf(chosen); listing.AsFile(c) && states != nil {
		return listing.Send(c, "queue", view.LineColumns(other(c, "Vendor", "Hospital")), o.readLines(c, states))
	}
	p := view.QueueProps{Frame: frame.Page(c, "Queue")}
	var err error
	if p.Tabs, err = o.tabs(c, chosen); err != nil {
		return err
	}
	for _, v := range views {
		if v.key != chosen {
			continue
		}
		p.Lead, p.Empty = v.lead, v.empty
		if v.states == nil {
			err = o.fillParked(c, &p)
		} else {
			err = o.fillLines(c, &p, v.states)
		}
		if err != nil {
			return err
		}
	}
	return route.Render(c, http.StatusOK, view.Queue(p))
}

// statesOf are the states of lines in a part of the queue; none for other work.
func statesOf(key string) []billing.LineState {
	for _, v := range views {
		if v.key == key {
			return v.states
		}
	}
	return nil
}

// waitingView is the part of the queue that has a page of its own.
const waitingView = "po"

// tabs lead through the parts of the queue.
func (o Office) tabs(c echo.Context, chosen string) ([]ui.Tab, error) {
	counts, err := o.counts(c)
	tabs := make([]ui.Tab, 0, len(views))
	for _, v := range views {
		href := queuePath + "?view=" + v.key
		if v.key == waitingView {
			href = waitingPath
		}
		tabs = append(tabs, ui.Tab{Text: v.text, Href: href, Count: counts[v.key], Active: v.key == chosen})
	}
	return tabs, err
}

// counts are the numbers beside the headings.
func (o Office) counts(c echo.Context) (map[string]string, error) {
	sums, err := o.queries(c).LineCounts()
	if err != nil {
		return nil, err
	}
	byView := map[string]int64{}
	for _, sum := range sums {
		for _, v := range views {
			for _, s := range v.states {
				if s == sum.State {
					byView[v.key] += sum.Count
				}
			}
		}
	}
	out := map[string]string{}
	for key, n := range byView {
		out[key] = strconv.FormatInt(n, 10)
	}
	return out, nil
}

func (o Office) fillLines(c echo.Context, p *view.QueueProps, states []billing.LineState) error {
	after, err := "", error(nil)
	if p.Lines, after, err = o.readLines(c, states)(listing.Page(c)); err != nil {
		return err
	}
	p.Pager, p.Label = ui.PagerProps{NextHref: listing.Next(c, after)}, other(c, "Vendor", "Hospital")
	p.View, err = listing.View(c, o.queries(c), view.LineColumns(p.Label), listing.Falling)
	return err
}

func (o Office) readLines(c echo.Context, states []billing.LineState) listing.Read[view.Line] {
	return func(page store.Page) ([]view.Line, string, error) {
		list, err := o.queries(c).Lines(store.LineFilter{States: states}, page)
		out := make([]view.Line, len(list.Rows))
		for i, row := range list.Rows {
			out[i] = Line(row, route.Actor(c).Kind)
		}
		return out, list.Next, err
	}
}

// Line is a row of a list of usages, seen from one side.
func Line(row store.LineRow, side access.OrganisationKind) view.Line {
	party := row.VendorName
	if side == access.Vendor {
		party = row.HospitalName
	}
	product := row.Product
	if row.Size != "" {
		product += ", " + row.Size
	}
	return view.Line{
		ID: string(row.Line.ID), Href: "/lines/" + string(row.Line.ID), Product: product, Lot: row.Lot, Serial: row.Serial,
		Case: row.Pseudonym, Party: party, Site: row.SiteName, At: row.EffectiveAt, Zone: zone(row.TimeZone),
		Amount: row.Net, State: row.State, Reason: row.Reason, Unpriced: unpriced(row.Steps), Corrected: row.Corrected != "",
	}
}

func unpriced(steps billing.Steps) bool {
	if len(steps) == 0 {
		return true
	}
	switch steps[0].Code {
	case billing.StepNoListPrice, billing.StepNotInForce, billing.StepOutOfRange, billing.StepAmbiguous:
		return true
	}
	return false
}

// fillParked lists parked invoices first, then other parked work.
func (o Office) fillParked(c echo.Context, p *view.QueueProps) error {
	release := route.Actor(c).May(access.FreezeInvoices)
	invoices, err := o.queries(c).Invoices(store.InvoiceFilter{Parked: true}, store.Page{Limit: 200})
	if err != nil {
		return err
	}
	for _, i := range invoices.Rows {
		item := view.Parked{
			What: "Invoice " + i.Number + " over " + i.Total().Format(view.Locale), Reason: i.ParkedReason,
			Href: "/invoices/" + string(i.ID), Since: i.ChangedAt, Key: route.NewKey(),
		}
		if release {
			item.Retry = "/invoices/" + string(i.ID) + "/unpark"
		}
		p.Parked = append(p.Parked, item)
	}
	jobs, err := o.queries(c).ParkedJobs(store.Page{Limit: 200})
	if err != nil {
		return err
	}
	for _, job := range jobs.Rows {
		if job.Topic == billing.TopicInvoice {
			continue // shown as its invoice
		}
		item := view.Parked{What: jobWords(job.Topic), Reason: job.LastError, Since: job.ChangedAt, Key: route.NewKey()}
		if job.Topic == billing.TopicLine {
			item.Href = "/lines/" + job.Subject
		}
		if release {
			item.Retry = "/jobs/" + job.ID + "/retry"
		}
		p.Parked = append(p.Parked, item)
	}
	return nil
}

func jobWords(topic string) string {
	switch topic {
	case billing.TopicLine:
		return "Collecting a usage into its invoice"
	case pricing.TopicCap:
		return "Settling the cap of a case"
	case pricing.TopicTrueUp:
		return "Settling a tier at the end of its window"
	case pricing.TopicTierCredit:
		return "Crediting what a tier owes"
	case pricing.TopicHold:
		return "Ending a hold"
	}
	return "Work of " + topic
}

// amounts writes sums of several currencies, each by itself: they never add up.
func amounts(byCurrency map[money.Currency]int64) string {
	text := ""
	for _, currency := range sorted(byCurrency) {
		if text != "" {
			text += " · "
		}
		text += money.Amount{Minor: byCurrency[currency], Currency: currency}.Format(view.Locale)
	}
	if text == "" {
		return "–"
	}
	return text
}
