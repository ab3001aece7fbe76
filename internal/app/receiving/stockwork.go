package receiving

import (
	"context"
	"slices"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// MoveAll moves several units to one place: all of them or none.
func (d *Desk) MoveAll(ctx context.Context, cmd store.Command, units []custody.UnitID, to custody.PlaceID, reason string) (int, error) {
	if to == "" {
		return 0, fault.At("place", "Choose where the units are put.")
	}
	if len(units) == 0 || len(units) > maxUnits {
		return 0, fault.At("units", "Scan or choose 1 to 500 units to move.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int, error) {
		place, err := receivingPlace(tx, to)
		if err != nil {
			return 0, err
		}
		for _, id := range units {
			if err := moveTo(tx, id, place, custody.Fact{Kind: custody.Moved, Reason: strings.TrimSpace(reason)}); err != nil {
				return 0, err
			}
		}
		return len(units), nil
	})
}

// MoveEach moves several units to one place, each by itself: a unit that may
// not move stops no other. Refusals as a whole: Invalid.
func (d *Desk) MoveEach(ctx context.Context, cmd store.Command, units []custody.UnitID, to custody.PlaceID, reason string) (store.Outcome[custody.UnitID], error) {
	return store.Each(cmd, units, func(cmd store.Command, unit custody.UnitID) error {
		_, err := d.MoveAll(ctx, cmd, []custody.UnitID{unit}, to, reason)
		return err
	})
}

// HandHolds are the holds that a person puts on a unit; the others are set by
// what happened (expiry, recall, a check of the tag).
var HandHolds = []custody.HoldKind{custody.HoldDamaged, custody.HoldTemperature, custody.HoldIdentity, custody.HoldReceiving, custody.HoldMaintenance}

// Hold stops a unit, or warns of it, for a reason.
type Hold struct {
	Unit   custody.UnitID
	Kind   custody.HoldKind
	Level  custody.HoldLevel
	Reason string
}

// check refuses a hold that says too little, at its fields.
func (h *Hold) check() error {
	h.Reason = strings.TrimSpace(h.Reason)
	var refused fault.Refusals
	if !slices.Contains(HandHolds, h.Kind) {
		refused.At("kind", "Choose what is wrong with the unit.")
	}
	if h.Level != custody.StopHold && h.Level != custody.WarnHold {
		refused.At("level", "Choose whether the hold stops the unit or only warns.")
	}
	if h.Reason == "" {
		refused.At("reason", "Say why, so that whoever finds the unit understands.")
	}
	return refused.Err()
}

// PutAllOnHold puts the same hold on several units, on each by itself: a unit
// that it is refused for stops no other. Refusals as a whole: Invalid.
func (d *Desk) PutAllOnHold(ctx context.Context, cmd store.Command, units []custody.UnitID, in Hold) (store.Outcome[custody.UnitID], error) {
	return store.Each(cmd, units, func(cmd store.Command, unit custody.UnitID) error {
		in.Unit = unit
		_, err := d.PutOnHold(ctx, cmd, in)
		return err
	})
}

// LiftAllHolds ends holds of one kind on several units, on each by itself.
// Refusals as a whole: Invalid.
func (d *Desk) LiftAllHolds(ctx context.Context, cmd store.Command, units []custody.UnitID, kind custody.HoldKind, reason string) (store.Outcome[custody.UnitID], error) {
	return store.Each(cmd, units, func(cmd store.Command, unit custody.UnitID) error {
		_, err := d.LiftHold(ctx, cmd, unit, kind, reason)
		return err
	})
}

// PutOnHold puts a hold on a unit.
func (d *Desk) PutOnHold(ctx context.Context, cmd store.Command, in Hold) (custody.UnitID, error) {
	if err := in.check(); err != nil {
		return "", err
	}
	return d.atUnit(ctx, cmd, in.Unit, func(tx *store.Tx, u custody.Unit) error {
		if u.State.Terminal() {
			return fault.Newf(fault.Conflict, "This unit is %s; a hold has no meaning any more.", u.State.Word())
		}
		fresh, err := tx.SetHold(u, in.Kind, in.Level, in.Reason)
		if err == nil && !fresh {
			err = fault.New(fault.Conflict, "The unit is on this hold already.")
		}
		noteHold(tx, u, "unit.held", in.Kind, in.Reason)
		return err
	})
}

// LiftHold ends a hold. That of a recall ends with the recall alone.
func (d *Desk) LiftHold(ctx context.Context, cmd store.Command, unit custody.UnitID, kind custody.HoldKind, reason string) (custody.UnitID, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", fault.At("reason", "Say why the unit may be used again. It stays on record with your name.")
	}
	switch kind {
	case custody.HoldRecall:
		return "", fault.New(fault.Conflict, "The hold of a recall is lifted when the recall is closed.")
	case custody.HoldExpired:
		return "", fault.New(fault.Conflict, "An expired unit stays stopped.")
	}
	return d.atUnit(ctx, cmd, unit, func(tx *store.Tx, u custody.Unit) error {
		ended, err := tx.ReleaseHold(u.ID, kind)
		if err == nil && !ended {
			err = fault.New(fault.Conflict, "The hold was lifted already.")
		}
		noteHold(tx, u, "unit.released", kind, reason)
		return err
	})
}

// ReportMissing says that a unit was looked for and not found. It is stopped
// until another person looked as well.
func (d *Desk) ReportMissing(ctx context.Context, cmd store.Command, unit custody.UnitID, reason string) (custody.UnitID, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", fault.At("reason", "Say where you looked.")
	}
	return d.atUnit(ctx, cmd, unit, func(tx *store.Tx, u custody.Unit) error {
		if _, may := custody.Next(u.State, custody.LostInCount); !may {
			return fault.Newf(fault.Conflict, "This unit is %s; it cannot be missing.", u.State.Word())
		}
		fresh, err := tx.SetHold(u, custody.HoldCount, custody.StopHold, reason)
		if err == nil && !fresh {
			err = fault.New(fault.Conflict, "Somebody reported this unit already. Another person confirms it.")
		}
		noteHold(tx, u, "unit.not_found", custody.HoldCount, reason)
		return err
	})
}

// ConfirmMissing makes a unit missing that another person did not find either.
func (d *Desk) ConfirmMissing(ctx context.Context, cmd store.Command, unit custody.UnitID) (custody.UnitID, error) {
	return d.atUnit(ctx, cmd, unit, func(tx *store.Tx, u custody.Unit) error {
		report, err := missingReport(tx, u)
		switch {
		case err != nil:
			return err
		case report.SetBy == string(cmd.Actor.Person):
			return fault.New(fault.Forbidden, "Another person than the one who reported it has to look too.")
		}
		f := custody.Fact{Kind: custody.LostInCount, Reason: report.Reason, SecondActor: access.PersonID(report.SetBy)}
		after, _, err := tx.Record(u, f)
		if err != nil {
			return err
		}
		note(tx, after, "unit."+string(custody.LostInCount), map[string]string{"state": string(u.State)}, report.Reason)
		_, err = tx.ReleaseHold(u.ID, custody.HoldCount)
		return err
	})
}

func missingReport(tx *store.Tx, u custody.Unit) (custody.Hold, error) {
	live, err := tx.LiveHolds(u.ID)
	for _, h := range live[u.ID] {
		if h.Kind == custody.HoldCount {
			return h, err
		}
	}
	if err == nil {
		err = fault.New(fault.Conflict, "Nobody reported this unit as not found. Report it first.")
	}
	return custody.Hold{}, err
}

// FindAgain puts a missing unit back at the place where it was found, or ends
// a report of one that was there all along.
func (d *Desk) FindAgain(ctx context.Context, cmd store.Command, unit custody.UnitID, place custody.PlaceID) (custody.UnitID, error) {
	if place == "" {
		return "", fault.At("place", "Choose where the unit was found.")
	}
	return d.atUnit(ctx, cmd, unit, func(tx *store.Tx, u custody.Unit) error {
		at, err := receivingPlace(tx, place)
		if err != nil {
			return err
		}
		kind := custody.Moved
		if u.State == custody.Missing {
			kind = custody.Found
		}
		if err := moveTo(tx, u.ID, at, custody.Fact{Kind: kind}); err != nil {
			return err
		}
		_, err = tx.ReleaseHold(u.ID, custody.HoldCount)
		return err
	})
}

// atUnit runs a change of one unit that materials of its site may make.
func (d *Desk) atUnit(ctx context.Context, cmd store.Command, id custody.UnitID, do func(*store.Tx, custody.Unit) error) (custody.UnitID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (custody.UnitID, error) {
		u, err := tx.Unit(id)
		switch {
		case err != nil:
			return "", err
		case cmd.Actor.Kind != access.Hospital || !mayMove(cmd.Actor, u.Site):
			return "", forbidden()
		}
		return id, do(tx, u)
	})
}

func noteHold(tx *store.Tx, u custody.Unit, action string, kind custody.HoldKind, reason string) {
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(u.Site)), Action: action, Kind: "unit", Object: string(u.ID),
		New: map[string]string{"hold": string(kind)}, Reason: reason,
	})
	wake(tx, u)
}

// CloseIncident ends an incident with how it was settled.
func (d *Desk) CloseIncident(ctx context.Context, cmd store.Command, id usage.IncidentID, closing string) (usage.IncidentID, error) {
	if !cmd.Actor.May(access.CloseIncidents) {
		return "", fault.New(fault.Forbidden, "Incidents are closed by materials or the administrator.")
	}
	if closing = strings.TrimSpace(closing); closing == "" {
		return "", fault.At("closing", "Say what was found out and what was done. It stays on record with your name.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (usage.IncidentID, error) {
		i, err := tx.Incident(id)
		if err != nil {
			return "", err
		}
		if !cmd.Actor.MayAt(access.CloseIncidents, i.Site) {
			return "", fault.New(fault.Forbidden, "Incidents are closed by the site's own materials or administrator.")
		}
		first, err := tx.CloseIncident(id, closing)
		if err == nil && !first {
			err = fault.New(fault.Conflict, "This incident is closed already.")
		}
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(i.Site)), Action: "incident.closed", Kind: "incident", Object: string(id),
			New: map[string]string{"unit": string(i.Unit), "kind": i.Kind}, Reason: closing,
		})
		return id, err
	})
}
