package finance

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// showNumbers finds what bears a number, of whatever kind.
func (o Office) showNumbers(c echo.Context) error {
	text := route.QueryValue(c, "q")
	s := view.Sheet{
		Frame: frame.Page(c, "Search"), Title: "Search any number",
		Search: &view.Search{Action: numbersPath, Label: "Number", Hint: "Invoice, credit note, PO, payment reference, serial, lot or case", Value: text},
	}
	hits, err := o.queries(c).FindNumber(text)
	switch {
	case err != nil:
		return err
	case len(hits) > 0:
		s.Parts = []view.Part{{Title: "Found", Table: hitTable(c, hits)}}
	case text != "":
		s.Parts = []view.Part{{Empty: &ui.EmptyProps{Icon: "search", Title: "Nothing bears this number", Text: "The whole number is needed; spaces and small letters count for nothing."}}}
	}
	return route.Render(c, http.StatusOK, view.SheetPage(s))
}

func hitTable(c echo.Context, hits []store.Hit) *ui.TableProps {
	t := &ui.TableProps{Caption: "What bears the number", Columns: []ui.Column{
		{Label: "Record"}, {Label: "Found as"}, {Label: "Status"}, {Label: "When"}, {Label: "Amount", Numeric: true},
	}}
	for _, h := range hits {
		href, title := "/invoices/"+h.ID, h.Title
		if h.Kind == "line" {
			href = "/lines/" + h.ID
		}
		if title == "" {
			title = "Draft invoice"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			ui.RowLink(title, href), ui.Text(h.Found), ui.Status(ui.Calm, h.StateWord()), ui.Instant(time.UnixMicro(h.At), route.Zone(c)),
			ui.Money(money.Amount{Minor: h.Minor, Currency: h.Currency}, view.Locale),
		}})
	}
	return t
}
