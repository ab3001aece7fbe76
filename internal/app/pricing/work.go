package pricing

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

var worker = access.System("pricing")

const (
	lease     = 2 * time.Minute
	batch     = 100
	mostTries = 6
)

var topics = []string{TopicCap, TopicTrueUp, TopicHold}

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

// trueUp computes what a retroactive tier owes for a window that is over.
func trueUp(tx *store.Tx, job store.Job) error {
	var p trueUpJob
	if err := json.Unmarshal([]byte(job.Payload), &p); err != nil {
		return err
	}
	c := store.TierPlace{
		Agreement: p.Agreement, Tier: p.Tier, Window: p.Window, Scope: p.Scope,
		Vendor: access.OrganisationID(job.VendorID), Hospital: access.OrganisationID(job.HospitalID),
	}
	lines, err := tx.WindowDecisions(p.Agreement, time.Time{}, p.To, access.SiteID(p.Site))
	if err != nil {
		return err
	}
	var tier consign.Tier
	var decisions []billing.Decision
	for _, l := range lines {
		in, err := readInputs(l.Decision)
		if err != nil {
			return err
		}
		if in.Tier != nil && in.Tier.Tier.Name == p.Tier && in.Tier.Window == p.Window && l.Line.Hospital == c.Hospital {
			tier, decisions = in.Tier.Tier, append(decisions, l.Decision)
		}
	}
	if len(decisions) == 0 {
		return nil
	}
	return storeTrueUp(tx, c, tier, decisions)
}

func storeTrueUp(tx *store.Tx, c store.TierPlace, tier consign.Tier, decisions []billing.Decision) error {
	units, spend, err := tx.Unbounded().TierReached(c)
	if err != nil {
		return err
	}
	reached := units
	if tier.Basis == consign.BySpend {
		reached = spend
	}
	up, err := billing.TrueUpOf(decisions, tier, reached)
	if err != nil {
		return err
	}
	stored, err := tx.AddTrueUp(c, decisions[0].Net.Currency, len(decisions), reached, up)
	if err != nil || !stored {
		return err
	}
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(c.Vendor)), Action: "tier.trued_up", Kind: "agreement", Object: string(c.Agreement),
		New: map[string]string{"tier": c.Tier, "window": c.Window, "usages": strconv.Itoa(len(decisions)), "credit": strconv.FormatInt(up.Credit(), 10)},
	})
	return nil
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
