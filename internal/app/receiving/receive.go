package receiving

import (
	"context"
	"fmt"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Receipt accepts announced units into care at a place.
type Receipt struct {
	Units []custody.UnitID
	Place custody.PlaceID
	At    time.Time // when they arrived; zero: now
}

// Receive makes expected units available at a place. The hospital has them in
// care from then on; who owns them does not change.
func (d *Desk) Receive(ctx context.Context, cmd store.Command, in Receipt) (int, error) {
	if len(in.Units) == 0 || len(in.Units) > maxUnits {
		return 0, fault.At("units", fmt.Sprintf("Choose 1 to %d units to receive.", maxUnits))
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int, error) {
		place, err := tx.Place(in.Place)
		switch {
		case err != nil:
			return 0, err
		case !mayMove(tx.Actor(), place.Site):
			return 0, forbidden()
		case place.Kind == custody.Transit:
			return 0, fault.At("place", "Units are received at a room, cabinet or store.")
		}
		for _, id := range in.Units {
			if err := moveTo(tx, id, place, custody.Fact{Kind: custody.Received, FactAt: in.At}); err != nil {
				return 0, err
			}
		}
		return len(in.Units), nil
	})
}

// Relocation moves a unit to another place of its hospital.
type Relocation struct {
	Unit   custody.UnitID
	Place  custody.PlaceID
	Reason string
}

// Move records that a unit now is at another place.
func (d *Desk) Move(ctx context.Context, cmd store.Command, in Relocation) (custody.UnitID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (custody.UnitID, error) {
		place, err := tx.Place(in.Place)
		switch {
		case err != nil:
			return "", err
		case !mayMove(tx.Actor(), place.Site):
			return "", forbidden()
		}
		return in.Unit, moveTo(tx, in.Unit, place, custody.Fact{Kind: custody.Moved, Reason: in.Reason})
	})
}

func moveTo(tx *store.Tx, id custody.UnitID, place custody.Place, f custody.Fact) error {
	u, err := tx.Unit(id)
	if err != nil {
		return err
	}
	if u.Hospital != place.Hospital {
		return fault.At("place", "This place belongs to another hospital. Between hospitals a unit is transferred.")
	}
	f.To = place.At()
	after, _, err := tx.Record(u, f)
	if err != nil {
		return err
	}
	note(tx, after, "unit."+string(f.Kind), map[string]string{
		"state": string(u.State), "place": string(u.Place), "possessor": string(u.Possessor),
	}, f.Reason)
	if f.Kind == custody.Received {
		return recalled(tx, after)
	}
	return nil
}
