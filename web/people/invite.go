package people

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	app "trueward/internal/app/people"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	view "trueward/templates/people"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (o Office) showInvite(c echo.Context) error {
	return o.renderInvite(c, http.StatusOK, nil)
}

func (o Office) renderInvite(c echo.Context, status int, refused error) error {
	actor := route.Actor(c)
	sites, err := o.Desk.Sites(c.Request().Context(), actor)
	if err != nil {
		return err
	}
	form := rolesForm(actor.Kind, sites, chosen(c))
	form.Invite, form.Action, form.Button = true, peoplePath, "Invite and make a link"
	form.Name, form.Email = route.Value(c, "name"), route.Value(c, "email")
	form.Errors, form.Summary = frame.Fields(refused)
	return route.Render(c, status, view.New(view.NewProps{
		Frame: frame.Page(c, "Invite a person"), Title: "Invite a person", ListHref: peoplePath, ListText: "People", Form: form,
	}))
}

func (o Office) invite(c echo.Context) error {
	link, err := o.Desk.Invite(c.Request().Context(), route.Command(c), app.Invitation{
		Name: route.Value(c, "name"), Email: route.Value(c, "email"), Grants: chosen(c),
	})
	if frame.AtFields(err) {
		return o.renderInvite(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return renderLink(c, link, peoplePath, "People")
}

// renderLink shows a one-time link, this once: it is in no redirect, no log
// and no stored result.
func renderLink(c echo.Context, link app.Link, back, backText string) error {
	p := view.LinkProps{
		Frame: frame.Page(c, "One-time link"), BackHref: back, BackText: backText,
		Name: link.Name, Until: link.ExpiresAt, Zone: route.Zone(c), Invite: link.Kind == access.InviteLink,
	}
	if link.Token != "" {
		p.Link = origin(c) + welcomeAddress + link.Token
	}
	return route.Render(c, http.StatusOK, view.Link(p))
}

// origin is the server's address as the administrator's own browser knows it.
func origin(c echo.Context) string {
	if route.Secure(c) {
		return "https://" + c.Request().Host
	}
	return "http://" + c.Request().Host
}

// chosen reads the roles of a form.
func chosen(c echo.Context) []access.Grant {
	var grants []access.Grant
	for _, role := range route.Values(c, "roles") {
		grants = append(grants, access.Grant{Role: access.Role(role), Site: access.SiteID(route.Value(c, "site"))})
	}
	return grants
}

// hints say what a role may do, in a few words.
var hints = map[access.Role]string{
	access.Nurse:        "Scans, and uses units on cases",
	access.Materials:    "Receives, moves and counts units",
	access.Finance:      "Matches and pays invoices, exports them",
	access.Engineer:     "Looks after tags, readers and the system",
	access.Admin:        "Invites people and gives roles",
	access.Auditor:      "Sees everything, changes nothing",
	access.Rep:          "Sees own stock, scans it",
	access.VendorOffice: "Sees usage, issues invoices, looks after tags",
}

func rolesForm(kind access.OrganisationKind, sites []custody.Site, grants []access.Grant) view.FormProps {
	form := view.FormProps{Key: route.NewKey()}
	for _, role := range access.Roles(kind) {
		form.Roles = append(form.Roles, view.RoleChoice{
			Value: string(role), Text: capital(role.Word()), Hint: hints[role],
			Chosen: slices.ContainsFunc(grants, func(g access.Grant) bool { return g.Role == role }),
		})
	}
	if len(sites) == 0 {
		return form
	}
	form.Sites = []ui.Option{{Value: "", Text: "At every site"}}
	for _, s := range sites {
		form.Sites = append(form.Sites, ui.Option{Value: string(s.ID), Text: "At " + s.Name})
	}
	if len(grants) > 0 {
		form.Site = string(grants[0].Site)
	}
	return form
}

// status is that of a form shown again with what was refused.
func status(err error) int {
	switch fault.KindOf(err) {
	case fault.Conflict:
		return http.StatusConflict
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	}
	return http.StatusUnprocessableEntity
}

// capital begins a word with a capital letter; role words are plain ASCII.
func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
