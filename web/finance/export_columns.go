package finance

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/billing"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/route"
)

// table is a kind of table whose columns are for the person to choose. Imports
// of other systems are not: they name theirs.
type table struct {
	field, label string
	formats      []billing.ExportFormat
}

var tables = []table{
	{"invoice_columns", "Columns of invoices", []billing.ExportFormat{billing.InvoicesCSV, billing.InvoicesXLSX}},
	{"line_columns", "Columns of lines", []billing.ExportFormat{billing.LinesCSV, billing.LinesXLSX}},
	{"journal_columns", "Columns of the journal", []billing.ExportFormat{billing.JournalCSV}},
	{"statement_columns", "Columns of a statement", []billing.ExportFormat{billing.StatementCSV}},
}

// columnParams declares a field of boxes for each kind of table.
func (o Office) columnParams() []route.Param {
	var params []route.Param
	for _, t := range tables {
		params = append(params, route.FormMany(t.field, route.Enum(o.Exporting.Writer.Columns(t.formats[0])...)))
	}
	return params
}

// ticked are the boxes of a kind of table: as they were sent, or all of them.
func (o Office) ticked(c echo.Context, t table) view.Columns {
	names, chosen := o.Exporting.Writer.Columns(t.formats[0]), boxes(c, t)
	p := view.Columns{Field: t.field, Label: t.label, Ticked: map[string]bool{}}
	for _, name := range names {
		p.Options = append(p.Options, ui.Option{Value: name, Text: strings.ReplaceAll(name, "_", " ")})
		p.Ticked[name] = len(chosen) == 0 || slices.Contains(chosen, name)
	}
	return p
}

// boxes are the columns of a kind of table that were sent.
func boxes(c echo.Context, t table) []string {
	return slices.DeleteFunc(slices.Clone(route.Values(c, t.field)), func(name string) bool { return name == "" })
}

// columns are those that were ticked for a format; none means all of them.
func (o Office) columns(c echo.Context, f billing.ExportFormat) []string {
	for _, t := range tables {
		if !slices.Contains(t.formats, f) {
			continue
		}
		chosen := boxes(c, t)
		if len(chosen) == len(o.Exporting.Writer.Columns(f)) {
			return nil
		}
		return chosen
	}
	return nil
}
