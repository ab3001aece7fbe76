package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gorm.io/gorm"
)

// TestServerCrashLosesNothingAcknowledged kills a server process of PostgreSQL
// with SIGKILL under load. The server then throws every connection away and
// recovers from its log, as after a power cut. What Write acknowledged must be
// there, nothing may be there by half, and the pool must find back by itself.
func TestServerCrashLosesNothingAcknowledged(t *testing.T) {
	db, ok := openPG(t, Config{})
	if !ok {
		return
	}
	var victim int
	write(t, db, func(tx *gorm.DB) error { return tx.Raw("SELECT pg_backend_pid()").Scan(&victim).Error })

	var mu sync.Mutex
	var acknowledged []string
	enough := make(chan struct{})
	store := func(id string) error {
		return db.Write(t.Context(), func(tx *gorm.DB) error { return errors.Join(insert(tx, id+"-a"), insert(tx, id+"-b")) })
	}
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d", client, n)
				if err := store(id); err != nil {
					return // the crash; its outcome is open
				}
				mu.Lock()
				if acknowledged = append(acknowledged, id); len(acknowledged) == 200 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	awaitWrite(t, func() error { return store("after") })

	stored := strings.Fields(ids(t, db))
	missing := func(id string) bool {
		return !slices.Contains(stored, id+"-a") || !slices.Contains(stored, id+"-b")
	}
	if lost := slices.IndexFunc(acknowledged, missing); lost >= 0 {
		t.Errorf("%s was acknowledged and is lost", acknowledged[lost])
	}
	if len(stored)%2 != 0 {
		t.Errorf("%d rows are stored by closures of two", len(stored))
	}
	if !missing("never") {
		t.Error("a row that was never written is found: the check proves nothing")
	}
}

// awaitWrite tries until the server is back, for 30 s at most.
func awaitWrite(t *testing.T, try func() error) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	var err error
	for range 600 {
		if err = try(); err == nil {
			return
		}
		<-ticker.C
	}
	t.Fatalf("the server did not come back: %v", err)
}
