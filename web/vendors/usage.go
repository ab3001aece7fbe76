package vendors

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/templates/ui"
	view "trueward/templates/vendors"
	"trueward/web/finance"
	"trueward/web/frame"
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
	list, err := q.Lines(store.LineFilter{Hospital: access.OrganisationID(p.Hospital), Text: p.Text}, store.Page{After: route.QueryValue(c, "after")})
	if err != nil {
		return err
	}
	for _, row := range list.Rows {
		line := finance.Line(row, access.Vendor)
		if !route.Actor(c).May(access.SeeInvoices) {
			line.Href = "" // a rep sees what was used; the money's pages are the office's
		}
		p.Lines = append(p.Lines, line)
	}
	p.Pager = ui.PagerProps{NextHref: next(c, list.Next)}
	return route.Render(c, http.StatusOK, view.Usage(p))
}
