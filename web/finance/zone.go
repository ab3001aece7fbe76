package finance

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/closing"
	"trueward/internal/domain/access"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/route"
)

func (o Office) zoneRoutes() []route.Route {
	return []route.Route{{
		Method: http.MethodPost, Path: booksPath + "/zone", Name: "books.zone", Needs: access.CloseBooks, Tenancy: route.Vendor, ChangesState: true,
		BodyLimit: 16 << 10, Handler: o.setBooksZone, Params: []route.Param{route.Form("time_zone", route.Text(64))},
	}}
}

// zonePart says in which calendar a vendor's months begin and end, and lets it
// be set while no month is closed.
func zonePart(c echo.Context, s closing.Status) view.Part {
	p := view.Part{Title: "Calendar of the months", ID: "zone", Facts: []ui.Pair{{Key: "Time zone", Value: ui.Code(s.Zone.String())}}}
	if s.Books.OpenFrom != "" || s.Books.ClosedThrough != "" || !route.Actor(c).May(access.CloseBooks) {
		return p
	}
	zone := field("time_zone", "time_zone", "Time zone", "By its IANA name, such as Europe/Berlin. It stays from the first closed month on.", s.Zone.String())
	p.Forms = []view.Form{{Fold: "Set another time zone", Action: booksPath + "/zone", Key: route.NewKey(), Submit: "Set the time zone", Fields: []view.Field{zone}}}
	return p
}

func (o Office) setBooksZone(c echo.Context) error {
	zone, err := o.Closing.SetZone(c.Request().Context(), route.Command(c), route.Value(c, "time_zone"))
	return told(c, err, booksPath+"#zone", "Your months begin and end in "+zone+".")
}
