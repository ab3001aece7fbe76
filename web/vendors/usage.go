package vendors

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	lines "trueward/templates/finance"
	"trueward/templates/ui"
	view "trueward/templates/vendors"
	"trueward/web/finance"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (v Counter) showUsage(c echo.Context) error {
	q := v.queries(c)
	p := view.UsageProps{
		Frame: frame.Page(c, "Usage"), Action: usagePath, Clear: usagePath, Text: route.QueryValue(c, "q"), Hospital: route.QueryValue(c, "hospital"),
	}
	var err error
	if p.Hospitals, err = hospitals(q); err != nil {
		return err
	}
	filter := store.LineFilter{Hospital: access.OrganisationID(p.Hospital), Text: p.Text}
	read := func(page store.Page) ([]lines.Line, string, error) {
		list, err := q.Lines(filter, page)
		out := make([]lines.Line, len(list.Rows))
		for i, row := range list.Rows {
			if out[i] = finance.Line(row, access.Vendor); !route.Actor(c).May(access.SeeInvoices) {
				out[i].Href = "" // a rep sees what was used; the money's pages are the office's
			}
		}
		return out, list.Next, err
	}
	columns := lines.LineColumns("Hospital")
	if listing.AsFile(c) {
		return listing.Send(c, "usage", columns, read)
	}
	var after string
	if p.Lines, after, err = read(listing.Page(c)); err != nil {
		return err
	}
	p.Pager = ui.PagerProps{NextHref: listing.Next(c, after)}
	if p.View, err = listing.View(c, q, columns, listing.Falling); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Usage(p))
}
