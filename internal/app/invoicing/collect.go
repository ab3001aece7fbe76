package invoicing

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
)

var worker = access.System("invoicing")

// collect ends the claims of jobs and puts their lines into the invoices of
// their windows, all in one transaction.
func (d *Desk) collect(ctx context.Context, jobs []store.Job) error {
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		for _, job := range jobs {
			if err := tx.FinishJob(job); err != nil {
				return err
			}
		}
		return gatherLines(tx, jobs)
	})
}

// collectDue takes jobs that are due and collects their lines in the same
// transaction: nothing is claimed, so a failure leaves everything as it was.
func (d *Desk) collectDue(ctx context.Context) (n int, err error) {
	err = d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		jobs, err := tx.TakeJobs(billing.TopicLine, atOnce)
		n = len(jobs)
		if err != nil || n == 0 {
			return err
		}
		return gatherLines(tx, jobs)
	})
	return n, err
}

// gatherLines puts the lines of jobs into the invoices of their windows, window
// by window. A line that was held, cancelled or collected meanwhile is left as
// it is.
func gatherLines(tx *store.Tx, jobs []store.Job) error {
	ids := make([]string, len(jobs))
	for n, job := range jobs {
		ids[n] = job.Subject
	}
	lines, err := tx.LinesToCollect(ids)
	if err != nil {
		return err
	}
	g := gathering{tx: tx, terms: map[termsKey]terms{}, baskets: map[basketKey]*basket{}}
	for _, line := range lines {
		if err := g.sort(line); err != nil {
			return err
		}
	}
	collected, err := g.fill()
	if err != nil || collected > 0 {
		return err
	}
	for _, job := range jobs { // dealt with by somebody else, or not ready
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(job.VendorID), Action: "line.not_collected", Kind: "line", Object: job.Subject,
		})
	}
	return nil
}

// awaitOrder puts a line into the queue of those whose order is not known yet.
func awaitOrder(tx *store.Tx, line billing.Line) error {
	if err := tx.SetLinePO(line.ID, billing.POAwaiting, ""); err != nil {
		return err
	}
	return tx.MoveLine(line, billing.LineAwaitingPO, "The agreement asks for a PO or a buyer's reference first.", "")
}

// windowFor is the window of a line whose day is that of t: of its order where
// it has one, and open for the grace time after its end.
func windowFor(line billing.Line, terms terms, t time.Time) billing.Window {
	w := billing.WindowBy(terms.Pricing, terms.Consolidation, t, terms.zone, line.Case, line.Usage).ForOrder(line.PONumber)
	w.End = w.End.Add(terms.Pricing.CutOff.Grace())
	return w
}

// collecting returns the invoice of a window that still collects, if there is
// one, and the highest part the window has.
func collecting(tx *store.Tx, p billing.Parties, currency, window string) (billing.Invoice, int, error) {
	if err := tx.LockWindow(p, currency, window); err != nil {
		return billing.Invoice{}, 0, err
	}
	invoices, err := tx.WindowInvoices(p, currency, window)
	last := 0
	for _, i := range invoices {
		last = max(last, i.Part)
		if i.State == billing.Collecting && !i.Parked {
			return i, last, err
		}
	}
	return billing.Invoice{}, last, err
}
