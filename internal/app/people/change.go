package people

import (
	"context"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// Reset makes a new one-time link for a person: to set a forgotten password,
// or once more to set the first one. The old password works until the link is
// used.
func (d Desk) Reset(ctx context.Context, cmd store.Command, id access.PersonID) (Link, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return Link{}, err
	}
	return d.withToken(ctx, cmd, func(tx *store.Tx, digest string) (Link, error) {
		p, err := tx.Person(id)
		if err != nil {
			return Link{}, err
		}
		if p.Disabled() {
			return Link{}, fault.New(fault.Conflict, p.Name+" is disabled. Enable them first, then make a link.")
		}
		kind, life := access.ResetLink, resetLife
		if p.Invited {
			kind, life = access.InviteLink, inviteLife
		}
		tx.Audit(change(p, "person.link_made", nil, map[string]string{"kind": string(kind)}))
		return newLink(tx, p, kind, life, digest)
	})
}

// LostDevice forgets every passkey of a person whose device is lost, ends their
// sessions, and makes the link by which they come in again.
func (d Desk) LostDevice(ctx context.Context, cmd store.Command, id access.PersonID) (Link, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return Link{}, err
	}
	return d.withToken(ctx, cmd, func(tx *store.Tx, digest string) (Link, error) {
		p, err := tx.Person(id)
		if err != nil {
			return Link{}, err
		}
		if p.Disabled() {
			return Link{}, fault.New(fault.Conflict, p.Name+" is disabled. Enable them first, then make a link.")
		}
		n, err := tx.RemovePasskeysOf(id)
		if err != nil {
			return Link{}, err
		}
		if n == 0 {
			return Link{}, fault.New(fault.Conflict, p.Name+" has no passkey. Make a link for a new password instead.")
		}
		tx.Audit(change(p, "passkey.all_removed", map[string]string{"passkeys": strconv.FormatInt(n, 10)}, nil))
		tx.Audit(change(p, "person.link_made", nil, map[string]string{"kind": string(access.ResetLink)}))
		return newLink(tx, p, access.ResetLink, resetLife, digest)
	})
}

// SetRoles gives a person these roles in place of theirs.
func (d Desk) SetRoles(ctx context.Context, cmd store.Command, id access.PersonID, grants []access.Grant) error {
	return d.alter(ctx, cmd, id, func(tx *store.Tx, p access.Person) error {
		if len(grants) == 0 {
			return fault.At("roles", "Choose at least one role. To take away all of them, disable the person.")
		}
		organisation, err := tx.Unbounded().Organisation(p.Organisation)
		if err != nil {
			return err
		}
		if err := checkGrants(tx, organisation, grants); err != nil {
			return err
		}
		after := access.Person{Grants: grants}
		if p.Administers() && !p.Disabled() && !after.Administers() {
			if err := keepAnAdministrator(tx, p); err != nil {
				return err
			}
		}
		tx.Audit(change(p, "person.roles_changed", map[string]string{"roles": words(p.Grants)}, map[string]string{"roles": words(grants)}))
		return tx.SetGrants(id, grants)
	})
}

// Disable lets a person no longer sign in; their sessions and links end.
func (d Desk) Disable(ctx context.Context, cmd store.Command, id access.PersonID) error {
	return d.alter(ctx, cmd, id, func(tx *store.Tx, p access.Person) error {
		switch {
		case p.ID == cmd.Actor.Person:
			return fault.New(fault.Conflict, "You cannot disable yourself. Ask another administrator.")
		case p.Disabled():
			return fault.New(fault.Conflict, p.Name+" is already disabled.")
		case p.Administers():
			if err := keepAnAdministrator(tx, p); err != nil {
				return err
			}
		}
		if err := tx.EndLinks(id); err != nil {
			return err
		}
		tx.Audit(change(p, "person.disabled", nil, nil))
		return tx.SetDisabled(id, tx.Now())
	})
}

// SignOut ends every session of a person, who may sign in again at once: for a
// device that was left open or lent.
func (d Desk) SignOut(ctx context.Context, cmd store.Command, id access.PersonID) error {
	return d.alter(ctx, cmd, id, func(tx *store.Tx, p access.Person) error {
		if p.Disabled() {
			return fault.New(fault.Conflict, p.Name+" is disabled and has no sessions.")
		}
		tx.Audit(change(p, "person.signed_out_everywhere", nil, nil))
		return tx.EndSessions(id)
	})
}

// Enable lets a disabled person sign in again.
func (d Desk) Enable(ctx context.Context, cmd store.Command, id access.PersonID) error {
	return d.alter(ctx, cmd, id, func(tx *store.Tx, p access.Person) error {
		if !p.Disabled() {
			return fault.New(fault.Conflict, p.Name+" is not disabled.")
		}
		tx.Audit(change(p, "person.enabled", nil, nil))
		return tx.SetDisabled(id, time.Time{})
	})
}

// alter runs a change of a person of the actor's own organisation, one at a
// time within it.
func (d Desk) alter(ctx context.Context, cmd store.Command, id access.PersonID, fn func(*store.Tx, access.Person) error) error {
	if err := mayManage(cmd.Actor); err != nil {
		return err
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (access.PersonID, error) {
		p, err := tx.Person(id)
		if err != nil {
			return "", err
		}
		if err := tx.LockPeople(p.Organisation); err != nil {
			return "", err
		}
		return id, fn(tx, p)
	})
	return err
}

func keepAnAdministrator(tx *store.Tx, p access.Person) error {
	n, err := tx.Administrators(p.Organisation)
	if err == nil && n <= 1 {
		err = fault.New(fault.Conflict, p.Name+" is the last administrator of the organisation. Make somebody else an administrator first.")
	}
	return err
}
