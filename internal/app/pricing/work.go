package pricing

import (
	"context"
	"log/slog"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

var worker = access.System("pricing")

const (
	lease     = 2 * time.Minute
	batch     = 100
	mostTries = 6
)

var topics = []string{TopicCap, TopicTrueUp, TopicTierCredit, TopicHold}

// Run does all work of prices that is due and returns how many pieces it did.
// What cannot go on is tried later, then parked where people see it.
func (d *Desk) Run(ctx context.Context) (int, error) {
	worked := 0
	for {
		jobs, err := d.Store.ClaimJobs(ctx, topics, batch, lease)
		if err != nil || len(jobs) == 0 {
			return worked, err
		}
		for _, job := range jobs {
			if err := d.settle(ctx, job, d.do(ctx, job)); err != nil {
				return worked, err
			}
			worked++
		}
	}
}

func (d *Desk) do(ctx context.Context, job store.Job) error {
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(job.VendorID), Action: "price.work", Kind: "job", Object: job.Topic,
			New: map[string]string{"subject": job.Subject},
		})
		if job.Topic == TopicTierCredit {
			return d.creditTier(tx, job)
		}
		if err := tx.FinishJob(job); err != nil {
			return err
		}
		switch job.Topic {
		case TopicCap:
			return settleCaps(tx, usage.CaseID(job.Subject))
		case TopicTrueUp:
			return trueUp(tx, job)
		}
		return endHold(tx, billing.LineID(job.Subject))
	})
}

func (d *Desk) settle(ctx context.Context, job store.Job, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case job.Attempts < mostTries && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound):
		return d.Store.RetryJobLater(ctx, job, d.Store.Now().Add(time.Duration(job.Attempts)*time.Minute), "A step failed; it is tried again.")
	}
	reason := fault.Sentence(err, "A price could not be settled. The reason is in the server's log; try it again from the queue.")
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(job.VendorID), Action: "job.parked", Kind: "job", Object: job.Topic, Reason: reason,
			New: map[string]string{"subject": job.Subject},
		})
		return tx.ParkJob(job, reason)
	})
}

// Work runs until ctx ends: every minute and when the next piece is due.
func (d *Desk) Work(ctx context.Context, log *slog.Logger) {
	store.Worker{
		Run:   func(ctx context.Context) error { _, err := d.Run(ctx); return err },
		Due:   func(ctx context.Context) time.Duration { return d.Store.UntilJob(ctx, topics...) },
		Least: time.Second, Most: time.Minute,
		Failed: func(err error) { log.Error("pricing stopped for a while", slog.String("error", err.Error())) },
	}.Work(ctx, nil)
}
