package engine

import (
	"errors"
	"testing"

	"gorm.io/gorm"
)

var errUnscoped = errors.New("no scope")

// scopedTrials is a guard as the store will have one.
func scopedTrials(table string, stmt *gorm.Statement) error {
	if _, ok := ScopeOf(stmt); table == "trials" && !ok {
		return errUnscoped
	}
	return nil
}

// TestGuardSeesEveryStatement tries each way to a row with and without a scope.
// The ways with a scope are the proof that the refusals come from the guard.
func TestGuardSeesEveryStatement(t *testing.T) {
	ways := map[string]func(tx *gorm.DB) error{
		"find":     func(tx *gorm.DB) error { return tx.Find(&[]Trial{}).Error },
		"first":    func(tx *gorm.DB) error { return tx.First(&Trial{}).Error },
		"count":    func(tx *gorm.DB) error { return tx.Model(&Trial{}).Count(new(int64)).Error },
		"pluck":    func(tx *gorm.DB) error { return tx.Table("trials").Pluck("id", &[]string{}).Error },
		"scan":     func(tx *gorm.DB) error { return tx.Table("trials").Select("id").Scan(&[]string{}).Error },
		"update":   func(tx *gorm.DB) error { return tx.Model(&Trial{}).Where("1 = 1").Update("n", 2).Error },
		"delete":   func(tx *gorm.DB) error { return tx.Where("1 = 1").Delete(&Trial{}).Error },
		"subquery": func(tx *gorm.DB) error { return tx.Session(&gorm.Session{}).Find(&[]Trial{}, "n >= ?", 0).Error },
	}
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		db.Guard(scopedTrials)
		for name, way := range ways {
			if err := db.Write(t.Context(), way); !errors.Is(err, errUnscoped) {
				t.Errorf("%s without scope answered %v", name, err)
			}
			scoped := func(tx *gorm.DB) error { return errors.Join(way(Scoped(tx, "ward")), insert(tx, name)) }
			if err := db.Write(t.Context(), scoped); err != nil {
				t.Errorf("%s with scope answered %v", name, err)
			}
		}
	})
}

func TestScopeStaysWithItsSession(t *testing.T) {
	db := open(t, sqliteConfig(t))
	db.Guard(scopedTrials)
	read := db.Read(t.Context())
	scoped := Scoped(read, "ward")
	for range 2 {
		if err := scoped.Find(&[]Trial{}).Error; err != nil {
			t.Errorf("the scoped session answered %v", err)
		}
		if err := read.Find(&[]Trial{}).Error; !errors.Is(err, errUnscoped) {
			t.Errorf("the session it was made from answered %v", err)
		}
	}
}

func TestGuardSeesHandWrittenSQL(t *testing.T) {
	db := open(t, sqliteConfig(t))
	var seen []string
	db.Guard(func(table string, stmt *gorm.Statement) error {
		seen = append(seen, table+"|"+stmt.SQL.String())
		return nil
	})
	write(t, db, func(tx *gorm.DB) error {
		return errors.Join(tx.Exec("UPDATE trials SET n = 1").Error, tx.Raw("SELECT 1").Scan(new(int)).Error)
	})
	if len(seen) != 2 || seen[0] != "|UPDATE trials SET n = 1" || seen[1] != "|SELECT 1" {
		t.Errorf("the guard saw %q", seen)
	}
}
