package custody

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
)

// Movement is an append-only change of place, possessor, owner, state or
// quantity. It takes Quantity units of use from one stock key to another; the
// first movement of a unit has a zero From.
type Movement struct {
	ID               MovementID
	Kind             Kind
	Unit             UnitID // empty for a holding
	Vendor           access.OrganisationID
	From, To         Key
	Quantity         int64
	AgreementVersion consign.VersionID
	Reason           string
	Actor            access.PersonID
	SecondActor      access.PersonID
	Device           string
	Evidence         string // id of the tap event or read that showed it
	Case             string
	Reverses         MovementID
	IdemKey          string
	FactAt           time.Time
	RecordedAt       time.Time
}

// Fact is something that happened to a unit. Empty fields of To keep what the
// unit has.
type Fact struct {
	Kind     Kind
	Quantity int64 // units of use consumed or restored; 0 means all that is left
	To       Whereabouts
	Owner    access.OrganisationID // the new owner, of kinds that change it; of Undone: whose the part is
	Back     State                 // of Undone: the state before the fact undone
	Part     State                 // Used or Wasted: the fact concerns what was consumed, not what is left

	AgreementVersion consign.VersionID
	Reason           string
	Actor            access.PersonID
	SecondActor      access.PersonID
	Device           string
	Evidence         string
	Case             string
	Reverses         MovementID
	IdemKey          string
	FactAt           time.Time
	RecordedAt       time.Time
}

// Whereabouts is where a unit goes: the part of the key that a move changes.
type Whereabouts struct {
	Hospital  access.OrganisationID
	Site      access.SiteID
	Place     PlaceID
	Possessor access.OrganisationID
	Agreement consign.AgreementID
}

// At returns where a place is, for a unit that its hospital (or, in a trunk,
// its vendor) then has in care.
func (p Place) At() Whereabouts {
	w := Whereabouts{Hospital: p.Hospital, Site: p.Site, Place: p.ID, Possessor: p.Hospital}
	if p.Vendor != "" {
		w.Possessor = p.Vendor
	}
	return w
}

func (k Key) to(w Whereabouts) Key {
	if w.Hospital != "" {
		k.Hospital = w.Hospital
	}
	if w.Site != "" {
		k.Site = w.Site
	}
	if w.Place != "" {
		k.Place = w.Place
	}
	if w.Possessor != "" {
		k.Possessor = w.Possessor
	}
	if w.Agreement != "" {
		k.Agreement = w.Agreement
	}
	return k
}

// Complete reports whether every part of the key that stock must have is there.
func (k Key) Complete() bool {
	return k.Hospital != "" && k.Site != "" && k.Place != "" && k.Owner != "" && k.Possessor != "" &&
		k.Agreement != "" && k.Product != "" && k.DI != "" && k.State != ""
}

// Create makes a unit's first movement (Announced or BroughtIn) and the unit
// as it stands after it. u carries the whole key but its state.
func Create(u Unit, f Fact) (Unit, Movement, error) {
	state, ok := Next(born, f.Kind)
	switch {
	case !ok:
		return Unit{}, Movement{}, fault.Newf(fault.Conflict, "A unit's life does not begin with being %s.", f.Kind.Past())
	case u.QuantityTotal < 1:
		return Unit{}, Movement{}, fault.At("quantity", "A unit holds at least one unit of use.")
	}
	u.State, u.QuantityLeft, u.Version = state, u.QuantityTotal, 1
	u.CreatedAt, u.ChangedAt = f.RecordedAt, f.RecordedAt
	if !u.Complete() {
		return Unit{}, Movement{}, fault.New(fault.Invalid, "A unit needs a hospital, site, place, owner, possessor, agreement and product.")
	}
	return u, f.movement(u, Key{}, u.Key, u.QuantityTotal), nil
}

// Apply returns the unit after the fact and the movement that records it. A
// fact that may not follow the unit's state is a fault.Conflict; nothing of the
// unit is changed then.
func (u Unit) Apply(f Fact) (Unit, Movement, error) {
	to, ok := Next(u.State, f.Kind)
	if !ok {
		return Unit{}, Movement{}, fault.Newf(fault.Conflict, "This unit is %s, so it cannot be %s.", u.State.Word(), f.Kind.Past())
	}
	switch {
	case f.Kind.Consumes():
		return u.consume(f, to)
	case f.Kind == Undone:
		return u.restore(f)
	case f.Kind.ChangesOwner():
		return u.hand(f)
	}
	from := u.Key
	u.Key = from.to(f.To)
	u.State = to
	u.touch(f)
	return u, f.movement(u, from, u.Key, max(u.QuantityLeft, 1)), nil
}

// consume takes units of use out. What is left of a pack stays opened; the
// consumed part stands under the terminal state from then on.
func (u Unit) consume(f Fact, terminal State) (Unit, Movement, error) {
	n := f.Quantity
	if n == 0 {
		n = u.QuantityLeft
	}
	switch {
	case n < 0:
		return Unit{}, Movement{}, fault.At("quantity", "A quantity is at least one.")
	case n > u.QuantityLeft:
		return Unit{}, Movement{}, fault.Newf(fault.Conflict, "Only %d of %d are left in this pack.", u.QuantityLeft, u.QuantityTotal)
	case n < u.QuantityLeft && u.State != Opened:
		return Unit{}, Movement{}, fault.New(fault.Conflict, "A pack is opened before a part of it is used.")
	}
	from, to := u.Key, u.Key
	to.State = terminal
	u.QuantityLeft -= n
	if u.QuantityLeft == 0 {
		u.State = terminal
	}
	u.touch(f)
	return u, f.movement(u, from, to, n), nil
}

// part is the state under which consumed units of use stand that a fact names.
func (u Unit) part(f Fact) State {
	switch {
	case f.Part != "":
		return f.Part
	case u.State.Terminal():
		return u.State
	}
	return Used
}

// restore puts consumed units of use back to the state they had before. A
// title that passed with them is returned first, by its own movement.
func (u Unit) restore(f Fact) (Unit, Movement, error) {
	from := u.Key
	from.State = u.part(f)
	if f.Owner != "" {
		from.Owner = f.Owner
	}
	n := f.Quantity
	if n == 0 {
		n = u.QuantityTotal - u.QuantityLeft
	}
	switch {
	case f.Reverses == "":
		return Unit{}, Movement{}, fault.New(fault.Invalid, "Taking back names the movement it takes back.")
	case !f.Back.Usable(), n < 1, n > u.QuantityTotal-u.QuantityLeft:
		return Unit{}, Movement{}, fault.New(fault.Conflict, "There is nothing of this unit to take back.")
	case f.Back != Opened && (u.State == Opened || n < u.QuantityTotal):
		return Unit{}, Movement{}, fault.New(fault.Conflict, "A pack that was opened stays opened.")
	case !u.State.Terminal() && from.Owner != u.Owner:
		return Unit{}, Movement{}, fault.New(fault.Conflict, "The title of the used part is returned first.")
	}
	u.Owner = from.Owner
	u.State = f.Back
	u.QuantityLeft += n
	u.touch(f)
	return u, f.movement(u, from, u.Key, n), nil
}

// hand gives the unit to another owner; or, when the fact names a part, only
// what was consumed: what is left of a pack keeps its owner.
func (u Unit) hand(f Fact) (Unit, Movement, error) {
	from, n := u.Key, u.QuantityLeft
	if f.Part != "" {
		from.State, n = f.Part, f.Quantity
		from.Owner = u.Vendor
		if f.Kind == TitleReturned {
			from.Owner = u.Hospital
		}
	}
	switch {
	case f.Owner == "" || f.Owner == from.Owner:
		return Unit{}, Movement{}, fault.New(fault.Conflict, "This unit has that owner already.")
	case n < 1 || f.Part != "" && n > u.QuantityTotal-u.QuantityLeft:
		return Unit{}, Movement{}, fault.New(fault.Conflict, "There is not that much of this unit to hand over.")
	case f.Reason == "", f.Kind != OwnerCorrected && f.AgreementVersion == "":
		return Unit{}, Movement{}, fault.New(fault.Invalid, "A change of owner names the agreement and the reason.")
	case f.Kind == OwnerCorrected && (f.SecondActor == "" || f.SecondActor == f.Actor):
		return Unit{}, Movement{}, fault.New(fault.Invalid, "An owner is corrected by two people.")
	}
	to := from
	to.Owner = f.Owner
	if f.Part == "" || u.State.Terminal() {
		u.Owner = f.Owner
	}
	u.touch(f)
	return u, f.movement(u, from, to, n), nil
}

func (u *Unit) touch(f Fact) {
	u.Version++
	u.ChangedAt = f.RecordedAt
}

func (f Fact) movement(u Unit, from, to Key, quantity int64) Movement {
	return Movement{
		Kind: f.Kind, Unit: u.ID, Vendor: u.Vendor, From: from, To: to, Quantity: quantity,
		AgreementVersion: f.AgreementVersion, Reason: f.Reason, Actor: f.Actor, SecondActor: f.SecondActor,
		Device: f.Device, Evidence: f.Evidence, Case: f.Case, Reverses: f.Reverses, IdemKey: f.IdemKey,
		FactAt: f.FactAt, RecordedAt: f.RecordedAt,
	}
}
