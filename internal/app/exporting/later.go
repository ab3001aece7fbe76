package exporting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// Topic is the outbox topic of exports that are made in the background.
const Topic = "export.make"

const (
	lease     = 5 * time.Minute
	pause     = time.Minute // before another try
	mostTries = 4
	partSize  = 4 << 20
)

// later keeps an export to be made in the background.
func (d *Desk) later(ctx context.Context, cmd store.Command, in Input, total int) (string, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		id, err := tx.AddExportJob(string(in.Format), in.asked(), total)
		if err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "export.asked", Kind: "export", Object: id,
			New: map[string]string{"format": string(in.Format), "filter": in.asked(), "invoices": strconv.Itoa(total)},
		})
		return id, tx.Enqueue(Topic, id, "", "", tx.Now(), struct{}{})
	})
}

// Run makes every export that waits and returns how many it took up. It
// returns an error only when the database cannot be worked with.
func (d *Desk) Run(ctx context.Context) (int, error) {
	for worked := 0; ; worked++ {
		jobs, err := d.Store.ClaimJobs(ctx, []string{Topic}, 1, lease)
		if err != nil || len(jobs) == 0 {
			return worked, err
		}
		if err := d.settle(ctx, jobs[0], d.work(ctx, jobs[0])); err != nil {
			return worked, err
		}
	}
}

// settle ends a claim that did not come to its end by itself: a refusal is
// told, a trouble tried again and told in the end.
func (d *Desk) settle(ctx context.Context, claim store.Job, failed error) error {
	switch {
	case failed == nil:
		return nil
	case ctx.Err() != nil:
		return nil // the claim ends by itself
	case !refused(failed) && claim.Attempts < mostTries:
		return d.Store.RetryJobLater(ctx, claim, d.Store.Now().Add(pause), "The export could not be made yet.")
	}
	return d.Store.Write(ctx, access.System("exports"), func(tx *store.Tx) error {
		job, err := tx.Unbounded().ExportJob(claim.Subject)
		if err != nil {
			return err
		}
		job.State, job.Reason = store.ExportFailed, "The export could not be made. Ask for it again, or tell an engineer."
		if refused(failed) {
			job.Reason = sentence(failed)
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(job.Organisation)), Action: "export.failed", Kind: "export", Object: job.ID, Reason: job.Reason,
		})
		return errors.Join(tx.SaveExportJob(job), tx.FinishJob(claim))
	})
}

func refused(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.TooLarge) || fault.Is(err, fault.Forbidden)
}

// work makes one export, part by part.
func (d *Desk) work(ctx context.Context, claim store.Job) error {
	all := d.Store.Read(ctx, access.Everything())
	job, err := all.ExportJob(claim.Subject)
	if err != nil {
		return err
	}
	who, ok, err := all.CredentialOf(job.Actor)
	if err != nil {
		return err
	}
	if !ok || who.Disabled || !who.Actor.May(access.Export) {
		return errForbidden
	}
	in := Input{Format: billing.ExportFormat(job.Format)}
	if err := json.Unmarshal([]byte(job.Filter), &in.Filter); err != nil {
		return err
	}
	items, err := d.items(d.Store.Read(ctx, who.Actor.Scope()), in)
	if err != nil {
		return err
	}
	asOf := d.Store.Now()
	file := &parts{desk: d, ctx: ctx, organisation: job.Organisation, hash: sha256.New()}
	if err := file.begin(); err != nil {
		return err
	}
	job.State, job.Total = store.ExportWorking, len(items)
	kept, err := d.produce(ctx, file, in, items, asOf, who.Actor, func(done int) error {
		job.Done = done
		return d.Store.Keep(ctx, func(tx *store.Tx) error {
			return errors.Join(tx.SaveExportJob(job), tx.HoldJob(claim, tx.Now().Add(lease)))
		})
	})
	if err == nil && len(kept) == len(items) {
		err = kept[0].err
	}
	if err == nil {
		err = file.flush()
	}
	if err != nil {
		return err
	}
	return d.finish(ctx, claim, job, in, who.Actor, store.ExportRun{
		ID: file.run, Organisation: job.Organisation, Actor: job.Actor, Format: job.Format, Filter: job.Filter, AsOf: asOf,
		Name: name(in, asOf), Parts: file.count, Size: file.size, SHA256: hex.EncodeToString(file.hash.Sum(nil)),
	})
}

func (d *Desk) finish(ctx context.Context, claim store.Job, job store.ExportJob, in Input, actor access.Actor, run store.ExportRun) error {
	return d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		if _, err := tx.AddExportInParts(run); err != nil {
			return err
		}
		job.State, job.Run, job.Done = store.ExportDone, run.ID, job.Total
		tx.Audit(taken(actor, run, in, job.Total))
		return errors.Join(tx.SaveExportJob(job), tx.FinishJob(claim))
	})
}

// parts is a file that is kept part by part as it grows.
type parts struct {
	desk         *Desk
	ctx          context.Context
	organisation access.OrganisationID
	run          string
	held         []byte
	count        int
	size         int64
	hash         hash.Hash
}

func (p *parts) begin() error {
	return p.desk.Store.Keep(p.ctx, func(tx *store.Tx) error {
		p.run = tx.NewID()
		return nil
	})
}

// Write takes bytes and keeps a part when there are enough of them.
func (p *parts) Write(content []byte) (int, error) {
	_, _ = p.hash.Write(content) // a hash takes everything
	p.held = append(p.held, content...)
	p.size += int64(len(content))
	if len(p.held) < partSize {
		return len(content), nil
	}
	return len(content), p.flush()
}

func (p *parts) flush() error {
	if len(p.held) == 0 {
		return nil
	}
	p.count++
	err := p.desk.Store.Keep(p.ctx, func(tx *store.Tx) error { return tx.AddExportPart(p.run, p.count, p.organisation, p.held) })
	p.held = p.held[:0]
	return err
}

// Work makes exports until ctx ends, whenever it is woken and now and then.
func (d *Desk) Work(ctx context.Context, wake <-chan struct{}, fail func(error)) {
	store.Worker{
		Run:  func(ctx context.Context) error { _, err := d.Run(ctx); return err },
		Most: 30 * time.Second, Failed: fail,
	}.Work(ctx, wake)
}
