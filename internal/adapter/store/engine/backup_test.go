package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
)

// TestBackupWhileWriting copies under load: the copy opens, is sound, and holds
// a whole number of closures of two rows each.
func TestBackupWhileWriting(t *testing.T) {
	db := open(t, sqliteConfig(t))
	pair := func(n int) error {
		return db.Write(t.Context(), func(tx *gorm.DB) error {
			return errors.Join(insert(tx, fmt.Sprintf("%04da", n)), insert(tx, fmt.Sprintf("%04db", n)))
		})
	}
	for n := range 50 {
		if err := pair(n); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	load.Go(func() {
		for n := 50; ctx.Err() == nil; n++ {
			if err := pair(n); err != nil {
				t.Error(err)
			}
		}
	})
	dest := filepath.Join(t.TempDir(), "copy.db")
	err := db.Backup(t.Context(), dest)
	stop()
	load.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dest); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v (%v)", info.Mode(), err)
	}
	if err := db.Backup(t.Context(), dest); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second copy to the same name answered %v", err)
	}
	restored := open(t, Config{SQLitePath: dest})
	if n := len(strings.Fields(ids(t, restored))); n < 100 || n%2 != 0 {
		t.Errorf("the copy has %d rows, want 100 or more in pairs", n)
	}
	left, _ := filepath.Glob(dest + ".partial*")
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestDamageIsFound flips bytes in every page of the table: the check that
// praises a sound file must condemn a damaged one, and no backup is made of it.
func TestDamageIsFound(t *testing.T) {
	cfg := sqliteConfig(t)
	db := open(t, cfg)
	for n := range 200 {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, fmt.Sprintf("%04d", n)) })
	}
	if err := db.CheckIntegrity(t.Context()); err != nil {
		t.Fatalf("a sound file: %v", err)
	}
	if err := db.Close(); err != nil { // moves the log into the file
		t.Fatal(err)
	}
	content, err := os.ReadFile(cfg.SQLitePath)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for at := 2*page + 9; at < len(content); at += page {
		content[at] ^= 0xff
	}
	if err := os.WriteFile(cfg.SQLitePath, content, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Migrations = trialMigrations()
	damaged, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer damaged.Close()
	err = damaged.CheckIntegrity(t.Context())
	if corrupt, ok := errors.AsType[*CorruptError](err); !ok || len(corrupt.Findings) == 0 {
		t.Errorf("the check answered %v", err)
	}
	dest := filepath.Join(t.TempDir(), "copy.db")
	if err := damaged.Backup(t.Context(), dest); err == nil {
		t.Error("a damaged file was copied without a word")
	}
	if _, err := os.Stat(dest); err == nil {
		t.Error("a copy of a damaged file got its name")
	}
}
