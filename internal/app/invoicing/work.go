package invoicing

import (
	"context"
	"log/slog"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

const (
	lease = 2 * time.Minute
	batch = 100
	// atOnce bounds the lines of one transaction: the writers of the ward wait
	// for it on SQLite.
	atOnce = 500
)

// Run does all work that is due now and returns how many pieces it did. It
// returns an error only when the database cannot be worked with; a piece that
// cannot go on is tried later or parked.
func (d *Desk) Run(ctx context.Context) (int, error) {
	worked := 0
	for {
		n, err := d.round(ctx)
		worked += n
		if err != nil || n == 0 {
			return worked, err
		}
	}
}

func (d *Desk) round(ctx context.Context) (int, error) {
	lines, err := d.gather(ctx)
	if err != nil {
		return 0, err
	}
	cut, err := d.cutOffs(ctx)
	if err != nil {
		return 0, err
	}
	invoices, err := d.Store.ClaimJobs(ctx, []string{billing.TopicInvoice}, batch, lease)
	if err != nil {
		return 0, err
	}
	for _, job := range invoices {
		if err := d.settle(ctx, job, d.advance(ctx, job)); err != nil {
			return 0, err
		}
	}
	return lines + cut + len(invoices), nil
}

// gather collects lines that are due, as many together as are taken at once.
// If one of them spoils that, they are claimed, so that each is tried, and in
// the end parked, for itself.
func (d *Desk) gather(ctx context.Context) (int, error) {
	if due, err := d.Store.JobsDue(ctx, billing.TopicLine); err != nil || !due {
		return 0, err
	}
	if n, err := d.collectDue(ctx); err == nil {
		return n, nil
	}
	jobs, err := d.Store.ClaimJobs(ctx, []string{billing.TopicLine}, atOnce, lease)
	if err != nil {
		return 0, err
	}
	return len(jobs), d.collectAll(ctx, jobs)
}

// collectAll tries the claimed lines together and, while one of them spoils
// that, each half for itself.
func (d *Desk) collectAll(ctx context.Context, jobs []store.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	err := d.collect(ctx, jobs)
	if err == nil || len(jobs) == 1 {
		return d.settle(ctx, jobs[0], err)
	}
	half := len(jobs) / 2
	if err := d.collectAll(ctx, jobs[:half]); err != nil {
		return err
	}
	return d.collectAll(ctx, jobs[half:])
}

// cutOffs freezes every window that is over.
func (d *Desk) cutOffs(ctx context.Context) (int, error) {
	due, err := d.Store.Read(ctx, access.Everything()).DueCutOffs(d.Store.Now(), batch)
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		try := func() error {
			return d.Store.Write(ctx, worker, func(tx *store.Tx) error { return d.cutOff(tx, id) })
		}
		err := try()
		if fault.Is(err, fault.Internal) {
			err = try() // one lost connection does not call for a person
		}
		if err := d.unlessRefused(ctx, id, err); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

func (d *Desk) cutOff(tx *store.Tx, id billing.InvoiceID) error {
	i, err := tx.Invoice(id)
	if err != nil || i.State != billing.Collecting {
		return err
	}
	documents, err := freeze(tx, i)
	if err == nil && documents == 0 {
		tx.Audit(note(i, "invoice.emptied", nil))
	}
	return err
}

// unlessRefused parks an invoice whose freezing was refused; a conflict with
// somebody else is left for the next round.
func (d *Desk) unlessRefused(ctx context.Context, id billing.InvoiceID, err error) error {
	switch fault.KindOf(err) {
	case "", fault.Conflict:
		return nil
	case fault.Unavailable:
		return err
	}
	d.Log.Error("invoice cannot be frozen", slog.String("invoice", string(id)), slog.String("kind", string(fault.KindOf(err))))
	return d.park(ctx, id, store.Job{}, err)
}

// settle decides what becomes of a claimed job by the error it ended with:
// nothing, a later try, or the parked queue.
func (d *Desk) settle(ctx context.Context, job store.Job, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	refused := fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound)
	if !refused {
		if again, failed := d.Store.TryJobAgain(ctx, job, err, words(err)); again || failed != nil {
			return failed
		}
	}
	d.Log.Error("work parked", slog.String("topic", job.Topic), slog.String("subject", job.Subject), slog.Int("tries", job.Attempts))
	if job.Topic == billing.TopicInvoice {
		return d.park(ctx, billing.InvoiceID(job.Subject), job, err)
	}
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		tx.Audit(noteJob(job, words(err)))
		return tx.ParkJob(job, words(err))
	})
}

// park puts an invoice, and the job that carried it, where people see them.
func (d *Desk) park(ctx context.Context, id billing.InvoiceID, job store.Job, cause error) error {
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		i, err := tx.Invoice(id)
		if err != nil {
			return err
		}
		i.Parked, i.ParkedReason = true, words(cause)
		if i, err = tx.SaveInvoice(i.State, i); err != nil {
			return err
		}
		tx.Audit(note(i, "invoice.parked", map[string]string{"reason": i.ParkedReason}))
		if job.ID == "" {
			return nil
		}
		return tx.ParkJob(job, i.ParkedReason)
	})
}

// words is what people read about a failure.
func words(err error) string {
	return fault.Sentence(err, "A step failed for a reason that is in the server's log. Release it to try again.")
}

// Work runs until ctx ends: at once, at each wake-up, and when the next piece
// is due.
func (d *Desk) Work(ctx context.Context, wake <-chan struct{}) {
	store.Worker{
		Run: func(ctx context.Context) error { _, err := d.Run(ctx); return err },
		Due: d.due, Least: 50 * time.Millisecond, Most: time.Minute, Gather: 100 * time.Millisecond,
		Failed: func(err error) { d.Log.Error("invoicing stopped for a while", slog.String("error", err.Error())) },
	}.Work(ctx, wake)
}

func (d *Desk) due(ctx context.Context) time.Duration {
	due := d.Store.UntilJob(ctx, billing.TopicLine, billing.TopicInvoice)
	next, err := d.Store.Read(ctx, access.Everything()).NextCutOffAt()
	if err == nil && !next.IsZero() {
		due = min(due, next.Sub(d.Store.Now()))
	}
	return due
}
