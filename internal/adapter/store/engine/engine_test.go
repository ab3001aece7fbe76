package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"
	"gorm.io/gorm"

	"trueward/internal/testkit/postgres"
)

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// Trial is a row of the tests' own schema.
type Trial struct {
	ID     string
	Code   string
	N      int64
	Parent *string
}

// trialSchema is valid in both dialects.
const trialSchema = `-- +goose Up
CREATE TABLE trials (
  id     TEXT PRIMARY KEY,
  code   TEXT NOT NULL UNIQUE,
  n      BIGINT NOT NULL CHECK (n >= 0),
  parent TEXT REFERENCES trials (id)
);
`

func trialMigrations() fstest.MapFS {
	file := &fstest.MapFile{Data: []byte(trialSchema)}
	return fstest.MapFS{"sqlite/0001_trials.sql": file, "postgres/0001_trials.sql": file}
}

// open opens a database with the tests' schema and closes it after the test.
func open(t testing.TB, cfg Config) *DB {
	t.Helper()
	cfg.Migrations = trialMigrations()
	db, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func sqliteConfig(t testing.TB) Config {
	return Config{SQLitePath: filepath.Join(t.TempDir(), "trueward.db")}
}

// onBoth runs a story on SQLite and, where it is installed, on PostgreSQL.
func onBoth(t *testing.T, story func(t *testing.T, db *DB)) {
	t.Run("sqlite", func(t *testing.T) { story(t, open(t, sqliteConfig(t))) })
	if postgres.Wanted(t) {
		t.Run("postgres", func(t *testing.T) { story(t, open(t, Config{PostgresURL: postgresURL(t)})) })
	}
}

// postgresURL names a fresh database that has the tests' schema already.
func postgresURL(t testing.TB) string {
	return postgres.StartFrom(t, "trials", func(url string) error {
		db, err := Open(context.Background(), Config{PostgresURL: url, Migrations: trialMigrations()})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(context.Background()), db.Close())
	})
}

func insert(tx *gorm.DB, id string) error {
	return tx.Create(&Trial{ID: id, Code: "code " + id}).Error
}

// write stores and fails the test if it cannot.
func write(t testing.TB, db *DB, fn func(*gorm.DB) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatalf("Write: %v", err)
	}
}

// ids returns the stored rows' ids, joined.
func ids(t testing.TB, db *DB) string {
	t.Helper()
	var all []string
	if err := db.Read(t.Context()).Model(&Trial{}).Order("id").Pluck("id", &all).Error; err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func wantIDs(t testing.TB, db *DB, want string) {
	t.Helper()
	if got := ids(t, db); got != want {
		t.Errorf("stored rows: %q, want %q", got, want)
	}
}

// together holds the SQLite writer busy until all jobs are waiting, so that
// they share one batch, and returns their errors. On PostgreSQL they simply run
// at the same time.
func together(t *testing.T, db *DB, jobs ...func(*gorm.DB) error) []error {
	t.Helper()
	release, held := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	if db.Dialect() == SQLite {
		all.Go(func() {
			if err := db.Write(context.Background(), func(*gorm.DB) error {
				close(held)
				<-release
				return nil
			}); err != nil && !errors.Is(err, ErrBatchLost) {
				t.Errorf("the holding closure: %v", err)
			}
		})
		<-held
	}
	errs := make([]error, len(jobs))
	for i, job := range jobs {
		all.Go(func() { errs[i] = db.Write(context.Background(), job) })
	}
	if group, ok := db.writer.(*groupWriter); ok {
		group.awaitSenders(len(jobs))
	}
	close(release)
	all.Wait()
	return errs
}

func TestReadsSeeWhatWasAnswered(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		var clients sync.WaitGroup
		for client := range 8 {
			clients.Go(func() {
				for round := range 20 {
					id := fmt.Sprintf("%d-%d", client, round)
					write(t, db, func(tx *gorm.DB) error { return insert(tx, id) })
					var n int64
					if err := db.Read(t.Context()).Model(&Trial{}).Where("id = ?", id).Count(&n).Error; err != nil || n != 1 {
						t.Errorf("after the answer %s is seen %d times (%v)", id, n, err)
					}
				}
			})
		}
		clients.Wait()
	})
}

func TestFailuresLeaveNeighboursWhole(t *testing.T) {
	refused := errors.New("refused")
	onBoth(t, func(t *testing.T, db *DB) {
		errs := together(t, db,
			func(tx *gorm.DB) error { return insert(tx, "a") },
			func(tx *gorm.DB) error { return errors.Join(insert(tx, "error"), refused) },
			func(tx *gorm.DB) error { return insert(tx, "b") },
			func(tx *gorm.DB) error { _ = insert(tx, "panic"); panic(refused) },
			func(tx *gorm.DB) error {
				ctx, cancel := context.WithCancel(tx.Statement.Context)
				defer cancel()
				if err := insert(tx.WithContext(ctx), "cancel"); err != nil {
					return err
				}
				cancel() // what follows must not reach the neighbours
				return errors.Join(insert(tx.WithContext(ctx), "cancelled"), refused)
			},
			func(tx *gorm.DB) error { return insert(tx, "c") },
		)
		for i, want := range []error{nil, refused, nil, refused, refused, nil} {
			if !errors.Is(errs[i], want) {
				t.Errorf("closure %d answered %v, want %v", i, errs[i], want)
			}
		}
		if _, ok := errors.AsType[*PanicError](errs[3]); !ok {
			t.Errorf("the panic became %v", errs[3])
		}
		wantIDs(t, db, "a b c")
	})
}

func TestDoneContextDoesNotStart(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		ran := false
		if err := db.Write(ctx, func(*gorm.DB) error { ran = true; return nil }); !errors.Is(err, context.Canceled) || ran {
			t.Errorf("error %v, ran %v", err, ran)
		}
	})
}

// TestStartedClosureIsAwaited cancels the caller while its closure runs: the
// answer is still the real outcome.
func TestStartedClosureIsAwaited(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Write(ctx, func(tx *gorm.DB) error {
			cancel()
			return insert(tx, "a")
		})
		if err != nil {
			t.Errorf("the outcome was %v", err)
		}
		wantIDs(t, db, "a")
	})
}

// TestDeadlineEndsAWrite lets the caller's time run out between two statements:
// the second does not begin, and the first leaves nothing behind.
func TestDeadlineEndsAWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := db.Write(ctx, func(tx *gorm.DB) error {
			if err := insert(tx, "half"); err != nil {
				return err
			}
			<-ctx.Done()
			return insert(tx, "a")
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("answered %v", err)
		}
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "b") })
		wantIDs(t, db, "b")
	})
}

func TestEndedGoroutineLeavesTheWriterAlive(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		done := make(chan error, 1)
		go func() {
			defer func() { done <- nil }() // on PostgreSQL the closure runs here
			err := db.Write(context.Background(), func(tx *gorm.DB) error {
				_ = insert(tx, "half")
				runtime.Goexit() // what a test's FailNow does
				return nil
			})
			if !errors.Is(err, ErrBatchLost) && !errors.Is(err, errGoexit) {
				t.Errorf("answered %v", err)
			}
		}()
		<-done
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		wantIDs(t, db, "a")
	})
}

func TestWriteInsideWriteIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error {
			if err := db.Write(t.Context(), func(*gorm.DB) error { return nil }); !errors.Is(err, ErrNested) {
				t.Errorf("nested Write answered %v", err)
			}
			return insert(tx, "a")
		})
		wantIDs(t, db, "a")
	})
}

func TestClosedDatabaseRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), func(*gorm.DB) error { return nil }); !errors.Is(err, ErrClosed) {
			t.Errorf("Write answered %v", err)
		}
	})
}

func TestSlowClosureIsLoggedByNameAlone(t *testing.T) {
	var log strings.Builder
	cfg := sqliteConfig(t)
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	cfg.Clock = &steppingClock{step: 10 * time.Millisecond}
	db := open(t, cfg)
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "secret") })
	if text := log.String(); !strings.Contains(text, "slow write closure") || strings.Contains(text, "secret") {
		t.Errorf("log: %s", text)
	}
}

// steppingClock moves on by step whenever it is asked.
type steppingClock struct {
	mu   sync.Mutex
	now  time.Time
	step time.Duration
}

func (c *steppingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.step)
	return c.now
}
