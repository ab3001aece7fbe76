package people

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	view "trueward/templates/people"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (o Office) sites(c echo.Context) error { return o.renderSites(c, http.StatusOK, nil) }

func (o Office) renderSites(c echo.Context, status int, refused error) error {
	sites, err := o.Desk.Sites(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	return route.Render(c, status, view.Sites(view.SitesProps{
		Frame: frame.Page(c, "Sites"), Sites: siteLines(sites, sitePath), Form: siteForm(c, sitesPath, refused),
	}))
}

func siteLines(sites []custody.Site, pattern string) []view.SiteLine {
	var lines []view.SiteLine
	for _, s := range sites {
		lines = append(lines, view.SiteLine{
			Name: s.Name, Href: strings.Replace(pattern, ":id", string(s.ID), 1), Address: s.Address, TimeZone: s.TimeZone,
		})
	}
	return lines
}

func siteForm(c echo.Context, action string, refused error) view.SiteFormProps {
	form := view.SiteFormProps{
		Action: action, Key: route.NewKey(),
		Name: route.Value(c, "name"), Address: route.Value(c, "address"), TimeZone: route.Value(c, "time_zone"),
	}
	form.Errors, form.Summary = frame.Fields(refused)
	return form
}

func siteOf(c echo.Context, hospital access.OrganisationID) custody.Site {
	return custody.Site{
		Hospital: hospital, Name: route.Value(c, "name"), Address: route.Value(c, "address"), TimeZone: route.Value(c, "time_zone"),
	}
}

func (o Office) addSite(c echo.Context) error {
	id, err := o.Desk.CreateSite(c.Request().Context(), route.Command(c), siteOf(c, ""))
	if frame.AtFields(err) {
		return o.renderSites(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, strings.Replace(sitePath, ":id", string(id), 1), route.Done("The site is added. Add its places now."))
}

func (o Office) site(c echo.Context) error { return o.renderSite(c, http.StatusOK, nil) }

func (o Office) renderSite(c echo.Context, status int, refused error) error {
	id := access.SiteID(route.PathValue(c, "id"))
	site, places, err := o.Desk.Site(c.Request().Context(), route.Actor(c), id)
	if err != nil {
		return err
	}
	p := view.SiteProps{
		Frame: frame.Page(c, site.Name), ListHref: sitesPath, Site: siteLines([]custody.Site{site}, sitePath)[0],
		Action: strings.Replace(placesPath, ":id", string(id), 1), Key: route.NewKey(),
		Name: route.Value(c, "name"), Kind: route.Value(c, "kind"), Kinds: placeKinds,
	}
	for _, place := range places {
		p.Places = append(p.Places, view.PlaceLine{Name: place.Name, Kind: placeWord(place.Kind)})
	}
	p.Errors, p.Summary = frame.Fields(refused)
	return route.Render(c, status, view.Site(p))
}

var placeKinds = []ui.Option{
	{Value: string(custody.Room), Text: "Room"},
	{Value: string(custody.Cabinet), Text: "Cabinet"},
	{Value: string(custody.StoreRoom), Text: "Store room"},
	{Value: string(custody.QuarantinePlace), Text: "Quarantine, for units on hold"},
	{Value: string(custody.Transit), Text: "In transit"},
}

func placeWord(kind custody.PlaceKind) string {
	for _, k := range placeKinds {
		if k.Value == string(kind) {
			return k.Text
		}
	}
	return string(kind)
}

func (o Office) addPlace(c echo.Context) error {
	id := route.PathValue(c, "id")
	_, err := o.Desk.CreatePlace(c.Request().Context(), route.Command(c), custody.Place{
		Site: access.SiteID(id), Name: route.Value(c, "name"), Kind: custody.PlaceKind(route.Value(c, "kind")),
	})
	if frame.AtFields(err) {
		return o.renderSite(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, strings.Replace(sitePath, ":id", id, 1), route.Done("The place is added."))
}
