package usage

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
)

// ScanState says what became of a scan.
type ScanState string

// The states of a scan in a case.
const (
	ScanWaiting   ScanState = "waiting"
	ScanConfirmed ScanState = "confirmed"
	ScanDropped   ScanState = "dropped"
)

// Scan is a unit scanned into a case; it waits until somebody says what became
// of the unit.
type Scan struct {
	ID        ScanID
	Case      CaseID
	Hospital  access.OrganisationID
	Unit      custody.UnitID
	Person    access.PersonID
	Source    string // "typed", "wedge", "camera", "tap"
	Verdict   authentic.Verdict
	Tap       string // id of the tap event, empty without a tag check
	State     ScanState
	ScannedAt time.Time
	// Captured is when a device that was offline took the scan; zero for one
	// that came at once.
	Captured time.Time

	// Proof is what the product wanted of its tag when it was scanned. Visit is
	// when the visit began with Tap, zero while none lasts, Second the tap that
	// ended it, and Proved when it did.
	Proof  catalog.Proof
	Visit  time.Time
	Second string
	Proved time.Time
}

// Proven reports whether the tag showed itself as its product wants, not so
// long ago that it may be elsewhere by now.
func (s Scan) Proven(now time.Time) bool {
	return !s.Proved.IsZero() && now.Sub(s.Proved) <= authentic.ProofStands
}

// Lacks reports whether a use of the scanned unit is still to be proven.
func (s Scan) Lacks(now time.Time) bool { return s.Proof != catalog.AnyProof && !s.Proven(now) }

// IncidentID is a UUIDv7 text.
type IncidentID string

// Incident is a stopped unit that was used all the same, or another event to
// look into.
type Incident struct {
	ID       IncidentID
	Hospital access.OrganisationID
	Site     access.SiteID
	Vendor   access.OrganisationID
	Usage    ID
	Unit     custody.UnitID
	Kind     string
	Sentence string
	OpenedBy access.PersonID
	OpenedAt time.Time
	ClosedBy access.PersonID
	ClosedAt time.Time // zero while open
	Closing  string    // how it was settled
}
