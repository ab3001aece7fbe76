// Package stock is the stock room: products, agreements, ship notices, what is
// brought in without notice, moves, holds, recalls, incidents, and the first
// steps of a new installation. Each file is one group of pages: parse, ask one
// use case, render.
package stock

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/agreeing"
	"trueward/internal/app/cataloguing"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// Room holds what the pages work with.
type Room struct {
	Store       *store.Store
	Cataloguing *cataloguing.Desk
	Prices      cataloguing.Prices
	Agreeing    *agreeing.Desk
	Receiving   *receiving.Desk
}

var (
	anID     = route.Path("id", route.ID())
	after    = route.Query("after", route.Token(1024))
	aReason  = route.Form("reason", route.Prose(2000))
	aClosing = route.Form("closing", route.Prose(2000))
	aDI      = route.Form("di", route.Text(64))
	aPlace   = route.Form("place", route.ID())
)

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	var all []route.Route
	for _, part := range [][]route.Route{
		r.ofSteps(), r.ofProducts(), r.ofAgreements(), r.ofNotices(), r.ofUnits(), r.ofOnHand(), r.ofChosen(), r.ofRecalls(),
	} {
		all = append(all, part...)
	}
	return all
}

func get(path, name string, needs access.Verb, tenancy route.Tenancy, h echo.HandlerFunc, params ...route.Param) route.Route {
	return route.Route{Method: http.MethodGet, Path: path, Name: name, Needs: needs, Tenancy: tenancy, Handler: h, Params: params}
}

func post(path, name string, needs access.Verb, tenancy route.Tenancy, h echo.HandlerFunc, params ...route.Param) route.Route {
	out := get(path, name, needs, tenancy, h, params...)
	out.Method, out.ChangesState = http.MethodPost, true
	return out
}

func (r Room) queries(c echo.Context) store.Queries {
	return r.Store.Read(c.Request().Context(), route.Actor(c).Scope())
}

// at puts an id into a path.
func at[T ~string](path string, id T) string { return strings.Replace(path, ":id", string(id), 1) }

// form is what was entered, with what was refused at which field.
type form struct {
	c      echo.Context
	errors map[string]string
	all    []ui.FieldError
}

func formOf(c echo.Context, refused error) form {
	f := form{c: c}
	f.errors, f.all = frame.Fields(refused)
	return f
}

// value is what was entered, or the usual value where the form that was sent
// has no such field: a page may hold several forms.
func (f form) value(id, usual string) string {
	if !f.has(id) {
		return usual
	}
	return route.Value(f.c, id)
}

func (f form) has(id string) bool { return route.Of(f.c).Form.Has(id) }

func (f form) props(id, label, hint, usual string) ui.FieldProps {
	return ui.FieldProps{ID: id, Label: label, Hint: hint, Value: f.value(id, usual), Error: f.errors[id], Width: "20"}
}

func optional(p ui.FieldProps) ui.FieldProps { p.Optional = true; return p }

func narrow(p ui.FieldProps, width string) ui.FieldProps { p.Width = width; return p }

func dated(p ui.FieldProps) ui.FieldProps { p.Type, p.Width = "date", "10"; return p }

// status is that of a page on which something was refused, 200 otherwise.
func status(refused error) int {
	if refused != nil {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// finish answers a change: onward with what was done, back with why not.
func finish(c echo.Context, to, done string, err error) error {
	if frame.Shown(err) {
		_, said := frame.Fields(err)
		return route.Redirect(c, to, route.Flash{Kind: "error", Text: said[0].Text})
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, to, route.Done(done))
}

// page is a page of the room.
func page(c echo.Context, title, lead string, crumbs ...ui.Crumb) view.PageProps {
	return view.PageProps{Frame: frame.Page(c, title), Head: ui.PageHeadProps{Title: title, Lead: lead, Crumbs: crumbs}}
}

func link(text, href string, kind ui.ButtonKind) ui.LinkButtonProps {
	return ui.LinkButtonProps{Text: text, Href: href, Kind: kind}
}
