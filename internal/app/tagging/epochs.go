package tagging

import (
	"context"
	"strconv"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
)

// KeyView is a profile with the epochs of its keys; never a key.
type KeyView struct {
	Profile authentic.Profile
	Vendor  string
	Epochs  []EpochLine // newest first
	// Held reports whether the newest epoch's keys are kept here, so that tags
	// can be written.
	Held bool
	Sent []store.Handover // newest first; of this profile
}

// EpochLine is an epoch with the tags in it.
type EpochLine struct {
	authentic.Epoch
	Held bool // its keys are kept here
	Tags int64
}

// Profile returns one profile of the actor's side.
func (d *Desk) Profile(ctx context.Context, actor access.Actor, id authentic.ProfileID) (KeyView, error) {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return KeyView{}, err
	}
	var v KeyView
	if v.Profile, err = q.Profile(id); err != nil {
		return v, err
	}
	if vendor, err := q.Organisation(v.Profile.Vendor); err == nil {
		v.Vendor = vendor.Name
	}
	if !v.Profile.Keyed() {
		return v, nil
	}
	epochs, err := d.epochs(q, v.Profile)
	if err != nil {
		return v, err
	}
	counts, err := q.TagsByEpoch(id)
	if err != nil {
		return v, err
	}
	for i := len(epochs) - 1; i >= 0; i-- {
		e := epochs[i]
		v.Epochs = append(v.Epochs, EpochLine{Epoch: e, Held: d.Keys.Has(v.Profile.KeyRef, e.Number), Tags: counts[e.Number]})
	}
	v.Held = v.Epochs[0].Held
	all, err := q.Handovers(200)
	for _, h := range all {
		if h.Profile == id {
			v.Sent = append(v.Sent, h)
		}
	}
	return v, err
}

// epochs are the recorded epochs of a profile, or the one it is in without
// record.
func (d *Desk) epochs(q store.Queries, p authentic.Profile) ([]authentic.Epoch, error) {
	epochs, err := q.Epochs(p.ID)
	if len(epochs) == 0 || epochs[0].Number > 1 {
		epochs = append([]authentic.Epoch{{Profile: p.ID, Number: 1, OpenedAt: p.CreatedAt}}, epochs...)
	}
	return epochs, err
}

// Rotate opens a new epoch of a profile: tags are written with new keys from
// now on. Tags in the field go on proving themselves until their epoch is
// closed. It returns the new epoch.
func (d *Desk) Rotate(ctx context.Context, cmd store.Command, id authentic.ProfileID) (int64, error) {
	p, err := d.own(ctx, cmd.Actor, id)
	if err != nil {
		return 0, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int64, error) {
		epochs, err := d.epochs(tx.Queries, p)
		if err != nil {
			return 0, err
		}
		newest := authentic.Newest(epochs)
		if newest.Number >= authentic.LastEpoch {
			return 0, fault.New(fault.Conflict, "This profile has used up its epochs. Make a new profile.")
		}
		if newest.OpenedAt.IsZero() || len(epochs) == 1 { // its first epoch may have no record yet
			if err := ensureFirst(tx, p); err != nil {
				return 0, err
			}
		}
		next := newest.Number + 1
		// The keys come first: an epoch on record without keys could write no
		// tag, keys without record are found here again.
		if !d.Keys.Has(p.KeyRef, next) {
			if err := d.Keys.Rotate(p.KeyRef, next); err != nil {
				return 0, err
			}
		}
		if err := tx.OpenEpoch(p, next); err != nil {
			return 0, err
		}
		tx.Audit(epochChange(p, "epoch.opened", next))
		return next, nil
	})
}

// ensureFirst records epoch 1 of a profile that was made without.
func ensureFirst(tx *store.Tx, p authentic.Profile) error {
	recorded, err := tx.Epochs(p.ID)
	if err != nil || len(recorded) > 0 {
		return err
	}
	return tx.OpenEpoch(p, 1)
}

// Close ends an epoch for ever: its tags prove nothing from now on. The newest
// cannot be closed.
func (d *Desk) Close(ctx context.Context, cmd store.Command, id authentic.ProfileID, number int64) error {
	p, err := d.own(ctx, cmd.Actor, id)
	if err != nil {
		return err
	}
	_, err = store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (bool, error) {
		epochs, err := d.epochs(tx.Queries, p)
		if err != nil {
			return false, err
		}
		if number >= authentic.Newest(epochs).Number {
			return false, fault.New(fault.Conflict, "Tags are written in this epoch. Open a new one first.")
		}
		done, err := tx.CloseEpoch(p.ID, number)
		if err != nil {
			return false, err
		}
		if !done {
			return false, fault.New(fault.Conflict, "This epoch was closed already.")
		}
		tx.Audit(epochChange(p, "epoch.closed", number))
		return true, nil
	})
	return err
}

// own is a profile that the actor may change: a vendor's own, or for a hospital
// one whose keys are kept here.
func (d *Desk) own(ctx context.Context, actor access.Actor, id authentic.ProfileID) (authentic.Profile, error) {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return authentic.Profile{}, err
	}
	p, err := q.Profile(id)
	switch {
	case err != nil:
		return p, err
	case actor.Kind != access.Vendor:
		return p, fault.New(fault.Forbidden, "The keys of this profile are its vendor's. Ask the vendor's office.")
	case len(d.Keys.Epochs(p.KeyRef)) == 0:
		return p, fault.New(fault.Conflict, "The keys of this profile are not kept here. Take in a key file first.")
	}
	return p, nil
}

func epochChange(p authentic.Profile, action string, number int64) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(p.Vendor)), Action: action, Kind: "profile", Object: string(p.ID),
		New: map[string]string{"epoch": strconv.FormatInt(number, 10)},
	}
}
