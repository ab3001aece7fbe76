// Package people is the administrators' room: people and their roles, sites
// and places, and for the operator the organisations.
package people

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/people"
	"trueward/internal/domain/access"
	view "trueward/templates/people"
	"trueward/web/listing"
	"trueward/web/route"
)

// Addresses of the pages.
const (
	peoplePath  = "/people"
	newPath     = "/people/new"
	personPath  = "/people/:id"
	rolesPath   = "/people/:id/roles"
	linkPath    = "/people/:id/link"
	lostPath    = "/people/:id/lost"
	disablePath = "/people/:id/disable"
	signOutPath = "/people/:id/sign-out"
	enablePath  = "/people/:id/enable"

	sitesPath      = "/sites"
	sitePath       = "/sites/:id"
	placesPath     = "/sites/:id/places"
	welcomeAddress = "/welcome/"

	organisationsPath   = "/organisations"
	newOrganisationPath = "/organisations/new"
	organisationPath    = "/organisations/:id"
	newAdminPath        = "/organisations/:id/administrators/new"
	adminsPath          = "/organisations/:id/administrators"
	organisationSites   = "/organisations/:id/sites"

	systemPath = "/system" // of package system, which offers the sample data
)

// Office holds what the pages work with.
type Office struct {
	Desk people.Desk
}

var (
	anID    = route.Path("id", route.ID())
	aName   = route.Form("name", route.Prose(200))
	anEmail = route.Form("email", route.Prose(512))
	roles   = route.FormMany("roles", route.Enum(
		string(access.Nurse), string(access.Materials), string(access.Finance), string(access.Engineer),
		string(access.Admin), string(access.Auditor), string(access.Rep), string(access.VendorOffice)))
	atSite    = route.Form("site", route.ID())
	siteParts = []route.Param{aName, route.Form("address", route.Prose(1000)), route.Form("time_zone", route.Text(64))}
)

// Routes are the URLs of the room.
func (o Office) Routes() []route.Route {
	return append(o.ofPeople(), append(o.ofSites(), o.ofOrganisations()...)...)
}

func managed(method, path, name string, tenancy route.Tenancy, handler echo.HandlerFunc, params ...route.Param) route.Route {
	return route.Route{
		Method: method, Path: path, Name: name, Needs: access.ManagePeople, Tenancy: tenancy,
		ChangesState: method == http.MethodPost, Handler: handler, Params: params,
	}
}

func (o Office) ofPeople() []route.Route {
	list := managed(http.MethodGet, peoplePath, "people", route.Organisation, o.list,
		append(listing.Params(view.Columns.Keys()), route.Query("q", route.Prose(100)), route.Query("after", route.Token(1024)))...)
	list.Menu = &route.Menu{Text: "People", Icon: "people", Key: "p", Place: 70}
	return []route.Route{
		list,
		managed(http.MethodGet, newPath, "people.new", route.Organisation, o.showInvite),
		managed(http.MethodPost, peoplePath, "people.invite", route.Organisation, o.invite, aName, anEmail, roles, atSite),
		managed(http.MethodGet, personPath, "person", route.Organisation, o.show, anID),
		managed(http.MethodPost, rolesPath, "person.roles", route.Organisation, o.setRoles, anID, roles, atSite),
		managed(http.MethodPost, linkPath, "person.link", route.Organisation, o.makeLink, anID),
		managed(http.MethodPost, lostPath, "person.lost", route.Organisation, o.lostDevice, anID),
		managed(http.MethodPost, signOutPath, "person.sign-out", route.Organisation, o.signOut, anID),
		managed(http.MethodPost, disablePath, "person.disable", route.Organisation, o.disable, anID),
		managed(http.MethodPost, enablePath, "person.enable", route.Organisation, o.enable, anID),
	}
}

func (o Office) ofSites() []route.Route {
	list := managed(http.MethodGet, sitesPath, "sites", route.Hospital, o.sites)
	list.Menu = &route.Menu{Text: "Sites", Icon: "home", Key: "l", Place: 75}
	return []route.Route{
		list,
		managed(http.MethodPost, sitesPath, "sites.add", route.Hospital, o.addSite, siteParts...),
		managed(http.MethodGet, sitePath, "site", route.Site, o.site, anID),
		managed(http.MethodPost, placesPath, "places.add", route.Site, o.addPlace, anID, aName,
			route.Form("kind", route.Enum("room", "cabinet", "store", "quarantine", "transit"))),
	}
}

func (o Office) ofOrganisations() []route.Route {
	entries := []route.Route{
		{
			Method: http.MethodGet, Path: organisationsPath, Name: "organisations", Handler: o.organisations,
			Menu: &route.Menu{Text: "Organisations", Icon: "box", Key: "o", Place: 71},
		},
		{Method: http.MethodGet, Path: newOrganisationPath, Name: "organisations.new", Handler: o.showNewOrganisation},
		{
			Method: http.MethodPost, Path: organisationsPath, Name: "organisations.add", Handler: o.addOrganisation,
			Params: []route.Param{
				route.Form("kind", route.Enum("hospital", "vendor")), aName, anEmail,
				route.Form("legal_name", route.Prose(200)), route.Form("address", route.Prose(1000)),
				route.Form("country", route.Text(16)), route.Form("currency", route.Text(16)),
				route.Form("tax_id", route.Text(64)), route.Form("bank_account", route.Text(64)),
				route.Form("invoice_prefix", route.Text(32)),
			},
		},
		{Method: http.MethodGet, Path: organisationPath, Name: "organisation", Handler: o.organisation, Params: []route.Param{anID}},
		{Method: http.MethodGet, Path: newAdminPath, Name: "organisation.administrators.new", Handler: o.showInviteAdmin, Params: []route.Param{anID}},
		{Method: http.MethodPost, Path: adminsPath, Name: "organisation.administrators.invite", Handler: o.inviteAdmin, Params: []route.Param{anID, aName, anEmail, roles}},
		{Method: http.MethodPost, Path: organisationSites, Name: "organisation.sites.add", Handler: o.addSiteFor, Params: append([]route.Param{anID}, siteParts...)},
	}
	for i := range entries {
		entries[i].Needs, entries[i].Tenancy = access.ManageOrganisations, route.Installation
		entries[i].ChangesState = entries[i].Method == http.MethodPost
	}
	return entries
}
