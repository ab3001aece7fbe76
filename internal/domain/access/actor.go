package access

import "slices"

// OrganisationKind tells the sides apart.
type OrganisationKind string

// The kinds of organisation.
const (
	Hospital OrganisationKind = "hospital"
	Vendor   OrganisationKind = "vendor"
	Operator OrganisationKind = "operator"
)

// OrganisationID, SiteID and PersonID are UUIDv7 texts.
type (
	OrganisationID string
	SiteID         string
	PersonID       string
)

// Grant is a role at one site, or at every site when Site is empty.
type Grant struct {
	Role Role
	Site SiteID
}

// Actor is whoever does something: a signed-in person, or the system itself.
type Actor struct {
	Person           PersonID
	Name             string
	Organisation     OrganisationID
	OrganisationName string
	Kind             OrganisationKind
	Grants           []Grant

	// Authenticator names how the person proved who they are ("password",
	// "set-up link", "command line"), Device what they used, RequestID the
	// request it came with. All three go to the audit trail.
	Authenticator string
	Device        string
	RequestID     string

	// Sitting is set for whoever acts through a session.
	Sitting *Sitting

	system bool
}

// System is the product acting by itself (a worker, a command of the operator
// on the machine). name says which part, for the audit trail.
func System(name string) Actor {
	return Actor{Person: PersonID("system:" + name), Name: "Trueward (" + name + ")", Authenticator: "process", system: true}
}

// IsSystem reports whether the actor is the product itself.
func (a Actor) IsSystem() bool { return a.system }

// Signed reports whether anybody acts at all.
func (a Actor) Signed() bool { return a.Person != "" }

// May reports whether any of the actor's roles allows the verb at any site.
func (a Actor) May(verb Verb) bool {
	return a.system || slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return RoleMay(a.Kind, g.Role, verb)
	})
}

// MayAt reports whether the actor may do verb at a site.
func (a Actor) MayAt(verb Verb, site SiteID) bool {
	return a.system || slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return (g.Site == "" || g.Site == site) && RoleMay(a.Kind, g.Role, verb)
	})
}

// Has reports whether the actor holds the role anywhere.
func (a Actor) Has(role Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == role })
}

// Scope returns the rows the actor's organisation lets them reach.
func (a Actor) Scope() Scope {
	switch {
	case a.system:
		return Scope{reach: reachAll}
	case a.Organisation == "":
		return Scope{}
	}
	s := Scope{Organisation: a.Organisation, Kind: a.Kind}
	switch a.Kind {
	case Hospital:
		s.reach = reachHospital
	case Vendor:
		s.reach = reachVendor
	case Operator:
		s.reach = reachOperator
	}
	for _, g := range a.Grants {
		if g.Site == "" {
			return s
		}
	}
	for _, g := range a.Grants {
		if !slices.Contains(s.Sites, g.Site) {
			s.Sites = append(s.Sites, g.Site)
		}
	}
	return s
}
