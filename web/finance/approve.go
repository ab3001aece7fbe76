package finance

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/approving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/civil"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

// showApprovals lists what waits for somebody's word, and who may give it up to
// which amount.
func (o Office) showApprovals(c echo.Context) error {
	if listing.AsFile(c) {
		return listing.Send(c, "approvals", approvalColumns(c), o.readApprovals(o.queries(c)))
	}
	return o.renderApprovals(c, http.StatusOK, nil)
}

func (o Office) renderApprovals(c echo.Context, status int, refused error) error {
	errors, summary := frame.Fields(refused)
	q := o.queries(c)
	s := view.Sheet{
		Frame: frame.Page(c, "Approvals"), Title: "Approvals", Summary: summary,
		Lead: "What waits for a decision. Who set a price, approved or booked money for an invoice does only that one of the three.",
	}
	waiting, err := o.waitingPart(c, q)
	if err != nil {
		return err
	}
	people, err := o.colleagues(c, q)
	if err != nil {
		return err
	}
	limits, err := limitPart(c, q, people)
	if err != nil {
		return err
	}
	delegations, err := delegationPart(c, q, people, o.Store.Now())
	if err != nil {
		return err
	}
	account, err := bankPart(c, q, people, errors)
	if err != nil {
		return err
	}
	s.Parts = append(s.Parts, waiting, limits, delegations, account)
	return route.Render(c, status, view.SheetPage(s))
}

// colleagues are the people of the own organisation, by id.
func (o Office) colleagues(c echo.Context, q store.Queries) ([]access.Person, error) {
	list, err := q.People(store.PeopleFilter{Organisation: route.Actor(c).Organisation}, store.Page{Limit: 200})
	return list.Rows, err
}

func nameOf(people []access.Person, id access.PersonID) string {
	for _, p := range people {
		if p.ID == id {
			return p.Name
		}
	}
	return "somebody who has left"
}

func limitPart(c echo.Context, q store.Queries, people []access.Person) (view.Part, error) {
	limits, err := q.Limits()
	p := view.Part{Title: "Limits", ID: "limits"}
	if len(limits) == 0 {
		p.Lead = "Nobody is limited. From the first limit on, only people with one approve."
	} else {
		t := ui.TableProps{Caption: "Approval limits", Columns: []ui.Column{{Label: "Person"}, {Label: "Up to", Numeric: true}}}
		for _, l := range limits {
			t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(nameOf(people, l.Person)), ui.Money(l.Amount, view.Locale)}})
		}
		p.Table = &t
	}
	if route.Actor(c).May(access.ManagePeople) {
		options := optionsOf(people, route.Actor(c).Person)
		if len(options) > 0 {
			p.Forms = []view.Form{{
				Fold: "Set a limit", Action: approvalsPath + "/limits", Key: route.NewKey(), Submit: "Set the limit",
				Fields: []view.Field{
					choice("limit-person", "person", "Person", options[0].Value, options),
					number(field("limit-amount", "amount", "Up to, tax included", "", "")),
					currencyField("limit-currency"),
				},
			}}
		}
	} else {
		p.Facts = []ui.Pair{{Key: "Set by", Value: ui.Text("an administrator of your organisation")}}
	}
	return p, err
}

func currencyField(id string) view.Field {
	f := field(id, "currency", "Currency", "", "EUR")
	f.Width = "4"
	return f
}

// optionsOf offers people to choose from, without oneself and those who left.
func optionsOf(people []access.Person, without access.PersonID) []ui.Option {
	var options []ui.Option
	for _, p := range people {
		if p.ID != without && !p.Disabled() {
			options = append(options, ui.Option{Value: string(p.ID), Text: p.Name})
		}
	}
	return options
}

func delegationPart(c echo.Context, q store.Queries, people []access.Person, now time.Time) (view.Part, error) {
	p := view.Part{Title: "Delegations", ID: "delegations", Lead: "A delegation lends a right for a time: never to oneself, never beyond the lender's own limit, and never around who priced or booked."}
	delegations, err := q.Delegations()
	if err != nil {
		return p, err
	}
	if len(delegations) > 0 {
		t := ui.TableProps{Caption: "Delegations", Columns: []ui.Column{
			{Label: "From"}, {Label: "To"}, {Label: "First and last day"}, {Label: "Status"}, {Label: "Up to", Numeric: true}, {Label: "Action", Unnamed: true},
		}}
		for _, d := range delegations {
			t.Rows = append(t.Rows, delegationRow(c, people, d, now))
		}
		p.Table = &t
	}
	options := optionsOf(people, route.Actor(c).Person)
	if route.Actor(c).May(access.FreezeInvoices) && len(options) > 0 {
		today := civil.Of(now).String()
		p.Forms = []view.Form{{
			Fold: "Let somebody approve in your stead", Action: approvalsPath + "/delegations", Key: route.NewKey(), Submit: "Delegate",
			Fields: []view.Field{
				choice("delegate-to", "to", "Who", options[0].Value, options), number(field("delegate-amount", "amount", "Up to, tax included", "", "")),
				currencyField("delegate-currency"), dated(field("delegate-from", "from", "First day", "", today)),
				dated(field("delegate-until", "until", "Last day", "", today)), field("delegate-reason", "reason", "Why", "", ""),
			},
		}}
	}
	return p, nil
}

func delegationRow(c echo.Context, people []access.Person, d billing.Delegation, now time.Time) ui.Row {
	status := ui.Status(ui.Calm, "Over")
	var forms []view.Form
	if d.At(now) {
		status = ui.Status(ui.Info, "In force")
	} else if d.EndedAt.IsZero() && now.Before(d.ValidFrom) {
		status = ui.Status(ui.Info, "To come")
	}
	if d.EndedAt.IsZero() && now.Before(d.ValidTo) && (d.From == route.Actor(c).Person || route.Actor(c).May(access.ManagePeople)) {
		forms = []view.Form{button("End this delegation", approvalsPath+"/delegations/"+d.ID+"/end", "")}
	}
	last := d.ValidTo.Add(-time.Second)
	return ui.Row{Cells: []templ.Component{
		ui.Two(ui.Text(nameOf(people, d.From)), ui.Text(d.Reason)), ui.Text(nameOf(people, d.To)),
		ui.Text(d.ValidFrom.Format("2 Jan 2006") + " – " + last.Format("2 Jan 2006")), status, ui.Money(d.Limit, view.Locale), view.Buttons(forms),
	}}
}

// showApprovalLimits is the administrator's page: limits and delegations, no money.
func (o Office) showApprovalLimits(c echo.Context) error {
	q := o.queries(c)
	people, err := o.colleagues(c, q)
	if err != nil {
		return err
	}
	limits, err := limitPart(c, q, people)
	if err != nil {
		return err
	}
	delegations, err := delegationPart(c, q, people, o.Store.Now())
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.SheetPage(view.Sheet{
		Frame: frame.Page(c, "Approval limits"), Title: "Approval limits", Lead: "Up to which amount each person approves invoices and credit notes.",
		Parts: []view.Part{limits, delegations},
	}))
}

func (o Office) setLimit(c echo.Context) error {
	_, err := o.Approving.SetLimit(c.Request().Context(), route.Command(c), approving.LimitInput{
		Person: access.PersonID(route.Value(c, "person")), Amount: route.Value(c, "amount"), Currency: route.Value(c, "currency"),
	})
	return told(c, err, approvalsPath+"/limits#limits", "The limit is set.")
}

func (o Office) delegate(c echo.Context) error {
	_, err := o.Approving.Delegate(c.Request().Context(), route.Command(c), approving.DelegateInput{
		To: access.PersonID(route.Value(c, "to")), Amount: route.Value(c, "amount"), Currency: route.Value(c, "currency"),
		From: route.Value(c, "from"), Until: route.Value(c, "until"), Reason: route.Value(c, "reason"),
	})
	return told(c, err, approvalsPath+"#delegations", "The delegation is set.")
}

func (o Office) endDelegation(c echo.Context) error {
	_, err := o.Approving.EndDelegation(c.Request().Context(), route.Command(c), route.PathValue(c, "id"))
	return told(c, err, approvalsPath+"#delegations", "The delegation has ended.")
}
