package using

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// OpenCase opens a case in a room, under a fresh pseudonym, and makes it the
// actor's open case.
func (d *Desk) OpenCase(ctx context.Context, cmd store.Command, room custody.PlaceID) (usage.Case, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (usage.Case, error) {
		if room == "" {
			return usage.Case{}, fault.At("place", "Choose the room of the case.")
		}
		place, err := tx.Place(room)
		switch {
		case err != nil:
			return usage.Case{}, err
		case place.Kind == custody.Transit || place.Kind == custody.Trunk:
			return usage.Case{}, fault.At("place", "A case takes place in a room.")
		}
		if err := mayWork(tx.Actor(), place.Site); err != nil {
			return usage.Case{}, err
		}
		c, err := d.create(tx, place)
		if err != nil {
			return usage.Case{}, err
		}
		auditCase(tx, c, "case.opened")
		return c, tx.SetOpenCase(tx.Actor().Person, c.ID)
	})
}

// create draws pseudonyms until one is free.
func (d *Desk) create(tx *store.Tx, place custody.Place) (usage.Case, error) {
	const tries = 20
	for range tries {
		name, err := usage.NewPseudonym(d.Random)
		if err != nil {
			return usage.Case{}, err
		}
		c, free, err := tx.CreateCase(usage.Case{Hospital: place.Hospital, Site: place.Site, Place: place.ID, Pseudonym: name})
		if err != nil || free {
			return c, err
		}
	}
	return usage.Case{}, fault.New(fault.Unavailable, "No free name was found for the case. Try again.")
}

// SwitchCase makes another open case the actor's own; the empty id leaves the
// present one without closing it for others.
func (d *Desk) SwitchCase(ctx context.Context, cmd store.Command, id usage.CaseID) (usage.CaseID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (usage.CaseID, error) {
		if id == "" {
			c, open, err := tx.OpenCase(tx.Actor().Person)
			if err != nil || !open {
				return "", err
			}
			auditCase(tx, c, "case.left")
			return "", tx.SetOpenCase(tx.Actor().Person, "")
		}
		c, err := openCase(tx, id)
		if err != nil {
			return "", err
		}
		auditCase(tx, c, "case.joined")
		return id, tx.SetOpenCase(tx.Actor().Person, id)
	})
}

// CloseCase ends a case for everybody. Units that still wait in it are dealt
// with first, so that none is forgotten.
func (d *Desk) CloseCase(ctx context.Context, cmd store.Command, id usage.CaseID) (usage.CaseID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (usage.CaseID, error) {
		c, err := openCase(tx, id)
		if err != nil {
			return "", err
		}
		waiting, err := tx.Scans(c.ID)
		switch {
		case err != nil:
			return "", err
		case len(waiting) > 0:
			return "", fault.Newf(fault.Conflict, "%d scanned %s in %s. Use or set aside each, then close the case.",
				len(waiting), plural(len(waiting), "unit still waits", "units still wait"), c.Pseudonym)
		}
		closed, err := tx.CloseCase(c.ID)
		switch {
		case err != nil:
			return "", err
		case !closed:
			return "", fault.Newf(fault.Conflict, "Case %s was closed at the same moment.", c.Pseudonym)
		}
		auditCase(tx, c, "case.closed")
		touchCase(tx, c)
		return c.ID, d.caseClosed(tx, c)
	})
}

// CaseFollower is what Billing may also be: told when a case ends, because an
// invoice may wait for that.
type CaseFollower interface {
	CaseClosed(tx *store.Tx, c usage.Case) error
}

func (d *Desk) caseClosed(tx *store.Tx, c usage.Case) error {
	if f, ok := d.Billing.(CaseFollower); ok {
		return f.CaseClosed(tx, c)
	}
	return nil
}

func auditCase(tx *store.Tx, c usage.Case, action string) {
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(c.Site)), Action: action, Kind: "case", Object: string(c.ID),
		New: map[string]string{"pseudonym": c.Pseudonym},
	})
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// CaseView is a case with everything its page shows.
type CaseView struct {
	Case    usage.Case
	Place   custody.Place
	Site    custody.Site
	Waiting []store.ScanRow
	Lines   []store.UsageRow // newest first, ended ones included
	// Holds are the live holds of the waiting units.
	Holds map[custody.UnitID][]custody.Hold
	Mine  bool // it is the actor's open case
}

// View returns a case of the actor's scope.
func (d *Desk) View(ctx context.Context, actor access.Actor, id usage.CaseID) (CaseView, error) {
	q := d.Store.Read(ctx, actor.Scope())
	c, err := q.Case(id)
	if err != nil {
		return CaseView{}, err
	}
	v := CaseView{Case: c}
	if v.Place, err = q.Place(c.Place); err != nil {
		return v, err
	}
	if v.Site, err = q.Site(c.Site); err != nil {
		return v, err
	}
	if v.Waiting, err = q.Scans(c.ID); err != nil {
		return v, err
	}
	ids := make([]custody.UnitID, len(v.Waiting))
	for i, w := range v.Waiting {
		ids[i] = w.Scan.Unit
	}
	if v.Holds, err = q.LiveHolds(ids...); err != nil {
		return v, err
	}
	lines, err := q.Usages(store.UsageFilter{Case: c.ID}, store.Page{Limit: 200})
	if err != nil {
		return v, err
	}
	v.Lines = lines.Rows
	mine, open, err := q.OpenCase(actor.Person)
	v.Mine = open && mine.ID == c.ID
	return v, err
}
