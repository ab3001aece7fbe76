package authentic

import (
	"time"

	"trueward/internal/domain/access"
)

// Bounds of a visit.
const (
	// VisitWindow is how long after the first tap the second may come.
	VisitWindow = 2 * time.Minute
	// VisitSteps is by how much the tag's counter may rise meanwhile: phones
	// read a tag several times while it is held to them.
	VisitSteps = 16
	// ProofStands is how long a proven visit vouches for the tag being here.
	ProofStands = 30 * time.Minute
)

// Visit begins when a unit's tap is put into a case by a person, and ends with
// the next tap of that tag by the same person, read after it began. Whoever
// collected one message of a tag and copied it to another cannot show a second
// one; whoever collected two in a row and plays them from a device can: a
// visit makes collected messages useless in anything that only stores an
// address, and proves no presence against an emulator.
type Visit struct {
	First  Tap
	Person access.PersonID
	Began  time.Time
}

// Begins reports whether a tap can begin a visit: fresh proof, from a person,
// and nothing that a device kept.
func Begins(t Tap) bool {
	return t.Verdict.Level == Genuine && t.Tag != "" && t.Person != "" && t.Captured.IsZero()
}

// Seconded says how a further tap ends a visit.
type Seconded string

// The ends of a visit. All but Proven make the further tap the first of a visit
// of its own.
const (
	Proven      Seconded = "proven"
	TooLate     Seconded = "too_late"     // after the window
	TooEarly    Seconded = "too_early"    // read before the visit began
	OtherTag    Seconded = "other_tag"    // of another tag, or after new keys
	OtherPerson Seconded = "other_person" // tapped by a colleague
	TooFar      Seconded = "too_far"      // the tag was read elsewhere in between
)

// Second judges a further tap, which Begins says is fresh.
func (v Visit) Second(t Tap) Seconded {
	switch {
	case t.Tag != v.First.Tag || t.Epoch != v.First.Epoch:
		return OtherTag
	case t.Person != v.Person:
		return OtherPerson
	case t.At.Before(v.Began) || t.Counter <= v.First.Counter:
		return TooEarly
	case t.At.Sub(v.Began) > VisitWindow:
		return TooLate
	case t.Counter-v.First.Counter > VisitSteps:
		return TooFar
	}
	return Proven
}

// Words says to the person at the tag what became of the second tap, and what
// to do.
func (s Seconded) Words() string {
	switch s {
	case Proven:
		return "Proven: the tag answered twice."
	case TooLate:
		return "The second tap came after more than two minutes. It counts as the first one now: tap once more."
	case TooEarly:
		return "This tap was read before the first one was added. It counts as the first one now: tap once more."
	case OtherTag:
		return "This is another tag than the first one. It counts as the first one now: tap once more."
	case OtherPerson:
		return "A colleague made the first tap. It counts as the first one now: tap once more."
	}
	return "The tag was read elsewhere between the two taps. It counts as the first one now: tap once more."
}
