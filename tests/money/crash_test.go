package money_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/invoicing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

var topics = []string{billing.TopicLine, billing.TopicInvoice}

// deadWorker claims what is due and dies before it does anything.
func deadWorker(w *world) error {
	_, err := w.s.ClaimJobs(w.t.Context(), topics, 10, time.Minute)
	return err
}

// hastyWorker is the planted fault: it marks work done before doing it, and
// dies in between.
func hastyWorker(w *world) error {
	jobs, err := w.s.ClaimJobs(w.t.Context(), topics, 10, time.Minute)
	if err != nil {
		return err
	}
	return w.s.Write(w.t.Context(), access.System("hasty"), func(tx *store.Tx) error {
		for _, job := range jobs {
			tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "job.done", Kind: "job", Object: job.ID})
			if err := tx.FinishJob(job); err != nil {
				return err
			}
		}
		return nil
	})
}

// unbilledAfter lets a worker die at its work, drains, and counts usages that
// no issued invoice bills.
func unbilledAfter(t *testing.T, s *store.Store, clk *clock.Fake, dies func(*world) error) int {
	w := newWorld(t, s, clk, defaults()).priced()
	c := w.openCase("C-7Q4M")
	const usages = 5
	for range usages {
		w.use(c, nil)
	}
	w.closeCase(c)
	clk.Advance(11 * time.Minute)
	if err := dies(w); err != nil {
		t.Fatal(err)
	}
	clk.Advance(2 * time.Minute)
	w.drain()
	billed := 0
	for _, i := range w.invoices() {
		if i.State.Issued() {
			lines, err := w.all().InvoiceLines(i.ID)
			if err != nil {
				t.Fatal(err)
			}
			billed += len(lines)
		}
	}
	w.check()
	return usages - billed
}

func TestWorkerThatDiesAfterItsClaimLosesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		if unbilled := unbilledAfter(t, s, clk, deadWorker); unbilled != 0 {
			t.Errorf("%d usages were never billed", unbilled)
		}
	})
}

// The harness must find the fault that is planted here.
func TestHarnessFindsWorkMarkedDoneTooEarly(t *testing.T) {
	s, clk := storetest.SQLite(t)
	if unbilledAfter(t, s, clk, hastyWorker) == 0 {
		t.Error("work was marked done before it was done, and the harness saw nothing")
	}
}

// A worker that comes back after its lease does not do the work a second time.
func TestLateWorkerIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		u := w.use(w.openCase("C-7Q4M"), nil)
		clk.Advance(11 * time.Minute)
		jobs, err := s.ClaimJobs(t.Context(), topics, 10, time.Minute)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("%d jobs, %v", len(jobs), err)
		}
		clk.Advance(2 * time.Minute)
		w.drain()
		err = s.Write(t.Context(), access.System("late"), func(tx *store.Tx) error {
			if err := tx.MoveLine(w.line(u), billing.LineBillable, "", ""); err != nil {
				return err
			}
			return tx.FinishJob(jobs[0])
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("the late worker was let through: %v", err)
		}
		if got := w.line(u).State; got != billing.LineCollected {
			t.Errorf("the line is %s", got)
		}
	})
}

// liar is a provider that holds something else than what was frozen.
type liar struct {
	invoicing.Local
	by int64
}

func (l *liar) ReadBack(ctx context.Context, doc billing.Document) (invoicing.ProviderTotals, error) {
	totals, err := l.Local.ReadBack(ctx, doc)
	totals.TotalMinor += l.by
	return totals, err
}

// flaky is a provider that fails until it is well again.
type flaky struct {
	invoicing.Local
	ill bool
}

func (f *flaky) Finalize(context.Context, billing.Document) error {
	if f.ill {
		return errors.New("connection reset")
	}
	return nil
}

// retryLong lets the worker try until it gives up.
func (w *world) retryLong() {
	for range 12 {
		w.drain()
		w.clk.Advance(31 * time.Minute)
	}
}

func TestProviderThatDiffersIsParkedBeforeANumber(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w := newWorld(t, s, clk, defaults()).priced()
	lying := &liar{by: 1}
	w.invoicing.Provider = lying
	c := w.openCase("C-7Q4M")
	w.use(c, nil)
	wrong := w.use(c, nil)
	w.closeCase(c)
	clk.Advance(11 * time.Minute)
	w.retryLong()
	i := w.one()
	if !i.Parked || i.Number != "" || i.State != billing.DraftRemote {
		t.Fatalf("%+v", i)
	}
	// A correction takes the draft apart; the rest is cut off and tried again.
	w.undo(wrong)
	w.retryLong()
	if i = w.one(); !i.Parked || i.NetMinor != 148000 {
		t.Fatalf("after the correction: %+v", i)
	}
	lying.by = 0
	if _, err := w.invoicing.Unpark(t.Context(), cmd(w.office, "u"), i.ID); err != nil {
		t.Fatal(err)
	}
	w.drain()
	if got := w.one(); got.State != billing.Sent || got.Parked {
		t.Errorf("after the release: %+v", got)
	}
	w.check()
}

// An invoice that got its number keeps it while its provider is away.
func TestNumberSurvivesAFailingProvider(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w := newWorld(t, s, clk, defaults()).priced()
	ill := &flaky{ill: true}
	w.invoicing.Provider = ill
	c := w.openCase("C-7Q4M")
	w.use(c, nil)
	w.closeCase(c)
	clk.Advance(11 * time.Minute)
	w.drain()
	clk.Advance(time.Minute)
	w.drain()
	if got := w.one(); got.State != billing.Numbered || got.Number != "NV-2027-000001" || got.Parked {
		t.Fatalf("%+v", got)
	}
	ill.ill = false
	clk.Advance(time.Hour)
	w.drain()
	if got := w.one(); got.State != billing.Sent || got.Number != "NV-2027-000001" {
		t.Errorf("%+v", got)
	}
	w.check()
}

func TestVendorSeesNothingOfAnotherVendor(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w, i := issued(t, s, clk, 1)
	stranger := access.Actor{Person: "x", Organisation: "another", Kind: access.Vendor, Grants: []access.Grant{{Role: access.VendorOffice}}}
	q := s.Read(t.Context(), stranger.Scope())
	if _, err := q.Invoice(i.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("invoice: %v", err)
	}
	if _, err := q.Render(i.ID, "pdf"); !fault.Is(err, fault.NotFound) {
		t.Errorf("document: %v", err)
	}
	lines, err := q.Lines(store.LineFilter{}, store.Page{})
	sums, err2 := q.InvoiceSums(store.InvoiceFilter{})
	value, err3 := q.Consigned(clk.Now())
	if err := errors.Join(err, err2, err3); err != nil || len(lines.Rows)+len(sums)+len(value) != 0 {
		t.Errorf("lists: %d, %d, %d, %v", len(lines.Rows), len(sums), len(value), err)
	}
	own := s.Read(t.Context(), w.office.Scope())
	rows, err := own.Lines(store.LineFilter{}, store.Page{})
	if err != nil || len(rows.Rows) != 1 || rows.Rows[0].UsedBy != "" || rows.Rows[0].HospitalName != "St. Brannoc" {
		t.Errorf("the vendor's own line: %+v, %v", rows.Rows, err)
	}
	ward, err := s.Read(t.Context(), w.finance.Scope()).Lines(store.LineFilter{}, store.Page{})
	if err != nil || len(ward.Rows) != 1 || ward.Rows[0].UsedBy == "" {
		t.Errorf("the hospital's own line: %+v, %v", ward.Rows, err)
	}
}
