package faults_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/auditing"
	"trueward/internal/clock"
	"trueward/internal/testkit/postgres"
)

// superuser is who owns the database: it switches the append-only triggers and
// the foreign keys off, changes what it likes, and puts tables back as they were.
type superuser struct {
	t        testing.TB
	conn     *sql.Conn
	postgres bool
	triggers []string // to be made again, SQLite
}

// eachTampered runs body over both dialects: a ward with four invoices, a
// superuser at its database, and nothing tampered with yet.
func eachTampered(t *testing.T, body func(t *testing.T, l *lab, root *superuser)) {
	eachPlan(t, func(t *testing.T, p plan) {
		cfg := p.config()
		clk := clock.NewFake(storetest.Start)
		cfg.Clock = clk
		s, err := store.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Engine().Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		l := newLab(t, s, clk, atOnce())
		for n, unit := range l.Stents(4) {
			w := way{lab: l, name: fmt.Sprintf("way %d", n), unit: unit}
			if err := w.walk(); err != nil {
				t.Fatal(err)
			}
		}
		l.mustHold()
		raw := openRaw(t, p)
		defer raw.Close()
		body(t, l, newSuperuser(t, raw, p))
		l.mustHold()
	})
}

// eachPlan names an empty database of each dialect.
func eachPlan(t *testing.T, body func(t *testing.T, p plan)) {
	t.Run("sqlite", func(t *testing.T) { body(t, plan{SQLitePath: t.TempDir() + "/trueward.db"}) })
	if postgres.Wanted(t) {
		t.Run("postgres", func(t *testing.T) { body(t, plan{PostgresURL: postgres.StartFrom(t, "migrated", migrate)}) })
	}
}

func newSuperuser(t testing.TB, raw *sql.DB, p plan) *superuser {
	t.Helper()
	conn, err := raw.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &superuser{t: t, conn: conn, postgres: p.PostgresURL != ""}
}

// disarm takes the database's own guards away; arm puts them back.
func (s *superuser) disarm() {
	if s.postgres {
		s.do(`SET session_replication_role = replica`)
		return
	}
	s.do(`PRAGMA synchronous = off`)
	for _, trigger := range s.rows(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`) {
		s.triggers = append(s.triggers, trigger[1])
		s.do(`DROP TRIGGER ` + trigger[0])
	}
}

func (s *superuser) arm() {
	if s.postgres {
		s.do(`SET session_replication_role = origin`)
	}
	for _, trigger := range s.triggers {
		s.do(trigger)
	}
	s.triggers = nil
}

// keep remembers a table; restore puts it back as it was then.
func (s *superuser) keep(table string) {
	s.do(`DROP TABLE IF EXISTS kept_` + table)
	s.do(fmt.Sprintf(`CREATE TEMP TABLE kept_%[1]s AS SELECT * FROM %[1]s`, table))
}

func (s *superuser) restore(table string) {
	s.do(`DELETE FROM ` + table)
	s.do(fmt.Sprintf(`INSERT INTO %[1]s SELECT * FROM kept_%[1]s`, table))
}

func (s *superuser) do(statement string, args ...any) {
	s.t.Helper()
	if err := s.try(statement, args...); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

func (s *superuser) try(statement string, args ...any) error {
	_, err := s.conn.ExecContext(context.Background(), s.numbered(statement), args...)
	return err
}

// numbered turns ? into $1, $2 … for PostgreSQL.
func (s *superuser) numbered(statement string) string {
	if !s.postgres {
		return statement
	}
	parts := strings.Split(statement, "?")
	for i := range parts[1:] {
		parts[i] += fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(parts, "")
}

func (s *superuser) rows(statement string, args ...any) [][]string {
	s.t.Helper()
	rows, err := s.conn.QueryContext(context.Background(), s.numbered(statement), args...)
	if err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
	return collect(s.t, rows)
}

// columns lists a table's columns and whether each holds numbers.
func (s *superuser) columns(table string) (names []string, number map[string]bool) {
	s.t.Helper()
	rows, err := s.conn.QueryContext(context.Background(), `SELECT * FROM `+table+` LIMIT 1`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		s.t.Fatal(err)
	}
	number = map[string]bool{}
	for _, c := range types {
		names = append(names, c.Name())
		number[c.Name()] = slices.Contains([]string{"BIGINT", "INT8"}, c.DatabaseTypeName())
	}
	return names, number
}

// findings of one of the product's checks, or of all.
func findings(t testing.TB, l *lab, only ...auditing.Check) []*auditing.Finding {
	t.Helper()
	var found []*auditing.Finding
	err := auditing.Desk{Store: l.Store}.Verify(context.Background(), only, func(s auditing.Summary) {
		if s.Finding != nil {
			found = append(found, s.Finding)
		}
	})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return found
}
