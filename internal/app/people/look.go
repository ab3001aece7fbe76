package people

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// List returns people of the actor's organisation.
func (d Desk) List(ctx context.Context, actor access.Actor, text string, page store.Page) (store.Listed[access.Person], error) {
	return d.Store.Read(ctx, actor.Scope()).People(store.PeopleFilter{Organisation: actor.Organisation, Text: text}, page)
}

// Detail is a person with the sites their roles name and their timeline.
type Detail struct {
	Person access.Person
	Trail  []audit.Entry // oldest first
	// Names are those of the actors in the trail who are of the organisation.
	Names map[string]string
	// Passkeys counts what they can sign in with beside their password.
	Passkeys int
}

// Person returns one person of the actor's organisation.
func (d Desk) Person(ctx context.Context, actor access.Actor, id access.PersonID) (Detail, error) {
	q := d.Store.Read(ctx, actor.Scope())
	p, err := q.Person(id)
	if err != nil {
		return Detail{}, err
	}
	trail, err := q.AuditTrail("person", string(id))
	if err != nil {
		return Detail{}, err
	}
	keys, err := q.PasskeysOf(id)
	if err != nil {
		return Detail{}, err
	}
	names := map[string]string{}
	for _, e := range trail {
		if _, known := names[e.Actor]; known {
			continue
		}
		who, err := q.Person(access.PersonID(e.Actor))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Detail{}, err
		}
		names[e.Actor] = who.Name
	}
	return Detail{Person: p, Trail: trail, Names: names, Passkeys: len(keys)}, nil
}

// Sites returns the sites of the actor's hospital; none for other kinds.
func (d Desk) Sites(ctx context.Context, actor access.Actor) ([]custody.Site, error) {
	if actor.Kind != access.Hospital {
		return nil, nil
	}
	return d.Store.Read(ctx, actor.Scope()).Sites(actor.Organisation)
}

// Site returns a site of the actor's hospital and its places.
func (d Desk) Site(ctx context.Context, actor access.Actor, id access.SiteID) (custody.Site, []custody.Place, error) {
	q := d.Store.Read(ctx, actor.Scope())
	site, err := q.Site(id)
	if err != nil {
		return custody.Site{}, nil, err
	}
	places, err := q.Places(id)
	return site, places, err
}

// Organisations returns every organisation of the installation, for the
// operator. It shows names and settings, never stock.
func (d Desk) Organisations(ctx context.Context, actor access.Actor) ([]access.Organisation, error) {
	if !actor.May(access.ManageOrganisations) {
		return nil, fault.New(fault.Forbidden, "Only the operator can see all organisations.")
	}
	return d.Store.Read(ctx, access.Everything()).Organisations("")
}

// Overview is what the operator sees of an organisation.
type Overview struct {
	Organisation access.Organisation
	Sites        []custody.Site
	// Administrators counts those who may sign in; none means that nobody can
	// manage the organisation yet.
	Administrators int64
}

// Organisation returns one organisation, for the operator.
func (d Desk) Organisation(ctx context.Context, actor access.Actor, id access.OrganisationID) (Overview, error) {
	if !actor.May(access.ManageOrganisations) {
		return Overview{}, fault.New(fault.Forbidden, "Only the operator can see all organisations.")
	}
	q := d.Store.Read(ctx, access.Everything())
	o, err := q.Organisation(id)
	if err != nil {
		return Overview{}, err
	}
	out := Overview{Organisation: o}
	if out.Sites, err = q.Sites(id); err != nil {
		return Overview{}, err
	}
	out.Administrators, err = q.Administrators(id)
	return out, err
}
