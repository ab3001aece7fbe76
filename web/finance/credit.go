package finance

import (
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/crediting"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

var creditViews = []struct {
	key, text, lead, empty string
	state                  billing.CreditState
}{
	{"proposed", "Waiting", "Credit notes that wait for the vendor's decision. A corrected usage proposes its own.", "No credit note waits for a decision.", billing.CreditProposed},
	{"issued", "Issued", "Credit notes in force, each with its own number.", "No credit note was issued yet.", billing.CreditIssued},
	{"declined", "Declined", "Proposed, and not given.", "No credit note was declined.", billing.CreditDeclined},
}

func (o Office) showCredits(c echo.Context) error {
	chosen := creditViews[0]
	s := view.Sheet{Frame: frame.Page(c, "Credit notes"), Title: "Credit notes", TabName: "Credit notes"}
	for _, v := range creditViews {
		if v.key == route.QueryValue(c, "view") {
			chosen = v
		}
	}
	for _, v := range creditViews {
		s.Tabs = append(s.Tabs, ui.Tab{Text: v.text, Href: creditsPath + "?view=" + v.key, Active: v.key == chosen.key})
	}
	q := o.queries(c)
	read := func(page store.Page) ([]store.NamedCredit, string, error) {
		list, err := q.Credits(store.CreditFilter{States: []billing.CreditState{chosen.state}}, page)
		return list.Rows, list.Next, err
	}
	columns := creditColumns(c, true, chosen.state == billing.CreditProposed && route.Actor(c).May(access.FreezeInvoices))
	if listing.AsFile(c) {
		return listing.Send(c, "credit-notes", columns, read)
	}
	part, err := listing.Show(c, q, columns, listing.Falling, read)
	if err != nil {
		return err
	}
	s.Lead, s.Parts = chosen.lead, []view.Part{{Empty: &ui.EmptyProps{Icon: "check", Title: "Nothing here", Text: chosen.empty}}}
	if len(part.Rows) > 0 {
		table := part.Table(columns, ui.TableProps{Caption: "Credit notes"}, creditRow)
		s.Parts = []view.Part{{Title: chosen.text, Tools: &part.View.Tools, Table: &table}}
	}
	return route.Render(c, http.StatusOK, view.SheetPage(s))
}

func creditRow(n store.NamedCredit) ui.Row { return ui.Row{ID: "credit-" + string(n.ID)} }

// creditTable lists credit notes on an invoice's own page, where the invoice is
// not named again.
func creditTable(c echo.Context, credits []store.NamedCredit) ui.TableProps {
	acting := slices.ContainsFunc(credits, func(n store.NamedCredit) bool { return len(creditForms(c, n.CreditNote)) > 0 })
	return creditColumns(c, false, acting).Table(ui.TableProps{Caption: "Credit notes"}, ui.ListView{}, credits, creditRow)
}

// creditColumns are what a list of credit notes can show; invoices names the
// invoice of each, acting adds the steps that may be taken.
func creditColumns(c echo.Context, invoices, acting bool) ui.ListColumns[store.NamedCredit] {
	type note = store.NamedCredit
	party := func(n note) string { return other(c, n.VendorName, n.HospitalName) }
	columns := ui.ListColumns[note]{
		{Key: "note", Label: "Credit note", Ordered: true, Cell: func(n note) templ.Component { return creditName(c, n) }, File: []ui.FileColumn[note]{
			{Name: "credit_note", Of: func(n note) string { return n.Number }}, {Name: "on", Of: func(n note) string { return creditDay(c, n) }},
		}},
		{Key: "invoice", Label: "Invoice", Cell: func(n note) templ.Component {
			return ui.Two(ui.RowLink(n.InvoiceNumber, "/invoices/"+string(n.Invoice)), ui.Text(party(n)))
		}, File: []ui.FileColumn[note]{{Name: "invoice", Of: func(n note) string { return n.InvoiceNumber }}, {Name: "party", Of: party}}},
		{Key: "reason", Label: "Reason", Cell: func(n note) templ.Component { return ui.Text(n.Sentence()) }, File: ui.Said("reason", func(n note) string { return n.Sentence() })},
		{Key: "status", Label: "Status", Cell: func(n note) templ.Component { return creditStatus(n.CreditNote) }, File: []ui.FileColumn[note]{
			{Name: "status", Of: func(n note) string { return n.State.Word() }}, {Name: "declined_because", Of: func(n note) string { return n.DeclineReason }},
		}},
		{Key: "total", Label: "Total", Numeric: true, Cell: func(n note) templ.Component { return ui.Money(n.Total(), view.Locale) }, File: []ui.FileColumn[note]{
			{Name: "total", Number: true, Of: func(n note) string { return n.Total().Decimal() }}, {Name: "currency", Of: func(n note) string { return string(n.Total().Currency) }},
		}},
	}
	if !invoices {
		columns = slices.Delete(columns, 1, 2)
	}
	if acting {
		columns = append(columns, ui.ListColumn[note]{Label: "Action", Act: true, Cell: func(n note) templ.Component { return view.Buttons(creditForms(c, n.CreditNote)) }})
	}
	return columns
}

func creditName(c echo.Context, n store.NamedCredit) templ.Component {
	if n.Number == "" {
		return ui.Two(ui.Text("Proposal"), ui.Instant(n.ProposedAt, route.Zone(c)))
	}
	return ui.Two(ui.RowLink(n.Number, "/credits/"+string(n.ID)+"/pdf"), ui.CivilDate(view.Date(n.IssuedOn)))
}

// creditDay is when it was issued, for one that was not when it was proposed.
func creditDay(c echo.Context, n store.NamedCredit) string {
	if n.Number == "" {
		return n.ProposedAt.In(route.Zone(c)).Format(time.RFC3339)
	}
	return n.IssuedOn
}

func creditStatus(n billing.CreditNote) templ.Component {
	if n.State == billing.CreditProposed {
		return ui.Status(ui.Warn, n.State.Word())
	}
	if n.DeclineReason != "" {
		return ui.Two(ui.Status(ui.Calm, n.State.Word()), ui.Text(n.DeclineReason))
	}
	return ui.Status(ui.Calm, n.State.Word())
}

// creditForms are what the vendor's office may do with a proposal.
func creditForms(c echo.Context, n billing.CreditNote) []view.Form {
	if n.State != billing.CreditProposed || !route.Actor(c).May(access.FreezeInvoices) {
		return nil
	}
	base := "/credits/" + string(n.ID)
	issue := button("Issue "+n.Total().Format(view.Locale), base+"/issue", ui.Primary)
	decline := button("Decline "+n.Total().Format(view.Locale), base+"/decline", "")
	decline.Fold = "Decline"
	decline.Fields = []view.Field{field("decline-"+string(n.ID), "reason", "Why no credit is given", "Both sides read it.", "")}
	return []view.Form{issue, decline}
}

func (o Office) proposeCredit(c echo.Context) error {
	id := billing.InvoiceID(route.PathValue(c, "id"))
	parts, err := o.creditParts(c, id)
	if err == nil {
		_, err = o.Crediting.Propose(c.Request().Context(), route.Command(c), crediting.ProposeInput{
			Invoice: id, Reason: billing.CreditReason(route.Value(c, "reason")), Explanation: route.Value(c, "explanation"), Parts: parts,
		})
	}
	return told(c, err, "/invoices/"+string(id)+"#credits", "The credit note is proposed. It counts once it is issued.")
}

// creditParts reads what is to be credited: one line, in part or in full, or
// all that is left of every line.
func (o Office) creditParts(c echo.Context, id billing.InvoiceID) ([]billing.CreditPart, error) {
	q := o.queries(c)
	i, err := q.Invoice(id)
	if err != nil {
		return nil, err
	}
	chosen := billing.CreditPart{Line: route.Value(c, "line")}
	if text := route.Value(c, "amount"); text != "" {
		amount, err := money.Parse(text, string(i.Currency), view.Locale)
		if err != nil || amount.Minor <= 0 {
			return nil, fault.At("amount", "Enter the amount before tax in "+string(i.Currency)+" as a number, such as 1,480.00.")
		}
		if chosen.Line == "" {
			return nil, fault.At("amount", "An amount is of one line. Choose the line, or leave the amount empty.")
		}
		chosen.NetMinor = amount.Minor
	}
	if chosen.Line != "" {
		return []billing.CreditPart{chosen}, nil
	}
	lines, err := q.InvoiceLines(id)
	if err != nil {
		return nil, err
	}
	taken, err := q.Credited(id, false)
	var parts []billing.CreditPart
	for _, l := range lines {
		if taken[l.ID].Rest(l).NetMinor > 0 {
			parts = append(parts, billing.CreditPart{Line: l.ID})
		}
	}
	return parts, err
}

func (o Office) issueCredit(c echo.Context) error {
	id := billing.CreditID(route.PathValue(c, "id"))
	n, err := o.queries(c).Credit(id)
	if err != nil {
		return err
	}
	_, err = o.Crediting.Issue(c.Request().Context(), route.Command(c), id)
	return told(c, err, "/invoices/"+string(n.Invoice)+"#credits", "The credit note over "+n.Total().Format(view.Locale)+" is issued and posted to both books.")
}

func (o Office) declineCredit(c echo.Context) error {
	id := billing.CreditID(route.PathValue(c, "id"))
	n, err := o.queries(c).Credit(id)
	if err != nil {
		return err
	}
	_, err = o.Crediting.Decline(c.Request().Context(), route.Command(c), id, route.Value(c, "reason"))
	return told(c, err, "/invoices/"+string(n.Invoice)+"#credits", "The credit note is declined.")
}

func (o Office) creditPDF(c echo.Context) error {
	id := billing.CreditID(route.PathValue(c, "id"))
	q := o.queries(c)
	n, err := q.Credit(id)
	if err != nil {
		return err
	}
	render, err := q.CreditRender(id, "pdf")
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+n.Number+`.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", render.Bytes)
}

// creditPart is the card of an invoice's credit notes.
func (o Office) creditPart(c echo.Context, q store.Queries, i billing.NamedInvoice, lines []billing.InvoiceLine) (view.Part, bool, error) {
	credits, err := q.CreditsOf(i.ID)
	if err != nil {
		return view.Part{}, false, err
	}
	p := view.Part{Title: "Credit notes", ID: "credits"}
	rows := make([]store.NamedCredit, len(credits))
	for n, credit := range credits {
		rows[n] = store.NamedCredit{CreditNote: credit, VendorName: i.VendorName, HospitalName: i.HospitalName, InvoiceNumber: i.Number}
	}
	if len(rows) > 0 {
		t := creditTable(c, rows)
		p.Table = &t
	}
	may := route.Actor(c).May(access.FreezeInvoices) && i.Creditable() == nil
	if may && i.CreditedMinor < i.TotalMinor {
		p.Forms = append(p.Forms, creditForm(i, lines))
	}
	if may && anyEnded(lines) {
		p.Forms = append(p.Forms, view.Form{
			Fold: "Bill credited lines again", Lead: "Lines that are credited in full, and whose usage stands, go onto a new invoice at the price that is right now.",
			Action: "/invoices/" + string(i.ID) + "/rebill", Key: route.NewKey(), Submit: "Bill the credited lines of " + i.Number + " again",
		})
	}
	if i.Refundable().Minor > 0 && route.Actor(c).May(access.RecordPayments) {
		p.Forms = append(p.Forms, refundForm(o.Store.Now(), i))
	}
	return p, len(p.Forms) > 0 || p.Table != nil, nil
}

func anyEnded(lines []billing.InvoiceLine) bool {
	for _, l := range lines {
		if !l.Live {
			return true
		}
	}
	return false
}

func creditForm(i billing.NamedInvoice, lines []billing.InvoiceLine) view.Form {
	options := []ui.Option{{Text: "Every line, all that is left"}}
	for _, l := range lines {
		if l.NetMinor > 0 {
			options = append(options, ui.Option{Value: l.ID, Text: lineText(i, l)})
		}
	}
	reasons := make([]ui.Option, 0, 6)
	for _, r := range billing.CreditReasons() {
		reasons = append(reasons, ui.Option{Value: string(r), Text: r.Word()})
	}
	return view.Form{
		Fold: "Write a credit note", Lead: "It copies the amounts of this invoice, tax included, and waits for its approval.",
		Action: "/invoices/" + string(i.ID) + "/credits", Key: route.NewKey(), Kind: ui.Primary, Submit: "Propose a credit note on " + i.Number,
		Fields: []view.Field{
			choice("credit-line", "line", "Line", "", options),
			optional(number(field("credit-amount", "amount", "Amount before tax in "+string(i.Currency), "Empty: all that is left of the line", ""))),
			choice("credit-reason", "reason", "Reason", string(billing.WrongPrice), reasons),
			optional(field("credit-explanation", "explanation", "Explanation", "One sentence; it stands on the document. No patient.", "")),
		},
	}
}

func lineText(i billing.NamedInvoice, l billing.InvoiceLine) string {
	name := l.Description
	if l.Serial != "" {
		name += ", serial " + l.Serial
	} else if l.Lot != "" {
		name += ", lot " + l.Lot
	}
	return name + ": " + i.Amount(l.NetMinor).Format(view.Locale)
}

func refundForm(now time.Time, i billing.NamedInvoice) view.Form {
	methods := make([]ui.Option, 0, 4)
	for _, m := range billing.PaymentMethods() {
		methods = append(methods, ui.Option{Value: string(m), Text: m.Word()})
	}
	return view.Form{
		Fold: "Record a refund", Lead: i.Refundable().Format(view.Locale) + " was paid and credited since: it goes back to the hospital.",
		Action: "/invoices/" + string(i.ID) + "/refunds", Key: route.NewKey(), Kind: ui.Primary, Submit: "Record the refund on " + i.Number,
		Fields: []view.Field{
			number(field("refund-amount", "amount", "Amount in "+string(i.Currency), "", i.Refundable().Decimal())),
			dated(field("refund-on", "received_on", "Paid back on", "", civil.Of(now).String())),
			choice("refund-method", "method", "How it went", string(billing.BankTransfer), methods),
			optional(field("refund-reference", "reference", "Reference", "", "")),
		},
	}
}
