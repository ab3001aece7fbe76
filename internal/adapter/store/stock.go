package store

import (
	"database/sql"

	"gorm.io/gorm"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
)

// UnitFilter narrows a list of units; empty fields do not.
type UnitFilter struct {
	Hospital  access.OrganisationID
	Vendor    access.OrganisationID
	Site      access.SiteID
	Place     custody.PlaceID
	Product   catalog.ProductID
	Lot       string
	Serial    string
	ExpiresBy string // YYYY-MM-DD, inclusive; leaves out units without expiry
	States    []custody.State
	// Text is looked for at the beginning of lot, serial and DI, and anywhere
	// in the product's name and size.
	Text string
}

// UnitRow is a unit with the words a list shows.
type UnitRow struct {
	custody.Unit
	Product  string // name
	Size     string
	Family   string
	Place    string
	Site     string
	TimeZone string
	Hospital string
	Vendor   string
	Owner    string
	Stopped  bool // a live stop hold stands
}

// listUnits is the statement of every list of units, bounded by the scope.
func (q Queries) listUnits() *gorm.DB {
	return q.from("units").Select(unitColumns + `,
		(SELECT COUNT(*) FROM holds WHERE holds.unit_id = units.id AND holds.released_at IS NULL AND holds.level = 'stop') AS stops`)
}

// unitRows runs a statement of listUnits. The words beside the units are read
// once each and not joined to every row: most rows of a page share them.
func (q Queries) unitRows(list *gorm.DB) ([]UnitRow, error) {
	var rows []UnitRow
	var u unitRecord
	var stops int64
	fields := append(u.fields(), &stops)
	err := engine.Each(list, func(r *sql.Rows) error {
		if rows == nil {
			rows = make([]UnitRow, 0, pageDefault+1)
		}
		err := r.Scan(fields...)
		rows = append(rows, UnitRow{Unit: u.unit(), Stopped: stops > 0})
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows, q.word(rows)
}

// Units lists units, first to expire first.
func (q Queries) Units(f UnitFilter, page Page) (Listed[UnitRow], error) {
	list, err := page.after(f.narrow(q.listUnits()).Order("units.expiry, units.id"), "units.expiry, units.id")
	if err != nil {
		return Listed[UnitRow]{}, err
	}
	rows, err := q.unitRows(list)
	if err != nil {
		return Listed[UnitRow]{}, err
	}
	return cut(page, rows, func(r UnitRow) []any { return []any{r.Expiry, string(r.ID)} }), nil
}

// UnitRows returns the units of the scope among ids, by id.
func (q Queries) UnitRows(ids ...custody.UnitID) (map[custody.UnitID]UnitRow, error) {
	out := make(map[custody.UnitID]UnitRow, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := q.unitRows(q.listUnits().Where("units.id IN ?", ids))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

// UnitRow returns one unit of the scope with its words.
func (q Queries) UnitRow(id custody.UnitID) (UnitRow, error) {
	rows, err := q.unitRows(q.listUnits().Where("units.id = ?", string(id)))
	switch {
	case err != nil:
		return UnitRow{}, err
	case len(rows) == 0:
		return UnitRow{}, absent("unit")
	}
	return rows[0], nil
}

// CountUnits counts what a filter finds, at most up to limit: beyond it the
// answer is limit, to be shown as "1,000+".
func (q Queries) CountUnits(f UnitFilter, limit int) (int64, error) {
	if n, kept, err := q.keptCount(f); kept {
		return min(n, int64(limit)), err
	}
	var n int64
	units := q.from("units").Select("units.id")
	err := q.bounded().Table("(?) AS found", f.narrow(units).Limit(limit)).Count(&n).Error
	return n, err
}

// narrow adds the filter to a statement on units that joins nothing yet.
func (f UnitFilter) narrow(list *gorm.DB) *gorm.DB {
	if f.Text != "" { // only text is looked for in products
		list = list.Joins("JOIN products ON products.id = units.product_id")
	}
	return f.conditions(list)
}

// conditions adds the filter to a statement on units and products.
func (f UnitFilter) conditions(list *gorm.DB) *gorm.DB {
	for _, c := range []struct{ column, value string }{
		{"units.hospital_id", string(f.Hospital)}, {"units.vendor_id", string(f.Vendor)}, {"units.site_id", string(f.Site)},
		{"units.place_id", string(f.Place)}, {"units.product_id", string(f.Product)}, {"units.lot", f.Lot}, {"units.serial", f.Serial},
	} {
		if c.value != "" {
			list = list.Where(c.column+" = ?", c.value)
		}
	}
	if len(f.States) > 0 {
		list = list.Where("units.state IN ?", f.States)
	}
	if f.ExpiresBy != "" {
		list = list.Where("units.expiry <> '' AND units.expiry <= ?", f.ExpiresBy)
	}
	if f.Text != "" {
		begins, holds := containing(f.Text)[1:], containing(f.Text)
		list = list.Where(`(LOWER(units.lot) LIKE ? ESCAPE '\' OR LOWER(units.serial) LIKE ? ESCAPE '\' OR units.di LIKE ? ESCAPE '\'
			OR LOWER(products.name) LIKE ? ESCAPE '\' OR LOWER(products.size) LIKE ? ESCAPE '\')`, begins, begins, begins, holds, holds)
	}
	return list
}

// Shelf is how much of a product lies usable at a place.
type Shelf struct {
	Product   catalog.ProductID
	Name      string
	Size      string
	Family    string
	Place     custody.PlaceID
	PlaceName string
	Site      access.SiteID
	SiteName  string
	Count     int64
	First     string // earliest expiry, YYYY-MM-DD, may be empty
}

// Shelves finds where products lie ready for use: not stopped, not expired on
// today (YYYY-MM-DD), first to expire first, at most limit.
func (q Queries) Shelves(text string, place custody.PlaceID, today string, limit int) ([]Shelf, error) {
	f := UnitFilter{Text: text, Place: place, States: []custody.State{custody.Available}}
	list := f.conditions(q.from("units").Select(`units.product_id AS product, products.name AS name, products.size AS size,
		products.family AS family, units.place_id AS place, places.name AS place_name, units.site_id AS site, sites.name AS site_name,
		COUNT(*) AS count, MIN(units.expiry) AS first`).
		Joins("JOIN products ON products.id = units.product_id").
		Joins("JOIN places ON places.id = units.place_id").
		Joins("JOIN sites ON sites.id = units.site_id")).
		Where("(units.expiry = '' OR units.expiry >= ?)", today).
		Where("NOT EXISTS (SELECT 1 FROM holds WHERE holds.unit_id = units.id AND holds.released_at IS NULL AND holds.level = 'stop')").
		Group("units.product_id, products.name, products.size, products.family, units.place_id, places.name, units.site_id, sites.name").
		Order("first, name, size, place_name").Limit(limit)
	var out []Shelf
	return out, list.Scan(&out).Error
}

// RemovedRow is a unit that left its place and of which nobody said what
// became of it.
type RemovedRow struct {
	UnitRow
	Since   int64 // microseconds
	Person  string
	Minutes int // of the agreement's clock
}

// Removed lists removed units of a site (of all the scope when empty), longest
// away first, at most limit.
func (q Queries) Removed(site access.SiteID, limit int) ([]RemovedRow, error) {
	list := q.from("units").Where("units.state = 'removed'").Order("units.changed_at, units.id").Limit(limit)
	if site != "" {
		list = list.Where("units.site_id = ?", string(site))
	}
	var found []struct {
		ID      string
		Since   int64
		Person  string
		Minutes int
	}
	err := list.Select(`units.id AS id, COALESCE((SELECT MAX(m.fact_at) FROM movements m WHERE m.unit_id = units.id AND m.kind = 'removed'), units.changed_at) AS since,
		COALESCE((SELECT p.name FROM movements m JOIN people p ON p.id = m.actor_id WHERE m.unit_id = units.id AND m.kind = 'removed' ORDER BY m.recorded_at DESC LIMIT 1), '') AS person,
		COALESCE((SELECT v.removed_minutes FROM agreement_versions v WHERE v.agreement_id = units.agreement_id ORDER BY v.valid_from DESC LIMIT 1), 0) AS minutes`).
		Scan(&found).Error
	if err != nil {
		return nil, err
	}
	ids := make([]custody.UnitID, len(found))
	for i, r := range found {
		ids[i] = custody.UnitID(r.ID)
	}
	rows, err := q.UnitRows(ids...)
	out := make([]RemovedRow, 0, len(found))
	for _, r := range found {
		out = append(out, RemovedRow{UnitRow: rows[custody.UnitID(r.ID)], Since: r.Since, Person: r.Person, Minutes: r.Minutes})
	}
	return out, err
}
