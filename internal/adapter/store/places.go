package store

import (
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

func (r siteRecord) site() custody.Site {
	return custody.Site{
		ID: access.SiteID(r.ID), Hospital: access.OrganisationID(r.HospitalID),
		Name: r.Name, Address: r.Address, TimeZone: r.TimeZone,
	}
}

// Site returns one site of the scope.
func (q Queries) Site(id access.SiteID) (custody.Site, error) {
	r, err := first[siteRecord](q.from("sites").Where("sites.id = ?", string(id)), "site")
	return r.site(), err
}

// Sites lists the sites of a hospital (of all the scope reaches when empty), by
// name.
func (q Queries) Sites(hospital access.OrganisationID) ([]custody.Site, error) {
	list := q.from("sites").Order("sites.name, sites.id").Limit(1000)
	if hospital != "" {
		list = list.Where("sites.hospital_id = ?", string(hospital))
	}
	var records []siteRecord
	err := list.Find(&records).Error
	out := make([]custody.Site, len(records))
	for i, r := range records {
		out[i] = r.site()
	}
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
	list := q.from("places").Order("places.site_id, places.name, places.id").Limit(5000)
	if site != "" {
		list = list.Where("places.site_id = ?", string(site))
	}
	var records []placeRecord
	err := list.Find(&records).Error
	out := make([]custody.Place, len(records))
	for i, r := range records {
		out[i] = r.place()
	}
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
