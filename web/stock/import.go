package stock

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/app/cataloguing"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (r Room) showImport(c echo.Context) error { return renderImport(c, nil, nil) }

// importTable checks a table first and shows what it would do; a second step
// takes it.
func (r Room) importTable(c echo.Context) error {
	check := route.Value(c, "step") != "take"
	done, err := r.Cataloguing.Import(c.Request().Context(), route.Command(c), r.Prices, cataloguing.Importing{Table: route.Value(c, "table"), Dry: check})
	switch {
	case frame.AtFields(err):
		return renderImport(c, nil, err)
	case err != nil:
		return err
	case check || len(done.Mistakes) > 0:
		return renderImport(c, &done, nil)
	}
	return route.Redirect(c, productsPath, route.Done(took(done, "Taken in: ")))
}

func took(done cataloguing.Imported, begin string) string {
	return fmt.Sprintf("%s%d added, %d changed, %d unchanged, %d list prices set.", begin, done.Added, done.Changed, done.Unchanged, done.Priced)
}

func renderImport(c echo.Context, done *cataloguing.Imported, refused error) error {
	f := formOf(c, refused)
	p := page(c, "Take in a table of products", "It is checked first; nothing is written until you say so.", ui.Crumb{Text: "Products", Href: productsPath})
	p.Refused = f.all
	code := status(refused)
	if done != nil && len(done.Mistakes) > 0 {
		code = http.StatusUnprocessableEntity
		p.Blocks = append(p.Blocks, ui.Notice(ui.NoticeProps{
			Tone: ui.Stop, Title: "Nothing was taken: " + mistakes(len(done.Mistakes)) + ". Correct the table and check it again.",
		}), mistakeTable(done.Mistakes))
	}
	if done != nil && len(done.Mistakes) == 0 {
		p.Blocks = append(p.Blocks, ui.Notice(ui.NoticeProps{Tone: ui.Info, Title: took(*done, "Checked, nothing written yet: ")}),
			view.Form(view.FormProps{
				Action: importPath, Key: route.NewKey(), Button: "Take in the table", Kind: ui.Primary,
				Hidden: []view.Hidden{{Name: "table", Value: route.Value(c, "table")}, {Name: "step", Value: "take"}},
			}))
	}
	table := f.props("table", "Table", "CSV with a header; comma, semicolon or tab. Columns: "+strings.Join(cataloguing.Columns, ", ")+". Only di and name are needed; yes or no in the columns needs_, sterile, implantable, single_use and rebillable. Taking the same table again changes nothing.", "")
	table.Width = ""
	p.Blocks = append(p.Blocks, view.Form(view.FormProps{
		Action: importPath, Key: route.NewKey(), Button: "Check the table", Hidden: []view.Hidden{{Name: "step", Value: "check"}},
		Fields: []templ.Component{ui.FileField(ui.FieldProps{ID: "table-file", Name: "table", Label: "File", Hint: "Or paste its content below.", Optional: true}, ".csv,text/csv,text/plain"), ui.TextArea(table)},
		Files:  true,
	}))
	return route.Render(c, code, view.Page(p))
}

func mistakes(n int) string {
	if n == 1 {
		return "one mistake was found"
	}
	return strconv.Itoa(n) + " mistakes were found"
}

// shownMistakes bounds the list on the page: whoever corrects a hundred finds
// the rest at the next check.
const shownMistakes = 100

func mistakeTable(all []cataloguing.RowError) templ.Component {
	t := ui.TableProps{Caption: "Mistakes in the table", Columns: []ui.Column{{Label: "Row", Numeric: true}, {Label: "Column"}, {Label: "What is wrong"}}}
	for _, m := range all[:min(len(all), shownMistakes)] {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(strconv.Itoa(m.Row)), ui.Code(m.Column), ui.Text(m.Sentence)}})
	}
	return ui.DataTable(t)
}
