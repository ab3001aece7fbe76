package faults_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
	"modernc.org/sqlite"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/pricing"
	"trueward/internal/app/using"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/testkit/postgres"
	"trueward/internal/testkit/ward"
)

var errPlanted = errors.New("planted failure of the database")

// countdown is armed with a number and goes off once, at that call.
type countdown struct{ left atomic.Int64 }

func (c *countdown) arm(n int)   { c.left.Store(int64(n)) }
func (c *countdown) spent() bool { return c.left.Load() <= 0 }

// hit counts a call and reports whether it is the one that fails.
func (c *countdown) hit() bool { return c.left.Add(-1) == 0 }

// commits counts down the COMMITs of every SQLite connection of this process.
var commits countdown

func init() {
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		conn.(sqlite.HookRegisterer).RegisterCommitHook(func() int32 {
			if commits.hit() {
				return 1
			}
			return 0
		})
		return nil
	})
}

// sabotage makes the statement at which it is armed fail: before it is run,
// or after it was run and before anybody knows.
func sabotage(s *store.Store, ctx context.Context) (before, after *countdown, err error) {
	before, after = &countdown{}, &countdown{}
	fail := func(c *countdown) func(*gorm.DB) {
		return func(tx *gorm.DB) {
			if c.hit() {
				_ = tx.AddError(errPlanted)
			}
		}
	}
	byHand := func(c *countdown) func() error {
		return func() error {
			if c.hit() {
				return errPlanted
			}
			return nil
		}
	}
	call := s.Engine().Read(ctx).Callback()
	return before, after, errors.Join(
		s.Engine().Attend(byHand(before), byHand(after)),
		call.Create().Before("gorm:create").Register("faults:before", fail(before)),
		call.Query().Before("gorm:query").Register("faults:before", fail(before)),
		call.Update().Before("gorm:update").Register("faults:before", fail(before)),
		call.Delete().Before("gorm:delete").Register("faults:before", fail(before)),
		call.Raw().Before("gorm:raw").Register("faults:before", fail(before)),
		call.Row().Before("gorm:row").Register("faults:before", fail(before)),
		call.Create().After("gorm:create").Register("faults:after", fail(after)),
		call.Update().After("gorm:update").Register("faults:after", fail(after)),
		call.Delete().After("gorm:delete").Register("faults:after", fail(after)),
		call.Raw().After("gorm:raw").Register("faults:after", fail(after)),
	)
}

// TestNthStatementFails is row 3: whichever statement of a use and its bill
// fails, each fact is there as a whole or not at all, and the same requests
// sent again bring everything to its end once.
func TestNthStatementFails(t *testing.T) {
	s, clk := storetest.SQLite(t)
	l := newLab(t, s, clk, atOnce())
	before, after, err := sabotage(s, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.failEvery("before it ran", before, 1)
	l.failEvery("after it ran", after, 2)
	l.failEvery("COMMIT", &commits, 1)
	l.mustHold()
}

// TestConnectionResets is row 3 and row 13 on PostgreSQL: the connection is
// reset before the n-th statement reaches the server, and between a COMMIT
// and its answer, when only the key of the request can tell what happened.
func TestConnectionResets(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	w, through := newWire(t, postgres.StartFrom(t, "migrated", migrate))
	clk := clock.NewFake(storetest.Start)
	s, err := store.Open(t.Context(), store.Config{PostgresURL: through, Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l := newLab(t, s, clk, atOnce())
	l.failEvery("answer to COMMIT", &w.quiet, 1)
	l.failEvery("statement", &w.cut, 3)
	l.mustHold()
}

// atOnce are terms without undo time: billing follows the use at once.
func atOnce() consign.Terms {
	terms := ward.Terms()
	terms.UndoMinutes = 0
	return terms
}

func migrate(url string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{PostgresURL: url})
	if err != nil {
		return err
	}
	return errors.Join(s.Engine().Migrate(ctx), s.Close())
}

// failEvery arms the fault at the calls of the way from a use to its invoice,
// every step-th of them (each one in the soak), until a way ends before the
// fault goes off. Ten ways are broken, looked at, and walked to their ends.
func (l *lab) failEvery(name string, fault *countdown, step int) {
	l.t.Helper()
	const group = 10
	if kills() > 100 {
		step = 1
	}
	var broken []*way
	for n := 1; !l.t.Failed(); n += step {
		w := &way{lab: l, name: fmt.Sprintf("%s-%d", name, n), unit: l.Stents(1)[0]}
		fault.arm(n)
		_ = w.walk() // its refusal is what the person sees
		fired := fault.spent()
		fault.arm(0)
		if broken = append(broken, w); len(broken) == group || !fired {
			l.heal(broken)
			broken = nil
		}
		if !fired {
			l.t.Logf("%s: of %d calls every %d. failed", name, n-1, step)
			if n <= 10 {
				l.t.Errorf("%s: only %d calls on the way", name, n-1)
			}
			return
		}
	}
}

// heal looks at what faults left behind, then sends every request again.
func (l *lab) heal(broken []*way) {
	l.t.Helper()
	for _, finding := range verify(l.t, l.Store) {
		l.t.Errorf("up to %s: %s", broken[len(broken)-1].name, finding)
	}
	l.clock.Advance(time.Hour)
	for _, w := range broken {
		if err := w.walk(); err != nil {
			l.t.Fatalf("%s: sent again without a fault: %v", w.name, err)
		}
	}
	for _, w := range broken {
		w.mustBeDone()
	}
}

// way is a nurse's way from an empty case to an invoice, each request under a
// key of its own.
type way struct {
	*lab
	name string
	unit custody.UnitID
	used using.Consumed
}

func (w *way) cmd(step string) store.Command {
	return store.Command{Actor: w.Amy, Key: w.name + step, BodySHA256: step}
}

// walk goes as far as it is let, and lets the workers do what is due.
func (w *way) walk() error {
	ctx := w.t.Context()
	c, err := w.desk.OpenCase(ctx, w.cmd("open"), w.Room)
	if err == nil {
		w.used, err = w.desk.Use(ctx, w.cmd("use"), using.Consumption{Case: c.ID, Unit: w.unit, Outcome: usage.Used})
	}
	if err == nil {
		_, err = w.desk.CloseCase(ctx, w.cmd("close"), c.ID)
	}
	_, invoicing := invoicingDesk(w.Store).Run(ctx)
	_, notices := w.desk.RunNotices(ctx)
	return errors.Join(err, invoicing, notices)
}

// mustBeDone fails the test when the use is not recorded, billed and told once.
func (w *way) mustBeDone() {
	w.t.Helper()
	q := w.Store.Read(w.t.Context(), access.Everything())
	lines, err := q.Usages(store.UsageFilter{Unit: w.unit}, store.Page{})
	if err != nil || len(lines.Rows) != 1 || lines.Rows[0].ID != w.used.Usage {
		w.t.Errorf("%s: %d usages of the unit, %v", w.name, len(lines.Rows), err)
	}
	line, err := q.LiveLine(w.used.Usage)
	if err != nil {
		w.t.Fatalf("%s: %v", w.name, err)
	}
	invoice, err := q.Invoice(line.Invoice)
	if err != nil || !invoice.State.Issued() || invoice.Parked {
		w.t.Errorf("%s: the invoice is %s, parked %v, %v", w.name, invoice.State, invoice.Parked, err)
	}
	_, state, err := q.JobOf(using.TopicNotice, string(w.used.Usage))
	if err != nil || state != "done" {
		w.t.Errorf("%s: the vendor's notice is %s, %v", w.name, state, err)
	}
}

// TestNthStatementFindsHalfFacts lets the same way loose on a desk that books
// the money of a use in a transaction of its own; the check must find it.
func TestNthStatementFindsHalfFacts(t *testing.T) {
	s, clk := storetest.SQLite(t)
	l := newLab(t, s, clk, atOnce())
	before, _, err := sabotage(s, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.desk.Billing = noBilling{}
	for n := 1; n < 200; n++ {
		unit := l.Stents(1)[0]
		before.arm(n)
		used, err := l.desk.Use(t.Context(), l.Cmd(l.Amy), using.Consumption{Case: l.cases[0].ID, Unit: unit, Outcome: usage.Used})
		if err == nil {
			err = chargeByItself(t.Context(), s, used.Usage)
		}
		before.arm(0)
		if found := verify(t, s); len(found) > 0 {
			t.Logf("found at statement %d: %s", n, found)
			return
		}
		if err == nil {
			break
		}
	}
	t.Error("a use whose money is lost passes: the check proves nothing")
}

// noBilling leaves the money to somebody else.
type noBilling struct{}

func (noBilling) Charge(*store.Tx, usage.Usage) error          { return nil }
func (noBilling) Reverse(*store.Tx, usage.Usage, string) error { return nil }

func chargeByItself(ctx context.Context, s *store.Store, id usage.ID) error {
	return s.Write(ctx, access.System("late"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "usage.charged", Kind: "usage", Object: string(id)})
		u, err := tx.Usage(id)
		if err != nil {
			return err
		}
		return (&pricing.Desk{Store: s}).Charge(tx, u)
	})
}
