package operating

import (
	"context"
	"slices"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
)

// TrailLine is an audit entry with what people call its parts.
type TrailLine struct {
	audit.Entry
	// Who is the actor's name: empty when it is somebody of another
	// organisation, whose name is not the reader's to know.
	Who string
	// Where is the name of the chain's site; empty for the organisation's own.
	Where string
	// Zone is the IANA name of the site's time zone; empty where there is none.
	Zone string
}

// Trail is one part of an audit trail.
type Trail struct {
	Lines []TrailLine
	Next  string
	// People are those of the organisation, to choose from.
	People []access.Person
}

// trailPeople bounds the people to choose from.
const trailPeople = 200

// Trail lists what happened in the actor's organisation, newest first: its own
// chain and those of the sites at which the actor may see the audit trail; for
// the operator the installation's chain too.
func (d Desk) Trail(ctx context.Context, actor access.Actor, f store.AuditFilter, page store.Page) (Trail, error) {
	if err := may(actor, access.SeeAudit); err != nil {
		return Trail{}, err
	}
	q := d.Store.Read(ctx, actor.Scope())
	chains, sites, err := readable(q, actor)
	if err != nil {
		return Trail{}, err
	}
	entries, err := q.AuditEntries(chains, f, page)
	if err != nil {
		return Trail{}, err
	}
	people, err := q.People(store.PeopleFilter{Organisation: actor.Organisation}, store.Page{Limit: trailPeople})
	if err != nil {
		return Trail{}, err
	}
	who, err := actorNames(q, entries.Rows)
	out := Trail{Next: entries.Next, People: people.Rows}
	for _, e := range entries.Rows {
		out.Lines = append(out.Lines, TrailLine{Entry: e, Who: who[e.Actor], Where: sites[e.Chain].Name, Zone: sites[e.Chain].TimeZone})
	}
	return out, err
}

// readable are the chains of the scope that the actor's roles open, and the
// sites they belong to.
func readable(q store.Queries, actor access.Actor) ([]audit.ChainID, map[audit.ChainID]custody.Site, error) {
	chains, err := q.AuditChains()
	if err != nil {
		return nil, nil, err
	}
	sites, err := q.Sites(actor.Organisation)
	byChain := map[audit.ChainID]custody.Site{}
	for _, s := range sites {
		byChain[audit.SiteChain(string(s.ID))] = s
	}
	chains = slices.DeleteFunc(chains, func(c audit.ChainID) bool {
		// A chain without a site needs the right at every site.
		return !actor.MayAt(access.SeeAudit, byChain[c].ID)
	})
	return chains, byChain, err
}

// actorNames are the names of those who acted: people of the organisation, and
// the parts of the product.
func actorNames(q store.Queries, entries []audit.Entry) (map[string]string, error) {
	var ids []string
	for _, e := range entries {
		if !slices.Contains(ids, e.Actor) {
			ids = append(ids, e.Actor)
		}
	}
	names, err := q.PersonNames(ids...)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if part, ok := strings.CutPrefix(id, "system:"); ok {
			names[id] = "Trueward (" + part + ")"
		}
	}
	return names, nil
}
