package store

import (
	"database/sql"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
)

type siteRecord struct {
	ID         string
	HospitalID string
	Name       string
	Address    string
	TimeZone   string
}

func (siteRecord) TableName() string { return "sites" }

// Site returns one site of the scope.
func (q Queries) Site(id access.SiteID) (custody.Site, error) {
	var s custody.Site
	where, args := q.where("sites")
	err := q.one("site", "SELECT id, hospital_id, name, address, time_zone FROM sites WHERE id = ? AND "+where,
		append([]any{string(id)}, args...), &s.ID, &s.Hospital, &s.Name, &s.Address, &s.TimeZone)
	return s, err
}

// Sites lists the sites of a hospital (of all the scope reaches when empty), by
// name.
func (q Queries) Sites(hospital access.OrganisationID) ([]custody.Site, error) {
	where, args := q.where("sites")
	if hospital != "" {
		where, args = where+" AND hospital_id = ?", append(args, string(hospital))
	}
	out := []custody.Site{}
	err := engine.Query(q.bounded(), `SELECT id, hospital_id, name, address, time_zone FROM sites WHERE `+where+` ORDER BY name, id LIMIT 1000`,
		args, func(r *sql.Rows) error {
			var s custody.Site
			err := r.Scan(&s.ID, &s.Hospital, &s.Name, &s.Address, &s.TimeZone)
			out = append(out, s)
			return err
		})
	return out, err
}

// CreateSite adds a site and returns its id.
func (tx *Tx) CreateSite(s custody.Site) (access.SiteID, error) {
	id := tx.NewID()
	return access.SiteID(id), tx.db.Create(&siteRecord{
		ID: id, HospitalID: string(s.Hospital), Name: s.Name, Address: s.Address, TimeZone: s.TimeZone,
	}).Error
}

type placeRecord struct {
	ID         string
	HospitalID string
	SiteID     string
	VendorID   *string
	Name       string
	Kind       string
}

func (placeRecord) TableName() string { return "places" }

func (r placeRecord) place() custody.Place {
	p := custody.Place{
		ID: custody.PlaceID(r.ID), Hospital: access.OrganisationID(r.HospitalID),
		Site: access.SiteID(r.SiteID), Name: r.Name, Kind: custody.PlaceKind(r.Kind),
	}
	if r.VendorID != nil {
		p.Vendor = access.OrganisationID(*r.VendorID)
	}
	return p
}

// Place returns one place of the scope.
func (q Queries) Place(id custody.PlaceID) (custody.Place, error) {
	r, err := first[placeRecord](q.from("places").Where("places.id = ?", string(id)), "place")
	return r.place(), err
}

// Places lists the places of a site (of all the scope reaches when empty), by
// name.
func (q Queries) Places(site access.SiteID) ([]custody.Place, error) {
	where, args := q.where("places")
	if site != "" {
		where, args = where+" AND site_id = ?", append(args, string(site))
	}
	out := []custody.Place{}
	err := engine.Query(q.bounded(), `SELECT id, hospital_id, site_id, COALESCE(vendor_id, ''), name, kind FROM places
		WHERE `+where+` ORDER BY site_id, name, id LIMIT 5000`, args, func(r *sql.Rows) error {
		var p custody.Place
		err := r.Scan(&p.ID, &p.Hospital, &p.Site, &p.Vendor, &p.Name, &p.Kind)
		out = append(out, p)
		return err
	})
	return out, err
}

// CreatePlace adds a place and returns its id. Its site must belong to its
// hospital; the caller has read the site.
func (tx *Tx) CreatePlace(p custody.Place) (custody.PlaceID, error) {
	id := tx.NewID()
	r := placeRecord{ID: id, HospitalID: string(p.Hospital), SiteID: string(p.Site), Name: p.Name, Kind: string(p.Kind)}
	if p.Vendor != "" {
		vendor := string(p.Vendor)
		r.VendorID = &vendor
	}
	return custody.PlaceID(id), tx.db.Create(&r).Error
}
