// Package alert names what somebody should look at: a suspected copy of a tag,
// a tag read after its unit was used, a jump of a counter. An alert is a
// sentence for a person; it decides nothing by itself.
package alert

import (
	"time"

	"trueward/internal/domain/access"
)

// ID is a UUIDv7 text.
type ID string

// Kind says what an alert is about.
type Kind string

// The kinds of alert.
const (
	// Rollback: a counter older than one seen before, on a message never seen:
	// a harvested or restored copy.
	Rollback Kind = "replay_rollback"
	// ReusedTag: a tag was read whose unit is used, wasted or gone.
	ReusedTag Kind = "reused_tag"
	// CounterJump: a tag was tapped many more times than were seen here.
	CounterJump Kind = "counter_jump"
	// CounterEnd: a tag is near the end of its counter and is to be replaced.
	CounterEnd Kind = "counter_end"
	// Tampered: a tag reports that its seal was opened.
	Tampered Kind = "tampered"
	// WrongProduct: a tag was found on another product than it is bound to.
	WrongProduct Kind = "wrong_product"
	// MassScanning: many messages of one profile of tags were refused within a
	// short time.
	MassScanning Kind = "mass_scanning"
	// CopiedPasskey: a passkey's counter went back.
	CopiedPasskey Kind = "copied_passkey"
	// OutsideDown: people sign in with their own passwords because the house's
	// sign-in does not answer.
	OutsideDown Kind = "outside_down"
)

// Alert is one thing to look at.
type Alert struct {
	ID             ID
	Hospital       access.OrganisationID // empty when no hospital is concerned
	Vendor         access.OrganisationID
	Kind           Kind
	SubjectKind    string // "tag", "unit", "profile" or "person"
	Subject        string
	Sentence       string
	RaisedAt       time.Time
	AcknowledgedBy access.PersonID
	AcknowledgedAt time.Time // zero while nobody has looked
}
