package listing

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/viewing"
	"trueward/internal/fault"
	"trueward/web/frame"
	"trueward/web/route"
)

// Views keeps the views that people save.
type Views struct{ Desk viewing.Desk }

// Routes are the URLs of the room.
func (v Views) Routes() []route.Route {
	return []route.Route{
		{
			Method: http.MethodPost, Path: savePath, Name: "views.save", Needs: route.SignedIn, Tenancy: route.Organisation, ChangesState: true,
			Handler: v.save, Params: []route.Param{
				route.Form("list", route.Token(64)), route.Form("name", route.Prose(250)), route.Form("query", route.Text(2000)),
			},
		}, {
			Method: http.MethodPost, Path: dropPath, Name: "views.remove", Needs: route.SignedIn, Tenancy: route.Organisation, ChangesState: true,
			Handler: v.remove, Params: []route.Param{route.Path("id", route.ID())},
		},
	}
}

func (v Views) save(c echo.Context) error {
	list, ok := listOf(c, route.Value(c, "list"))
	if !ok {
		return fault.New(fault.NotFound, "There is no such list.")
	}
	query, err := kept(list, route.Value(c, "query"))
	if err != nil {
		return err
	}
	back := list.Path
	if query != "" {
		back += "?" + query
	}
	name := strings.TrimSpace(route.Value(c, "name"))
	err = v.Desk.Save(c.Request().Context(), route.Command(c), store.SavedView{List: list.Name, Name: name, Query: query})
	if frame.Shown(err) {
		_, said := frame.Fields(err)
		return route.Redirect(c, back, route.Flash{Kind: "error", Text: said[0].Text})
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, back, route.Done("Saved as “"+name+"”."))
}

// listOf finds a list that the actor may see.
func listOf(c echo.Context, name string) (route.Route, bool) {
	r := route.Of(c)
	for _, list := range r.Registry {
		if list.Name == name && list.Method == http.MethodGet && !strings.Contains(list.Path, ":") && list.Admits(r.Actor) && takes(list, fileParam) {
			return list, true
		}
	}
	return route.Route{}, false
}

func takes(r route.Route, name string) bool { _, ok := param(r, name); return ok }

func param(r route.Route, name string) (route.Param, bool) {
	for _, p := range r.Params {
		if p.In == route.InQuery && p.Name == name {
			return p, true
		}
	}
	return route.Param{}, false
}

// kept is the part of a query that a view keeps, in its one written form. What
// the list would refuse is refused here.
func kept(list route.Route, query string) (string, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", fault.New(fault.Invalid, "This view cannot be read. Open the list again and save it from there.")
	}
	for _, name := range []string{afterParam, fileParam} {
		values.Del(name)
	}
	for name, given := range values {
		p, ok := param(list, name)
		if !ok || !p.Accepts(given) {
			return "", fault.New(fault.Invalid, "This view cannot be read. Open the list again and save it from there.")
		}
	}
	return values.Encode(), nil
}

func (v Views) remove(c echo.Context) error {
	gone, err := v.Desk.Remove(c.Request().Context(), route.Command(c), route.PathValue(c, "id"))
	if err != nil {
		return err
	}
	back := frame.GoPath
	if list, ok := listOf(c, gone.List); ok {
		back = list.Path
	}
	return route.Redirect(c, back, route.Done("“"+gone.Name+"” is removed. The list itself is as it was."))
}
