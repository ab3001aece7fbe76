package sample_test

import (
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/adapter/vault"
	"trueward/internal/app/auditing"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/paying"
	"trueward/internal/app/pricing"
	"trueward/internal/app/receiving"
	"trueward/internal/app/using"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/custody"
	"trueward/internal/sample"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func load(t *testing.T, s *store.Store, clk *clock.Fake) {
	t.Helper()
	keys, err := vault.Open(vault.Config{Path: filepath.Join(t.TempDir(), "v"), KeyPath: filepath.Join(t.TempDir(), "k")})
	if err != nil {
		t.Fatal(err)
	}
	prices := &pricing.Desk{Store: s}
	log := slog.New(slog.DiscardHandler)
	err = sample.Load(t.Context(), sample.Config{
		Store: s, Clock: clk, Keys: keys, PasswordHash: "-", TapHost: "http://localhost:8088",
		Until: time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC), Log: log,
		Desks: sample.Desks{
			Receiving: &receiving.Desk{Store: s, Identities: keys},
			Using:     &using.Desk{Store: s, Billing: prices, Random: rand.Reader},
			Invoicing: &invoicing.Desk{Store: s, Provider: invoicing.Local{}, Renderer: export.PDF{}, Log: log},
			Pricing:   prices,
			Paying:    &paying.Desk{Store: s},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheStoryHolds loads the sample on both databases and checks that the
// record holds and that every queue and state a visitor should see is there.
func TestTheStoryHolds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		load(t, s, clk)
		err := auditing.Desk{Store: s}.Verify(t.Context(), nil, func(sum auditing.Summary) {
			if sum.Finding != nil {
				t.Error(sum.Finding)
			}
			if sum.Rows == 0 {
				t.Errorf("%s: nothing was looked at", sum.Check)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		q := s.Read(t.Context(), access.Everything())
		states := map[billing.InvoiceState]int{}
		if err := q.AllInvoices(store.InvoiceFilter{}, func(i store.InvoiceRow) error { states[i.State]++; return nil }); err != nil {
			t.Fatal(err)
		}
		for _, want := range []billing.InvoiceState{billing.Collecting, billing.Frozen, billing.Sent, billing.Paid} {
			if states[want] == 0 {
				t.Errorf("no invoice is %s: %v", want, states)
			}
		}
		units, all := map[custody.State]int64{}, int64(0)
		for _, state := range []custody.State{custody.Expected, custody.Available, custody.Removed, custody.Used, custody.Wasted} {
			n, err := q.CountUnits(store.UnitFilter{States: []custody.State{state}}, 5000)
			if err != nil || n == 0 {
				t.Errorf("no unit is %s (%v)", state, err)
			}
			units[state], all = n, all+n
		}
		if all != 2000 {
			t.Errorf("%d units: %v", all, units)
		}
	})
}
