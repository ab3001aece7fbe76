package store

import (
	"context"
	"time"

	"trueward/internal/fault"
)

// Worker is how somebody who does what is due waits between two looks: until
// the next piece is due, but not longer than Most, or until woken. A lost
// wake-up so costs at most Most.
type Worker struct {
	// Run does all that is due now.
	Run func(ctx context.Context) error
	// Due returns in how long the next piece is due; nil, or more than Most:
	// look again after Most.
	Due func(ctx context.Context) time.Duration
	// Least and Most bound the wait.
	Least, Most time.Duration
	// Gather is how long a woken worker lets more work come together, so that
	// a busy ward does not make it look after every single use.
	Gather time.Duration
	// Woken is told of a wake-up before the gathering; nil: nobody is.
	Woken func()
	// Failed is told why a look was broken off.
	Failed func(err error)
}

// Work runs until ctx ends: at once, at each wake-up, and when the next piece
// is due. wake may be nil.
func (w Worker) Work(ctx context.Context, wake <-chan struct{}) {
	for ctx.Err() == nil {
		if err := w.Run(ctx); err != nil && ctx.Err() == nil {
			w.Failed(err)
		}
		timer := time.NewTimer(w.pause(ctx))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-wake:
			if w.Woken != nil {
				w.Woken()
			}
			timer.Reset(w.Gather)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
		timer.Stop()
	}
}

func (w Worker) pause(ctx context.Context) time.Duration {
	pause := w.Most
	if w.Due != nil {
		pause = min(pause, w.Due(ctx))
	}
	return max(pause, w.Least)
}

// never is a wait that nothing is due in.
const never = time.Duration(1<<63 - 1)

// UntilJob returns in how long the next pending job of the topics is due. With
// none, or when the database does not say, that is longer than anybody waits.
func (s *Store) UntilJob(ctx context.Context, topics ...string) time.Duration {
	next, err := s.NextJobAt(ctx, topics)
	if err != nil || next.IsZero() {
		return never
	}
	return next.Sub(s.Now())
}

const (
	mostTries = 6
	// mostWaits is how often somebody else who is away is tried: three days at
	// the longest backoff.
	mostWaits = 150
)

// TryJobAgain leaves a failed job for a later try, with the reason that people
// read, unless it was tried often enough. again tells which.
func (s *Store) TryJobAgain(ctx context.Context, job Job, cause error, reason string) (again bool, err error) {
	most := mostTries
	if fault.Is(cause, fault.Unavailable) {
		most = mostWaits
	}
	if job.Attempts >= most {
		return false, nil
	}
	return true, s.RetryJobLater(ctx, job, s.Now().Add(backoff(job.Attempts)), reason)
}

// backoff grows from 2 s fourfold to half an hour.
func backoff(attempts int) time.Duration {
	return min(2*time.Second<<(2*min(attempts, 10)), 30*time.Minute)
}
