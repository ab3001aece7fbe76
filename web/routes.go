package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/static"
	"trueward/web/route"
)

// Addresses the edge itself sends browsers to.
const (
	SignInPath    = "/sign-in"
	CSPReportPath = "/reports/csp"
)

// Room is a package of pages: home, people, ward, vendor, finance, system.
type Room interface {
	Routes() []route.Route
}

// Registry is every URL of the product, in one list: the files that pages load
// and the rooms. docs/routes.md is this list in words, kept so by a test; the
// mux is built from it alone, so what is not here does not exist.
func Registry(rooms ...Room) []route.Route {
	all := []route.Route{{
		Method: http.MethodGet, Path: static.Prefix + "*", Name: "static",
		Needs: route.Anonymous, Tenancy: route.None, Rate: route.RateProbe, Public: true,
		Handler: echo.WrapHandler(static.Handler()),
	}}
	for _, room := range rooms {
		all = append(all, room.Routes()...)
	}
	return all
}
