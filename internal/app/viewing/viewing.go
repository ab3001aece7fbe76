// Package viewing keeps the views a person saves of a list: a name of their own
// for an address. A view is one person's alone; it shows nothing by itself, the
// list decides anew who may see what.
package viewing

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// Bounds of what a person keeps.
const (
	mostViews = 20 // of one list
	mostName  = 60 // characters
)

// Desk saves and removes views.
type Desk struct{ Store *store.Store }

// Save keeps a view of the actor's, in place of the one that has its name.
func (d Desk) Save(ctx context.Context, cmd store.Command, v store.SavedView) error {
	if v.Name = strings.TrimSpace(v.Name); v.Name == "" {
		return fault.At("name", "Give this view a name.")
	}
	if utf8.RuneCountInString(v.Name) > mostName {
		return fault.At("name", "The name of a view has at most "+strconv.Itoa(mostName)+" characters.")
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (store.SavedView, error) {
		views, err := tx.SavedViews(cmd.Actor.Person, v.List)
		if err != nil {
			return v, err
		}
		known := slices.ContainsFunc(views, func(k store.SavedView) bool { return k.Name == v.Name })
		if len(views) >= mostViews && !known {
			return v, fault.At("name", "You keep "+strconv.Itoa(mostViews)+" views of this list already. Remove one first.")
		}
		v, err := tx.SaveView(v)
		if err != nil {
			return v, err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "view.saved", Kind: "person",
			Object: string(cmd.Actor.Person), New: map[string]string{"list": v.List, "name": v.Name},
		})
		return v, nil
	})
	return err
}

// Remove forgets a view of the actor's and returns the list it was of.
func (d Desk) Remove(ctx context.Context, cmd store.Command, id string) (store.SavedView, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (store.SavedView, error) {
		v, err := tx.SavedView(cmd.Actor.Person, id)
		if err != nil {
			return v, err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "view.removed", Kind: "person",
			Object: string(cmd.Actor.Person), Old: map[string]string{"list": v.List, "name": v.Name},
		})
		return v, tx.DropView(id)
	})
}
