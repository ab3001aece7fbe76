package stock

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/route"
)

const stepsPath = "/first-steps"

func (r Room) ofSteps() []route.Route {
	steps := get(stepsPath, "first-steps", access.ManagePeople, route.Organisation, r.steps)
	// First of all entries: it is where a new administrator begins.
	steps.Menu = &route.Menu{Text: "First steps", Icon: "check", Key: "1", Place: 9}
	return []route.Route{steps}
}

func (r Room) steps(c echo.Context) error {
	q, actor := r.queries(c), route.Actor(c)
	var steps []view.Step
	var err error
	switch actor.Kind {
	case access.Operator:
		steps, err = operatorSteps(r.Store.Read(c.Request().Context(), access.Everything()))
	case access.Vendor:
		steps, err = vendorSteps(q, actor)
	default:
		steps, err = hospitalSteps(q, actor)
	}
	if err != nil {
		return err
	}
	p := page(c, "First steps", "What is needed before the first unit can be used. Each is checked off by what exists.")
	done := 0
	for _, s := range steps {
		if s.Done {
			done++
		}
	}
	if done == len(steps) {
		p.Notices = append(p.Notices, ui.NoticeProps{Tone: ui.Done, Title: "Everything is in place."})
	}
	p.Blocks = []templ.Component{
		ui.Progress("steps", "Steps done", done, len(steps), countOf(done, "step done", "steps done")+", "+countOf(len(steps)-done, "to go", "to go")),
		view.Steps(steps),
	}
	return route.Render(c, http.StatusOK, view.Page(p))
}

func operatorSteps(q store.Queries) ([]view.Step, error) {
	all, err := q.Organisations("")
	if err != nil {
		return nil, err
	}
	kinds := map[access.OrganisationKind]int{}
	administered := 0
	for _, o := range all {
		if o.Kind == access.Operator {
			continue
		}
		kinds[o.Kind]++
		n, err := q.Administrators(o.ID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			administered++
		}
	}
	const add = "/organisations/new"
	return []view.Step{
		{Title: "Add a hospital", Text: "With its currency and country.", Href: add, Link: "Add the hospital", Done: kinds[access.Hospital] > 0},
		{Title: "Add a vendor", Text: "With its bank account and the beginning of its invoice numbers.", Href: add, Link: "Add the vendor", Done: kinds[access.Vendor] > 0},
		{
			Title: "Invite an administrator of each", Text: "On the organisation's page. They bring in everybody else.",
			Href: "/organisations", Link: "Go to the organisations", Done: administered > 0 && administered == kinds[access.Hospital]+kinds[access.Vendor],
		},
	}, nil
}

// roles are those that people of an organisation hold, which is enough to know
// on the first days.
func roles(q store.Queries, organisation access.OrganisationID) (map[access.Role]bool, error) {
	people, err := q.People(store.PeopleFilter{Organisation: organisation}, store.Page{Limit: 200})
	held := map[access.Role]bool{}
	for _, p := range people.Rows {
		for _, g := range p.Grants {
			held[g.Role] = true
		}
	}
	return held, err
}

// present is what the steps of both sides ask for.
type present struct {
	roles                                  map[access.Role]bool
	products, agreements, notices, arrived bool
}

func look(q store.Queries, actor access.Actor) (p present, err error) {
	if p.roles, err = roles(q, actor.Organisation); err != nil {
		return p, err
	}
	products, err := q.Products("", store.Page{Limit: 1})
	if err != nil {
		return p, err
	}
	agreements, err := q.Agreements()
	if err != nil {
		return p, err
	}
	notices, err := q.ShipNotices(false, store.Page{Limit: 1})
	if err != nil {
		return p, err
	}
	here, err := q.CountUnits(store.UnitFilter{States: []custody.State{custody.Available, custody.Removed, custody.Opened, custody.Used}}, 1)
	p.products, p.agreements, p.notices, p.arrived = len(products.Rows) > 0, len(agreements) > 0, len(notices.Rows) > 0, here > 0
	return p, err
}

func hospitalSteps(q store.Queries, actor access.Actor) ([]view.Step, error) {
	p, err := look(q, actor)
	if err != nil {
		return nil, err
	}
	sites, err := q.Sites("")
	if err != nil {
		return nil, err
	}
	places, err := q.Places("")
	if err != nil {
		return nil, err
	}
	shelves := 0
	for _, x := range places {
		if x.Kind != custody.Transit {
			shelves++
		}
	}
	offers, err := q.AgreementProposals(true)
	agreement := view.Step{
		Title: "Accept an agreement", Text: "A vendor proposes the terms; finance or an administrator accepts them.", Href: termsPath, Link: "Go to the terms", Done: p.agreements,
	}
	if len(offers) > 0 {
		agreement.Text, agreement.Link = countOf(len(offers), "proposal waits", "proposals wait")+" for your decision.", "Decide"
	}
	return []view.Step{
		{Title: "Add a site", Text: "An address of the hospital with its time zone.", Href: "/sites", Link: "Add the site", Done: len(sites) > 0},
		{Title: "Add its places", Text: "Rooms, cabinets and stores where units are put.", Href: "/sites", Link: "Add the places", Done: shelves > 0},
		{Title: "Invite materials, nurses and finance", Text: "Materials receives, nurses use, finance pays.", Href: "/people/new", Link: "Invite a person", Done: p.roles[access.Materials] && p.roles[access.Nurse] && p.roles[access.Finance]},
		agreement,
		{Title: "See the vendor's products", Text: "The vendor's office keeps its catalogue; it appears once an agreement is accepted.", Href: productsPath, Link: "Show the products", Done: p.agreements && p.products},
		{Title: "Receive the first units", Text: "Materials scans them at a ship notice, or without notice.", Href: noticesPath, Link: "Show the ship notices", Done: p.arrived},
	}, err
}

func vendorSteps(q store.Queries, actor access.Actor) ([]view.Step, error) {
	p, err := look(q, actor)
	offers, offersErr := q.AgreementProposals(true)
	if err == nil {
		err = offersErr
	}
	return []view.Step{
		{Title: "Invite the office", Text: "Vendor office keeps products, terms and invoices; reps announce ship notices.", Href: "/people/new", Link: "Invite a person", Done: p.roles[access.VendorOffice]},
		{Title: "Add your products", Text: "One by one, or your whole list as a table. The office does it.", Href: productsPath, Link: "Go to the products", Done: p.products},
		{Title: "Propose an agreement", Text: "To a hospital, by its name in Trueward.", Href: proposePath, Link: "Propose an agreement", Done: p.agreements || len(offers) > 0},
		{Title: "The hospital accepts it", Text: "Its finance or administrator decides.", Href: termsPath, Link: "Show the terms", Done: p.agreements},
		{Title: "Send a ship notice", Text: "The hospital then receives it by scanning.", Href: noticesPath, Link: "Go to the ship notices", Done: p.notices},
	}, err
}
