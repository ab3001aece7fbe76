package using

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// Consumption says what became of a unit on a case.
type Consumption struct {
	Case     usage.CaseID // empty: the actor's open case
	Unit     custody.UnitID
	Outcome  usage.Outcome
	Quantity int64  // units of use; 0: all that is left
	Reason   string // needed for waste, and to override a stop
	At       time.Time

	// Email and Password are the second person's, who stands for the use of a
	// stopped unit; Address is where they came from.
	Email    string
	Password string
	Address  string
}

// Consumed is a recorded usage.
type Consumed struct {
	Usage     usage.ID
	Unit      custody.UnitID
	Case      usage.CaseID
	Pseudonym string
	Product   string
	Serial    string
	Outcome   usage.Outcome
	UndoUntil time.Time
	Incident  bool
}

// Use records that a unit was used on a case, or wasted there.
//
// A unit that is stopped, or whose tag was refused, needs a reason and a second
// person: without them the answer is a Conflict that says why, at the field
// "override". A unit consumed already is a Conflict that says who and when.
func (d *Desk) Use(ctx context.Context, cmd store.Command, in Consumption) (Consumed, error) {
	reason, err := cleanReason(in.Reason)
	if err != nil {
		return Consumed{}, err
	}
	in.Reason = reason
	second, err := d.second(ctx, cmd.Actor, in)
	if err != nil {
		return Consumed{}, err
	}
	if in.Password != "" {
		cmd.BodySHA256 = in.digest()
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Consumed, error) {
		return d.consume(tx, in, second)
	})
}

// digest stands for the request's own in the idempotency record, because that
// one covers a password: who stole the table could guess against it.
func (in Consumption) digest() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		string(in.Case), string(in.Unit), string(in.Outcome), in.Reason, in.Email,
	}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// second proves the second person, when one is named. It runs before the
// transaction: proving a password takes long.
func (d *Desk) second(ctx context.Context, actor access.Actor, in Consumption) (access.Actor, error) {
	if in.Email == "" && in.Password == "" {
		return access.Actor{}, nil
	}
	second, err := d.Second.Confirm(ctx, in.Email, in.Password, in.Address)
	switch {
	case err != nil:
		return access.Actor{}, err
	case second.Person == actor.Person:
		return access.Actor{}, fault.At("email", "The second person is somebody else than you.")
	case second.Organisation != actor.Organisation || !second.May(access.Override):
		return access.Actor{}, fault.At("email", "This person may not stand for the use of a stopped unit.")
	case in.Reason == "":
		return access.Actor{}, fault.At("reason", "Say why this unit is used in spite of the stop.")
	}
	return second, nil
}

func (d *Desk) consume(tx *store.Tx, in Consumption, second access.Actor) (Consumed, error) {
	if in.Outcome == usage.Wasted && in.Reason == "" {
		return Consumed{}, fault.At("reason", "Say why the unit was wasted.")
	}
	c, err := openCase(tx, in.Case)
	if err != nil {
		return Consumed{}, err
	}
	s, err := load(tx, in.Unit)
	if err != nil {
		return Consumed{}, err
	}
	if err := s.sameHospital(c); err != nil {
		return Consumed{}, err
	}
	scan, waiting, err := tx.WaitingScan(c.ID, in.Unit)
	if err != nil {
		return Consumed{}, err
	}
	verdict, tap := strongest(scan, waiting)
	s.unproven = in.Outcome == usage.Used && s.product.Proof != catalog.AnyProof && !(waiting && scan.Proven(tx.Now()))
	halt := in.Outcome == usage.Used && usage.NeedsOverride(s.disposition, verdict)
	override := (halt || s.unproven) && !s.disposition.Final()
	switch {
	case override && second.Person == "" && halt:
		return Consumed{}, stopped(s.disposition, verdict)
	case override && second.Person == "":
		return Consumed{}, unproven()
	}
	u := usage.Usage{
		ID: usage.ID(tx.NewID()), Hospital: s.unit.Hospital, Site: c.Site, Place: c.Place, Vendor: s.unit.Vendor,
		AgreementVersion: s.version.ID, Unit: s.unit.ID, Product: s.unit.Product, Case: c.ID, Outcome: in.Outcome,
		Reason: in.Reason, Verdict: verdict, TapEvent: tap, Actor: tx.Actor().Person,
		Incomplete: strings.Join(s.product.Needs.Missing(s.unit.Lot, s.unit.Serial, s.unit.Expiry), ", "),
		FactAt:     in.At, RecordedAt: tx.Now(), UndoUntil: s.version.UndoUntil(tx.Now()),
	}
	if u.FactAt.IsZero() {
		u.FactAt = tx.Now()
	}
	if override {
		u.OverrideReason, u.OverrideBy = in.Reason, second.Person
	}
	return d.record(tx, s, c, u, in.Quantity)
}

// stopped words why a unit is not used silently.
func stopped(disposition custody.Disposition, verdict authentic.Verdict) error {
	words := disposition.Words()
	if verdict.Level == authentic.Refused {
		words = "Tag check: " + verdict.Words() + ". " + words
	}
	f := fault.Newf(fault.Conflict, "%s. If it is used all the same, give the reason and have a second person confirm it.", words)
	f.Field = OverrideField
	return f
}

// OverrideField is the field of the refusal that asks for an override.
const OverrideField = "override"

// record writes the usage with all that follows from it, in the order of the
// store's locks: unit and totals first, money, audit last.
func (d *Desk) record(tx *store.Tx, s subject, c usage.Case, u usage.Usage, quantity int64) (Consumed, error) {
	after, movements, err := tx.Record(s.unit, s.facts(s.events(u, quantity)...)...)
	if err != nil {
		return Consumed{}, err
	}
	main := movements[max(lastOf(movements, custody.Consumed), lastOf(movements, custody.Discarded))]
	u.Movement, u.Quantity = main.ID, main.Quantity
	if err := tx.AddUsage(u); err != nil {
		return Consumed{}, err
	}
	if after.State.Terminal() {
		if err := tx.RetireTags(after.ID); err != nil {
			return Consumed{}, err
		}
	}
	if _, err := tx.SettleScan(c.ID, after.ID, usage.ScanConfirmed); err != nil {
		return Consumed{}, err
	}
	incident, err := openIncident(tx, s, u)
	if err != nil {
		return Consumed{}, err
	}
	if err := d.Billing.Charge(tx, u); err != nil {
		return Consumed{}, err
	}
	if err := tellVendor(tx, u); err != nil {
		return Consumed{}, err
	}
	note(tx, s.unit, after, "unit."+string(u.Outcome), u.Reason, map[string]string{
		"case": c.Pseudonym, "usage": string(u.ID), "second_person": string(u.OverrideBy), "verdict": string(u.Verdict.Level),
	})
	touchCase(tx, c)
	return Consumed{
		Usage: u.ID, Unit: after.ID, Case: c.ID, Pseudonym: c.Pseudonym, Product: s.product.Name, Serial: s.unit.Serial,
		Outcome: u.Outcome, UndoUntil: u.UndoUntil, Incident: incident,
	}, nil
}

// impliedOpening marks an opening that nobody recorded by itself: it came with
// the use, and goes with it when the use is taken back.
const impliedOpening = "opened with its use"

// events are the facts of a usage: waste and part of a pack imply an opening.
func (s subject) events(u usage.Usage, quantity int64) []custody.Fact {
	var events []custody.Fact
	kind := custody.Consumed
	if u.Outcome == usage.Wasted {
		kind = custody.Discarded
	}
	if quantity == 0 {
		quantity = s.unit.QuantityLeft
	}
	closed := s.unit.State == custody.Available || s.unit.State == custody.Removed
	if closed && (kind == custody.Discarded || quantity < s.unit.QuantityLeft) {
		events = append(events, custody.Fact{Kind: custody.OpenedUp, Reason: impliedOpening, Case: string(u.Case), FactAt: u.FactAt})
	}
	// An expected or missing unit in the nurse's hand is here: it is received
	// or found where the case is.
	switch s.unit.State {
	case custody.Expected:
		events = append(events, custody.Fact{Kind: custody.Received, Reason: "received by its use", FactAt: u.FactAt,
			To: custody.Whereabouts{Site: u.Site, Place: u.Place, Possessor: u.Hospital}})
	case custody.Missing:
		events = append(events, custody.Fact{Kind: custody.Found, Reason: "found by its use", FactAt: u.FactAt,
			To: custody.Whereabouts{Site: u.Site, Place: u.Place}})
	}
	return append(events, custody.Fact{
		Kind: kind, Quantity: quantity, Reason: u.Reason, Evidence: u.TapEvent, Case: string(u.Case),
		SecondActor: u.OverrideBy, FactAt: u.FactAt,
	})
}

func openIncident(tx *store.Tx, s subject, u usage.Usage) (bool, error) {
	if u.OverrideReason == "" || !s.unproven && !usage.OpensIncident(s.disposition, u.Verdict) {
		return false, nil
	}
	kind, spite := "override", s.disposition.Words()
	if s.unproven {
		kind, spite = "authenticity", "its tag not proven to be here; "+spite
	}
	if u.Verdict.Level == authentic.Refused || s.disposition.Has(custody.Code(custody.HoldAuthenticity)) {
		kind = "authenticity"
	} else if s.disposition.Has(custody.Code(custody.HoldRecall)) {
		kind = "recall"
	}
	_, err := tx.OpenIncident(usage.Incident{
		Hospital: u.Hospital, Site: u.Site, Vendor: u.Vendor, Usage: u.ID, Unit: u.Unit, Kind: kind,
		Sentence: "Used in spite of: " + spite + ". Tag: " + u.Verdict.Words() + ".",
	})
	return true, err
}
