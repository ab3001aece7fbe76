package stripe

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	view "trueward/templates/stripe"
	"trueward/web/frame"
	"trueward/web/route"
)

// mostShown bounds each list of the page; what is over it shows when the first
// ones are dealt with.
const mostShown = 50

func (r Room) work(c echo.Context) error { return r.renderWork(c, http.StatusOK, nil) }

func (r Room) renderWork(c echo.Context, status int, refused error) error {
	q := r.Store.Read(c.Request().Context(), route.Actor(c).Scope())
	p := view.WorkProps{Frame: frame.Page(c, "Stripe: to look at"), Tabs: tabs(workPath)}
	p.Errors, p.Summary = frame.Fields(refused)
	var err error
	if p.Waiting, err = waiting(q); err != nil {
		return err
	}
	findings, err := q.Findings(mostShown)
	if err != nil {
		return err
	}
	for _, f := range findings {
		d := view.Difference{
			Kind: kindWord(f.Kind), Sentence: f.Sentence, Found: f.FoundAt, ID: f.ID, Key: route.NewKey(),
			Action: strings.Replace(settlePath, ":id", f.ID, 1),
		}
		if f.Invoice != "" {
			d.Href = "/invoices/" + string(f.Invoice)
		}
		p.Differences = append(p.Differences, d)
	}
	aside, err := q.Quarantined(mostShown)
	if err != nil {
		return err
	}
	for _, n := range aside {
		p.Aside = append(p.Aside, view.Waiting{What: n.Type, Reason: n.Reason, Since: n.ReceivedAt})
	}
	return route.Render(c, status, view.Work(p))
}

// waiting lists parked invoices and parked pieces of work with Stripe. They are
// let go on as everywhere else.
func waiting(q store.Queries) ([]view.Waiting, error) {
	var out []view.Waiting
	invoices, err := q.Invoices(store.InvoiceFilter{Parked: true}, store.Page{Limit: mostShown})
	if err != nil {
		return nil, err
	}
	for _, i := range invoices.Rows {
		name := i.Number
		if name == "" {
			name = "Invoice to " + i.HospitalName
		}
		out = append(out, view.Waiting{
			What: name, Href: "/invoices/" + string(i.ID), Reason: i.ParkedReason, Since: i.ChangedAt,
			Action: "/invoices/" + string(i.ID) + "/unpark", Key: route.NewKey(),
		})
	}
	jobs, err := q.ParkedJobs(store.Page{Limit: mostShown})
	for _, j := range jobs.Rows {
		if j.Topic == billing.TopicInvoice || !strings.HasPrefix(j.Topic, "stripe.") {
			continue // shown with its invoice, or of another room
		}
		out = append(out, view.Waiting{
			What: topicWord(j.Topic), Reason: j.LastError, Since: j.ChangedAt,
			Action: "/jobs/" + j.ID + "/retry", Key: route.NewKey(),
		})
	}
	return out, err
}

func topicWord(topic string) string {
	if topic == "stripe.compare" {
		return "The comparison with Stripe"
	}
	return "A notice of Stripe"
}

// kindWord names a kind of difference.
func kindWord(kind string) string {
	switch kind {
	case "amount":
		return "Another amount"
	case "overpaid":
		return "Paid too much"
	case "refund":
		return "Refund that does not fit"
	case "unknown":
		return "Invoice that is not known here"
	case "missing":
		return "Invoice that is gone at Stripe"
	case "status":
		return "Ended at Stripe only"
	case "dispute_lost":
		return "Payment taken back by the bank"
	case "payout":
		return "Payout to look at"
	case "movement":
		return "Money that belongs to no invoice"
	case "step":
		return "Refused by Stripe"
	}
	return "Difference"
}

func (r Room) settle(c echo.Context) error {
	_, err := r.Desk.Settle(c.Request().Context(), route.Command(c), route.PathValue(c, "id"), route.Value(c, "why"))
	if frame.Shown(err) {
		return r.renderWork(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, workPath, route.Done("Noted how it was settled."))
}
