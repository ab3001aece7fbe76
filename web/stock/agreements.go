package stock

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

const (
	termsPath    = "/terms"
	proposePath  = "/terms/propose"
	proposalPath = "/proposals/:id"
	acceptPath   = "/proposals/:id/accept"
	declinePath  = "/proposals/:id/decline"
	withdrawPath = "/proposals/:id/withdraw"

	agreementPath = "/agreements/" // of package finance
)

func (r Room) ofAgreements() []route.Route {
	list := get(termsPath, "terms", access.SeeStock, route.Sides, r.agreements)
	list.Menu = &route.Menu{Text: "Terms", Icon: "file", Key: "j", Place: 38}
	return []route.Route{
		list,
		get(proposePath, "terms.propose.form", access.Agree, route.Vendor, r.showPropose, route.Query("from", route.ID())),
		post(proposePath, "terms.propose", access.Agree, route.Vendor, r.propose, draftParams()...),
		get(proposalPath, "proposal", access.SeeStock, route.Sides, r.proposal, anID),
		post(acceptPath, "proposal.accept", access.Agree, route.Hospital, r.accept, anID),
		post(declinePath, "proposal.decline", access.Agree, route.Hospital, r.decline, anID, aReason),
		post(withdrawPath, "proposal.withdraw", access.Agree, route.Vendor, r.withdraw, anID),
	}
}

func (r Room) agreements(c echo.Context) error {
	q, actor := r.queries(c), route.Actor(c)
	proposals, err := q.AgreementProposals(false)
	if err != nil {
		return err
	}
	agreements, err := q.Agreements()
	if err != nil {
		return err
	}
	p := page(c, "Terms", "Agreements and what is proposed: who owns what until when, who pays, and how it is invoiced.")
	proposes := actor.Kind == access.Vendor && actor.May(access.Agree)
	if proposes {
		p.Head.Action = ui.LinkButton(link("Propose an agreement", proposePath, ui.Primary))
	}
	open, decided := split(proposals)
	if len(open) > 0 {
		title := "Waiting for the hospital"
		if actor.Kind == access.Hospital {
			title = "Waiting for your decision"
		}
		p.Blocks = append(p.Blocks, proposalTable(title, open))
	}
	if len(agreements) == 0 {
		if len(open) == 0 {
			p.Blocks = append(p.Blocks, noAgreement(proposes))
		}
	} else {
		table, err := r.agreementTable(c, agreements)
		if err != nil {
			return err
		}
		p.Blocks = append(p.Blocks, table)
	}
	if len(decided) > 0 {
		p.Blocks = append(p.Blocks, view.Folded("Decided proposals", proposalTable("Decided proposals", decided)))
	}
	return route.Render(c, http.StatusOK, view.Page(p))
}

func split(all []consign.Proposal) (open, decided []consign.Proposal) {
	for _, p := range all {
		if p.State == consign.Proposed {
			open = append(open, p)
		} else {
			decided = append(decided, p)
		}
	}
	return open, decided
}

func noAgreement(proposes bool) templ.Component {
	p := ui.EmptyProps{Icon: "file", Title: "No agreement with a vendor yet", Text: "A vendor proposes the terms; they appear here to be accepted or declined. Until then nothing can be delivered."}
	if proposes {
		p.Title, p.Text = "No agreement with a hospital yet", "Propose one. Once the hospital accepts, you see its sites and can announce ship notices."
		p.Action = ui.LinkButton(link("Propose an agreement", proposePath, ui.Primary))
	}
	return ui.EmptyState(p)
}

func proposalTable(caption string, all []consign.Proposal) templ.Component {
	t := ui.TableProps{Caption: caption, Columns: []ui.Column{{Label: "Proposal"}, {Label: "Vendor"}, {Label: "Hospital"}, {Label: "From"}, {Label: "State"}}}
	for _, p := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			ui.RowLink(p.Number, at(proposalPath, p.ID)), ui.Text(p.VendorName), ui.Text(p.HospitalName), ui.CivilDate(p.StartsOn), proposalState(p.State),
		}})
	}
	return ui.DataTable(t)
}

func proposalState(s consign.ProposalState) templ.Component {
	switch s {
	case consign.Accepted:
		return ui.Status(ui.Done, "Accepted")
	case consign.Declined:
		return ui.Status(ui.Stop, "Declined")
	case consign.Withdrawn:
		return ui.Status(ui.Calm, "Withdrawn")
	}
	return ui.Status(ui.Warn, "Waits for the hospital")
}

func (r Room) agreementTable(c echo.Context, all []consign.Agreement) (templ.Component, error) {
	q := r.queries(c)
	names := map[access.OrganisationID]string{}
	organisations, err := q.Organisations("")
	if err != nil {
		return nil, err
	}
	for _, o := range organisations {
		names[o.ID] = o.Name
	}
	t := ui.TableProps{Caption: "Agreements", Columns: []ui.Column{{Label: "Number"}, {Label: "Vendor"}, {Label: "Hospital"}, {Label: "In force"}, {Label: "The unit becomes the hospital's"}}}
	for _, a := range all {
		state, title := ui.Status(ui.Warn, "Not in force today"), ""
		v, err := q.VersionInForce(a.ID, r.Store.Now())
		if err == nil {
			state, title = ui.Status(ui.Done, "Version "+strconv.Itoa(v.Version)), wordOf(titleEvents, string(v.TitleEvent))
		} else if !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		number := ui.Text(a.Number)
		if route.Actor(c).May(access.SeeInvoices) {
			number = ui.RowLink(a.Number, agreementPath+string(a.ID)) // versions and prices, among the money's pages
		}
		if route.Actor(c).Kind == access.Vendor && route.Actor(c).May(access.Agree) {
			number = ui.Two(number, ui.LinkButton(link("Propose new terms", proposePath+"?from="+string(a.ID), ui.Quiet)))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{number, ui.Text(names[a.Vendor]), ui.Text(names[a.Hospital]), state, ui.Text(title)}})
	}
	return ui.DataTable(t), nil
}

func (r Room) proposal(c echo.Context) error { return r.renderProposal(c, nil) }

func (r Room) renderProposal(c echo.Context, refused error) error {
	p, err := r.queries(c).AgreementProposal(consign.ProposalID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	f := formOf(c, refused)
	out := page(c, "Agreement "+p.Number, p.VendorName+" and "+p.HospitalName, ui.Crumb{Text: "Terms", Href: termsPath})
	out.Head.Status = proposalState(p.State)
	out.Refused = f.all
	if p.Reason != "" {
		out.Notices = append(out.Notices, ui.NoticeProps{Tone: ui.Warn, Title: "Declined: " + p.Reason})
	}
	out.Blocks = append(out.Blocks, view.Facts("Terms", termFacts(p)))
	if p.Wording != "" {
		out.Blocks = append(out.Blocks, view.Words("Wording", p.Wording))
	}
	if actor := route.Actor(c); p.State == consign.Proposed && actor.May(access.Agree) {
		out.Blocks = append(out.Blocks, decisionForms(f, p, actor)...)
	}
	return route.Render(c, status(refused), view.Page(out))
}

func decisionForms(f form, p consign.Proposal, actor access.Actor) []templ.Component {
	if actor.Kind == access.Vendor {
		return []templ.Component{view.Form(view.FormProps{
			Title: "Withdraw it", Lead: "The hospital has not decided yet.", Action: at(withdrawPath, p.ID), Key: route.NewKey(), Button: "Withdraw this proposal", Kind: ui.Danger,
		})}
	}
	return []templ.Component{
		view.Form(view.FormProps{
			Title: "Accept it", Lead: "The terms then hold from their first day for both sides, and never change. New terms become a new version.",
			Action: at(acceptPath, p.ID), Key: route.NewKey(), Button: "Accept " + p.Number + " as " + actor.Name, Kind: ui.Primary,
		}),
		view.Form(view.FormProps{
			Title: "Decline it", Action: at(declinePath, p.ID), Key: route.NewKey(), Button: "Decline " + p.Number, Kind: ui.Danger,
			Fields: []templ.Component{ui.TextArea(f.props("reason", "Why", "The vendor reads it", ""))},
		}),
	}
}

func (r Room) accept(c echo.Context) error {
	id := consign.ProposalID(route.PathValue(c, "id"))
	_, err := r.Agreeing.Accept(c.Request().Context(), route.Command(c), id)
	return finish(c, at(proposalPath, id), "Accepted. The terms hold from their first day.", err)
}

func (r Room) decline(c echo.Context) error {
	id := consign.ProposalID(route.PathValue(c, "id"))
	_, err := r.Agreeing.Decline(c.Request().Context(), route.Command(c), id, route.Value(c, "reason"))
	if frame.AtFields(err) {
		return r.renderProposal(c, err)
	}
	return finish(c, at(proposalPath, id), "Declined. The vendor reads why.", err)
}

func (r Room) withdraw(c echo.Context) error {
	id := consign.ProposalID(route.PathValue(c, "id"))
	_, err := r.Agreeing.Withdraw(c.Request().Context(), route.Command(c), id)
	return finish(c, at(proposalPath, id), "Withdrawn.", err)
}
