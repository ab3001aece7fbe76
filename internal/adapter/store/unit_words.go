package store

import (
	"database/sql"
	"slices"

	"trueward/internal/adapter/store/engine"
)

// words are what a list shows of a record beside its name: a product's size
// and family, a site's time zone.
type words struct{ name, second, third string }

const wordsOf = `SELECT id, name, size, family FROM products WHERE id IN ?
	UNION ALL SELECT id, name, '', '' FROM places WHERE id IN ?
	UNION ALL SELECT id, name, time_zone, '' FROM sites WHERE id IN ?
	UNION ALL SELECT id, name, '', '' FROM organisations WHERE id IN ?`

// word fills in the words beside units. The units are of the scope, and with a
// unit its words are shown to whoever sees it.
func (q Queries) word(rows []UnitRow) error {
	var products, places, sites, organisations []string
	for _, r := range rows {
		products, places, sites = append(products, string(r.Unit.Product)), append(places, string(r.Unit.Place)), append(sites, string(r.Unit.Site))
		organisations = append(organisations, string(r.Unit.Hospital), string(r.Unit.Vendor), string(r.Unit.Owner))
	}
	found := map[string]words{}
	args := []any{distinct(products), distinct(places), distinct(sites), distinct(organisations)}
	err := engine.Query(q.bounded(), wordsOf, args, func(r *sql.Rows) error {
		var id string
		var w words
		err := r.Scan(&id, &w.name, &w.second, &w.third)
		found[id] = w
		return err
	})
	for i := range rows {
		r := &rows[i]
		product, site := found[string(r.Unit.Product)], found[string(r.Unit.Site)]
		r.Product, r.Size, r.Family = product.name, product.second, product.third
		r.Site, r.TimeZone, r.Place = site.name, site.second, found[string(r.Unit.Place)].name
		r.Hospital, r.Vendor, r.Owner = found[string(r.Unit.Hospital)].name, found[string(r.Unit.Vendor)].name, found[string(r.Unit.Owner)].name
	}
	return err
}

// distinct returns each id once, with the last repeated until their number is
// a power of two: statements with lists of every length would fill the caches
// of prepared statements.
func distinct(ids []string) []string {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for n := len(ids); n > 0 && n&(n-1) != 0; n++ {
		ids = append(ids, ids[len(ids)-1])
	}
	return ids
}
