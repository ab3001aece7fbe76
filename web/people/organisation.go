package people

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	app "trueward/internal/app/people"
	"trueward/internal/domain/access"
	view "trueward/templates/people"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func organisationOf(c echo.Context) access.OrganisationID {
	return access.OrganisationID(route.PathValue(c, "id"))
}

func organisationHref(pattern string, id access.OrganisationID) string {
	return strings.Replace(pattern, ":id", string(id), 1)
}

func (o Office) organisations(c echo.Context) error {
	all, err := o.Desk.Organisations(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	p := view.OrganisationsProps{Frame: frame.Page(c, "Organisations"), NewHref: newOrganisationPath}
	for _, org := range all {
		p.Organisations = append(p.Organisations, view.OrganisationLine{
			Name: org.Name, Href: organisationHref(organisationPath, org.ID), Kind: capital(string(org.Kind)),
			Country: org.Country, Currency: org.Currency, Sample: org.Sample,
		})
	}
	if len(all) < 2 { // the operator's own
		p.SampleHref = systemPath
	}
	return route.Render(c, http.StatusOK, view.Organisations(p))
}

func (o Office) showNewOrganisation(c echo.Context) error {
	return renderNewOrganisation(c, http.StatusOK, nil)
}

func renderNewOrganisation(c echo.Context, status int, refused error) error {
	values := map[string]string{}
	for name := range route.Of(c).Form {
		values[name] = route.Value(c, name)
	}
	p := view.NewOrganisationProps{
		Frame: frame.Page(c, "Add an organisation"), ListHref: organisationsPath, Action: organisationsPath,
		Key: route.NewKey(), Values: values,
	}
	p.Errors, p.Summary = frame.Fields(refused)
	return route.Render(c, status, view.NewOrganisation(p))
}

func (o Office) addOrganisation(c echo.Context) error {
	id, err := o.Desk.CreateOrganisation(c.Request().Context(), route.Command(c), access.Organisation{
		Kind: access.OrganisationKind(route.Value(c, "kind")), Name: route.Value(c, "name"),
		LegalName: route.Value(c, "legal_name"), Address: route.Value(c, "address"),
		Country: route.Value(c, "country"), Currency: route.Value(c, "currency"), TaxID: route.Value(c, "tax_id"),
		Email: route.Value(c, "email"), BankAccount: route.Value(c, "bank_account"), InvoicePrefix: route.Value(c, "invoice_prefix"),
	})
	if frame.AtFields(err) {
		return renderNewOrganisation(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, organisationHref(organisationPath, id), route.Done("The organisation is added. Invite its administrator now."))
}

func (o Office) organisation(c echo.Context) error {
	return o.renderOrganisation(c, http.StatusOK, nil)
}

func (o Office) renderOrganisation(c echo.Context, status int, refused error) error {
	seen, err := o.Desk.Organisation(c.Request().Context(), route.Actor(c), organisationOf(c))
	if err != nil {
		return err
	}
	org := seen.Organisation
	p := view.OrganisationProps{
		Frame: frame.Page(c, org.Name), ListHref: organisationsPath, Name: org.Name, Admins: seen.Administrators,
		InviteHref: organisationHref(newAdminPath, org.ID), Hospital: org.Kind == access.Hospital,
		Sites:    siteLines(seen.Sites, ""),
		SiteForm: siteForm(c, organisationHref(organisationSites, org.ID), refused),
	}
	for _, fact := range [][2]string{
		{"Kind", capital(string(org.Kind))}, {"Legal name", org.LegalName}, {"Address", org.Address}, {"Country", org.Country},
		{"Currency", org.Currency}, {"Tax number", org.TaxID}, {"E-mail address", org.Email},
		{"Bank account", org.BankAccount}, {"Invoice numbers begin with", org.InvoicePrefix},
	} {
		if fact[1] != "" {
			p.Facts = append(p.Facts, ui.Pair{Key: fact[0], Value: ui.Text(fact[1])})
		}
	}
	return route.Render(c, status, view.Organisation(p))
}

func (o Office) addSiteFor(c echo.Context) error {
	_, err := o.Desk.CreateSite(c.Request().Context(), route.Command(c), siteOf(c, organisationOf(c)))
	if frame.AtFields(err) {
		return o.renderOrganisation(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, organisationHref(organisationPath, organisationOf(c)), route.Done("The site is added."))
}

func (o Office) showInviteAdmin(c echo.Context) error {
	return o.renderInviteAdmin(c, http.StatusOK, nil)
}

func (o Office) renderInviteAdmin(c echo.Context, status int, refused error) error {
	seen, err := o.Desk.Organisation(c.Request().Context(), route.Actor(c), organisationOf(c))
	if err != nil {
		return err
	}
	form := view.FormProps{
		Invite: true, Key: route.NewKey(), Action: organisationHref(adminsPath, organisationOf(c)), Button: "Invite and make a link",
		Name: route.Value(c, "name"), Email: route.Value(c, "email"),
		Roles: []view.RoleChoice{{Value: string(access.Admin), Text: access.Admin.Word(), Hint: hints[access.Admin], Chosen: true}},
	}
	form.Errors, form.Summary = frame.Fields(refused)
	return route.Render(c, status, view.New(view.NewProps{
		Frame: frame.Page(c, "Invite an administrator"), Title: "Invite an administrator of " + seen.Organisation.Name,
		ListHref: organisationHref(organisationPath, organisationOf(c)), ListText: seen.Organisation.Name, Form: form,
	}))
}

func (o Office) inviteAdmin(c echo.Context) error {
	link, err := o.Desk.Invite(c.Request().Context(), route.Command(c), app.Invitation{
		Organisation: organisationOf(c), Name: route.Value(c, "name"), Email: route.Value(c, "email"), Grants: chosen(c),
	})
	if frame.AtFields(err) {
		return o.renderInviteAdmin(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return renderLink(c, link, organisationHref(organisationPath, organisationOf(c)), "Organisation")
}
