package using_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/using"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// purse is a Billing that remembers what it was asked in this transaction; a
// test reads it after the commit.
type purse struct {
	mu       sync.Mutex
	charged  map[usage.ID]int
	reversed map[usage.ID]int
}

func (p *purse) Charge(_ *store.Tx, u usage.Usage) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.charged[u.ID]++
	return nil
}

func (p *purse) Reverse(_ *store.Tx, u usage.Usage, _ string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reversed[u.ID]++
	return nil
}

// beside proves the second person by a password of the test.
type beside struct{ who access.Actor }

func (b beside) Confirm(_ context.Context, _, password, _ string) (access.Actor, error) {
	if password != "right" {
		return access.Actor{}, fault.New(fault.Unauthenticated, "Email or password is wrong.")
	}
	return b.who, nil
}

type bench struct {
	*ward.Ward
	desk  *using.Desk
	purse *purse
	clock *clock.Fake
	t     *testing.T
}

func each(t *testing.T, terms consign.Terms, body func(t *testing.T, b *bench)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := ward.New(t, s, terms)
		b := &bench{Ward: w, purse: &purse{charged: map[usage.ID]int{}, reversed: map[usage.ID]int{}}, clock: clk, t: t}
		b.desk = &using.Desk{Store: s, Billing: b.purse, Second: beside{w.Ben}, Random: rand.NewChaCha8([32]byte{7})}
		body(t, b)
		w.CheckStock()
	})
}

func (b *bench) open(a access.Actor) usage.Case {
	b.t.Helper()
	c, err := b.desk.OpenCase(b.t.Context(), b.Cmd(a), b.Room)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) use(a access.Actor, unit custody.UnitID) (using.Consumed, error) {
	return b.desk.Use(b.t.Context(), b.Cmd(a), using.Consumption{Unit: unit, Outcome: usage.Used})
}

func (b *bench) mustUse(a access.Actor, unit custody.UnitID) using.Consumed {
	b.t.Helper()
	used, err := b.use(a, unit)
	if err != nil {
		b.t.Fatal(err)
	}
	return used
}

func (b *bench) hold(unit custody.UnitID, kind custody.HoldKind) {
	b.t.Helper()
	err := b.Store.Write(b.t.Context(), b.Mia, func(tx *store.Tx) error {
		tx.Audit(auditOf(b.Site, unit))
		_, err := tx.SetHold(b.Unit(unit), kind, custody.StopHold, "lot LT4471")
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}
