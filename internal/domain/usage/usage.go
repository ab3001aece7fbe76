// Package usage holds cases, and what was consumed or wasted on them. A case
// is known by a random pseudonym alone; no patient stands here.
package usage

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
)

// ID, CaseID, ScanID and CorrectionID are UUIDv7 texts.
type (
	ID           string
	CaseID       string
	ScanID       string
	CorrectionID string
)

// CaseState is open or closed.
type CaseState string

// The states of a case.
const (
	CaseOpen   CaseState = "open"
	CaseClosed CaseState = "closed"
)

// Case is one procedure.
type Case struct {
	ID        CaseID
	Hospital  access.OrganisationID
	Site      access.SiteID
	Place     custody.PlaceID // the room
	Pseudonym string          // "C-7Q4M"
	State     CaseState
	OpenedBy  access.PersonID
	OpenedAt  time.Time
	ClosedBy  access.PersonID
	ClosedAt  time.Time
}

// Outcome is what became of the unit.
type Outcome string

// The outcomes.
const (
	Used   Outcome = "used"
	Wasted Outcome = "wasted" // opened, not used
)

// Usage is one unit (or part of a pack) consumed or wasted on a case. It is
// never changed; a Correction ends it.
type Usage struct {
	ID               ID
	Hospital         access.OrganisationID
	Site             access.SiteID
	Place            custody.PlaceID
	Vendor           access.OrganisationID
	AgreementVersion consign.VersionID
	Unit             custody.UnitID
	Product          catalog.ProductID
	Case             CaseID
	Outcome          Outcome
	Quantity         int64 // units of use
	Reason           string
	Verdict          authentic.Verdict
	TapEvent         string
	OverrideReason   string
	OverrideBy       access.PersonID
	Incomplete       string // needed identifiers that are missing, in words
	Actor            access.PersonID
	Movement         custody.MovementID
	Replaces         ID // the usage this one corrects (moved to another case)
	FactAt           time.Time
	RecordedAt       time.Time
	UndoUntil        time.Time
}

// CorrectionKind says how a usage ended.
type CorrectionKind string

// The kinds of correction.
const (
	Undone   CorrectionKind = "undone"   // within the undo time
	Moved    CorrectionKind = "moved"    // put on another case by a linked usage
	Reversed CorrectionKind = "reversed" // later, with a reason
)

// Correction ends a usage; at most one exists per usage.
type Correction struct {
	ID         CorrectionID
	Usage      ID
	Hospital   access.OrganisationID
	Vendor     access.OrganisationID
	Kind       CorrectionKind
	Reason     string
	Actor      access.PersonID
	RecordedAt time.Time
}

// Billable reports whether money may follow the usage by itself: identifiers
// are complete and no stop of authenticity or recall was overridden. Billing of
// the rest is held, never lost.
func (u Usage) Billable() bool { return u.Incomplete == "" && u.OverrideReason == "" }
