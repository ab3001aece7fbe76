package finance

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	view "trueward/templates/finance"
	"trueward/web/frame"
	"trueward/web/route"
)

// detailField is a field of the details of documents.
type detailField struct {
	name, label, hint string
	of                func(*billing.PartyDetails) *string
}

var detailFields = []detailField{
	{"endpoint_scheme", "Electronic address: scheme", "Four digits: 0088 GLN, 9930 German VAT, 0208 Belgian enterprise, 9959 US EIN. Empty: from the tax id", func(d *billing.PartyDetails) *string { return &d.EndpointScheme }},
	{"endpoint", "Electronic address", "", func(d *billing.PartyDetails) *string { return &d.Endpoint }},
	{"gln", "GLN", "13 digits", func(d *billing.PartyDetails) *string { return &d.GLN }},
	{"registration_scheme", "Company register: scheme", "0106 Dutch KVK, 0002 SIRENE, 0007 Swedish", func(d *billing.PartyDetails) *string { return &d.RegistrationScheme }},
	{"registration", "Company register: number", "", func(d *billing.PartyDetails) *string { return &d.Registration }},
	{"street", "Street", "Empty: the first line of the address", func(d *billing.PartyDetails) *string { return &d.Street }},
	{"postal_zone", "Post code", "", func(d *billing.PartyDetails) *string { return &d.PostalZone }},
	{"city", "City", "", func(d *billing.PartyDetails) *string { return &d.City }},
	{"region", "Region or state", "", func(d *billing.PartyDetails) *string { return &d.Region }},
	{"contact_name", "Contact for questions", "", func(d *billing.PartyDetails) *string { return &d.ContactName }},
	{"phone", "Telephone", "", func(d *billing.PartyDetails) *string { return &d.Phone }},
	{"edi_qualifier", "X12 address: qualifier", "01 DUNS, 12 telephone, ZZ agreed", func(d *billing.PartyDetails) *string { return &d.EDIQualifier }},
	{"edi", "X12 address", "2 to 15 signs", func(d *billing.PartyDetails) *string { return &d.EDI }},
}

func (o Office) showDetails(c echo.Context) error {
	details, err := o.Exporting.Details(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	return o.renderDetails(c, http.StatusOK, details, nil)
}

func (o Office) renderDetails(c echo.Context, status int, details billing.PartyDetails, refused error) error {
	errors, summary := frame.Fields(refused)
	p := view.DetailsProps{
		Frame: frame.Page(c, "Details on documents"), Action: detailsPath, Key: route.NewKey(), Back: exportsPath, Summary: summary,
		May: route.Actor(c).May(access.RecordPayments),
	}
	for _, f := range detailFields {
		p.Fields = append(p.Fields, view.DetailField{Name: f.name, Label: f.label, Hint: f.hint, Value: *f.of(&details), Error: errors[f.name]})
	}
	return route.Render(c, status, view.Details(p))
}

func (o Office) setDetails(c echo.Context) error {
	var details billing.PartyDetails
	for _, f := range detailFields {
		*f.of(&details) = route.Value(c, f.name)
	}
	_, err := o.Exporting.SetDetails(c.Request().Context(), route.Command(c), details)
	if frame.AtFields(err) {
		return o.renderDetails(c, http.StatusUnprocessableEntity, details, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, detailsPath, route.Done("The details are kept. Documents made from now on carry them."))
}
