package storetest_test

import (
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
)

func TestEachStoreIsMigratedAndItsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		pending, err := s.Engine().PendingMigrations(t.Context())
		if err != nil || pending != 0 {
			t.Fatalf("%d migrations pending, %v", pending, err)
		}
		if !s.Now().Equal(storetest.Start) {
			t.Errorf("the store's time is %s, want %s", s.Now(), storetest.Start)
		}
		if again := clk.Advance(1); again.Before(storetest.Start) {
			t.Error("the test's clock is not the store's")
		}
	})
}

func TestMain(m *testing.M) { storetest.Main(m) }
