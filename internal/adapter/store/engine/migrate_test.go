package engine

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"gorm.io/gorm"

	"trueward/internal/testkit/postgres"
)

func TestMigrateInSteps(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		if n, err := db.PendingMigrations(t.Context()); n != 0 || err != nil {
			t.Fatalf("%d pending (%v) after Migrate", n, err)
		}
		more := trialMigrations()
		step := &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE trials ADD COLUMN mark TEXT NOT NULL DEFAULT 'x';\n")}
		more["sqlite/0002_mark.sql"], more["postgres/0002_mark.sql"] = step, step
		db.cfg.Migrations = more
		if n, err := db.PendingMigrations(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d pending (%v) with a new step", n, err)
		}
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		steps, err := db.MigrationStatus(t.Context())
		if err != nil || len(steps) != 2 || steps[1].Name != "0002_mark.sql" || !steps[1].Applied || steps[1].AppliedAt.IsZero() {
			t.Fatalf("status %+v (%v)", steps, err)
		}
		var mark string // through statements prepared before the step, too
		write(t, db, func(tx *gorm.DB) error {
			return errors.Join(insert(tx, "b"), tx.Raw("SELECT max(mark) FROM trials").Scan(&mark).Error)
		})
		if mark != "x" {
			t.Errorf("mark %q", mark)
		}

		db.cfg.Migrations = trialMigrations() // the program before this one
		if err := db.Migrate(t.Context()); err != nil {
			t.Errorf("the older program on the newer schema: %v", err)
		}
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "c") })
	})
}

func TestBrokenStepLeavesTheSchemaBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		broken := trialMigrations()
		step := &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE half (id TEXT);\nCREATE TABLE half (id TEXT);\n")}
		broken["sqlite/0002_broken.sql"], broken["postgres/0002_broken.sql"] = step, step
		db.cfg.Migrations = broken
		if err := db.Migrate(t.Context()); err == nil {
			t.Fatal("the broken step was taken")
		}
		if err := db.Read(t.Context()).Exec("SELECT * FROM half").Error; err == nil || !strings.Contains(err.Error(), "half") {
			t.Errorf("half a step stayed: %v", err)
		}
	})
}

func TestProgramsMigrateAtTheSameTime(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	url := postgres.Start(t)
	var programs sync.WaitGroup
	for range 4 {
		programs.Go(func() {
			db, err := Open(t.Context(), Config{PostgresURL: url, Migrations: trialMigrations(), Readers: 1})
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(db.Migrate(t.Context()), db.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	programs.Wait()
}
