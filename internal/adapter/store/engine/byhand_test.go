package engine

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"gorm.io/gorm"
)

func collect(into *[]string) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		*into = append(*into, id)
		return err
	}
}

func TestByHandReadsAndWrites(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		var inside []string
		write(t, db, func(tx *gorm.DB) error {
			n, err := Exec(tx, "INSERT INTO trials (id, code, n) VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?)", "a", "A", 1, "b", "B", 2, "c", "C", 3)
			if err != nil || n != 3 {
				t.Errorf("%d rows, %v", n, err)
			}
			inside = nil
			return Query(tx, "SELECT id FROM trials WHERE n > ? AND id IN ? AND n < ? ORDER BY id", []any{1, []string{"b", "c", "x"}, 9}, collect(&inside))
		})
		if fmt.Sprint(inside) != "[b c]" {
			t.Errorf("inside: %v", inside)
		}
		var built, none []string
		list := db.Read(t.Context()).Table("trials").Select("id").Where("n >= ?", 2).Order("id").Limit(1)
		if err := Each(list, collect(&built)); err != nil || fmt.Sprint(built) != "[b]" {
			t.Errorf("built: %v, %v", built, err)
		}
		if err := Query(db.Read(t.Context()), "SELECT id FROM trials WHERE id IN ?", []any{[]string{}}, collect(&none)); err != nil || len(none) != 0 {
			t.Errorf("an empty list finds %v, %v", none, err)
		}
		if _, err := Exec(db.Read(t.Context()), "DELETE FROM trials"); !errors.Is(err, ErrReadOnly) {
			t.Errorf("a reader writes: %v", err)
		}
	})
}

// TestByHandKeepsTheManners: errors are translated, a failed statement that is
// passed over stores nothing, and the guard sees what the ORM built.
func TestByHandKeepsTheManners(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		err := db.Write(t.Context(), func(tx *gorm.DB) error {
			if err := insert(tx, "b"); err != nil {
				return err
			}
			if _, err := Exec(tx, "INSERT INTO trials (id, code, n) VALUES (?, ?, ?)", "a", "X", 1); !errors.Is(err, gorm.ErrDuplicatedKey) {
				t.Errorf("a duplicate answers %v", err)
			}
			return nil
		})
		if !errors.Is(err, ErrSwallowed) {
			t.Errorf("a passed-over failure answers %v", err)
		}
		wantIDs(t, db, "a")
		stop := errors.New("stop")
		if err := Query(db.Read(t.Context()), "SELECT id FROM trials", nil, func(*sql.Rows) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("scan's own error comes back as %v", err)
		}
		db.Guard(scopedTrials)
		if err := Each(db.Read(t.Context()).Table("trials").Select("id"), func(*sql.Rows) error { return nil }); err == nil {
			t.Error("the guard did not see a built query")
		}
	})
}

// TestAttendantStandsBesideByHand: what it refuses is not run, and a success it
// does not let be told is undone with its closure.
func TestAttendantStandsBesideByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		planted := errors.New("planted")
		var before, after error
		if err := db.Attend(func() error { return before }, func() error { return after }); err != nil {
			t.Fatal(err)
		}
		add := func(id string) error {
			return db.Write(t.Context(), func(tx *gorm.DB) error {
				_, err := Exec(tx, "INSERT INTO trials (id, code, n) VALUES (?, ?, ?)", id, id, 1)
				return err
			})
		}
		if err := add("a"); err != nil {
			t.Fatal(err)
		}
		before = planted
		if err := add("b"); !errors.Is(err, planted) {
			t.Errorf("a refused statement answers %v", err)
		}
		if err := Query(db.Read(t.Context()), "SELECT id FROM trials", nil, func(*sql.Rows) error { return nil }); !errors.Is(err, planted) {
			t.Errorf("a refused query answers %v", err)
		}
		before, after = nil, planted
		if err := add("c"); !errors.Is(err, planted) {
			t.Errorf("a success that is not told answers %v", err)
		}
		wantIDs(t, db, "a")
	})
}
