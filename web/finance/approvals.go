package finance

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/listing"
	"trueward/web/route"
)

// approval is something that waits for somebody's word.
type approval struct {
	ID               string // of an invoice or a credit note, which may be approved with others; else empty
	Invoice          billing.InvoiceID
	Name, Href       string
	Hospital, Reason string
	Since            time.Time
	Amount           money.Amount
}

// approvalColumns are what the list of approvals can show.
func approvalColumns(c echo.Context) ui.ListColumns[approval] {
	return ui.ListColumns[approval]{
		{Key: "what", Label: "What", Cell: func(a approval) templ.Component { return ui.WordLink(a.Name, a.Href) }, File: ui.Said("what", func(a approval) string { return a.Name })},
		{Key: "hospital", Label: "Hospital", Cell: func(a approval) templ.Component { return ui.Text(a.Hospital) }, File: ui.Said("hospital", func(a approval) string { return a.Hospital })},
		{Key: "why", Label: "Why", Cell: func(a approval) templ.Component { return ui.Text(a.Reason) }, File: ui.Said("why", func(a approval) string { return a.Reason })},
		{Key: "since", Label: "Waits since", Ordered: true, Cell: func(a approval) templ.Component { return ui.Instant(a.Since, route.Zone(c)) }, File: []ui.FileColumn[approval]{
			{Name: "since", Of: func(a approval) string { return a.Since.In(route.Zone(c)).Format(time.RFC3339) }},
		}},
		{Key: "amount", Label: "Amount", Numeric: true, Cell: func(a approval) templ.Component { return ui.Money(a.Amount, view.Locale) }, File: []ui.FileColumn[approval]{
			{Name: "amount", Number: true, Of: func(a approval) string { return a.Amount.Decimal() }}, {Name: "currency", Of: func(a approval) string { return string(a.Amount.Currency) }},
		}},
	}
}

func approvalRow(a approval) ui.Row {
	return ui.Row{Choose: ui.Choose{Value: a.ID, Name: a.Name + " " + a.Hospital}}
}

// waitingPart is the list of what waits, with the action for several of it.
func (o Office) waitingPart(c echo.Context, q store.Queries) (view.Part, error) {
	columns := approvalColumns(c)
	part, err := listing.Show(c, q, columns, listing.Rising, o.readApprovals(q))
	if err != nil || len(part.Rows) == 0 {
		return view.Part{Title: "Waiting", Lead: "Nothing waits for approval."}, err
	}
	table := part.Table(columns, ui.TableProps{
		Caption: "What waits for approval", Bulk: &ui.BulkProps{Action: chosenPath, Text: "Approve the chosen ones", Icon: "check"},
	}, approvalRow)
	return view.Part{Title: "Waiting", Tools: &part.View.Tools, Table: &table}, nil
}

// mostApprovals bounds what is read of each kind; the rest comes up as these go.
const mostApprovals = 200

// readApprovals reads all that waits, the longest wait first: invoices, credit
// notes, and invoices that are to end without payment.
func (o Office) readApprovals(q store.Queries) listing.Read[approval] {
	return func(page store.Page) ([]approval, string, error) {
		frozen, err := q.Invoices(store.InvoiceFilter{States: []billing.InvoiceState{billing.Frozen}}, store.Page{Limit: mostApprovals})
		if err != nil {
			return nil, "", err
		}
		credits, err := q.Credits(store.CreditFilter{States: []billing.CreditState{billing.CreditProposed}}, store.Page{Limit: mostApprovals})
		if err != nil {
			return nil, "", err
		}
		all, err := endApprovals(q)
		for _, i := range frozen.Rows {
			all = append(all, invoiceApproval(i.Invoice, i.HospitalName))
		}
		for _, n := range credits.Rows {
			all = append(all, creditApproval(n.CreditNote, n.InvoiceNumber, n.HospitalName))
		}
		slices.SortFunc(all, func(a, b approval) int {
			if order := a.Since.Compare(b.Since); order != 0 {
				return order
			}
			return strings.Compare(a.Name+a.ID, b.Name+b.ID)
		})
		if page.Reverse {
			slices.Reverse(all)
		}
		return all, "", err
	}
}

func invoiceApproval(i billing.Invoice, hospital string) approval {
	return approval{
		ID: string(i.ID), Invoice: i.ID, Name: "Invoice, " + view.WindowWords(i.Window), Href: "/invoices/" + string(i.ID), Hospital: hospital,
		Reason: "Waits to be issued", Since: i.ChangedAt, Amount: i.Total(),
	}
}

func creditApproval(n billing.CreditNote, invoice, hospital string) approval {
	return approval{
		ID: string(n.ID), Invoice: n.Invoice, Name: "Credit note on " + invoice, Href: "/invoices/" + string(n.Invoice) + "#credits", Hospital: hospital,
		Reason: n.Sentence(), Since: n.ProposedAt, Amount: n.Total(),
	}
}

func endApprovals(q store.Queries) ([]approval, error) {
	var all []approval
	ends, err := q.EndRequests()
	if err != nil {
		return nil, err
	}
	for _, e := range ends {
		i, err := q.InvoiceRow(e.Invoice)
		if err != nil {
			return nil, err
		}
		all = append(all, approval{
			Name: e.Kind.Word() + ": " + i.Number, Href: "/invoices/" + string(i.ID) + "#end", Hospital: i.HospitalName,
			Reason: e.Reason, Since: e.AskedAt, Amount: i.Total(),
		})
	}
	return all, nil
}
