package finance

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/disputing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (o Office) showDisputes(c echo.Context) error {
	ended := route.QueryValue(c, "view") == "ended"
	s := view.Sheet{
		Frame: frame.Page(c, "Disputes"), Title: "Disputes", TabName: "Disputes",
		Lead: "Lines that hospital and vendor disagree on. The rest of each invoice stays payable.",
		Tabs: []ui.Tab{
			{Text: "Open", Href: disputesPath, Active: !ended}, {Text: "Ended", Href: disputesPath + "?view=ended", Active: ended},
		},
	}
	list, err := o.queries(c).Disputes(!ended, store.Page{After: route.QueryValue(c, "after")})
	if err != nil {
		return err
	}
	if len(list.Rows) == 0 {
		s.Parts = []view.Part{{Empty: &ui.EmptyProps{Icon: "check", Title: "No dispute here", Text: "A line of an issued invoice is disputed on the invoice's own page."}}}
	} else {
		t := o.disputeTable(c, list.Rows, true)
		t.Pager = ui.PagerProps{NextHref: next(c, list.Next)}
		s.Parts = []view.Part{{Title: "By the day the vendor's answer is due", Table: &t}}
	}
	return route.Render(c, http.StatusOK, view.SheetPage(s))
}

// disputeTable lists disputes; on an invoice's own page the invoice is not
// named again.
func (o Office) disputeTable(c echo.Context, disputes []store.NamedDispute, invoices bool) ui.TableProps {
	t := ui.TableProps{Caption: "Disputes", Columns: []ui.Column{
		{Label: "Line"}, {Label: "What is wrong"}, {Label: "Status"}, {Label: "Amount", Numeric: true},
	}}
	acting := false
	for _, d := range disputes {
		acting = acting || len(disputeForms(c, d.Dispute)) > 0
	}
	if acting {
		t.Columns = append(t.Columns, ui.Column{Label: "Action", Unnamed: true})
	}
	for _, d := range disputes {
		cells := o.disputeCells(c, d, invoices)
		if acting {
			cells = append(cells, view.Buttons(disputeForms(c, d.Dispute)))
		}
		t.Rows = append(t.Rows, ui.Row{ID: "dispute-" + string(d.ID), Cells: cells})
	}
	return t
}

func (o Office) disputeCells(c echo.Context, d store.NamedDispute, invoices bool) []templ.Component {
	line := ui.Two(ui.Text(d.Product), ui.LotSerial(d.Lot, d.Serial))
	if invoices {
		line = ui.Two(ui.Two(ui.RowLink(d.Number, "/invoices/"+string(d.Invoice)), ui.Text(other(c, d.VendorName, d.HospitalName))), line)
	}
	words := ui.Text(d.Reason)
	if d.Answer != "" {
		words = ui.Two(words, ui.Text("Vendor: "+d.Answer))
	}
	return []templ.Component{line, words, disputeStatus(d.Dispute, o.Store.Now()), ui.Money(d.Amount, view.Locale)}
}

func disputeStatus(d billing.Dispute, now time.Time) templ.Component {
	switch {
	case !d.State.Live():
		return ui.Status(ui.Calm, d.State.Word())
	case d.Late(now):
		return ui.Two(ui.Status(ui.Stop, "Answer is late"), ui.Text("was due "+d.AnswerDueAt.UTC().Format("2 Jan 2006")))
	case d.State == billing.DisputeOpened:
		return ui.Two(ui.Status(ui.Warn, d.State.Word()), ui.Text("until "+d.AnswerDueAt.UTC().Format("2 Jan 2006")))
	}
	return ui.Status(ui.Warn, d.State.Word())
}

// disputeForms are the steps that the asker's side may take.
func disputeForms(c echo.Context, d billing.Dispute) []view.Form {
	actor := route.Actor(c)
	if !d.State.Live() || !actor.May(access.HoldLines) {
		return nil
	}
	base := "/disputes/" + string(d.ID)
	var forms []view.Form
	vendor := actor.Kind == access.Vendor
	if vendor && d.State.MayBecome(billing.DisputeAgreed) {
		forms = append(forms, button("Agree to "+d.Amount.Format(view.Locale), base+"/agree", ui.Primary))
	}
	if vendor && d.State != billing.DisputeAgreed && d.State.MayBecome(billing.DisputeAnswered) {
		answer := button("Send the answer", base+"/answer", "")
		answer.Fold, answer.Fields = "Answer", []view.Field{field("answer-"+string(d.ID), "answer", "Your answer", "Both sides read it.", "")}
		forms = append(forms, answer)
	}
	if vendor && d.State == billing.DisputeAgreed {
		return []view.Form{}
	}
	if !vendor && d.State.MayBecome(billing.DisputeWithdrawn) {
		forms = append(forms, button("Withdraw", base+"/withdraw", ""))
	}
	if d.State.MayBecome(billing.DisputeEscalated) {
		forms = append(forms, button("Escalate", base+"/escalate", ""))
	}
	return forms
}

// disputePart is the card of an invoice's disputes.
func (o Office) disputePart(c echo.Context, q store.Queries, i billing.NamedInvoice, lines []billing.InvoiceLine) (view.Part, bool, error) {
	p := view.Part{Title: "Disputes", ID: "disputes"}
	disputes, err := q.DisputesOf(i.ID)
	if err != nil {
		return p, false, err
	}
	byID := map[string]billing.InvoiceLine{}
	options := make([]ui.Option, 0, len(lines))
	for _, l := range lines {
		byID[l.ID] = l
		if l.Live && l.NetMinor > 0 {
			options = append(options, ui.Option{Value: l.ID, Text: lineText(i, l)})
		}
	}
	var named []store.NamedDispute
	for _, d := range disputes {
		l := byID[d.Line]
		named = append(named, store.NamedDispute{
			Dispute: d, VendorName: i.VendorName, HospitalName: i.HospitalName, Number: i.Number, Product: l.Description, Lot: l.Lot, Serial: l.Serial, Pseudonym: l.Case,
		})
	}
	if len(named) > 0 {
		t := o.disputeTable(c, named, false)
		p.Table = &t
	}
	if actor := route.Actor(c); actor.Kind == access.Hospital && actor.May(access.HoldLines) && i.State.Payable() && len(options) > 0 {
		p.Forms = []view.Form{{
			Fold: "Dispute a line", Lead: "The rest of the invoice stays payable. The vendor has 21 days to answer.",
			Action: "/invoices/" + string(i.ID) + "/disputes", Key: route.NewKey(), Submit: "Dispute this line of " + i.Number,
			Fields: []view.Field{
				choice("dispute-line", "line", "Line", options[0].Value, options),
				optional(number(field("dispute-amount", "amount", "Disputed amount with tax in "+string(i.Currency), "Empty: the whole line", ""))),
				field("dispute-reason", "reason", "What is wrong", "The vendor reads it. No patient.", ""),
			},
		}}
	}
	return p, p.Table != nil || len(p.Forms) > 0, nil
}

func (o Office) openDispute(c echo.Context) error {
	id := billing.InvoiceID(route.PathValue(c, "id"))
	_, err := o.Disputing.Open(c.Request().Context(), route.Command(c), disputing.OpenInput{
		Invoice: id, Line: route.Value(c, "line"), Amount: route.Value(c, "amount"), Reason: route.Value(c, "reason"),
	})
	return told(c, err, "/invoices/"+string(id)+"#disputes", "The line is disputed. The rest of the invoice stays payable.")
}

func (o Office) answerDispute(c echo.Context) error {
	id := billing.DisputeID(route.PathValue(c, "id"))
	_, err := o.Disputing.Answer(c.Request().Context(), route.Command(c), id, route.Value(c, "answer"))
	return told(c, err, disputesPath, "The answer is sent.")
}

// disputeStep is the handler of a step that needs the dispute alone.
func (o Office) disputeStep(change func(context.Context, store.Command, billing.DisputeID) (billing.DisputeID, error), sentence string) echo.HandlerFunc {
	return func(c echo.Context) error {
		_, err := change(c.Request().Context(), route.Command(c), billing.DisputeID(route.PathValue(c, "id")))
		return told(c, err, disputesPath, sentence)
	}
}
