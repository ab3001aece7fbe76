package store_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
)

func TestTidyForgetsOldResultsAndNothingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		actor := access.System("test")
		ran := 0
		once := func() {
			t.Helper()
			_, err := store.Once(t.Context(), s, store.Command{Actor: actor, Key: "k", BodySHA256: "b"}, func(tx *store.Tx) (int, error) {
				ran++
				tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.done", Kind: "test", Object: "x"})
				return ran, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		once()
		for _, c := range []struct {
			wait time.Duration
			want int
		}{{29 * 24 * time.Hour, 1}, {2 * 24 * time.Hour, 2}} {
			clk.Advance(c.wait)
			if err := s.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			once()
			if ran != c.want {
				t.Fatalf("after %v the command ran %d times, want %d", c.wait, ran, c.want)
			}
		}
	})
}
