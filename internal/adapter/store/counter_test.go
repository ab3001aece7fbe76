package store_test

import (
	"sync"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/testkit/ward"
)

// TestCounterIsTakenOnce holds the one statement on which every verdict of
// freshness stands: of many writers with one value exactly one takes it, in
// both dialects; zero is a legal value, and a lower one never comes back.
func TestCounterIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w := ward.New(t, s, ward.Terms())
		var tag authentic.TagID
		change := audit.Change{Chain: audit.SystemChain, Action: "tag.checked", Kind: "tag", Object: "t"}
		err := s.Write(t.Context(), access.System("test"), func(tx *store.Tx) (err error) {
			tx.Audit(change)
			tag, err = tx.CreateTag(authentic.Tag{Identity: "ntag424:1", Technology: authentic.NTAG424, Vendor: w.Vendor, Epoch: 1})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		take := func(counter uint32) (won int) {
			const writers = 30
			var mu sync.Mutex
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					fresh := false
					err := s.Write(t.Context(), access.System("test"), func(tx *store.Tx) (err error) {
						tx.Audit(change)
						fresh, _, err = tx.TakeCounter(tag, 1, counter)
						return err
					})
					if err != nil {
						t.Error(err)
					}
					if fresh {
						mu.Lock()
						won++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			return won
		}
		for _, step := range []struct {
			counter uint32
			want    int
		}{{0, 1}, {0, 0}, {5, 1}, {4, 0}, {0xFFFFFF, 1}} {
			if won := take(step.counter); won != step.want {
				t.Errorf("counter %d was taken %d times, want %d", step.counter, won, step.want)
			}
		}
	})
}
