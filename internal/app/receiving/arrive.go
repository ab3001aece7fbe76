package receiving

import (
	"context"
	"fmt"
	"slices"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Arrival is one scan at an open ship notice.
type Arrival struct {
	Notice    string
	Place     custody.PlaceID
	Raw       string
	Symbology string
}

// Outcome is what a scan at a ship notice means.
type Outcome string

// The outcomes.
const (
	Arrived        Outcome = "arrived"         // received by this scan
	ArrivedBefore  Outcome = "arrived_before"  // received already
	NotOfThis      Outcome = "not_of_this"     // on record, but not of this ship notice
	NeverAnnounced Outcome = "never_announced" // nobody announced it
)

// Arriving answers a scan.
type Arriving struct {
	Outcome Outcome
	Unit    custody.UnitID // empty when nobody announced it
	Label   UnitInput
	Left    int64 // units still expected
}

// Arrive receives the announced unit that a label names: by its serial, else
// the first of its lot that is still expected.
func (d *Desk) Arrive(ctx context.Context, cmd store.Command, in Arrival) (Arriving, error) {
	label, err := Label(in.Raw, in.Symbology, d.Store.Now())
	if err != nil {
		return Arriving{}, err
	}
	if in.Place == "" {
		return Arriving{}, fault.At("place", "Choose where the units are put.")
	}
	// A scan that finds nothing to receive changes nothing and is looked at
	// only; the search and the receipt are one transaction otherwise.
	found, err := d.look(ctx, cmd.Actor, in, label)
	if err != nil || found.Outcome != Arrived {
		return found, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Arriving, error) {
		place, err := receivingPlace(tx, in.Place)
		if err != nil {
			return found, err
		}
		if err := moveTo(tx, found.Unit, place, custody.Fact{Kind: custody.Received}); err != nil {
			return found, err
		}
		found.Left--
		return found, nil
	})
}

func (d *Desk) look(ctx context.Context, actor access.Actor, in Arrival, label UnitInput) (Arriving, error) {
	q := d.Store.Read(ctx, actor.Scope())
	out := Arriving{Outcome: NeverAnnounced, Label: label}
	n, err := q.ShipNotice(in.Notice)
	if err != nil {
		return out, err
	}
	if !mayMove(actor, n.Site) {
		return out, forbidden()
	}
	out.Left = n.Expected
	ids, err := q.NoticeUnits(n.ID)
	if err != nil {
		return out, err
	}
	candidates, err := unitsOf(q, label)
	if err != nil {
		return out, err
	}
	for _, u := range candidates {
		switch mine := slices.Contains(ids, u.ID); {
		case mine && u.State == custody.Expected:
			out.Outcome, out.Unit = Arrived, u.ID
			return out, nil
		case mine:
			out.Outcome, out.Unit = ArrivedBefore, u.ID
		case out.Outcome == NeverAnnounced && label.Serial != "":
			out.Outcome, out.Unit = NotOfThis, u.ID
		}
	}
	return out, nil
}

// unitsOf finds the units that a label may stand on.
func unitsOf(q store.Queries, label UnitInput) ([]custody.Unit, error) {
	if label.Serial != "" {
		u, err := q.UnitBySerial(label.DI, label.Serial)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return []custody.Unit{u}, err
	}
	return q.UnitsByLot(label.DI, label.Lot, maxUnits)
}

func receivingPlace(tx *store.Tx, id custody.PlaceID) (custody.Place, error) {
	place, err := tx.Place(id)
	switch {
	case err != nil:
		return place, err
	case !mayMove(tx.Actor(), place.Site):
		return place, forbidden()
	case place.Kind == custody.Transit:
		return place, fault.At("place", "Units are received at a room, cabinet or store.")
	}
	return place, nil
}

// Surplus is a unit that came with a ship notice without being announced.
type Surplus struct {
	Notice string
	Place  custody.PlaceID
	Unit   UnitInput
}

// AcceptSurplus brings in a unit that nobody announced and tells the vendor of
// the difference.
func (d *Desk) AcceptSurplus(ctx context.Context, cmd store.Command, in Surplus) (custody.UnitID, error) {
	if in.Place == "" {
		return "", fault.At("place", "Choose where the unit is put.")
	}
	if err := in.Unit.check("unit"); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (custody.UnitID, error) {
		n, err := openNotice(tx, in.Notice)
		if err != nil {
			return "", err
		}
		ids, err := d.bringIn(tx, Brought{Agreement: n.Agreement, Place: in.Place, Units: []UnitInput{in.Unit}})
		if err != nil {
			return "", err
		}
		noteNotice(tx, n, "ship_notice.surplus", "1")
		return ids[0], tx.AddDifference(n, store.NotAnnounced, ids[0])
	})
}

// Finish closes a ship notice: what did not come is closed as not arrived, and the
// vendor is told of each such unit. It returns how many there were.
func (d *Desk) Finish(ctx context.Context, cmd store.Command, notice string) (int, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int, error) {
		n, err := openNotice(tx, notice)
		if err != nil {
			return 0, err
		}
		ids, err := tx.NoticeUnits(n.ID)
		if err != nil {
			return 0, err
		}
		short := 0
		for _, id := range ids {
			u, err := tx.Unit(id)
			if err != nil {
				return 0, err
			}
			if u.State != custody.Expected {
				continue
			}
			after, _, err := tx.Record(u, custody.Fact{Kind: custody.NotArrived, Reason: n.Number})
			if err != nil {
				return 0, err
			}
			note(tx, after, "unit."+string(custody.NotArrived), map[string]string{"state": string(u.State)}, n.Number)
			if err := tx.AddDifference(n, store.Short, id); err != nil {
				return 0, err
			}
			short++
		}
		closed, err := tx.CloseShipNotice(n.ID)
		if err == nil && !closed {
			err = finished()
		}
		noteNotice(tx, n, "ship_notice.finished", fmt.Sprint(short))
		return short, err
	})
}

func finished() error {
	return fault.New(fault.Conflict, "This receipt is finished already. Bring late units in without a notice.")
}

// openNotice reads a ship notice that its hospital's materials may work on.
func openNotice(tx *store.Tx, id string) (store.ShipNotice, error) {
	n, err := tx.ShipNotice(id)
	switch {
	case err != nil:
		return n, err
	case tx.Actor().Kind != access.Hospital || !mayMove(tx.Actor(), n.Site):
		return n, forbidden()
	case !n.Open:
		return n, finished()
	}
	return n, nil
}
