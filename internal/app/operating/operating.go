// Package operating lets people look after an installation: the tag profiles
// whose keys it holds, the alerts that somebody should see, the audit trail of
// their organisation, and the work that waits. It decides nothing about units
// or money, shows no key, and gives an operator counts of other organisations'
// work, never its content.
package operating

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// Keyring says which keys exist; it gives none.
type Keyring interface {
	// Epochs returns the key epochs held under a reference, rising.
	Epochs(ref string) []int64
}

// Desk answers those who look after the installation. It is safe for
// concurrent use.
type Desk struct {
	Store   *store.Store
	Keyring Keyring
}

func may(actor access.Actor, verb access.Verb) error {
	if actor.May(verb) {
		return nil
	}
	return fault.New(fault.Forbidden, "Your roles do not include this. Ask your administrator if you need it.")
}

// Work is open work of one sort.
type Work struct {
	Topic  string
	Parked bool
	Count  int64
	Since  time.Time // when the oldest of it was, or will be, due
}

// Overview is how an installation does, as far as it concerns whoever asks.
type Overview struct {
	Work []Work
	// Installation is nil for everybody but the operator.
	Installation *Installation
	Now          time.Time
}

// Installation is what the operator alone sees.
type Installation struct {
	Database        string // "sqlite" or "postgres"
	Schema          int64  // last migration applied
	SchemaPending   int
	Hospitals       int
	Vendors         int
	SampleOnly      bool // what organisations there are belong to the sample
	MayLoadSample   bool // the actor may, and there is no organisation yet
	MayAddCustomers bool
}

// Overview counts the open work of the actor's organisation; for the operator
// that of all, with the state of the installation.
func (d Desk) Overview(ctx context.Context, actor access.Actor) (Overview, error) {
	if err := may(actor, access.SeeSystem); err != nil {
		return Overview{}, err
	}
	scope := actor.Scope()
	out := Overview{Now: d.Store.Now()}
	if actor.Kind == access.Operator {
		scope = access.Everything()
		var err error
		if out.Installation, err = d.installation(ctx, actor); err != nil {
			return Overview{}, err
		}
	}
	sums, err := d.Store.Read(ctx, scope).OpenJobs()
	for _, s := range sums {
		out.Work = append(out.Work, Work(s))
	}
	return out, err
}

func (d Desk) installation(ctx context.Context, actor access.Actor) (*Installation, error) {
	condition, err := d.Store.Condition(ctx)
	if err != nil {
		return nil, err
	}
	count, err := customers(d.Store.Read(ctx, access.Everything()))
	if err != nil {
		return nil, err
	}
	mayAdd := actor.May(access.ManageOrganisations)
	return &Installation{
		Database: condition.Dialect, Schema: condition.Schema, SchemaPending: condition.Pending,
		Hospitals: count.hospitals, Vendors: count.vendors, SampleOnly: count.total() > 0 && count.real == 0,
		MayAddCustomers: mayAdd, MayLoadSample: mayAdd && count.total() == 0,
	}, nil
}

type census struct{ hospitals, vendors, real int }

func (c census) total() int { return c.hospitals + c.vendors }

// customers counts the organisations that are not the operator's own.
func customers(q store.Queries) (census, error) {
	var c census
	for kind, n := range map[access.OrganisationKind]*int{access.Hospital: &c.hospitals, access.Vendor: &c.vendors} {
		list, err := q.Organisations(kind)
		if err != nil {
			return census{}, err
		}
		*n = len(list)
		for _, o := range list {
			if !o.Sample {
				c.real++
			}
		}
	}
	return c, nil
}
