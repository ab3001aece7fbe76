package faults_test

import (
	"context"
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"trueward/internal/adapter/store"
	"trueward/internal/app/auditing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/usage"
)

// look opens the database after the last kill, lets the product finish what is
// left, and counts what must not be. Like the people of the ward it closes
// cases that were left open.
func (c *campaign) look() residue {
	c.t.Helper()
	raw := openRaw(c.t, c.plan)
	defer raw.Close()
	expelSessions(c.t, raw, c.plan)
	c.plan.Round++ // every lease of the children is over
	cfg := c.plan.config()
	cfg.Clock = clock.NewFake(roundClock(c.plan.Round).start)
	s, err := store.Open(c.t.Context(), cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close()
	if c.plan.SQLitePath != "" {
		if err := s.Engine().CheckIntegrity(c.t.Context()); err != nil {
			c.t.Error(err)
		}
	}
	c.askAgain(s)
	c.drain(s)
	found := residue{lost: c.countLost(raw)}
	for count, statement := range map[*int]string{
		&found.doubled: doubledUses, &found.unbilled: unbilledUses, &found.untold: untoldUses, &found.undone: undoneWork,
	} {
		if err := raw.QueryRow(statement).Scan(count); err != nil {
			c.t.Fatal(err)
		}
	}
	found.findings = verify(c.t, s)
	return found
}

// askAgain sends what was never answered once more, as the clients do: under
// its key it takes effect now or is answered as it was decided then.
func (c *campaign) askAgain(s *store.Store) {
	c.t.Helper()
	desk := usingDesk(s)
	for _, in := range c.plan.Retries {
		used, err := desk.Use(c.t.Context(), in.command(c.plan), in.consumption())
		if err != nil {
			c.t.Errorf("%s, sent again: %v", in.Key, err)
			continue
		}
		c.acknowledged = append(c.acknowledged, answer{Intent: in, Usage: used.Usage})
	}
	c.resent += len(c.plan.Retries)
	c.plan.Retries = nil
}

// drain closes the open cases and lets the workers do all that is due.
func (c *campaign) drain(s *store.Store) {
	c.t.Helper()
	desk := usingDesk(s)
	for {
		open, err := s.Read(c.t.Context(), access.Everything()).Cases(usage.CaseOpen, store.Page{Limit: 100})
		if err != nil {
			c.t.Fatal(err)
		}
		for _, row := range open.Rows {
			if _, err := desk.CloseCase(c.t.Context(), store.Command{Actor: c.plan.Nurses[0]}, row.ID); err != nil {
				c.t.Fatal(err)
			}
		}
		if len(open.Rows) == 0 {
			break
		}
	}
	if _, err := invoicingDesk(s).Run(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	for {
		sent, err := desk.RunNotices(c.t.Context())
		if err != nil {
			c.t.Fatal(err)
		}
		if sent == 0 {
			return
		}
	}
}

// countLost counts the acknowledged uses that are not on record as they were
// acknowledged.
func (c *campaign) countLost(raw *sql.DB) int {
	c.t.Helper()
	units := map[string]string{}
	for _, row := range rowsOf(c.t, raw, `SELECT u.id, u.unit_id FROM usages u JOIN units ON units.id = u.unit_id WHERE units.state = 'used'`) {
		units[row[0]] = row[1]
	}
	lost := 0
	for _, a := range c.acknowledged {
		if units[string(a.Usage)] != string(a.Intent.Unit) {
			lost++
		}
	}
	return lost
}

const (
	doubledUses = `SELECT
		(SELECT COUNT(*) FROM (SELECT unit_id FROM usages GROUP BY unit_id HAVING COUNT(*) > 1) a) +
		(SELECT COUNT(*) FROM (SELECT usage_id FROM invoice_lines WHERE live GROUP BY usage_id HAVING COUNT(*) > 1) b) +
		(SELECT COUNT(*) FROM (SELECT di, serial FROM invoice_lines WHERE live GROUP BY vendor_id, di, serial HAVING COUNT(*) > 1) c) +
		(SELECT COUNT(*) FROM (SELECT source_id FROM journal_entries WHERE kind = 'title' GROUP BY source_id HAVING COUNT(*) > 2) d)`
	unbilledUses = `SELECT COUNT(*) FROM usages u WHERE NOT EXISTS (
		SELECT 1 FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
		WHERE l.usage_id = u.id AND l.live AND i.state IN ('open', 'sent', 'paid'))`
	untoldUses = `SELECT COUNT(*) FROM usages u WHERE (SELECT COUNT(*) FROM vendor_notices n WHERE n.usage_id = u.id) <> 1`
	undoneWork = `SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'parked')`
)

// verify returns what the product's own checks find.
func verify(t testing.TB, s *store.Store) []string {
	t.Helper()
	var findings []string
	err := auditing.Desk{Store: s}.Verify(context.Background(), nil, func(summary auditing.Summary) {
		if summary.Finding != nil {
			findings = append(findings, summary.Finding.Error())
		}
	})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return findings
}

// openRaw opens the database past the product, as its superuser may.
func openRaw(t testing.TB, p plan) *sql.DB {
	t.Helper()
	driver, source := "pgx", p.PostgresURL
	if p.SQLitePath != "" {
		driver, source = "sqlite", "file:"+p.SQLitePath+"?_pragma=busy_timeout(10000)"
	}
	raw, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// expelSessions ends what the killed children left behind in the server, which
// may otherwise still commit what it was asked last.
func expelSessions(t testing.TB, raw *sql.DB, p plan) {
	t.Helper()
	if p.PostgresURL == "" {
		return
	}
	_, err := raw.Exec(`SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	if err != nil {
		t.Fatal(err)
	}
}

// rowsOf returns every row of a statement as texts.
func rowsOf(t testing.TB, raw *sql.DB, statement string, args ...any) [][]string {
	t.Helper()
	rows, err := raw.Query(statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	return collect(t, rows)
}

// collect reads rows to their end, every value as text.
func collect(t testing.TB, rows *sql.Rows) [][]string {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		row, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(row))
		for i, value := range row {
			texts[i] = value.String
		}
		out = append(out, texts)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
