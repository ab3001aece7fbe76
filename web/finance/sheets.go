package finance

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

const sheetsPath = "/sheets"

// mostOnSheets bounds the usages on the page; what is signed makes room.
const mostOnSheets = 300

func (o Orders) sheetRoutes() []route.Route {
	sign := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: http.MethodPost, Path: path, Name: name, Needs: access.SignSheets, Tenancy: route.Sides, ChangesState: true,
			BodyLimit: 64 << 10, Handler: h, Params: params,
		}
	}
	return []route.Route{
		{
			Method: http.MethodGet, Path: sheetsPath, Name: "sheets", Needs: access.SignSheets, Tenancy: route.Sides, Handler: o.showSheets,
			Menu: &route.Menu{Text: "Usage sheets", Icon: "case", Place: 49},
		},
		sign(sheetsPath+"/confirm", "sheets.confirm", o.confirmSheet, route.FormMany("lines", route.ID())),
		sign(sheetsPath+"/contest", "sheets.contest", o.contestUsage, route.Form("line", route.ID()), route.Form("reason", route.Prose(400))),
	}
}

func (o Orders) showSheets(c echo.Context) error { return o.renderSheets(c, http.StatusOK, nil) }

// renderSheets shows what waits for the asker's side, one part a case. It says
// no price: sheets are about what happened.
func (o Orders) renderSheets(c echo.Context, status int, refused error) error {
	errors, summary := frame.Fields(refused)
	s := view.Sheet{
		Frame: frame.Page(c, "Usage sheets"), Title: "Usage sheets", Summary: summary,
		Lead: "What was used, for both sides to confirm before it is invoiced.",
	}
	rows, err := o.queries(c).ToSign(route.Actor(c).Kind, mostOnSheets)
	if err != nil {
		return err
	}
	var cases []string
	byCase := map[string][]store.LineRow{}
	for _, row := range rows {
		key := string(row.Case) + string(row.Vendor)
		if byCase[key] == nil {
			cases = append(cases, key)
		}
		byCase[key] = append(byCase[key], row)
	}
	for _, key := range cases {
		s.Parts = append(s.Parts, sheetOf(c, byCase[key], errors))
	}
	if len(rows) == 0 {
		s.Parts = []view.Part{{Empty: &ui.EmptyProps{Icon: "check", Title: "Nothing waits for you", Text: "Where an agreement asks for signed usage sheets, used items wait here until your side confirms them."}}}
	}
	return route.Render(c, status, view.SheetPage(s))
}

// sheetOf is the sheet of one case: its usages, one button for all of them that
// are as they should be, and a form for the one that is not.
func sheetOf(c echo.Context, rows []store.LineRow, errors map[string]string) view.Part {
	first := rows[0]
	part := view.Part{
		Title: "Case " + first.Pseudonym, Lead: other(c, first.VendorName, first.HospitalName) + " · " + first.SiteName,
		Table: &ui.TableProps{Caption: "Usages of case " + first.Pseudonym, Columns: []ui.Column{{Label: "Product"}, {Label: "Lot and serial"}, {Label: "Used"}, {Label: "Quantity", Numeric: true}, {Label: "Status"}}},
	}
	confirm := view.Form{Action: sheetsPath + "/confirm", Key: route.NewKey(), Submit: confirmWords(len(rows)), Kind: ui.Primary}
	options := []ui.Option{{Text: "Choose"}}
	for _, row := range rows {
		status := ui.Status(ui.Info, "To be confirmed")
		if row.State == billing.LineHeld {
			status = ui.Two(ui.Status(ui.Warn, "Held"), ui.Text(row.Reason))
		} else {
			options = append(options, ui.Option{Value: string(row.Line.ID), Text: row.Product + " " + row.Serial + row.Lot})
		}
		part.Table.Rows = append(part.Table.Rows, ui.Row{Cells: []templ.Component{
			ui.Two(ui.Text(row.Product), ui.Text(outcomeWords(row))), ui.LotSerial(row.Lot, row.Serial), ui.Instant(row.EffectiveAt, zone(row.TimeZone)),
			ui.Text(strconv.FormatInt(row.Quantity, 10)), status,
		}})
		confirm.Fields = append(confirm.Fields, view.Field{FieldProps: ui.FieldProps{Name: "lines", Value: string(row.Line.ID)}, Hidden: true})
	}
	part.Forms, part.Signs = []view.Form{confirm}, []string{"For the hospital: " + first.HospitalName, "For the vendor: " + first.VendorName}
	if len(options) > 1 {
		part.Forms = append(part.Forms, contestForm(c, string(first.Line.ID), options, errors))
	}
	return part
}

func confirmWords(n int) string {
	if n == 1 {
		return "Confirm this usage"
	}
	return "Confirm these " + strconv.Itoa(n) + " usages"
}

func contestForm(c echo.Context, suffix string, options []ui.Option, errors map[string]string) view.Form {
	chosen, reason := "", ""
	for _, o := range options {
		if o.Value != "" && o.Value == route.Value(c, "line") { // this is the form that was sent
			chosen, reason, suffix = o.Value, route.Value(c, "reason"), ""
		}
	}
	props := func(name, label, value string) ui.FieldProps {
		p := ui.FieldProps{ID: name, Name: name, Label: label, Value: value, Error: errors[name]}
		if suffix != "" {
			p.ID, p.Error = name+"-"+suffix, ""
		}
		return p
	}
	reasonProps := props("reason", "What is wrong", reason)
	reasonProps.Hint = "Both sides read it. Name no patient."
	fold := "One of them is not right"
	if len(options) == 2 {
		fold, chosen = "It is not right", options[1].Value
	}
	return view.Form{
		Fold: fold, Action: sheetsPath + "/contest", Key: route.NewKey(), Submit: "Contest this usage",
		Fields: []view.Field{{FieldProps: props("line", "Usage", chosen), Options: options}, {FieldProps: reasonProps}},
	}
}

func (o Orders) confirmSheet(c echo.Context) error {
	n, err := o.Pricing.Confirm(c.Request().Context(), route.Command(c), chosen(c))
	if frame.AtFields(err) {
		return o.renderSheets(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, sheetsPath, strconv.Itoa(n)+" confirmed by your side.")
}

func (o Orders) contestUsage(c echo.Context) error {
	_, err := o.Pricing.Contest(c.Request().Context(), route.Command(c), billing.LineID(route.Value(c, "line")), route.Value(c, "reason"))
	if frame.AtFields(err) {
		return o.renderSheets(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, sheetsPath, "The usage is contested and waits. The rest goes on.")
}
