package faults_test

import (
	"context"
	"sync"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/pricing"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
)

// plant is an ordering fault that the crash harness must find.
type plant string

// The plants. The first is the product as it is.
const (
	honest           plant = ""
	ackBeforeCommit  plant = "the use is acknowledged before it is committed"
	chargeAfter      plant = "the charge follows in a transaction of its own"
	doneBeforeEffect plant = "work is marked done before its effect is committed"
)

// sow puts the fault into the desk of a child.
func (p plant) sow(w *worker) {
	switch p {
	case ackBeforeCommit:
		w.using.Billing = hasty{w.using.Billing, w}
	case chargeAfter:
		w.using.Billing = &lateBilling{Desk: &pricing.Desk{Store: w.store}}
	}
}

// hasty answers the client from within the transaction.
type hasty struct {
	using.Billing
	w *worker
}

func (h hasty) Charge(tx *store.Tx, u usage.Usage) error {
	err := h.Billing.Charge(tx, u)
	if err == nil {
		h.w.tell(answer{Intent: intent{Unit: u.Unit}, Usage: u.ID})
	}
	return err
}

// lateBilling keeps charges in memory and books them a moment after the use.
type lateBilling struct {
	*pricing.Desk
	once  sync.Once
	later chan usage.Usage
}

func (l *lateBilling) Charge(_ *store.Tx, u usage.Usage) error {
	l.once.Do(func() {
		l.later = make(chan usage.Usage, 1000)
		go l.book()
	})
	l.later <- u
	return nil
}

func (l *lateBilling) book() {
	for u := range l.later {
		for {
			err := l.Store.Write(context.Background(), access.System("late"), func(tx *store.Tx) error {
				tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "usage.charged", Kind: "usage", Object: string(u.ID)})
				if _, err := tx.Usage(u.ID); err != nil {
					return err // not committed yet
				}
				return l.Desk.Charge(tx, u)
			})
			if err == nil {
				break
			}
		}
	}
}

// invoice runs the invoice worker of a child.
func (p plant) invoice(ctx context.Context, w *worker) {
	if p == doneBeforeEffect {
		w.invoiceTooEarlyDone(ctx)
		return
	}
	w.invoicing.Work(ctx, w.lines)
}

// invoiceTooEarlyDone takes its work off the queue first, and carries it in
// memory until ten pieces are together.
func (w *worker) invoiceTooEarlyDone(ctx context.Context) {
	var carried []store.Job
	for {
		jobs, err := w.store.ClaimJobs(ctx, []string{billing.TopicLine}, 100, 2*time.Minute)
		if err != nil {
			return
		}
		for _, job := range jobs {
			_ = w.store.Keep(ctx, func(tx *store.Tx) error { return tx.FinishJob(job) })
		}
		if carried = append(carried, jobs...); len(carried) >= 10 {
			w.effect(ctx, carried)
			carried = nil
		}
		select {
		case <-w.lines:
		case <-ctx.Done():
			return
		}
	}
}

// effect arms the carried work again and lets the product's worker do it.
func (w *worker) effect(ctx context.Context, jobs []store.Job) {
	for _, job := range jobs {
		_ = w.store.Keep(ctx, func(tx *store.Tx) error {
			return tx.Enqueue(job.Topic, job.Subject, job.HospitalID, job.VendorID, tx.Now(), struct{}{})
		})
	}
	_, _ = w.invoicing.Run(ctx)
}
