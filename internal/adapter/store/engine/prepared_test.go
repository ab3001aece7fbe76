package engine

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
)

// TestStatementsOfReadersAreBounded reads with more texts than are kept, from
// many sides at once, each of them twice: no statement is closed under a reader.
func TestStatementsOfReadersAreBounded(t *testing.T) {
	db := open(t, sqliteConfig(t))
	write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
	pool := db.base.ConnPool.(*prepared)
	var all sync.WaitGroup
	for side := range 4 {
		all.Go(func() {
			for n := range 2 * statementsKept {
				var got []int64
				text := fmt.Sprintf("SELECT COUNT(*) + %d FROM trials", n/2+side*40)
				if err := db.Read(t.Context()).Raw(text).Scan(&got).Error; err != nil || len(got) != 1 || got[0] != int64(1+n/2+side*40) {
					t.Errorf("%s answers %v, %v", text, got, err)
					return
				}
			}
		})
	}
	all.Wait()
	if n := len(pool.kept); n == 0 || n > statementsKept {
		t.Errorf("%d statements are kept", n)
	}
	for text, k := range pool.kept {
		if k.users != 0 {
			t.Errorf("%q has %d users", text, k.users)
		}
	}
}

// TestLimitStandsInTheStatement, because SQLite prepares a statement with a
// bound limit again each time it is run.
func TestLimitStandsInTheStatement(t *testing.T) {
	db := open(t, sqliteConfig(t))
	write(t, db, func(tx *gorm.DB) error {
		for _, id := range []string{"a", "b", "c"} {
			if err := insert(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		list func(*gorm.DB) *gorm.DB
		want string
		ids  string
	}{
		{func(db *gorm.DB) *gorm.DB { return db.Limit(2) }, "LIMIT 2", "[a b]"},
		{func(db *gorm.DB) *gorm.DB { return db.Limit(2).Offset(1) }, "LIMIT 2 OFFSET 1", "[b c]"},
		{func(db *gorm.DB) *gorm.DB { return db.Offset(2) }, "LIMIT -1 OFFSET 2", "[c]"},
	} {
		var ids []string
		err := c.list(db.Read(t.Context())).Table("trials").Order("id").Pluck("id", &ids).Error
		if err != nil || fmt.Sprint(ids) != c.ids {
			t.Errorf("%s: %v, %v", c.want, ids, err)
		}
		dry := c.list(db.Read(t.Context()).Session(&gorm.Session{DryRun: true})).Table("trials").Order("id").Find(&[]Trial{}).Statement
		if text := dry.SQL.String(); !strings.HasSuffix(text, " ORDER BY id "+c.want) || len(dry.Vars) != 0 {
			t.Errorf("the statement is %s, with %d values bound", text, len(dry.Vars))
		}
	}
}
