package money_test

import (
	"database/sql"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/closing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/testkit/postgres"
)

// manyUsages copies the world's one usage, with its price, line and entries,
// until a month holds n of them.
const manyUsages = `
	INSERT INTO usages SELECT x.* FROM usages u, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(u, jsonb_build_object('id', 'u' || g)) x;
	INSERT INTO price_decisions SELECT x.* FROM price_decisions d, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(d, jsonb_build_object('id', 'd' || g, 'usage_id', 'u' || g)) x;
	INSERT INTO vendor_lines SELECT x.* FROM vendor_lines l, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(l, jsonb_build_object('id', 'l' || g, 'usage_id', 'u' || g, 'decision_id', 'd' || g)) x;
	INSERT INTO journal_entries SELECT x.* FROM journal_entries e, generate_series(1, $1::int) g, LATERAL jsonb_populate_record(e, jsonb_build_object('id', e.book || g, 'idem_key', 'title:u' || g, 'source_id', 'u' || g)) x;
	INSERT INTO postings SELECT e.book || g, p.position, p.account, p.currency, p.amount_minor FROM journal_entries e JOIN postings p ON p.entry_id = e.id, generate_series(1, $1::int) g WHERE e.source_id NOT LIKE 'u%'`

// A month of 200,000 usages closes within a minute on PostgreSQL, accruals and
// digest included; the everyday run closes a hundredth of it.
func TestLargeMonthClosesInTime(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	n := 2_000
	if os.Getenv("TRUEWARD_SOAK") == "1" {
		n = 200_000
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
	w := newWorld(t, s, clk, defaults()).priced()
	w.use(w.openCase("C-7Q4M"), nil)
	w.copyAll(url, manyUsages, n)
	clk.Set(time.Date(2027, 4, 2, 9, 0, 0, 0, time.UTC))
	for _, who := range []access.Actor{w.finance, w.office} {
		book := closing.Own(who)
		began := time.Now()
		if _, err := w.closing.SoftClose(t.Context(), cmd(who, "s"), book, "2027-03"); err != nil {
			t.Fatal(err)
		}
		p, err := w.closing.Close(t.Context(), cmd(who, "c"), book, "2027-03")
		if err != nil || p.Entries != int64(n+1) {
			t.Fatalf("%d entries, want %d (%v)", p.Entries, n+1, err)
		}
		took := time.Since(began)
		t.Logf("%s's month of %d usages closed in %s", book.Kind, n+1, took.Round(time.Millisecond))
		if took > time.Minute {
			t.Errorf("closing took %s, a minute is allowed", took)
		}
		sums, err := w.all().Accruals(book.Organisation, "2027-03")
		if err != nil || len(sums) != 1 || sums[0].Usages != int64(n+1) {
			t.Errorf("accrued %+v (%v)", sums, err)
		}
	}
}

// copyAll runs statements that make n copies of what the world holds.
func (w *world) copyAll(url, statements string, n int) {
	w.t.Helper()
	bare, err := sql.Open("pgx", url)
	if err != nil {
		w.t.Fatal(err)
	}
	defer bare.Close()
	for _, statement := range splitStatements(statements) {
		began := time.Now()
		if _, err := bare.ExecContext(w.t.Context(), statement, n); err != nil {
			w.t.Fatalf("%s: %v", statement, err)
		}
		w.t.Logf("%.40q took %s", strings.TrimSpace(statement), time.Since(began).Round(time.Millisecond))
	}
	// Only what was filled: of a table that is looked at while it is empty, the
	// planner believes that reading it whole costs nothing.
	if _, err := bare.ExecContext(w.t.Context(), "ANALYZE usages, units, price_decisions, vendor_lines, journal_entries, postings, outbox"); err != nil {
		w.t.Fatal(err)
	}
}

func splitStatements(text string) []string { return strings.Split(text, ";") }
