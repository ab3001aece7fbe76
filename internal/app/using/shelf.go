package using

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// Remove records that a unit was taken from its place, purpose not yet known.
// Its clock starts.
func (d *Desk) Remove(ctx context.Context, cmd store.Command, id custody.UnitID) (custody.UnitID, error) {
	return d.shelf(ctx, cmd, id, "unit.removed", func(_ *store.Tx, s subject) ([]custody.Fact, error) {
		return s.facts(custody.Fact{Kind: custody.Taken}), nil
	})
}

// Open records that a unit was opened and is about to be used.
func (d *Desk) Open(ctx context.Context, cmd store.Command, id custody.UnitID) (custody.UnitID, error) {
	return d.shelf(ctx, cmd, id, "unit.opened", func(_ *store.Tx, s subject) ([]custody.Fact, error) {
		return s.facts(custody.Fact{Kind: custody.OpenedUp}), nil
	})
}

// Return names the place a removed unit goes back to; empty: where it was.
type Return struct {
	Unit  custody.UnitID
	Place custody.PlaceID
}

// PutBack records that a removed unit is at a place again. Title that passed
// when it was taken out goes back to the vendor.
func (d *Desk) PutBack(ctx context.Context, cmd store.Command, in Return) (custody.UnitID, error) {
	return d.shelf(ctx, cmd, in.Unit, "unit.put_back", func(tx *store.Tx, s subject) ([]custody.Fact, error) {
		back := custody.Fact{Kind: custody.PutBack}
		if in.Place != "" {
			place, err := tx.Place(in.Place)
			switch {
			case err != nil:
				return nil, err
			case place.Hospital != s.unit.Hospital || place.Vendor != "":
				return nil, fault.At("place", "A unit is put back at a place of its hospital.")
			}
			back.To = place.At()
		}
		movements, err := tx.UnitMovements(s.unit.ID)
		if err != nil {
			return nil, err
		}
		if sold := lastOf(movements, custody.TitlePassed); sold >= 0 && sold > lastOf(movements, custody.TitleReturned) &&
			sold > lastOf(movements, custody.Taken) && s.unit.Owner == s.unit.Hospital {
			return []custody.Fact{{
				Kind: custody.TitleReturned, Owner: s.unit.Vendor, AgreementVersion: movements[sold].AgreementVersion,
				Reason: "put back unused",
			}, back}, nil
		}
		return []custody.Fact{back}, nil
	})
}

// shelf records facts about a unit outside any case. A unit that waits in
// cases and is put back waits no longer.
func (d *Desk) shelf(ctx context.Context, cmd store.Command, id custody.UnitID, action string, facts func(*store.Tx, subject) ([]custody.Fact, error)) (custody.UnitID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (custody.UnitID, error) {
		s, err := load(tx, id)
		if err != nil {
			return "", err
		}
		if err := mayWork(tx.Actor(), s.unit.Site); err != nil {
			return "", err
		}
		list, err := facts(tx, s)
		if err != nil {
			return "", err
		}
		after, _, err := tx.Record(s.unit, list...)
		if err != nil {
			return "", err
		}
		if c, open, err := tx.OpenCase(tx.Actor().Person); err != nil {
			return "", err
		} else if open && after.State == custody.Available {
			if _, err := tx.SettleScan(c.ID, id, usage.ScanDropped); err != nil {
				return "", err
			}
			touchCase(tx, c)
		}
		note(tx, s.unit, after, action, "", nil)
		return id, nil
	})
}
