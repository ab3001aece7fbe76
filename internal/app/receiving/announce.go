package receiving

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Announcement is a ship notice: what a vendor says is coming. At is when the
// goods left (zero: now).
type Announcement struct {
	Agreement consign.AgreementID
	Transit   custody.PlaceID // where the units are until they arrive
	Number    string          // of the notice
	Units     []UnitInput
	At        time.Time
}

// Announce records expected units, owned and held by their vendor, in transit.
func (d *Desk) Announce(ctx context.Context, cmd store.Command, in Announcement) ([]custody.UnitID, error) {
	if err := checkUnits(in.Units); err != nil {
		return nil, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) ([]custody.UnitID, error) {
		v, err := inForce(tx, in.Agreement, orNow(in.At, tx))
		if err != nil {
			return nil, err
		}
		place, err := tx.Place(in.Transit)
		switch {
		case err != nil:
			return nil, err
		case place.Kind != custody.Transit || place.Hospital != v.Hospital:
			return nil, fault.At("transit", "Announced units are in transit to the hospital of the agreement.")
		case !mayMove(tx.Actor(), place.Site) && tx.Actor().Organisation != v.Vendor:
			return nil, forbidden()
		}
		f := custody.Fact{Kind: custody.Announced, Reason: in.Number, FactAt: in.At}
		return d.createAll(tx, in.Units, v, place, v.Vendor, f)
	})
}

// Brought is trunk stock that a rep carries in, or a unit found without notice.
type Brought struct {
	Agreement consign.AgreementID
	Place     custody.PlaceID
	Units     []UnitInput
	At        time.Time
}

// BringIn records units that arrive without a notice: in a vendor's trunk they
// stay in its care, at any other place the hospital has them. An agreement that
// allows no trunk stock puts them under an identity hold; the fact stands.
func (d *Desk) BringIn(ctx context.Context, cmd store.Command, in Brought) ([]custody.UnitID, error) {
	if err := checkUnits(in.Units); err != nil {
		return nil, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) ([]custody.UnitID, error) { return d.bringIn(tx, in) })
}

func (d *Desk) bringIn(tx *store.Tx, in Brought) ([]custody.UnitID, error) {
	v, err := inForce(tx, in.Agreement, orNow(in.At, tx))
	if err != nil {
		return nil, err
	}
	place, err := tx.Place(in.Place)
	switch {
	case err != nil:
		return nil, err
	case place.Hospital != v.Hospital || place.Vendor != "" && place.Vendor != v.Vendor:
		return nil, fault.At("place", "This place belongs to neither side of the agreement.")
	case !mayMove(tx.Actor(), place.Site):
		return nil, forbidden()
	}
	if err := complete(tx, in.Units); err != nil {
		return nil, err
	}
	if err := provisional(tx, v, in.Units); err != nil {
		return nil, err
	}
	ids, err := d.createAll(tx, in.Units, v, place, place.At().Possessor, custody.Fact{Kind: custody.BroughtIn, FactAt: in.At})
	if err != nil || v.TrunkAllowed {
		return ids, err
	}
	for _, id := range ids {
		u, err := tx.Unbounded().Unit(id)
		if err != nil {
			return nil, err
		}
		if _, err := tx.SetHold(u, custody.HoldIdentity, custody.StopHold, "brought in, though the agreement allows no trunk stock"); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (d *Desk) createAll(tx *store.Tx, units []UnitInput, v consign.Version, place custody.Place, possessor access.OrganisationID, f custody.Fact) ([]custody.UnitID, error) {
	ids := make([]custody.UnitID, 0, len(units))
	known := shelfOfProducts{}
	for _, in := range units {
		u, err := d.create(tx, known, in, v, place, possessor, f)
		if err != nil {
			return nil, err
		}
		ids = append(ids, u.ID)
	}
	return ids, nil
}

func mayMove(actor access.Actor, site access.SiteID) bool { return actor.MayAt(access.MoveStock, site) }

func forbidden() error {
	return fault.New(fault.Forbidden, "Receiving and moving stock needs the materials role at this site.")
}

func orNow(at time.Time, tx *store.Tx) time.Time {
	if at.IsZero() {
		return tx.Now()
	}
	return at
}
