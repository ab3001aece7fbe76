package signin

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
)

// ChoosePreferences keeps how the actor works with pages.
func (d *Desk) ChoosePreferences(ctx context.Context, cmd store.Command, p access.Preferences) error {
	_, err := store.Once(ctx, d.store, cmd, func(tx *store.Tx) (access.Preferences, error) {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "person.preferences_chosen",
			Kind: "person", Object: string(cmd.Actor.Person), New: map[string]string{
				"single_keys": word(p.KeysOff, "off", "on"), "hand": word(p.LeftHanded, "left", "right"),
			},
		})
		return p, tx.SetPreferences(cmd.Actor.Person, p)
	})
	return err
}

func word(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
