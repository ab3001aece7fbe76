package charging

import (
	"context"
	"log/slog"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

const (
	lease = 5 * time.Minute
	batch = 50
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
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Forbidden) {
		if again, failed := d.Store.TryJobAgain(ctx, job, err, words(err)); again || failed != nil {
			return failed
		}
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
	return fault.Sentence(err, "A step with Stripe failed for a reason that is in the server's log. Release it to try again.")
}

// Work runs until ctx ends: at once, at each wake-up, and every minute.
func (d *Desk) Work(ctx context.Context, wake <-chan struct{}) {
	store.Worker{
		Run:   func(ctx context.Context) error { _, err := d.Run(ctx); return err },
		Due:   func(ctx context.Context) time.Duration { return d.Store.UntilJob(ctx, TopicNotice, TopicCompare) },
		Least: 100 * time.Millisecond, Most: time.Minute, Gather: 200 * time.Millisecond,
		Failed: func(err error) {
			d.Log.Error("work with stripe stopped for a while", slog.String("error", err.Error()))
		},
	}.Work(ctx, wake)
}
