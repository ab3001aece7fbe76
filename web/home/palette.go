package home

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	view "trueward/templates/palette"
	"trueward/web/frame"
	"trueward/web/route"
)

// Palette finds pages and records for whoever asks.
type Palette struct{ Store *store.Store }

// Routes are the URLs of the room.
func (p Palette) Routes() []route.Route {
	return []route.Route{
		{
			Method: http.MethodGet, Path: frame.GoPath, Name: "go", Needs: route.SignedIn, Tenancy: route.Organisation,
			Handler: p.show, Params: []route.Param{route.Query("q", route.Text(100))},
		}, {
			Method: http.MethodGet, Path: frame.KeyboardPath, Name: "keyboard", Needs: route.SignedIn, Tenancy: route.Self, Handler: p.keyboard,
		},
	}
}

// Further are the pages beside the navigation, by the name of their route.
var Further = map[string][2]string{
	"account": {"My account", "person"}, "keyboard": {"Keyboard", "info"}, "trust": {"Trust this server on a device", "shield"},
	"account.badge": {"My badge and PIN", "person"}, "passkeys": {"My passkeys", "key"}, "people.new": {"Invite a person", "plus"}, "organisations.new": {"Add an organisation", "plus"},
	"scan": {"Scan", "scan"}, "products.new": {"Add a product", "plus"}, "products.import.form": {"Import products", "file"},
	"terms.propose.form": {"Propose terms", "plus"}, "notices.new": {"Announce a shipment", "plus"}, "receive": {"Receive without notice", "truck"},
	"export.details": {"Details on documents", "file"}, "po": {"Waiting for a PO", "waiting"}, "orders": {"Purchase orders", "file"},
	"match.missing": {"Usages that no statement claims", "check"}, "stripe.work": {"Work of Stripe", "card"}, "tag-runs": {"Tag runs", "chip"},
	"tag-runs.new": {"Plan tags", "plus"}, "tag-profiles.new": {"Add a tag profile", "plus"}, "tag-files": {"Tag files", "file"},
	"key-files": {"Key files", "key"}, "system.sample": {"Sample data", "box"}, "outbox": {"What this device still has to send", "waiting"},
	"outbox.forms": {"Paper forms for a downtime", "file"}, "scan.set-up": {"Set up a hand scanner", "scan"},
}

// most bounds what the palette offers of each kind.
const most = 8

func (p Palette) show(c echo.Context) error {
	text := strings.TrimSpace(route.QueryValue(c, "q"))
	props := view.Props{Action: frame.GoPath, Text: text, Pages: pages(route.Of(c), text)}
	var err error
	if props.Records, err = p.records(c, text); err != nil {
		return err
	}
	switch {
	case route.Hypertext(c) && route.Of(c).Query.Has("q"):
		return route.Render(c, http.StatusOK, view.Results(props))
	case route.Hypertext(c):
		return route.Render(c, http.StatusOK, view.Sheet(props))
	}
	props.Frame = frame.Page(c, "Go to")
	return route.Render(c, http.StatusOK, view.Page(props))
}

// pages are those the actor may see whose words hold the text.
func pages(r *route.Request, text string) []view.Entry {
	var all []view.Entry
	for _, m := range r.Menu {
		all = append(all, view.Entry{Text: m.Menu.Text, Href: m.Path, Icon: m.Menu.Icon, Key: m.Menu.Key})
	}
	for _, route := range r.Registry {
		words, ok := Further[route.Name]
		if ok && route.Menu == nil && route.Admits(r.Actor) {
			all = append(all, view.Entry{Text: words[0], Href: route.Path, Icon: words[1]})
		}
	}
	return slices.DeleteFunc(all, func(e view.Entry) bool {
		return !strings.Contains(strings.ToLower(e.Text), strings.ToLower(text))
	})
}

// records are what bears the number, of the kinds the actor may see.
func (p Palette) records(c echo.Context, text string) ([]view.Entry, error) {
	if len(text) < 3 {
		return nil, nil
	}
	actor := route.Actor(c)
	q := p.Store.Read(c.Request().Context(), actor.Scope())
	var all []view.Entry
	for _, search := range []struct {
		needs access.Verb
		kinds []access.OrganisationKind
		find  func(store.Queries, string) ([]view.Entry, error)
	}{
		{access.WorkCase, []access.OrganisationKind{access.Hospital}, findCase},
		{access.SeeStock, []access.OrganisationKind{access.Hospital, access.Vendor}, findUnits},
		{access.SeeInvoices, []access.OrganisationKind{access.Hospital, access.Vendor}, findMoney},
	} {
		if !actor.May(search.needs) || !slices.Contains(search.kinds, actor.Kind) {
			continue
		}
		found, err := search.find(q, text)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func findCase(q store.Queries, text string) ([]view.Entry, error) {
	found, ok, err := q.CaseByPseudonym(text)
	if err != nil || !ok {
		return nil, err
	}
	return []view.Entry{{Text: found.Pseudonym, Hint: "Case", Href: "/cases/" + string(found.ID), Icon: "case"}}, nil
}

func findUnits(q store.Queries, text string) ([]view.Entry, error) {
	rows, err := q.UnitsByNumber(text, most)
	var out []view.Entry
	for _, u := range rows {
		out = append(out, view.Entry{
			Text: u.Product + ", " + u.Size, Hint: "Unit, lot " + u.Lot + ", serial " + u.Serial + " · " + u.Site + ", " + u.Place,
			Href: "/units/" + string(u.ID), Icon: "box",
		})
	}
	return out, err
}

func findMoney(q store.Queries, text string) ([]view.Entry, error) {
	hits, err := q.FindNumber(text)
	var out []view.Entry
	for _, h := range hits[:min(len(hits), most)] {
		e := view.Entry{Text: h.Title, Hint: h.Found + " · " + h.StateWord(), Href: "/invoices/" + h.ID, Icon: "money"}
		if h.Kind == "line" {
			e.Href, e.Icon = "/lines/"+h.ID, "case"
		}
		if e.Text == "" {
			e.Text = "Draft invoice"
		}
		out = append(out, e)
	}
	return out, err
}

func (p Palette) keyboard(c echo.Context) error {
	r := route.Of(c)
	props := view.KeyboardProps{Off: r.Preferences.KeysOff, Account: frame.AccountPath, Moves: []view.Shortcut{
		{Keys: []string{"Ctrl+K"}, Does: "Go to any page or number"}, {Keys: []string{"/"}, Does: "Search on this page, or anywhere"},
		{Keys: []string{"s"}, Does: "Scan"}, {Keys: []string{"j"}, Does: "Next row of a list"}, {Keys: []string{"k"}, Does: "Row before"},
		{Keys: []string{"Enter"}, Does: "Open the row"}, {Keys: []string{"x"}, Does: "Choose the row, where rows can be chosen"},
		{Keys: []string{"?"}, Does: "This map"}, {Keys: []string{"Esc"}, Does: "Close what is open"},
	}}
	for _, m := range r.Menu {
		if m.Menu.Key != "" {
			props.Goes = append(props.Goes, view.Shortcut{Keys: []string{"g", m.Menu.Key}, Does: m.Menu.Text})
		}
	}
	if route.Hypertext(c) {
		return route.Render(c, http.StatusOK, view.Map(props))
	}
	props.Frame = frame.Page(c, "Keyboard")
	return route.Render(c, http.StatusOK, view.Keyboard(props))
}
