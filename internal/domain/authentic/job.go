package authentic

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/standard/ntag424"
)

// RunID and JobID are UUIDv7 texts.
type (
	RunID string
	JobID string
)

// Run writes tags of one profile, one for each of its jobs.
type Run struct {
	ID        RunID
	Vendor    access.OrganisationID
	Hospital  access.OrganisationID // set when a hospital's store room runs it
	Profile   ProfileID
	Name      string
	Size      int
	CreatedAt time.Time
	CreatedBy access.PersonID
}

// JobState is how far one tag of a run has come.
type JobState string

// The states of a job, in order, and the three ways in which it stops.
const (
	JobPlanned    JobState = "planned"     // no tag was laid down for it yet
	JobKeysStored JobState = "keys_stored" // its keys are sealed and committed; nothing is written
	JobWriting    JobState = "writing"
	JobWritten    JobState = "written"  // all five keys are the new ones
	JobVerified   JobState = "verified" // its first message was checked; the unit is not here yet
	JobBound      JobState = "bound"    // and stands for its unit

	JobInterrupted JobState = "interrupted" // the same tag goes on when it is laid down again
	JobFailed      JobState = "failed"      // this tag is lost; the job may be planned anew
	JobDropped     JobState = "dropped"     // not wanted any more
)

// Done reports whether the job came to its good end.
func (s JobState) Done() bool { return s == JobVerified || s == JobBound }

// Holds reports whether the job holds a tag: that tag may begin no other.
func (s JobState) Holds() bool {
	return s == JobKeysStored || s == JobWriting || s == JobWritten || s == JobInterrupted
}

// Words are the state as people read it.
func (s JobState) Words() string {
	switch s {
	case JobPlanned:
		return "Waiting for a tag"
	case JobKeysStored:
		return "Keys made"
	case JobWriting:
		return "Being written"
	case JobWritten:
		return "Written"
	case JobVerified:
		return "Checked"
	case JobBound:
		return "Checked and bound"
	case JobInterrupted:
		return "Torn off"
	case JobFailed:
		return "Failed"
	}
	return "Dropped"
}

// JobStateOf says what a writer's state means for its job. Keys 1 to 4 and the
// settings are "being written"; only the new master key makes a tag ours alone.
func JobStateOf(s ntag424.State) JobState {
	switch s {
	case ntag424.StateMasterSet, ntag424.StateVerified:
		return JobWritten
	case ntag424.StateInterrupted:
		return JobInterrupted
	case ntag424.StateQuarantined:
		return JobFailed
	}
	return JobWriting
}

// Label is what a tag is made for, as the product's label has it.
type Label struct {
	DI     string
	Lot    string
	Serial string
	Expiry string // YYYY-MM-DD; empty for none
}

// Job is one place in a run: one tag for one unit.
type Job struct {
	ID       JobID
	Run      RunID
	Vendor   access.OrganisationID
	Hospital access.OrganisationID // of the unit, or of the run
	Position int                   // 1 for the first
	Unit     string                // empty while the unit is not on record
	Label    Label
	State    JobState
	Reason   string // of JobFailed and JobInterrupted: a code of package ntag424, or a word of ours
	Identity string // of the chip, once keys were made for it
	Epoch    int64  // of those keys
	OldEpoch int64  // of the keys in the tag before; 0 for a new tag
	Tag      TagID
	Station  string
	LeasedTo time.Time // zero for none
	Updated  time.Time
}
