package engine

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"gorm.io/gorm"
)

// awaitSenders returns when n goroutines are blocked in write, which only the
// stacks can tell of an unbuffered channel.
func (w *groupWriter) awaitSenders(n int) {
	buffer := make([]byte, 1<<20)
	for {
		stacks := string(buffer[:runtime.Stack(buffer, true)])
		waiting := 0
		for _, goroutine := range strings.Split(stacks, "\n\n") {
			if strings.Contains(goroutine, "[select") && strings.Contains(goroutine, fmt.Sprintf("(*groupWriter).write(%p", w)) {
				waiting++
			}
		}
		if waiting >= n {
			return
		}
		runtime.Gosched()
	}
}

// breakage is a way for the transaction to vanish under a closure.
var breakages = map[string]func(w *groupWriter) error{
	"rolled back": func(w *groupWriter) error {
		_, err := w.conn.ExecContext(context.Background(), "ROLLBACK")
		return err
	},
	"committed": func(w *groupWriter) error {
		_, err := w.conn.ExecContext(context.Background(), "COMMIT")
		return err
	},
	"connection closed": func(w *groupWriter) error {
		w.stmts.close() // an open statement would keep the transaction and its lock alive
		_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
		return nil
	},
}

func TestLostBatchIsToldAndReopened(t *testing.T) {
	for name, breakIt := range breakages {
		t.Run(name, func(t *testing.T) {
			db := open(t, sqliteConfig(t))
			w := db.writer.(*groupWriter)
			refused := errors.New("refused")
			errs := together(t, db,
				func(tx *gorm.DB) error { return insert(tx, "a") },
				func(tx *gorm.DB) error { return errors.Join(insert(tx, "b"), breakIt(w)) },
			)
			lost := 0
			for _, err := range errs {
				if errors.Is(err, ErrBatchLost) {
					lost++
				}
			}
			if name == "committed" {
				// A COMMIT that went round the engine has stored what came
				// before it; all that is asked is that it is found out.
				if lost == 0 {
					t.Fatalf("nobody was told: %v", errs)
				}
				return
			}
			// The order within a batch is not fixed: a job after the break is
			// served by a new batch.
			if lost == 0 || lost == 1 && errs[0] != nil {
				t.Fatalf("answers: %v", errs)
			}
			write(t, db, func(tx *gorm.DB) error { return insert(tx, "c") })
			if want := map[bool]string{true: "c", false: "a c"}[errs[0] != nil]; ids(t, db) != want {
				t.Errorf("stored %q, want %q", ids(t, db), want)
			}
			if err := db.Write(t.Context(), func(*gorm.DB) error { return refused }); !errors.Is(err, refused) {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestIdleConnectionBreaks breaks the connection between two batches: nothing
// was begun, so nobody notices.
func TestIdleConnectionBreaks(t *testing.T) {
	db := open(t, sqliteConfig(t))
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
	_ = breakages["connection closed"](db.writer.(*groupWriter)) // the loop is waiting for a job
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "b") })
	wantIDs(t, db, "a b")
}

func TestDiskFullIsToldAndOvercome(t *testing.T) {
	cfg := sqliteConfig(t)
	cfg.pragmas = []string{"max_page_count(60)"}
	db := open(t, cfg)
	stored := 0
	var err error
	for ; err == nil; stored++ {
		err = db.Write(t.Context(), func(tx *gorm.DB) error {
			return tx.Create(&Trial{ID: fmt.Sprintf("%05d", stored), Code: strings.Repeat("x", 3000) + fmt.Sprint(stored)}).Error
		})
		if stored > 1000 {
			t.Fatal("the file grew past its bound: the test proves nothing")
		}
	}
	stored--
	if !IsDiskFull(err) {
		t.Fatalf("a full disk answers %v", err)
	}
	if n := len(strings.Fields(ids(t, db))); n != stored {
		t.Fatalf("%d rows are stored, %d were acknowledged", n, stored)
	}
	write(t, db, func(tx *gorm.DB) error { return tx.Exec("DELETE FROM trials").Error }) // make room
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
	wantIDs(t, db, "a")
}

func TestDatabaseFileIsPrivate(t *testing.T) {
	cfg := sqliteConfig(t)
	if err := os.WriteFile(cfg.SQLitePath, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	db := open(t, cfg)
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(cfg.SQLitePath + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%q has mode %o", suffix, mode)
		}
	}
}

func TestSQLiteIsSetUpForDurability(t *testing.T) {
	db := open(t, sqliteConfig(t))
	w := db.writer.(*groupWriter)
	for pragma, want := range map[string]string{
		"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "10000", "recursive_triggers": "1",
	} {
		var got string
		if err := w.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %s", pragma, got, err, want)
		}
	}
}
