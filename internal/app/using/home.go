package using

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

// Home is what a nurse sees first.
type Home struct {
	Open     *usage.Case // the actor's open case
	Cases    []store.CaseRow
	Removed  []store.RemovedRow
	Expiring []store.UnitRow
	Rooms    []custody.Place
	Sites    map[access.SiteID]custody.Site
	Now      time.Time
}

// expiringDays is how far ahead the ward looks for units that expire.
const expiringDays = 30

const homeRows = 12

// Home reads the first page of the actor's scope.
func (d *Desk) Home(ctx context.Context, actor access.Actor) (Home, error) {
	q := d.Store.Read(ctx, actor.Scope())
	h := Home{Now: d.Store.Now(), Sites: map[access.SiteID]custody.Site{}}
	c, open, err := q.OpenCase(actor.Person)
	if err != nil {
		return h, err
	}
	if open {
		h.Open = &c
	}
	cases, err := q.Cases(usage.CaseOpen, store.Page{Limit: homeRows})
	if err != nil {
		return h, err
	}
	h.Cases = cases.Rows
	if h.Removed, err = q.Removed("", homeRows); err != nil {
		return h, err
	}
	expiring, err := q.Units(store.UnitFilter{
		States:    []custody.State{custody.Available, custody.Removed},
		ExpiresBy: h.Now.AddDate(0, 0, expiringDays).Format(time.DateOnly),
	}, store.Page{Limit: homeRows})
	if err != nil {
		return h, err
	}
	h.Expiring = expiring.Rows
	return h, h.places(q)
}

// places fills rooms and sites.
func (h *Home) places(q store.Queries) error {
	places, err := q.Places("")
	if err != nil {
		return err
	}
	for _, p := range places {
		if p.Kind == custody.Room {
			h.Rooms = append(h.Rooms, p)
		}
	}
	sites, err := q.Sites("")
	for _, s := range sites {
		h.Sites[s.ID] = s
	}
	return err
}
