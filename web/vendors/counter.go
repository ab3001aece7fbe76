// Package vendors serves the vendor's own pages: overview, stock and usage. It
// reads through the vendor's scope alone, so that nothing of another vendor
// and no patient can stand on them.
package vendors

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/labelling"
	"trueward/internal/domain/access"
	"trueward/internal/standard/civil"
	lines "trueward/templates/finance"
	"trueward/templates/ui"
	view "trueward/templates/vendors"
	"trueward/web/listing"
	"trueward/web/route"
)

// Addresses of the pages.
const (
	overviewPath = "/vendor"
	stockPath    = "/vendor/stock"
	labelsPath   = "/vendor/stock/labels"
	usagePath    = "/vendor/usage"
)

// Counter holds what the pages work with.
type Counter struct {
	Store     *store.Store
	Labelling labelling.Desk
}

// Routes are the URLs of the room.
func (v Counter) Routes() []route.Route {
	cursor, text := route.Query("after", route.Token(512)), route.Query("q", route.Text(64))
	hospital := route.Query("hospital", route.ID())
	stock := append([]route.Param{
		cursor, text, hospital, route.Query("place", route.ID()), route.Query("expires", route.Date()),
		route.Query("state", route.Enum("expected", "available", "removed", "opened", "used", "wasted", "missing", "outbound", "closed")),
	}, listing.Params(view.UnitColumns.Keys())...)
	return []route.Route{
		{
			Method: http.MethodGet, Path: overviewPath, Name: "vendor", Needs: access.SeeUsage, Tenancy: route.Vendor, Handler: v.showOverview,
			Menu: &route.Menu{Text: "Overview", Icon: "home", Key: "o", Place: 30},
		}, {
			Method: http.MethodGet, Path: stockPath, Name: "vendor.stock", Needs: access.SeeStock, Tenancy: route.Vendor, Handler: v.showStock,
			Menu:   &route.Menu{Text: "Stock", Icon: "box", Key: "b", Place: 32},
			Params: stock,
		}, {
			Method: http.MethodGet, Path: labelsPath, Name: "vendor.labels", Needs: access.SeeStock, Tenancy: route.Vendor, Handler: v.printLabels,
			Rate: route.RateExport, Params: stock,
		}, {
			Method: http.MethodGet, Path: usagePath, Name: "vendor.usage", Needs: access.SeeUsage, Tenancy: route.Vendor, Handler: v.showUsage,
			Menu:   &route.Menu{Text: "Usage", Icon: "case", Key: "u", Place: 34},
			Params: append([]route.Param{cursor, text, hospital}, listing.Params(lines.LineColumns("").Keys())...),
		},
	}
}

func (v Counter) queries(c echo.Context) store.Queries {
	return v.Store.Read(c.Request().Context(), route.Actor(c).Scope())
}

// hospitals are the hospitals the vendor serves, for a filter.
func hospitals(q store.Queries) ([]ui.Option, error) {
	all, err := q.Organisations(access.Hospital)
	options := []ui.Option{{Text: "All hospitals"}}
	for _, h := range all {
		options = append(options, ui.Option{Value: string(h.ID), Text: h.Name})
	}
	return options, err
}

func zone(name string) *time.Location {
	if location, err := civil.Zone(name); err == nil {
		return location
	}
	return time.UTC
}
