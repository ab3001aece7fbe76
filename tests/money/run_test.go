package money_test

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/testkit/postgres"
)

// manyToBill copies the world's one usage as manyUsages does, each with a unit
// and a serial of its own, over forty days, and with the work that collects it.
const manyToBill = `
	INSERT INTO units SELECT x.* FROM units u, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(u, jsonb_build_object('id', 'n' || g, 'serial', 'M' || g)) x;
	INSERT INTO usages SELECT x.* FROM usages u, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(u, jsonb_build_object('id', 'u' || g, 'unit_id', 'n' || g)) x;
	INSERT INTO price_decisions SELECT x.* FROM price_decisions d, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(d, jsonb_build_object('id', 'd' || g, 'usage_id', 'u' || g)) x;
	INSERT INTO vendor_lines SELECT x.* FROM vendor_lines l, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(l, jsonb_build_object('id', 'l' || g, 'usage_id', 'u' || g, 'decision_id', 'd' || g, 'effective_at', l.effective_at + (g * 40 / ($1::int + 1)) * 86400000000)) x;
	INSERT INTO outbox SELECT x.* FROM outbox o, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(o, jsonb_build_object('id', 'j' || g, 'subject_id', 'l' || g, 'not_before', o.not_before + g)) x WHERE o.topic = '` + billing.TopicLine + `'`

// An invoice run collects every usage once, into the window of its day: 2,000
// of them, in the soak a million, at the speed that is logged.
func TestInvoiceRunCollectsEachUsageOnce(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	n := 2_000
	if os.Getenv("TRUEWARD_SOAK") == "1" {
		n = 1_000_000
	}
	url, clk := postgres.Start(t), clock.NewFake(storetest.Start)
	s, err := store.Open(t.Context(), store.Config{PostgresURL: url, Clock: clk, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Engine().Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	terms := defaults()
	terms.Consolidation, terms.IssueMode = consign.PerDay, consign.IssueVendorApproves
	w := newWorld(t, s, clk, terms).priced()
	w.use(w.openCase("C-7Q4M"), nil)
	w.copyAll(url, manyToBill, n)
	clk.Advance(11 * time.Minute)
	began := time.Now()
	w.drain()
	took := time.Since(began)
	t.Logf("%d lines collected in %s, %.0f a second", n+1, took.Round(time.Millisecond), float64(n+1)/took.Seconds())
	var lines, net, net1 int64
	counts, err := w.all().LineCounts()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.State != billing.LineCollected {
			t.Errorf("%d lines are %s", c.Count, c.State)
		}
		lines, net = lines+c.Count, net+c.Minor
	}
	all := w.invoices()
	for _, i := range all {
		net1 += i.NetMinor
	}
	if lines != int64(n+1) || net != net1 || len(all) != 40 {
		t.Errorf("%d lines of %d in %d invoices of %d", lines, net, len(all), net1)
	}
	w.freezeAll(n)
}

// freezeAll cuts every window off and logs how long that takes.
func (w *world) freezeAll(n int) {
	w.t.Helper()
	w.clk.Advance(41 * 24 * time.Hour)
	began := time.Now()
	w.drain()
	took := time.Since(began)
	frozen := 0
	for _, i := range w.invoices() {
		if i.State != billing.Frozen && i.State != billing.Approved {
			w.t.Errorf("an invoice is %s: %s", i.State, i.ParkedReason)
		}
		lines, err := w.all().InvoiceLines(i.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		frozen += len(lines)
	}
	if frozen != n+1 {
		w.t.Errorf("%d lines are on documents, want %d", frozen, n+1)
	}
	w.t.Logf("%d lines frozen in %s, %.0f a second", frozen, took.Round(time.Millisecond), float64(frozen)/took.Seconds())
}
