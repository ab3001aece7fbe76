// Package listing is what every list of the product shares. How a person looks
// at a list stands in its address: filters, columns, order and place. From the
// address come the table, the links of its tools, the views a person saves, and
// the file that holds exactly what the list shows.
package listing

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/templates/ui"
	"trueward/web/route"
)

// Parameters of every list, beside its own filters.
const (
	columnsParam = "cols"
	orderParam   = "order"
	fileParam    = "as"
	afterParam   = "after"
	savePath     = "/views"
	dropPath     = "/views/:id/remove"
)

// Params declare what a list with these columns takes beside its filters and
// its cursor.
func Params(keys []string) []route.Param {
	return []route.Param{
		route.QueryMany(columnsParam, route.Enum(keys...)), route.Query(orderParam, route.Enum("reverse")), route.Query(fileParam, route.Enum("csv")),
	}
}

// Page is the part of the list that the address asks for.
func Page(c echo.Context) store.Page {
	return store.Page{After: route.QueryValue(c, afterParam), Reverse: reversed(c)}
}

func reversed(c echo.Context) bool { return route.QueryValue(c, orderParam) == "reverse" }

// Next is the address of the part behind a cursor; empty at the end.
func Next(c echo.Context, after string) string {
	if after == "" {
		return ""
	}
	return with(c, afterParam, after)
}

// with is the address of the list with a parameter set; an empty value takes it
// away.
func with(c echo.Context, name, value string) string {
	query := without(c, afterParam, fileParam, name)
	if value != "" {
		query.Set(name, value)
	}
	return address(c, query)
}

func without(c echo.Context, names ...string) url.Values {
	query := url.Values{}
	for name, values := range route.Of(c).Query {
		if !slices.Contains(names, name) && strings.Join(values, "") != "" {
			query[name] = values
		}
	}
	return query
}

// home is the list that a page shows, and its address. What a form of the list
// refused is shown under the form's address; the list's links lead to the list.
func home(c echo.Context) (route.Route, string) {
	r := route.Of(c)
	own, path := r.Route, c.Request().URL.Path
	if takes(own, fileParam) {
		return own, path
	}
	best := ""
	for _, list := range r.Registry {
		if list.Method == http.MethodGet && takes(list, fileParam) && len(list.Path) > len(best) && within(path, list.Path) {
			own, best = list, list.Path
		}
	}
	if best == "" {
		return own, path
	}
	return own, best
}

func within(path, list string) bool { return path == list || strings.HasPrefix(path, list+"/") }

func address(c echo.Context, query url.Values) string {
	_, path := home(c)
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Beside is another address with the filters and the order of the list.
func Beside(c echo.Context, path string) string {
	if query := without(c, afterParam, fileParam, columnsParam); len(query) > 0 {
		return path + "?" + query.Encode()
	}
	return path
}

// Order says which way a list runs by itself.
type Order bool

// The orders.
const (
	Rising  Order = false
	Falling Order = true // newest first
)

// View is how the person looks at the list.
func View[R any](c echo.Context, q store.Queries, columns ui.ListColumns[R], order Order) (ui.ListView, error) {
	return view(c, q, columns.Choices(route.Of(c).Query[columnsParam]), order)
}

func view(c echo.Context, q store.Queries, choices []ui.ColumnChoice, order Order) (ui.ListView, error) {
	v := ui.ListView{Columns: route.Of(c).Query[columnsParam], Order: ui.Ascending, OrderHref: with(c, orderParam, "reverse")}
	if reversed(c) {
		v.OrderHref = with(c, orderParam, "")
	}
	if bool(order) != reversed(c) {
		v.Order = ui.Descending
	}
	v.Tools = tools(c, choices)
	list, path := home(c)
	saved, err := q.SavedViews(route.Actor(c).Person, list.Name)
	for _, s := range saved {
		v.Tools.Views = append(v.Tools.Views, ui.SavedView{
			Name: s.Name, Href: path + "?" + s.Query, Active: s.Query == v.Tools.Query,
			Drop: strings.Replace(dropPath, ":id", s.ID, 1), Key: route.NewKey(),
		})
	}
	return v, err
}

// Part is one part of a list as a page shows it.
type Part[R any] struct {
	Rows []R
	View ui.ListView
	Next string // address of the part behind; empty at the end
}

// Show reads the part of a list that the address asks for, and says how the
// person looks at it.
func Show[R any](c echo.Context, q store.Queries, columns ui.ListColumns[R], order Order, read Read[R]) (Part[R], error) {
	rows, after, err := read(Page(c))
	if err != nil {
		return Part[R]{}, err
	}
	view, err := View(c, q, columns, order)
	return Part[R]{Rows: rows, View: view, Next: Next(c, after)}, err
}

// Table fills a table with the part; row gives a row's id and attributes.
func (p Part[R]) Table(columns ui.ListColumns[R], t ui.TableProps, row func(R) ui.Row) ui.TableProps {
	t.Pager = ui.PagerProps{NextHref: p.Next}
	return columns.Table(t, p.View, p.Rows, row)
}

func tools(c echo.Context, choices []ui.ColumnChoice) ui.ListToolsProps {
	chosen := len(route.Of(c).Query[columnsParam]) > 0
	list, path := home(c)
	p := ui.ListToolsProps{
		Path: path, FileURL: with(c, fileParam, "csv"), Columns: choices, List: list.Name,
		Query: without(c, afterParam, fileParam).Encode(), Key: route.NewKey(), Chosen: chosen, Usual: with(c, columnsParam, ""),
	}
	if !strings.Contains(list.Path, ":") {
		p.SaveURL = savePath // a view of one record's list would outlive the record
	}
	for name, values := range without(c, afterParam, fileParam, columnsParam) {
		for _, value := range values {
			p.Keep = append(p.Keep, ui.HiddenField{Name: name, Value: value})
		}
	}
	slices.SortFunc(p.Keep, func(a, b ui.HiddenField) int { return strings.Compare(a.Name+"="+a.Value, b.Name+"="+b.Value) })
	return p
}
