package charging

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

const (
	lease     = 5 * time.Minute
	batch     = 50
	mostTries = 6
	mostWaits = 150 // three days at the longest backoff
)

// Run does what is due now: notices, comparisons that were asked for or are a
// day old, and what ended here and not yet at Stripe. It returns how many
// pieces it did, and an error only when the database cannot be worked with.
func (d *Desk) Run(ctx context.Context) (int, error) {
	jobs, err := d.Store.ClaimJobs(ctx, []string{TopicNotice, TopicCompare}, batch, lease)
	if err != nil {
		return 0, err
	}
	for _, job := range jobs {
		work := d.notice
		if job.Topic == TopicCompare {
			work = d.compareJob
		}
		if err := d.end(ctx, job, work(ctx, job)); err != nil {
			return 0, err
		}
	}
	mirrored, err := d.mirror(ctx)
	if err != nil {
		return len(jobs), err
	}
	return len(jobs) + mirrored, d.askCompare(ctx)
}

// end decides what becomes of a job by the error it ended with.
func (d *Desk) end(ctx context.Context, job store.Job, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	most := mostTries
	if fault.Is(err, fault.Unavailable) {
		most = mostWaits
	}
	refused := fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden)
	if !refused && job.Attempts < most {
		return d.Store.RetryJobLater(ctx, job, d.Store.Now().Add(backoff(job.Attempts)), words(err))
	}
	d.Log.Error("work parked", slog.String("topic", job.Topic), slog.String("subject", job.Subject), slog.Int("tries", job.Attempts))
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(job.VendorID), Action: "work.parked", Kind: "job", Object: job.ID,
			New: map[string]string{"topic": job.Topic, "subject": job.Subject}, Reason: words(err),
		})
		return tx.ParkJob(job, words(err))
	})
}

// words is what people read about a failure.
func words(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Sentence
	}
	return "A step with Stripe failed for a reason that is in the server's log. Release it to try again."
}

// backoff grows from 2 s fourfold to half an hour.
func backoff(attempts int) time.Duration {
	return min(2*time.Second<<(2*min(attempts, 10)), 30*time.Minute)
}

// Work runs until ctx ends: at once, at each wake-up, and every minute.
func (d *Desk) Work(ctx context.Context, wake <-chan struct{}) {
	for {
		if _, err := d.Run(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("work with stripe stopped for a while", slog.String("error", err.Error()))
		}
		timer := time.NewTimer(d.pause(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-wake:
			timer.Reset(gather)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		case <-timer.C:
		}
	}
}

// gather is how long a woken worker lets more work come together.
const gather = 200 * time.Millisecond

// pause is the time until the next piece is due, between a tenth of a second
// and a minute.
func (d *Desk) pause(ctx context.Context) time.Duration {
	pause := time.Minute
	next, err := d.Store.NextJobAt(ctx, []string{TopicNotice, TopicCompare})
	if err == nil && !next.IsZero() {
		pause = min(pause, next.Sub(d.Store.Now()))
	}
	return max(pause, 100*time.Millisecond)
}
