// Package storetest opens real stores for tests: migrated SQLite files and,
// where its programs are installed, a private PostgreSQL server. Tests only.
//
// Every behaviour of the store is tested over both dialects by one body:
//
//	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) { … })
//
// It does not fake anything: what passes here passed on the real engine with
// the shipped schema.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/testkit/postgres"
)

// Start is the instant at which every test clock stands first: a Wednesday
// morning, far from any change of clocks.
var Start = time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC)

// Each runs body over an empty, migrated store of each dialect. On a machine
// without PostgreSQL its half is left out and said so, unless everything is
// required (see testkit/postgres), when the test fails.
func Each(t *testing.T, body func(t *testing.T, s *store.Store, clk *clock.Fake)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		s, clk := SQLite(t)
		body(t, s, clk)
	})
	if !postgres.Wanted(t) {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		s, clk := Postgres(t)
		body(t, s, clk)
	})
}

// SQLite opens an empty, migrated SQLite store in a temporary folder.
func SQLite(t testing.TB) (*store.Store, *clock.Fake) {
	t.Helper()
	content, err := migratedFile()
	if err != nil {
		t.Fatalf("storetest: migrated template: %v", err)
	}
	path := filepath.Join(t.TempDir(), "trueward.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, store.Config{SQLitePath: path})
}

// Postgres opens an empty, migrated store in a fresh database of the test's
// private PostgreSQL server.
func Postgres(t testing.TB) (*store.Store, *clock.Fake) {
	t.Helper()
	return open(t, store.Config{PostgresURL: postgres.StartFrom(t, "migrated", func(url string) error {
		return migrate(store.Config{PostgresURL: url})
	})})
}

func open(t testing.TB, cfg store.Config) (*store.Store, *clock.Fake) {
	t.Helper()
	clk := clock.NewFake(Start)
	cfg.Clock, cfg.Log = clk, slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("storetest: open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("storetest: close: %v", err)
		}
	})
	return s, clk
}

// migratedFile is the content of a migrated, empty SQLite database, made once
// per test process: copying it is many times faster than migrating again.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "trueward-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "template.db")
	if err := migrate(store.Config{SQLitePath: path}); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return nil, fmt.Errorf("closing left %d bytes in the write-ahead log", info.Size())
	}
	return os.ReadFile(path)
})

// migrate makes a migrated, empty database and leaves no connection open.
func migrate(cfg store.Config) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cfg.Clock = clock.NewFake(Start)
	s, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(s.Engine().Migrate(ctx), s.Close())
}

// Main runs a package's tests and stops the private PostgreSQL server behind
// them: func TestMain(m *testing.M) { storetest.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}
