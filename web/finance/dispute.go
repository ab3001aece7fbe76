package finance

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/disputing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/civil"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
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
	q := o.queries(c)
	read := func(page store.Page) ([]store.NamedDispute, string, error) {
		list, err := q.Disputes(!ended, page)
		return list.Rows, list.Next, err
	}
	columns := o.disputeColumns(c, true, !ended && route.Actor(c).May(access.HoldLines))
	if listing.AsFile(c) {
		return listing.Send(c, "disputes", columns, read)
	}
	part, err := listing.Show(c, q, columns, listing.Rising, read)
	if err != nil {
		return err
	}
	s.Parts = []view.Part{{Empty: &ui.EmptyProps{Icon: "check", Title: "No dispute here", Text: "A line of an issued invoice is disputed on the invoice's own page."}}}
	if len(part.Rows) > 0 {
		t := part.Table(columns, ui.TableProps{Caption: "Disputes"}, disputeRow)
		s.Parts = []view.Part{{Title: "By the day the vendor's answer is due", Tools: &part.View.Tools, Table: &t}}
	}
	return route.Render(c, http.StatusOK, view.SheetPage(s))
}

func disputeRow(d store.NamedDispute) ui.Row { return ui.Row{ID: "dispute-" + string(d.ID)} }

// disputeTable lists disputes on an invoice's own page, where the invoice is not
// named again.
func (o Office) disputeTable(c echo.Context, disputes []store.NamedDispute) ui.TableProps {
	acting := slices.ContainsFunc(disputes, func(d store.NamedDispute) bool { return len(disputeForms(c, d.Dispute)) > 0 })
	return o.disputeColumns(c, false, acting).Table(ui.TableProps{Caption: "Disputes"}, ui.ListView{}, disputes, disputeRow)
}

// disputeColumns are what a list of disputes can show; invoices names the
// invoice of each, acting adds the steps that may be taken.
func (o Office) disputeColumns(c echo.Context, invoices, acting bool) ui.ListColumns[store.NamedDispute] {
	type dispute = store.NamedDispute
	party := func(d dispute) string { return other(c, d.VendorName, d.HospitalName) }
	columns := ui.ListColumns[dispute]{
		{Key: "invoice", Label: "Invoice", Cell: func(d dispute) templ.Component {
			return ui.Two(ui.RowLink(d.Number, "/invoices/"+string(d.Invoice)), ui.Text(party(d)))
		}, File: []ui.FileColumn[dispute]{{Name: "invoice", Of: func(d dispute) string { return d.Number }}, {Name: "party", Of: party}}},
		{Key: "line", Label: "Line", Cell: func(d dispute) templ.Component { return ui.Two(ui.Text(d.Product), ui.LotSerial(d.Lot, d.Serial)) }, File: []ui.FileColumn[dispute]{
			{Name: "product", Of: func(d dispute) string { return d.Product }}, {Name: "lot", Of: func(d dispute) string { return d.Lot }}, {Name: "serial", Of: func(d dispute) string { return d.Serial }},
		}},
		{Key: "wrong", Label: "What is wrong", Cell: func(d dispute) templ.Component { return disputeWords(d.Dispute) }, File: []ui.FileColumn[dispute]{
			{Name: "what_is_wrong", Of: func(d dispute) string { return d.Reason }}, {Name: "answer", Of: func(d dispute) string { return d.Answer }},
		}},
		{Key: "status", Label: "Status", Ordered: true, Cell: func(d dispute) templ.Component { return disputeStatus(d.Dispute, o.Store.Now()) }, File: []ui.FileColumn[dispute]{
			{Name: "status", Of: func(d dispute) string { return disputeWord(d.Dispute, o.Store.Now()) }},
		}},
		{Key: "due", Label: "Answer due", Extra: true, Cell: func(d dispute) templ.Component { return ui.CivilDate(answerDue(c, d)) }, File: ui.Said("answer_due", func(d dispute) string { return answerDue(c, d).String() })},
		{Key: "amount", Label: "Amount", Numeric: true, Cell: func(d dispute) templ.Component { return ui.Money(d.Amount, view.Locale) }, File: []ui.FileColumn[dispute]{
			{Name: "amount", Number: true, Of: func(d dispute) string { return d.Amount.Decimal() }}, {Name: "currency", Of: func(d dispute) string { return string(d.Amount.Currency) }},
		}},
	}
	if !invoices {
		columns = columns[1:]
	}
	if acting {
		columns = append(columns, ui.ListColumn[dispute]{Label: "Action", Act: true, Cell: func(d dispute) templ.Component { return view.Buttons(disputeForms(c, d.Dispute)) }})
	}
	return columns
}

func answerDue(c echo.Context, d store.NamedDispute) civil.Date {
	return civil.Of(d.AnswerDueAt.In(route.Zone(c)))
}

func disputeWords(d billing.Dispute) templ.Component {
	if d.Answer != "" {
		return ui.Two(ui.Text(d.Reason), ui.Text("Vendor: "+d.Answer))
	}
	return ui.Text(d.Reason)
}

func disputeWord(d billing.Dispute, now time.Time) string {
	if d.State.Live() && d.Late(now) {
		return "Answer is late"
	}
	return d.State.Word()
}

func disputeStatus(d billing.Dispute, now time.Time) templ.Component {
	switch {
	case !d.State.Live():
		return ui.Status(ui.Calm, disputeWord(d, now))
	case d.Late(now):
		return ui.Status(ui.Stop, disputeWord(d, now))
	}
	return ui.Status(ui.Warn, disputeWord(d, now))
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
		t := o.disputeTable(c, named)
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
