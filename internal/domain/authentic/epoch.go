package authentic

import (
	"time"

	"trueward/internal/domain/access"
)

// LastEpoch is the highest key epoch: a tag stores it as the version of its
// keys, in one byte, and 0 is what it leaves the factory with.
const LastEpoch = 255

// Epoch is one generation of a profile's keys. New tags are written in the
// newest; tags of older epochs go on proving themselves until theirs is closed.
type Epoch struct {
	Profile  ProfileID
	Number   int64 // 1 to LastEpoch
	OpenedAt time.Time
	OpenedBy access.PersonID
	ClosedAt time.Time // zero while its tags may prove themselves
	ClosedBy access.PersonID
}

// Open reports whether tags of the epoch may prove themselves.
func (e Epoch) Open() bool { return e.ClosedAt.IsZero() }

// Newest is the epoch in which tags are written: the highest one. A profile
// that was never rotated is in epoch 1, which needs no record.
func Newest(epochs []Epoch) Epoch {
	newest := Epoch{Number: 1}
	for _, e := range epochs {
		if e.Number >= newest.Number {
			newest = e
		}
	}
	return newest
}
