package operations

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/replica"
	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
)

// TestReplicaKeepsUpWithTheWriter writes as fast as the database takes it for
// some seconds. The replica shares the file with the writer: neither may starve
// the other.
func TestReplicaKeepsUpWithTheWriter(t *testing.T) {
	const during = 7 * time.Second
	home := t.TempDir()
	cfg := product.In(filepath.Join(home, "data"))
	cfg.Replica = "file://" + filepath.ToSlash(filepath.Join(home, "replica"))
	p, err := product.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var writes, slowest, early atomic.Int64 // early: answered longer ago than the bound
	var hands sync.WaitGroup
	began := time.Now()
	for range 16 {
		hands.Go(func() {
			for at := began; at.Sub(began) < during; at = time.Now() {
				if err := p.Store.Write(t.Context(), access.System("load"), writeOne); err != nil {
					t.Error(err)
					return
				}
				writes.Add(1)
				if now := time.Now(); now.Sub(began) < during-replicaBound {
					early.Add(1)
				}
				raise(&slowest, time.Since(at))
			}
		})
	}
	hands.Wait()
	there := restored(t, cfg, filepath.Join(home, "beside"))
	t.Logf("%d writes, the slowest took %s; the replica right after had %d", writes.Load(), time.Duration(slowest.Load()), there)
	if there < early.Load() {
		t.Errorf("the replica has %d writes; %d were answered more than %s ago", there, early.Load(), replicaBound)
	}
	if worst := time.Duration(slowest.Load()); worst > 2*time.Second {
		t.Errorf("a write took %s beside the replica", worst)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if there := restored(t, cfg, filepath.Join(home, "after")); there != writes.Load() {
		t.Errorf("after the end the replica has %d of %d writes", there, writes.Load())
	}
}

func writeOne(tx *store.Tx) error {
	tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "load", Kind: "load", Object: "load"})
	return nil
}

func raise(slowest *atomic.Int64, took time.Duration) {
	for worst := slowest.Load(); int64(took) > worst && !slowest.CompareAndSwap(worst, int64(took)); worst = slowest.Load() {
	}
}

// restored counts the writes of writeOne in the replica.
func restored(t *testing.T, cfg product.Config, folder string) (n int64) {
	t.Helper()
	key, err := os.ReadFile(cfg.KeyPath)
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	database := filepath.Join(folder, "trueward.db")
	if err == nil {
		err = replica.Restore(t.Context(), cfg.Replica, strings.TrimSpace(string(key)), database, filepath.Join(folder, "vault.keyset"), time.Time{})
	}
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM audit_entries WHERE action = 'load'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
