package ward

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/listing"
	"trueward/web/route"
)

const shelvesShown = 60

func (w Ward) find(c echo.Context) error {
	q := w.queries(c)
	search, place := route.QueryValue(c, "q"), route.QueryValue(c, "place")
	today := w.Using.Store.Now().Format(time.DateOnly)
	shelves, err := q.Shelves(search, custody.PlaceID(place), today, shelvesShown+1)
	if err != nil {
		return err
	}
	places, err := q.Places("")
	if err != nil {
		return err
	}
	f, err := w.frame(c, "Find")
	if err != nil {
		return err
	}
	p := view.FindProps{Frame: f, Action: findPath, Search: search, Place: place, Places: []ui.Option{{Text: "Every place"}}}
	for _, pl := range places {
		if pl.Kind != custody.Transit {
			p.Places = append(p.Places, ui.Option{Value: string(pl.ID), Text: pl.Name})
		}
	}
	if p.More = len(shelves) > shelvesShown; p.More {
		shelves = shelves[:shelvesShown]
	}
	for _, s := range shelves {
		p.Shelves = append(p.Shelves, view.ShelfLine{
			Name: s.Name, Size: s.Size, Place: s.PlaceName, Site: s.SiteName, Count: strconv.FormatInt(s.Count, 10),
			First: ui.CivilDate(date(s.First)), Href: shelfHref(s.Product, s.Place),
		})
	}
	return route.Render(c, http.StatusOK, view.Find(p))
}

func shelfHref(product catalog.ProductID, place custody.PlaceID) string {
	return strings.Replace(shelfPath, ":product", string(product), 1) + "?" + url.Values{"place": {string(place)}}.Encode()
}

// shelf lists the units of a product at a place.
func (w Ward) shelf(c echo.Context) error {
	q := w.queries(c)
	product, place := catalog.ProductID(route.PathValue(c, "product")), custody.PlaceID(route.QueryValue(c, "place"))
	found, err := q.Product(product)
	if err != nil {
		return err
	}
	read := w.readShelf(q, store.UnitFilter{
		Product: product, Place: place, States: []custody.State{custody.Available, custody.Removed, custody.Opened},
	})
	if listing.AsFile(c) {
		return listing.Send(c, "shelf", view.ShelfColumns, read)
	}
	part, err := listing.Show(c, q, view.ShelfColumns, listing.Rising, read)
	if err != nil {
		return err
	}
	f, err := w.frame(c, found.Name)
	if err != nil {
		return err
	}
	p := view.ShelfProps{
		Frame: f, Back: ui.Crumb{Text: "Find", Href: findPath}, Title: found.Name + " " + found.Size,
		Lead: "Take the first one: it expires first.", Units: part.Rows, View: part.View, Pager: ui.PagerProps{NextHref: part.Next},
	}
	return route.Render(c, http.StatusOK, view.ShelfPage(p))
}

// readShelf reads units as they are judged by what is known of each.
func (w Ward) readShelf(q store.Queries, of store.UnitFilter) listing.Read[view.Unit] {
	return func(page store.Page) ([]view.Unit, string, error) {
		list, err := q.Units(of, page)
		if err != nil {
			return nil, "", err
		}
		ids := make([]custody.UnitID, len(list.Rows))
		for i, r := range list.Rows {
			ids[i] = r.ID
		}
		holds, err := q.LiveHolds(ids...)
		units := make([]view.Unit, len(list.Rows))
		for i, r := range list.Rows {
			units[i], _ = judged(r, holds[r.ID], w.Using.Store.Now(), authentic.Verdict{Level: authentic.Identified})
		}
		return units, list.Next, err
	}
}
