package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"trueward/internal/testkit/postgres"
)

// openPG opens PostgreSQL, or tells that it is left out.
func openPG(t *testing.T, cfg Config) (*DB, bool) {
	if !postgres.Wanted(t) {
		return nil, false
	}
	cfg.PostgresURL = postgresURL(t)
	return open(t, cfg), true
}

func increment(tx *gorm.DB, id string) error {
	return tx.Exec("UPDATE trials SET n = n + 1 WHERE id = ?", id).Error
}

// TestDeadlockIsRunAgain makes two closures take the same two rows in opposite
// order, each waiting for the other's first lock. One of them must be given up
// by PostgreSQL, which the count of runs proves, and both must succeed.
func TestDeadlockIsRunAgain(t *testing.T) {
	db, ok := openPG(t, Config{Jitter: func() float64 { return 0 }})
	if !ok {
		return
	}
	write(t, db, func(tx *gorm.DB) error { return errors.Join(insert(tx, "a"), insert(tx, "b")) })
	var meet sync.WaitGroup
	meet.Add(2)
	var mu sync.Mutex
	runs := 0
	cross := func(first, second string) error {
		met := false
		return db.Write(context.Background(), func(tx *gorm.DB) error {
			mu.Lock()
			runs++
			mu.Unlock()
			if err := increment(tx, first); err != nil {
				return err
			}
			if !met {
				met = true
				meet.Done()
				meet.Wait()
			}
			return increment(tx, second)
		})
	}
	var both sync.WaitGroup
	errs := make([]error, 2)
	both.Go(func() { errs[0] = cross("a", "b") })
	both.Go(func() { errs[1] = cross("b", "a") })
	both.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if runs < 3 {
		t.Fatalf("%d runs: no deadlock came about, the test proves nothing", runs)
	}
	var n int64
	if err := db.Read(t.Context()).Raw("SELECT sum(n) FROM trials").Scan(&n).Error; err != nil || n != 4 {
		t.Errorf("the rows add up to %d (%v), want 4", n, err)
	}
}

// TestRetryIsBounded answers every run with PostgreSQL's own request to run
// again, wrapped and then swallowed.
func TestRetryIsBounded(t *testing.T) {
	var pauses []time.Duration
	db, ok := openPG(t, Config{
		Jitter: func() float64 { return 0.5 },
		Sleep:  func(_ context.Context, d time.Duration) error { pauses = append(pauses, d); return nil },
	})
	if !ok {
		return
	}
	for _, answer := range []func(error) error{
		func(err error) error { return fmt.Errorf("wrapped: %w", err) },
		func(error) error { return errors.New("hidden") },
		func(error) error { return nil },
	} {
		pauses = nil
		runs := 0
		err := db.Write(t.Context(), func(tx *gorm.DB) error {
			runs++
			return answer(tx.Exec("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$").Error)
		})
		if err == nil || runs != pgAttempts || len(pauses) != pgAttempts-1 {
			t.Errorf("answered %v after %d runs and pauses %v", err, runs, pauses)
		}
		if len(pauses) > 1 && (pauses[0] != pgRetryFirst || pauses[1] != 2*pgRetryFirst) {
			t.Errorf("pauses %v", pauses)
		}
	}
}

func TestRetryEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	db, ok := openPG(t, Config{Sleep: func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }})
	if !ok {
		return
	}
	runs := 0
	err := db.Write(ctx, func(tx *gorm.DB) error {
		runs++
		return tx.Exec("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$").Error
	})
	if err == nil || runs != 1 {
		t.Errorf("answered %v after %d runs", err, runs)
	}
}

// TestLostConnection ends the server's side of the connection in the middle of
// a closure: nothing is stored, and the pool recovers by itself.
func TestLostConnection(t *testing.T) {
	db, ok := openPG(t, Config{})
	if !ok {
		return
	}
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := insert(tx, "b"); err != nil {
			return err
		}
		_ = tx.Exec("SELECT pg_terminate_backend(pg_backend_pid())").Error
		return nil
	})
	if !errors.Is(err, ErrSwallowed) {
		t.Errorf("answered %v", err)
	}
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "c") })
	wantIDs(t, db, "a c")
}

// TestLostAnswerToCommit breaks the connection between the last statement and
// COMMIT: whether it was stored cannot be known, and is said so.
func TestLostAnswerToCommit(t *testing.T) {
	db, ok := openPG(t, Config{})
	if !ok {
		return
	}
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		var pid int
		if err := errors.Join(insert(tx, "a"), tx.Raw("SELECT pg_backend_pid()").Scan(&pid).Error); err != nil {
			return err
		}
		return db.Read(t.Context()).Exec("SELECT pg_terminate_backend(?, 5000)", pid).Error
	})
	if !errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("answered %v", err)
	}
	wantIDs(t, db, "")
}

func TestHangingClosureIsBounded(t *testing.T) {
	db, ok := openPG(t, Config{WriteTimeout: 200 * time.Millisecond})
	if !ok {
		return
	}
	err := db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("SELECT pg_sleep(60)").Error })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("answered %v", err)
	}
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
}

func TestAddressErrorsKeepThePassword(t *testing.T) {
	_, err := Open(t.Context(), Config{PostgresURL: "postgres://ward:hunter2@/x?port=wrong"})
	if err == nil {
		t.Fatal("opened")
	}
	if text := err.Error(); strings.Contains(text, "hunter2") {
		t.Errorf("the error tells the password: %s", text)
	}
}
