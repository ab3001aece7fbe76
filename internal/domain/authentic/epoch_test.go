package authentic_test

import (
	"testing"
	"time"

	"trueward/internal/domain/authentic"
	"trueward/internal/standard/ntag424"
)

func TestNewestEpoch(t *testing.T) {
	closed := authentic.Epoch{Number: 2, ClosedAt: time.Unix(1, 0)}
	for name, c := range map[string]struct {
		epochs []authentic.Epoch
		want   int64
	}{
		"without record": {nil, 1},
		"out of order":   {[]authentic.Epoch{{Number: 3}, {Number: 1}, closed}, 3},
	} {
		if got := authentic.Newest(c.epochs); got.Number != c.want || !got.Open() {
			t.Errorf("%s: %d", name, got.Number)
		}
	}
	if closed.Open() {
		t.Error("a closed epoch is open")
	}
}

// TestJobStates: what holds a tag is not done, and what is done holds none.
func TestJobStates(t *testing.T) {
	for _, s := range []authentic.JobState{
		authentic.JobPlanned, authentic.JobKeysStored, authentic.JobWriting, authentic.JobWritten, authentic.JobVerified,
		authentic.JobBound, authentic.JobInterrupted, authentic.JobFailed, authentic.JobDropped,
	} {
		if s.Done() && s.Holds() || s.Words() == "" {
			t.Errorf("%s: done %v, holds %v, %q", s, s.Done(), s.Holds(), s.Words())
		}
	}
	for from, want := range map[ntag424.State]authentic.JobState{
		ntag424.StatePlanned: authentic.JobWriting, ntag424.StateKeysWritten: authentic.JobWriting, ntag424.StateSDMSet: authentic.JobWriting,
		ntag424.StateMasterSet: authentic.JobWritten, ntag424.StateVerified: authentic.JobWritten,
		ntag424.StateInterrupted: authentic.JobInterrupted, ntag424.StateQuarantined: authentic.JobFailed,
	} {
		if got := authentic.JobStateOf(from); got != want {
			t.Errorf("%s is %s, want %s", from, got, want)
		}
	}
}
