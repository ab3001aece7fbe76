package finance

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/exporting"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
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
		{Value: string(billing.StatementPDF), Text: "Statement, PDF", Hint: "The account with one partner over a period, with balances and what is open"},
		{Value: string(billing.StatementCSV), Text: "Statement, CSV", Hint: "The same as a table"},
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
	p.Currency = route.Value(c, "currency")
	p.Since, p.Details = route.Value(c, "since") != "", detailsPath
	for _, kind := range tables {
		p.Choices = append(p.Choices, o.ticked(c, kind))
	}
	if p.Making, err = o.making(c, options); err != nil {
		return err
	}
	if p.Format == "" {
		p.Format = string(billing.InvoicesCSV)
	}
	for _, run := range runs.Rows {
		p.Runs = append(p.Runs, view.Run{
			Name: run.Name, Href: exportsPath + "/" + run.ID + "/file", At: run.AsOf, Words: asked(run.Filter, options), Digest: run.SHA256,
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
func asked(filter string, partners []ui.Option) string {
	var f exporting.Filter
	if json.Unmarshal([]byte(filter), &f) != nil {
		return ""
	}
	words := []string{}
	for _, partner := range partners {
		if partner.Value != "" && (partner.Value == string(f.Vendor) || partner.Value == string(f.Hospital)) {
			words = append(words, partner.Text)
		}
	}
	if f.Currency != "" {
		words = append(words, string(f.Currency))
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
	if f.ChangedSince != "" {
		words = append(words, "changed since "+f.ChangedSince[:min(10, len(f.ChangedSince))])
	}
	if len(f.Columns) > 0 {
		words = append(words, "columns "+strings.Join(f.Columns, " "))
	}
	if len(words) == 0 {
		return "every issued invoice"
	}
	return strings.Join(words, ", ")
}

// making lists the exports that are made in the background, and those that
// failed within a day.
func (o Office) making(c echo.Context, partners []ui.Option) ([]view.Making, error) {
	jobs, err := o.queries(c).OpenExportJobs(o.Store.Now().Add(-24 * time.Hour))
	var out []view.Making
	for _, j := range jobs {
		m := view.Making{Words: words(j.Format) + ": " + asked(j.Filter, partners), Done: j.Done, Total: j.Total}
		if j.State == store.ExportFailed {
			m.Failed = j.Reason
		}
		out = append(out, m)
	}
	return out, err
}

func words(format string) string {
	for _, f := range exportFormats() {
		if f.Value == format {
			return f.Text
		}
	}
	return format
}

func (o Office) takeExport(c echo.Context) error {
	vendor, hospital := party(c, route.Value(c, "party"))
	made, err := o.Exporting.Take(c.Request().Context(), route.Command(c), exporting.Input{
		Format: billing.ExportFormat(route.Value(c, "format")), Filter: exporting.Filter{
			Vendor: vendor, Hospital: hospital, From: route.Value(c, "from"), To: route.Value(c, "to"),
			Status: billing.InvoiceState(route.Value(c, "status")), Columns: o.columns(c, billing.ExportFormat(route.Value(c, "format"))),
			Currency: money.Currency(route.Value(c, "currency")),
		},
		SinceLast: route.Value(c, "since") == "last",
	})
	if frame.AtFields(err) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.TooLarge) {
		return o.renderExports(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if _, err := o.queries(c).Export(made); fault.Is(err, fault.NotFound) {
		return route.Redirect(c, exportsPath, route.Done("The export is being made. It joins the list when it is ready."))
	}
	return route.Redirect(c, exportsPath, route.Done("The export is ready: it is the first of the list."))
}

// exportFile gives an export part by part, so that a large one needs no more
// memory than a small one.
func (o Office) exportFile(c echo.Context) error {
	run, parts, err := o.Exporting.Open(c.Request().Context(), route.Actor(c), route.PathValue(c, "id"))
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentDisposition, `attachment; filename="`+run.Name+`"`)
	header.Set(echo.HeaderContentType, contentType(run.Name))
	if run.Size > 0 {
		header.Set(echo.HeaderContentLength, strconv.FormatInt(run.Size, 10))
	}
	c.Response().WriteHeader(http.StatusOK)
	return parts(func(part []byte) error {
		_, err := c.Response().Write(part)
		return err
	})
}

func contentType(name string) string {
	switch {
	case strings.HasSuffix(name, ".zip"):
		return "application/zip"
	case strings.HasSuffix(name, ".pdf"):
		return "application/pdf"
	case strings.HasSuffix(name, ".xlsx"):
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}
