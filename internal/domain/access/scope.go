package access

type reach uint8

const (
	reachNothing reach = iota
	reachHospital
	reachVendor
	reachOperator
	reachAll
)

// Scope bounds the rows that a query may return. Its zero value reaches
// nothing. Only Actor.Scope and Everything make one, so a scope cannot be
// built from input.
type Scope struct {
	Organisation OrganisationID
	Kind         OrganisationKind
	// Sites narrows a hospital's scope; empty means all its sites.
	Sites []SiteID

	reach reach
}

// Everything is the scope of workers, verification and migration: all rows of
// all organisations. Handlers never use it.
func Everything() Scope { return Scope{reach: reachAll} }

// ReachesAll reports whether the scope has no bound.
func (s Scope) ReachesAll() bool { return s.reach == reachAll }

// ReachesNothing reports whether the scope lets no tenant row through.
func (s Scope) ReachesNothing() bool { return s.reach == reachNothing || s.reach == reachOperator }

// Hospital returns the hospital that bounds the scope, if one does.
func (s Scope) Hospital() (OrganisationID, bool) {
	return s.Organisation, s.reach == reachHospital
}

// Vendor returns the vendor that bounds the scope, if one does.
func (s Scope) Vendor() (OrganisationID, bool) {
	return s.Organisation, s.reach == reachVendor
}
