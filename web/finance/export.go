package finance

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/exporting"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// exportFormats are the choices, with what each is for.
func exportFormats() []ui.Option {
	return []ui.Option{
		{Value: string(billing.InvoicesCSV), Text: "Invoices, CSV", Hint: "One row per invoice"},
		{Value: string(billing.InvoicesXLSX), Text: "Invoices, Excel", Hint: "With formats and totals per currency"},
		{Value: string(billing.LinesCSV), Text: "Lines, CSV", Hint: "One row per unit used; credits are negative"},
		{Value: string(billing.LinesXLSX), Text: "Lines, Excel", Hint: "With formats and totals per currency"},
		{Value: string(billing.JournalCSV), Text: "Journal, CSV", Hint: "For a general ledger; each row has a lasting id"},
		{Value: string(billing.XeroCSV), Text: "Xero", Hint: "Import of sales invoices, at most 500 a file"},
		{Value: string(billing.QuickBooksCSV), Text: "QuickBooks", Hint: "Import of invoices"},
		{Value: string(billing.DocumentsPDF), Text: "Documents, PDF", Hint: "Invoices and credit notes in one zip file"},
		{Value: string(billing.DocumentsUBL), Text: "Documents, UBL", Hint: "Peppol BIS Billing 3, checked by its rules"},
		{Value: string(billing.DocumentsX12), Text: "Documents, X12", Hint: "Transaction set 810, one interchange each"},
	}
}

func (o Office) showExports(c echo.Context) error { return o.renderExports(c, http.StatusOK, nil) }

func (o Office) renderExports(c echo.Context, status int, refused error) error {
	label, options, err := o.partners(c)
	if err != nil {
		return err
	}
	runs, err := o.queries(c).Exports(store.Page{After: route.QueryValue(c, "after"), Limit: 25})
	if err != nil {
		return err
	}
	errors, summary := frame.Fields(refused)
	p := view.ExportProps{
		Frame: frame.Page(c, "Export centre"), Action: exportsPath, Key: route.NewKey(), Format: route.Value(c, "format"),
		Formats: exportFormats(),
		Status:  entered(c, "status"), Statuses: []ui.Option{
			{Text: "Every issued invoice"}, {Value: "sent", Text: "Sent, not paid in full"}, {Value: "paid", Text: "Paid"},
		},
		Party: entered(c, "party"), Label: label, Name: "party", Parties: options, From: entered(c, "from"), To: entered(c, "to"),
		Errors: errors, Summary: summary, Pager: ui.PagerProps{NextHref: next(c, runs.Next)},
	}
	if p.Format == "" {
		p.Format = string(billing.InvoicesCSV)
	}
	for _, run := range runs.Rows {
		p.Runs = append(p.Runs, view.Run{
			Name: run.Name, Href: exportsPath + "/" + run.ID + "/file", At: run.AsOf, Words: asked(run, options), Digest: run.SHA256,
		})
	}
	return route.Render(c, status, view.Export(p))
}

// entered is what the form was sent with or, before that, what the list of
// invoices was filtered by.
func entered(c echo.Context, name string) string {
	return cmp.Or(route.Value(c, name), route.QueryValue(c, name))
}

// asked says in words what an export was asked for.
func asked(run store.ExportRun, partners []ui.Option) string {
	var f exporting.Filter
	if json.Unmarshal([]byte(run.Filter), &f) != nil {
		return ""
	}
	words := []string{}
	for _, partner := range partners {
		if partner.Value != "" && (partner.Value == string(f.Vendor) || partner.Value == string(f.Hospital)) {
			words = append(words, partner.Text)
		}
	}
	if f.Status != "" {
		words = append(words, strings.ToLower(f.Status.Word()))
	}
	if f.From != "" {
		words = append(words, "from "+f.From)
	}
	if f.To != "" {
		words = append(words, "until "+f.To)
	}
	if len(words) == 0 {
		return "every issued invoice"
	}
	return strings.Join(words, ", ")
}

func (o Office) takeExport(c echo.Context) error {
	vendor, hospital := party(c, route.Value(c, "party"))
	_, err := o.Exporting.Take(c.Request().Context(), route.Command(c), exporting.Input{
		Format: billing.ExportFormat(route.Value(c, "format")), Filter: exporting.Filter{
			Vendor: vendor, Hospital: hospital, From: route.Value(c, "from"), To: route.Value(c, "to"),
			Status: billing.InvoiceState(route.Value(c, "status")),
		},
	})
	if frame.AtFields(err) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.TooLarge) {
		return o.renderExports(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, exportsPath, route.Done("The export is ready: it is the first of the list."))
}

func (o Office) exportFile(c echo.Context) error {
	run, err := o.Exporting.Get(c.Request().Context(), route.Actor(c), route.PathValue(c, "id"))
	if err != nil {
		return err
	}
	kind := "text/csv; charset=utf-8"
	if strings.HasSuffix(run.Name, ".zip") {
		kind = "application/zip"
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+run.Name+`"`)
	return c.Blob(http.StatusOK, kind, run.Bytes)
}
