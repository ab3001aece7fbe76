package stock

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

const (
	noticesPath   = "/notices"
	announcePath  = "/notices/new"
	noticePath    = "/notices/:id"
	arrivePath    = "/notices/:id/scan"
	takePath      = "/notices/:id/receive"
	surplusPath   = "/notices/:id/surplus"
	finishPath    = "/notices/:id/finish"
	bringPath     = "/receive"
	bringScanPath = "/receive/scan"
)

func (r Room) ofNotices() []route.Route {
	list := get(noticesPath, "notices", access.SeeStock, route.Sides, r.notices, append(listing.Params(noticeColumns.Keys()), after)...)
	list.Menu = &route.Menu{Text: "Ship notices", Icon: "truck", Key: "5", Place: 33}
	scan := []route.Param{
		route.Form("scan", route.Scan(4096)), route.Form("symbology", route.Text(8)),
		route.Form("source", route.Enum("typed", "wedge", "camera", "url")),
	}
	label := []route.Param{
		aDI, aPlace, route.Form("lot", route.Text(64)), route.Form("serial", route.Text(64)), route.Form("expiry", route.Date()), route.Form("name", route.Prose(400)),
	}
	where, under := route.Query("place", route.ID()), route.Query("agreement", route.ID())
	announce := post(announcePath, "notices.announce", access.AnnounceStock, route.Vendor, r.announce,
		route.Form("agreement", route.ID()), route.Form("site", route.ID()), route.Form("number", route.Prose(120)),
		route.Form("due_on", route.Date()), route.Form("units", route.Scan(200_000)))
	arrive := post(arrivePath, "notice.scan", access.MoveStock, route.Site, r.arrive, append(scan, anID, where)...)
	bring := post(bringScanPath, "receive.scan", access.MoveStock, route.Site, r.bringScan, append(scan, where, under)...)
	arrive.Rate, bring.Rate = route.RateScan, route.RateScan
	return []route.Route{
		list,
		get(announcePath, "notices.new", access.AnnounceStock, route.Vendor, r.showAnnounce),
		announce,
		get(noticePath, "notice", access.SeeStock, route.Sides, r.notice, anID, where),
		arrive,
		post(takePath, "notice.receive", access.MoveStock, route.Site, r.take, anID, aPlace, route.FormMany("units", route.ID())),
		post(surplusPath, "ship_notice.surplus", access.MoveStock, route.Site, r.surplus, append(label, anID)...),
		post(finishPath, "notice.finish", access.MoveStock, route.Site, r.finishNotice, anID),
		get(bringPath, "receive", access.MoveStock, route.Site, r.showBring, where, under),
		bring,
		post(bringPath, "receive.typed", access.MoveStock, route.Site, r.bringTyped, append(label, route.Form("agreement", route.ID()))...),
	}
}

func (r Room) notices(c echo.Context) error {
	q, actor := r.queries(c), route.Actor(c)
	read := func(page store.Page) ([]store.ShipNotice, string, error) {
		list, err := q.ShipNotices(false, page)
		return list.Rows, list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "ship-notices", noticeColumns, read)
	}
	part, err := listing.Show(c, q, noticeColumns, listing.Falling, read)
	if err != nil {
		return err
	}
	p := page(c, "Ship notices", "What is on its way, and what came of it.")
	switch {
	case actor.May(access.AnnounceStock):
		p.Head.Action = ui.LinkButton(link("Send a ship notice", announcePath, ui.Primary))
	case actor.May(access.MoveStock):
		p.Head.Action = ui.LinkButton(link("Receive without notice", bringPath, ""))
	}
	p.Blocks = []templ.Component{noNotices(actor)}
	if len(part.Rows) > 0 {
		p.Blocks = listed(part, noticeColumns, "Ship notices")
	}
	return route.Render(c, http.StatusOK, view.Page(p))
}

func noNotices(actor access.Actor) templ.Component {
	p := ui.EmptyProps{Icon: "truck", Title: "No ship notice yet", Text: "A vendor announces what it sends; it appears here to be received by scanning."}
	switch {
	case actor.May(access.AnnounceStock):
		p.Text = "Announce what you send to a hospital. Its people receive it by scanning the boxes."
		p.Action = ui.LinkButton(link("Send a ship notice", announcePath, ui.Primary))
	case actor.May(access.MoveStock):
		p.Action = ui.LinkButton(link("Receive without notice", bringPath, ui.Primary))
	}
	return ui.EmptyState(p)
}

func noticeState(n store.ShipNotice) templ.Component { return ui.Status(noticeWords(n)) }

func noticeWords(n store.ShipNotice) (ui.Tone, string) {
	switch {
	case !n.Open:
		return ui.Calm, "Finished"
	case n.Expected == 0:
		return ui.Done, "All received"
	case n.Expected < n.Units:
		return ui.Warn, strconv.FormatInt(n.Expected, 10) + " still to come"
	}
	return ui.Info, "On its way"
}

func (r Room) showAnnounce(c echo.Context) error { return r.renderAnnounce(c, nil) }

func (r Room) announce(c echo.Context) error {
	units, err := receiving.ReadUnits(route.Value(c, "units"), r.Store.Now())
	id := ""
	if err == nil {
		id, err = r.Receiving.Notify(c.Request().Context(), route.Command(c), receiving.Notice{
			Agreement: consign.AgreementID(route.Value(c, "agreement")), Site: access.SiteID(route.Value(c, "site")),
			Number: route.Value(c, "number"), DueOn: route.Value(c, "due_on"), Units: units,
		})
	}
	if frame.AtFields(err) || fault.Is(err, fault.Conflict) {
		return r.renderAnnounce(c, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, at(noticePath, id), route.Done("Announced. The hospital expects "+strconv.Itoa(len(units))+" units."))
}

func (r Room) renderAnnounce(c echo.Context, refused error) error {
	agreements, err := r.agreementOptions(c)
	if err != nil {
		return err
	}
	sites, err := r.siteOptions(c)
	if err != nil {
		return err
	}
	p := page(c, "Send a ship notice", "What you send, unit by unit.", ui.Crumb{Text: "Ship notices", Href: noticesPath})
	if len(agreements) == 0 || len(sites) == 0 {
		p.Blocks = []templ.Component{ui.EmptyState(ui.EmptyProps{
			Icon: "file", Title: "No hospital to send to yet", Text: "Ship notices need an agreement in force with a hospital that has a site.",
			Action: ui.LinkButton(link("Go to the terms", termsPath, ui.Primary)),
		})}
		return route.Render(c, http.StatusOK, view.Page(p))
	}
	f := formOf(c, refused)
	p.Refused = f.all
	units := f.props("units", "Units", "One a line: the text of its label as a scanner sends it, or product number, lot, serial and expiry (such as 2028-01-31) with commas, semicolons or tabs between", "")
	units.Width = ""
	p.Blocks = []templ.Component{view.Form(view.FormProps{
		Action: announcePath, Key: route.NewKey(), Button: "Send the ship notice", Kind: ui.Primary, Fields: []templ.Component{
			ui.Select(f.props("agreement", "Agreement", "", agreements[0].Value), agreements),
			ui.Select(f.props("site", "Site it goes to", "", sites[0].Value), sites),
			ui.Field(f.props("number", "Number of the ship notice", "", "")),
			ui.Field(optional(dated(f.props("due_on", "Arrives on", "", "")))),
			ui.TextArea(units),
		},
	})}
	return route.Render(c, status(refused), view.Page(p))
}

// agreementOptions are the agreements in force, with the other side's name.
func (r Room) agreementOptions(c echo.Context) ([]ui.Option, error) {
	q, vendor := r.queries(c), route.Actor(c).Kind == access.Vendor
	all, err := q.Agreements()
	if err != nil {
		return nil, err
	}
	organisations, err := q.Organisations("")
	if err != nil {
		return nil, err
	}
	names := map[access.OrganisationID]string{}
	for _, o := range organisations {
		names[o.ID] = o.Name
	}
	var options []ui.Option
	for _, a := range all {
		_, err := q.VersionInForce(a.ID, r.Store.Now())
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		other := names[a.Vendor]
		if vendor {
			other = names[a.Hospital]
		}
		options = append(options, ui.Option{Value: string(a.ID), Text: other + ", " + a.Number})
	}
	return options, nil
}

func (r Room) siteOptions(c echo.Context) ([]ui.Option, error) {
	q := r.queries(c)
	sites, err := q.Sites("")
	if err != nil {
		return nil, err
	}
	hospitals, err := q.Organisations(access.Hospital)
	if err != nil {
		return nil, err
	}
	names := map[access.OrganisationID]string{}
	for _, h := range hospitals {
		names[h.ID] = h.Name
	}
	var options []ui.Option
	for _, s := range sites {
		options = append(options, ui.Option{Value: string(s.ID), Text: names[s.Hospital] + ", " + s.Name})
	}
	return options, nil
}

// placeOptions are the places of the actor's sites where units can be put;
// those of one site when it is given.
func (r Room) placeOptions(c echo.Context, site access.SiteID) ([]ui.Option, error) {
	q := r.queries(c)
	sites, err := q.Sites("")
	if err != nil {
		return nil, err
	}
	names := map[access.SiteID]string{}
	for _, s := range sites {
		names[s.ID] = s.Name
	}
	places, err := q.Places(site)
	var options []ui.Option
	for _, p := range places {
		if p.Kind != custody.Transit && route.Actor(c).MayAt(access.MoveStock, p.Site) {
			options = append(options, ui.Option{Value: string(p.ID), Text: names[p.Site] + ", " + p.Name})
		}
	}
	return options, err
}

// sentences joins what was refused, for a place without fields.
func sentences(err error) string {
	var all []string
	for _, f := range fault.All(err) {
		all = append(all, f.Sentence)
	}
	return strings.Join(all, " ")
}
