package usage

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
)

// KeptID is a UUIDv7 text.
type KeptID string

// Trouble says why a scan that a device kept while it was offline does not fit
// the records it met when it was sent.
type Trouble string

// The troubles.
const (
	NoTrouble    Trouble = ""
	CaseOver     Trouble = "case_closed"   // its case was closed meanwhile
	UnitConsumed Trouble = "unit_consumed" // its unit was used up elsewhere meanwhile
	UnitUnknown  Trouble = "unit_unknown"  // no unit here bears the code
	UnitUnclear  Trouble = "unit_unclear"  // several units may be meant
	Unreadable   Trouble = "unreadable"    // the text is no product code
)

// Words name a trouble on a screen.
func (t Trouble) Words() string {
	switch t {
	case CaseOver:
		return "The case was closed meanwhile"
	case UnitConsumed:
		return "The unit was used meanwhile"
	case UnitUnknown:
		return "No unit here bears this code"
	case UnitUnclear:
		return "Several units may be meant"
	case Unreadable:
		return "The scan cannot be read"
	}
	return ""
}

// KeptState says what became of a kept scan that did not fit.
type KeptState string

// The states. Everything but an acceptance has a reason in words.
const (
	KeptOpen      KeptState = "open"
	KeptAccepted  KeptState = "accepted"  // the records stand; the scan adds nothing
	KeptException KeptState = "exception" // it happened as scanned, and the records are to be looked at
	KeptDiscarded KeptState = "discarded" // it was a mistake
)

// Decided reports whether a text names a decision.
func (s KeptState) Decided() bool {
	return s == KeptAccepted || s == KeptException || s == KeptDiscarded
}

// KeptScan is a scan that was kept offline and did not fit.
type KeptScan struct {
	ID       KeptID
	Hospital access.OrganisationID
	Site     access.SiteID
	Case     CaseID
	Unit     custody.UnitID // empty when no one unit was found
	Person   access.PersonID
	SentBy   access.PersonID // who sent it, when it was handed over
	Label    string          // what was read; empty for a tag's message
	Source   string
	Verdict  authentic.Verdict
	Trouble  Trouble
	Sentence string
	Captured time.Time
	Received time.Time

	State     KeptState
	DecidedBy access.PersonID
	DecidedAt time.Time // zero while it is open
	Decision  string    // the reason given
}
