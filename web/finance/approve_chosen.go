package finance

import (
	"cmp"
	"net/http"
	"strconv"

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

// Approvals that are chosen in the list.
const (
	chosenPath     = approvalsPath + "/chosen"
	approveAllPath = approvalsPath + "/chosen/approve"
)

func (o Office) chosenRoutes() []route.Route {
	return []route.Route{
		{
			Method: http.MethodGet, Path: chosenPath, Name: "approvals.chosen", Needs: access.FreezeInvoices, Tenancy: route.Vendor,
			Handler: o.showChosen, Params: []route.Param{route.QueryMany("ids", route.ID())},
		},
		{
			Method: http.MethodPost, Path: approveAllPath, Name: "approvals.approve", Needs: access.FreezeInvoices, Tenancy: route.Vendor, ChangesState: true,
			BodyLimit: 64 << 10, Handler: o.approveChosen, Params: []route.Param{route.FormMany("ids", route.ID())},
		},
	}
}

func (o Office) showChosen(c echo.Context) error {
	return o.renderChosen(c, route.Of(c).Query["ids"], nil)
}

// renderChosen names what was chosen, tells what is the asker's to approve from
// what is not, and asks once. told says what became of an earlier answer.
func (o Office) renderChosen(c echo.Context, ids []string, told []view.Part) error {
	found, err := o.waitingAmong(c, ids)
	if err != nil {
		return err
	}
	mine, others, err := o.divide(c, found)
	if err != nil {
		return err
	}
	s := view.Sheet{Frame: frame.Page(c, "Approve together"), Title: "Approve together", Lead: "Each is approved by itself, within your limit.", Parts: told}
	columns := approvalColumns(c)
	if len(mine) > 0 {
		table := columns.Table(ui.TableProps{Caption: "What you approve"}, ui.ListView{}, mine, func(approval) ui.Row { return ui.Row{} })
		form := view.Form{Action: approveAllPath, Key: route.NewKey(), Submit: approveWords(mine), Kind: ui.Primary}
		for _, a := range mine {
			form.Fields = append(form.Fields, hidden("ids", a.ID))
		}
		s.Parts = append(s.Parts, view.Part{Title: "What you approve", Table: &table, Forms: []view.Form{form}})
	}
	if len(others) > 0 {
		table := columns.Table(ui.TableProps{Caption: "Not yours to approve"}, ui.ListView{}, others, func(approval) ui.Row { return ui.Row{} })
		s.Parts = append(s.Parts, view.Part{Title: "Not yours to approve", Table: &table})
	}
	if len(found) == 0 {
		s.Parts = append(s.Parts, view.Part{Empty: &ui.EmptyProps{
			Icon: "check", Title: "None of them waits any more", Text: "Choose what waits in the list of approvals.",
			Action: ui.LinkButton(ui.LinkButtonProps{Text: "Back to the approvals", Href: approvalsPath}),
		}})
	}
	return route.Render(c, http.StatusOK, view.SheetPage(s))
}

// waitingAmong are the invoices and credit notes named that wait for approval.
func (o Office) waitingAmong(c echo.Context, ids []string) ([]approval, error) {
	if err := store.AtOnce(len(ids)); err != nil && len(ids) > 0 {
		return nil, err
	}
	q := o.queries(c)
	var all []approval
	for _, id := range ids {
		i, err := q.InvoiceRow(billing.InvoiceID(id))
		if err == nil && i.State == billing.Frozen {
			all = append(all, invoiceApproval(i.Invoice, i.HospitalName))
		}
		if !fault.Is(err, fault.NotFound) {
			if err != nil {
				return nil, err
			}
			continue
		}
		n, err := q.Credit(billing.CreditID(id))
		switch {
		case fault.Is(err, fault.NotFound):
			continue
		case err != nil:
			return nil, err
		case n.State != billing.CreditProposed:
			continue
		}
		if i, err = q.InvoiceRow(n.Invoice); err != nil {
			return nil, err
		}
		all = append(all, creditApproval(n, i.Number, i.HospitalName))
	}
	return all, nil
}

// divide tells what the asker may approve from what another person has to; the
// latter's reason says why.
func (o Office) divide(c echo.Context, all []approval) (mine, others []approval, err error) {
	q := o.queries(c)
	for _, a := range all {
		i, err := q.InvoiceRow(a.Invoice)
		if err != nil {
			return nil, nil, err
		}
		authority, err := q.AuthorityOf(route.Actor(c).Person, i.Invoice, o.Store.Now())
		if err != nil {
			return nil, nil, err
		}
		if _, err := authority.Approve(a.Amount); err != nil {
			a.Reason = fault.Sentence(err, a.Reason)
			others = append(others, a)
			continue
		}
		mine = append(mine, a)
	}
	return mine, others, nil
}

// approveWords name what the button does, with its money.
func approveWords(mine []approval) string {
	sums := map[money.Currency]int64{}
	for _, a := range mine {
		sums[a.Amount.Currency] += a.Amount.Minor
	}
	return "Approve " + strconv.Itoa(len(mine)) + ": " + amounts(sums)
}

// approveChosen approves each by itself and at most once; what is refused is
// named with why.
func (o Office) approveChosen(c echo.Context) error {
	ids := route.Values(c, "ids")
	before, err := o.waitingAmong(c, ids)
	if err != nil {
		return err
	}
	names := map[string]approval{}
	for _, a := range before {
		names[a.ID] = a
	}
	out, err := store.Each(route.Command(c), ids, func(cmd store.Command, id string) error {
		_, err := o.Invoicing.Approve(c.Request().Context(), cmd, billing.InvoiceID(id))
		if fault.Is(err, fault.NotFound) {
			_, err = o.Crediting.Issue(c.Request().Context(), cmd, billing.CreditID(id))
		}
		return err
	})
	if err != nil {
		return told(c, err, approvalsPath, "")
	}
	if len(out.Left) == 0 {
		return route.Redirect(c, approvalsPath, route.Done(approvedWords(len(out.Done))))
	}
	var left []ui.LeftItem
	var again []string
	for _, l := range out.Left {
		a := names[l.Object]
		left = append(left, ui.LeftItem{Name: cmp.Or(a.Name+" "+a.Hospital, " "), Why: l.Why})
		again = append(again, l.Object)
	}
	return o.renderChosen(c, again, []view.Part{{Said: ui.LeftOver(approvedWords(len(out.Done)), leftWordsOf(len(left)), left)}})
}

func approvedWords(n int) string {
	if n == 1 {
		return "1 is approved."
	}
	return strconv.Itoa(n) + " are approved."
}

func leftWordsOf(n int) string {
	if n == 1 {
		return "1 is left as it was."
	}
	return strconv.Itoa(n) + " are left as they were."
}
