package scanning

import (
	"fmt"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/sdm"
)

// accept judges a message whose signature is right, in the one transaction
// that consumes its counter: freshness first, then the seal, then what the tag
// stands for.
func accept(tx *store.Tx, actor access.Actor, p profile, seen authentic.Tag, m sdm.Result, in TapInput) (checked, error) {
	all := tx.Unbounded()
	tag, err := all.TagByIdentity(seen.Identity)
	if err != nil {
		return checked{}, err
	}
	if tag.Epoch != seen.Epoch {
		return checked{}, fault.New(fault.Unavailable, "This tag is being given new keys. Tap it again.")
	}
	var unit custody.Unit
	if tag.Unit != "" {
		if unit, err = all.Unit(custody.UnitID(tag.Unit)); err != nil {
			return checked{}, err
		}
	}
	v, unsure, err := current(tx, tag, unit, m, in)
	if err != nil {
		return checked{}, err
	}
	if v.Level == authentic.Genuine {
		if v, err = seal(tx, tag, unit, m); err != nil {
			return checked{}, err
		}
	}
	retired := tag.State != authentic.TagActive
	if retired || unit.ID != "" && unit.State.Terminal() {
		if err := reused(tx, tag, unit); err != nil {
			return checked{}, err
		}
	}
	id, err := tx.AddTap(authentic.Tap{
		Tag: tag.ID, Profile: p.ID, Unit: tag.Unit, Hospital: unit.Hospital, Vendor: tag.Vendor, Epoch: tag.Epoch,
		Counter: m.Ctr, Verdict: v, Tamper: m.Tamper, Person: actor.Person, Source: in.Source, Captured: in.Captured,
	})
	if err != nil {
		return checked{}, err
	}
	record(tx, tag, unit, v, in)
	return checked{Tap: id, Verdict: v, Tamper: m.Tamper, Unit: tag.Unit, Retired: retired, Unsure: unsure, Late: late(v, in)}, nil
}

// current judges whether the message may prove anything now: the tag's epoch
// stands, and the message is new. It is unsure of the first message after the
// database was put back: whoever kept messages of the time between could show
// them again.
func current(tx *store.Tx, tag authentic.Tag, unit custody.Unit, m sdm.Result, in TapInput) (v authentic.Verdict, unsure bool, err error) {
	all := tx.Unbounded()
	stands, err := all.Standing(tag.Profile, tag.Epoch)
	if err != nil || stands.Closed {
		return authentic.Refuse(authentic.KeyFault), false, err
	}
	if !stands.Restored.IsZero() {
		seen, err := all.TappedSince(tag.ID, stands.Restored)
		if err != nil {
			return v, false, err
		}
		unsure = !seen
	}
	v, err = freshness(tx, tag, unit, m, in)
	return v, unsure && v.Level == authentic.Genuine, err
}

// late reports whether a message that was kept while offline came too late to
// prove anything: newer ones were seen meanwhile. It is evidence of where the
// tag was, and no alarm.
func late(v authentic.Verdict, in TapInput) bool {
	return in.kept() && v.Reason == authentic.ReplayRollback
}

// freshness consumes the counter: one conditional UPDATE decides.
func freshness(tx *store.Tx, tag authentic.Tag, unit custody.Unit, m sdm.Result, in TapInput) (authentic.Verdict, error) {
	fresh, last, err := tx.TakeCounter(tag.ID, tag.Epoch, m.Ctr)
	if err != nil {
		return authentic.Verdict{}, err
	}
	if !fresh {
		seen, err := tx.Unbounded().CounterSeen(tag.ID, tag.Epoch, m.Ctr)
		if err != nil {
			return authentic.Verdict{}, err
		}
		v := authentic.Stale(seen)
		if v.Reason == authentic.ReplayRollback && !in.kept() {
			err = raise(tx, alert.Rollback, tag, unit, "A message older than the last one, and never seen before, came from this tag: it may be copied or harvested.")
		}
		return v, err
	}
	if authentic.Jumped(last, m.Ctr) {
		err = raise(tx, alert.CounterJump, tag, unit, fmt.Sprintf("This tag was tapped %d times without being seen here.", int64(m.Ctr)-last-1))
	}
	if err == nil && authentic.NearEnd(m.Ctr) {
		err = raise(tx, alert.CounterEnd, tag, unit, "This tag is near the end of its counter. Replace it.")
	}
	return authentic.Verdict{Level: authentic.Genuine}, err
}

// seal latches an opened seal for ever and stops the unit.
func seal(tx *store.Tx, tag authentic.Tag, unit custody.Unit, m sdm.Result) (authentic.Verdict, error) {
	if m.Tamper.OK() && tag.TamperedAt.IsZero() {
		return authentic.Verdict{Level: authentic.Genuine}, nil
	}
	refused := authentic.Refuse(authentic.Tampered)
	if m.Tamper.OK() {
		return refused, nil
	}
	news, err := tx.MarkTampered(tag.ID)
	if err != nil || !news {
		return refused, err
	}
	if unit.ID != "" && !unit.State.Terminal() {
		if _, err := tx.SetHold(unit, custody.HoldAuthenticity, custody.StopHold, "its tag reports an opened seal"); err != nil {
			return refused, err
		}
	}
	return refused, raise(tx, alert.Tampered, tag, unit, "The tag of this unit reports that its seal was opened.")
}

// reused raises the alarm for a tag whose unit is used up or gone.
func reused(tx *store.Tx, tag authentic.Tag, unit custody.Unit) error {
	return raise(tx, alert.ReusedTag, tag, unit, "A tag was read whose unit is "+unit.State.Word()+" already: look where it is, and at what it sticks on.")
}

func raise(tx *store.Tx, kind alert.Kind, tag authentic.Tag, unit custody.Unit, sentence string) error {
	a := alert.Alert{Hospital: unit.Hospital, Vendor: tag.Vendor, Kind: kind, SubjectKind: "tag", Subject: string(tag.ID), Sentence: sentence}
	if unit.ID != "" {
		a.SubjectKind, a.Subject = "unit", string(unit.ID)
	}
	return tx.Raise(a)
}

// record audits the check in the chain of the unit's site, or of the vendor
// for a tag that stands for no unit.
func record(tx *store.Tx, tag authentic.Tag, unit custody.Unit, v authentic.Verdict, in TapInput) {
	c := audit.Change{
		Chain: audit.OrganisationChain(string(tag.Vendor)), Action: "tag.checked", Kind: "tag", Object: string(tag.ID),
		New: map[string]string{"verdict": string(v.Level), "reason": string(v.Reason)}, Evidence: evidence(in),
	}
	if unit.ID != "" {
		c.Chain, c.Kind, c.Object = audit.SiteChain(string(unit.Site)), "unit", string(unit.ID)
	}
	tx.Audit(c)
}
