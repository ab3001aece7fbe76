package using

import (
	"context"
	"slices"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// Takeback takes a usage back. Within the undo time no reason is asked for;
// afterwards it is a correction with a reason.
type Takeback struct {
	Usage  usage.ID
	Reason string
}

// Undone says how a usage ended.
type Undone struct {
	Usage usage.ID
	Case  usage.CaseID
	Unit  custody.UnitID
	Kind  usage.CorrectionKind
}

// Undo ends a usage: the unit goes back to what it was, title and money with
// it. The usage stays on record beside its correction.
func (d *Desk) Undo(ctx context.Context, cmd store.Command, in Takeback) (Undone, error) {
	reason, err := cleanReason(in.Reason)
	if err != nil {
		return Undone{}, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Undone, error) {
		u, err := tx.Usage(in.Usage)
		if err != nil {
			return Undone{}, err
		}
		if err := mayWork(tx.Actor(), u.Site); err != nil {
			return Undone{}, err
		}
		kind := usage.Undone
		if !tx.Now().Before(u.UndoUntil) {
			kind = usage.Reversed
			if reason == "" {
				return Undone{}, fault.At("reason", "The undo time is over. Say why the usage is corrected.")
			}
		}
		if err := end(tx, u, kind, reason); err != nil {
			return Undone{}, err
		}
		if err := d.restore(tx, u, kind, reason); err != nil {
			return Undone{}, err
		}
		return Undone{Usage: u.ID, Case: u.Case, Unit: u.Unit, Kind: kind}, d.Billing.Reverse(tx, u, correctionReason(kind, reason))
	})
}

func correctionReason(kind usage.CorrectionKind, reason string) string {
	if reason == "" {
		return string(kind)
	}
	return reason
}

// end writes the correction; of two people who end one usage one does.
func end(tx *store.Tx, u usage.Usage, kind usage.CorrectionKind, reason string) error {
	first, err := tx.Correct(usage.Correction{
		Usage: u.ID, Hospital: u.Hospital, Vendor: u.Vendor, Kind: kind, Reason: reason, Actor: tx.Actor().Person,
	})
	if err != nil || first {
		return err
	}
	earlier, _, err := tx.Correction(u.ID)
	if err != nil {
		return err
	}
	by := "somebody"
	if p, err := tx.Person(earlier.Actor); err == nil {
		by = usage.ShortName(p.Name)
	}
	site, err := tx.Site(u.Site)
	if err != nil {
		return err
	}
	return fault.Newf(fault.Conflict, "This usage was already taken back or corrected, %s, by %s.",
		store.SiteTime(earlier.RecordedAt, tx.Now(), site.TimeZone), by)
}

// restore gives the unit back the state it had before the usage.
func (d *Desk) restore(tx *store.Tx, u usage.Usage, kind usage.CorrectionKind, reason string) error {
	before, err := tx.Unit(u.Unit)
	if err != nil {
		return err
	}
	movements, err := tx.UnitMovements(u.Unit)
	if err != nil {
		return err
	}
	facts, err := reverse(before, movements, u, reason)
	if err != nil {
		return err
	}
	after, _, err := tx.Record(before, facts...)
	if err != nil {
		return err
	}
	if err := tx.ReviveTags(u.Unit); err != nil {
		return err
	}
	if err := untellVendor(tx, u); err != nil {
		return err
	}
	note(tx, before, after, "usage."+string(kind), reason, map[string]string{"usage": string(u.ID)})
	c, err := tx.Case(u.Case)
	if err != nil {
		return err
	}
	touchCase(tx, c)
	return nil
}

// reverse finds what the usage did to its unit and lists the facts that take it
// back: the title that passed with it, then the consumption itself.
func reverse(u custody.Unit, movements []custody.Movement, used usage.Usage, reason string) ([]custody.Fact, error) {
	at := slices.IndexFunc(movements, func(m custody.Movement) bool { return m.ID == used.Movement })
	if at < 0 {
		return nil, fault.New(fault.Conflict, "The movement of this usage is not on record.")
	}
	m := movements[at]
	back, sold := m.From.State, at+1 < len(movements) && movements[at+1].Kind == custody.TitlePassed &&
		movements[at+1].From.State == m.To.State
	if u.QuantityTotal == 1 {
		if opened := impliedBy(movements[:at]); opened >= 0 {
			back = movements[opened].From.State
			sold = sold || opened+1 < at // the title passed with the opening
		}
	}
	if !slices.Contains([]custody.State{custody.Available, custody.Removed, custody.Opened}, back) {
		back = custody.Available
	}
	part := consumedState(m.Kind)
	owner := m.To.Owner
	var facts []custody.Fact
	if sold {
		owner = u.Vendor
		facts = append(facts, custody.Fact{
			Kind: custody.TitleReturned, Owner: owner, Part: part, Quantity: m.Quantity, Case: string(used.Case),
			AgreementVersion: used.AgreementVersion, Reason: "its use was taken back",
		})
	}
	return append(facts, custody.Fact{
		Kind: custody.Undone, Back: back, Part: part, Owner: owner, Quantity: m.Quantity, Reverses: m.ID,
		Reason: reason, Case: string(used.Case),
	}), nil
}

// impliedBy returns the index of the opening that came with the consumption
// behind the movements, -1 when there is none.
func impliedBy(before []custody.Movement) int {
	for i, m := range slices.Backward(before) {
		if m.Kind == custody.TitlePassed {
			continue
		}
		if m.Kind == custody.OpenedUp && m.Reason == impliedOpening {
			return i
		}
		return -1
	}
	return -1
}

// Transfer puts a usage on another case.
type Transfer struct {
	Usage  usage.ID
	Case   usage.CaseID
	Reason string
}

// MoveUsage corrects a usage that was put on the wrong case: it ends, and a new
// one that names it stands on the right case. The unit does not move.
func (d *Desk) MoveUsage(ctx context.Context, cmd store.Command, in Transfer) (Consumed, error) {
	reason, err := cleanReason(in.Reason)
	if err != nil {
		return Consumed{}, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Consumed, error) {
		old, c, err := transferable(tx, in, reason)
		if err != nil {
			return Consumed{}, err
		}
		if err := end(tx, old, usage.Moved, reason); err != nil {
			return Consumed{}, err
		}
		if err := d.Billing.Reverse(tx, old, reason); err != nil {
			return Consumed{}, err
		}
		moved, err := d.rewrite(tx, old, c)
		if err != nil {
			return Consumed{}, err
		}
		if err := untellVendor(tx, old); err != nil {
			return Consumed{}, err
		}
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(c.Site)), Action: "usage.moved", Kind: "unit", Object: string(old.Unit),
			Old: map[string]string{"usage": string(old.ID), "case": string(old.Case)},
			New: map[string]string{"usage": string(moved.ID), "case": c.Pseudonym}, Reason: reason,
		})
		touchCase(tx, c)
		tx.Announce(store.Event{Kind: "case", Subject: string(old.Case), HospitalID: string(old.Hospital)})
		return Consumed{
			Usage: moved.ID, Unit: moved.Unit, Case: c.ID, Pseudonym: c.Pseudonym, Outcome: moved.Outcome, UndoUntil: moved.UndoUntil,
		}, tellVendor(tx, moved)
	})
}

func transferable(tx *store.Tx, in Transfer, reason string) (usage.Usage, usage.Case, error) {
	old, err := tx.Usage(in.Usage)
	if err != nil {
		return old, usage.Case{}, err
	}
	c, err := tx.Case(in.Case)
	switch {
	case err != nil:
		return old, c, err
	case c.Hospital != old.Hospital || c.ID == old.Case:
		return old, c, fault.At("case", "Choose another case of this hospital.")
	case reason == "":
		return old, c, fault.At("reason", "Say why the usage is moved to another case.")
	}
	if err := mayWork(tx.Actor(), old.Site); err != nil {
		return old, c, err
	}
	return old, c, mayWork(tx.Actor(), c.Site)
}

// rewrite stores the usage anew on a case; the fact keeps its time, its terms
// and its proof.
func (d *Desk) rewrite(tx *store.Tx, old usage.Usage, c usage.Case) (usage.Usage, error) {
	version, err := tx.AgreementVersion(old.AgreementVersion)
	if err != nil {
		return usage.Usage{}, err
	}
	u := old
	u.ID, u.Case, u.Site, u.Place, u.Replaces = usage.ID(tx.NewID()), c.ID, c.Site, c.Place, old.ID
	u.Actor, u.RecordedAt, u.UndoUntil = tx.Actor().Person, tx.Now(), version.UndoUntil(tx.Now())
	if err := tx.AddUsage(u); err != nil {
		return usage.Usage{}, err
	}
	return u, d.Billing.Charge(tx, u)
}
