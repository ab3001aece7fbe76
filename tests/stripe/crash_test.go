package stripe_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/engine"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/app/charging"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
)

// death says where a process dies: at the n-th changing call, before or after
// it, or right after the commit that writes its answer down. Zero: it lives.
type death struct {
	call int
	when string
}

// killed is what a dying process panics with.
type killed struct{}

// mortal is a gateway of a process that dies at a call.
type mortal struct {
	charging.Gateway
	at   death
	n    int
	seen func(remote.Call)
}

func (m *mortal) Do(ctx context.Context, e remote.Entry, call remote.Call) (remote.Answer, error) {
	m.n++
	if m.seen != nil {
		m.seen(call)
	}
	if m.n == m.at.call && m.at.when == "before" {
		panic(killed{})
	}
	a, err := m.Gateway.Do(ctx, e, call)
	if m.n == m.at.call && m.at.when == "after" {
		panic(killed{})
	}
	return a, err
}

// dies lets a process work and die, and the next one take over. A lease of the
// dead one must run out first.
func (w *world) dies(g charging.Gateway, at death) {
	w.t.Helper()
	m := &mortal{Gateway: g, at: at}
	w.restart(m)
	if at.when == "committed" {
		w.s.OnCommit(func(events []store.Event) {
			if m.n == at.call && len(events) > 0 {
				m.at.call = 0
				at.call = -1
				panic(killed{})
			}
		})
	}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(killed{}) {
				panic(r)
			}
		}()
		w.drain()
	}()
	w.s.OnCommit(func([]store.Event) {})
	w.restart(g)
	w.clk.Advance(3 * time.Minute)
}

// scenario bills a case of two usages while a process dies and a call fails,
// and says what is wrong in the end; empty when nothing is.
func (w *world) scenario(g charging.Gateway, at death, f *fake.Fault) string {
	w.t.Helper()
	c := w.used(2)
	if f != nil {
		f.Clock = w.clk
		w.fake.Fail(f)
	}
	w.dies(g, at)
	i, settled := w.goesOn(c)
	w.fake.Heal()
	w.restart(w.gateway)
	if !settled {
		return fmt.Sprintf("the invoice does not go on: %s, parked %v: %s", i.State, i.Parked, i.ParkedReason)
	}
	return w.wrong(i)
}

// calls is how many changing calls an invoice of two lines takes: draft, two
// items, two taxes, number, finalize, send.
const calls = 8

var failures = []fake.Kind{
	fake.DropBefore, fake.DropAfter, fake.RateLimit, fake.LockTimeout, fake.Saved500, fake.Done500, fake.HTML, fake.HTMLAfter, fake.Late,
}

// Every place to die × every way to fail: in the end Stripe holds exactly one
// invoice with the frozen lines, under our number, and the hospital was told.
// On PostgreSQL each place meets one of the ways, in turn, and all of them in
// the soak.
func TestCrashMatrix(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.once(w.settle(w.used(1))) // the payer's record is made
		thin := w.s.Engine().Dialect() == engine.PostgreSQL && os.Getenv("TRUEWARD_SOAK") == ""
		for n := 1; n <= calls; n++ {
			for _, when := range []string{"", "before", "after", "committed"} {
				for k, kind := range failures {
					if thin && (k+n+len(when))%len(failures) != 0 {
						continue
					}
					at := death{n, when}
					if wrong := w.scenario(w.gateway, at, &fake.Fault{Kind: kind, Skip: n - 1}); wrong != "" {
						t.Fatalf("died %q call %d, which failed by %s: %s", when, n, kind, wrong)
					}
				}
			}
		}
		w.check()
	})
}

// Random sequences, 50 of them, on PostgreSQL 15, in the soak 500: several
// deaths and failures on one invoice after another, by a seed that is named
// when something is wrong.
func TestRandomSequences(t *testing.T) {
	seeds := 50
	if os.Getenv("TRUEWARD_SOAK") != "" {
		seeds = 500
	}
	each(t, func(t *testing.T, w *world) {
		w.once(w.settle(w.used(1)))
		if seeds == 50 && w.s.Engine().Dialect() == engine.PostgreSQL {
			seeds = 15
		}
		for seed := range uint64(seeds) {
			r := mrand.New(mrand.NewPCG(seed, 1))
			c := w.used(1 + r.IntN(4))
			for range 1 + r.IntN(4) {
				kind := failures[r.IntN(len(failures))]
				w.fake.Fail(&fake.Fault{Kind: kind, Skip: r.IntN(6), Clock: w.clk})
				w.dies(w.gateway, death{r.IntN(12), []string{"", "before", "after", "committed"}[r.IntN(4)]})
			}
			i, settled := w.goesOn(c)
			w.fake.Heal()
			if !settled {
				t.Fatalf("seed %d: the invoice does not go on: %s: %s", seed, i.State, i.ParkedReason)
			}
			if wrong := w.wrong(i); wrong != "" {
				t.Fatalf("seed %d: %s", seed, wrong)
			}
		}
		w.check()
	})
}

// randomKeys is a planted fault: each try has a key of its own.
type randomKeys struct{ charging.Gateway }

func (g randomKeys) Do(ctx context.Context, e remote.Entry, call remote.Call) (remote.Answer, error) {
	call.Key = rand.Text()
	return g.Gateway.Do(ctx, e, call)
}

func TestHarnessFindsRandomKeys(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w := newWorld(t, s, clk)
	w.once(w.settle(w.used(1)))
	if w.scenario(randomKeys{w.gateway}, death{}, &fake.Fault{Kind: fake.DropAfter}) == "" {
		t.Error("every try had another key, an answer was lost, and the harness saw nothing")
	}
}

// hasty is a planted fault: a call is written down as done before it is made,
// and the process dies in between.
type hasty struct {
	charging.Gateway
	w    *world
	step remote.Step
}

func (g hasty) Do(ctx context.Context, e remote.Entry, call remote.Call) (remote.Answer, error) {
	if call.Step != g.step {
		return g.Gateway.Do(ctx, e, call)
	}
	err := g.w.s.Keep(ctx, func(tx *store.Tx) error {
		ops, err := tx.Unbounded().Ops(g.w.connection, g.w.busyWith(tx), call.Step)
		for _, op := range ops {
			op.State = remote.OpDone
			if err == nil {
				err = tx.AnswerOp(op)
			}
		}
		return err
	})
	if err != nil {
		g.w.t.Fatal(err)
	}
	panic(killed{})
}

// busyWith is the youngest invoice.
func (w *world) busyWith(tx *store.Tx) (id billing.InvoiceID) {
	_ = tx.Unbounded().AllInvoices(store.InvoiceFilter{}, func(i billing.NamedInvoice) error {
		id = max(id, i.ID)
		return nil
	})
	return id
}

func TestHarnessFindsWorkMarkedBeforeItIsDone(t *testing.T) {
	for _, step := range []remote.Step{remote.SetNumber, remote.SendOut} {
		t.Run(string(step), func(t *testing.T) {
			s, clk := storetest.SQLite(t)
			w := newWorld(t, s, clk)
			w.once(w.settle(w.used(1)))
			c := w.used(1)
			w.dies(hasty{w.gateway, w, step}, death{})
			w.restart(w.gateway)
			if i, settled := w.goesOn(c); settled && w.wrong(i) == "" {
				t.Error("a step was marked done before it was, and the harness saw nothing")
			}
		})
	}
}
