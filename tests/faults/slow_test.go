package faults_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modernc.org/sqlite"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/testkit/postgres"
	"trueward/web/route"
)

const (
	// patience is what each request is given here, and slowness what the
	// database takes to store a usage.
	patience = 1200 * time.Millisecond
	slowness = 2 * time.Second
	// tooLong is what is said of it.
	tooLong = "This took too long and was not done."
	// margin is what an answer may come later on a busy machine.
	margin = 800 * time.Millisecond
)

// TestSlowDatabase is row 12: the database takes 2 s in the middle of a
// transaction. Twenty nurses use units, more than there are connections that
// write: each is answered within the time that is declared, nothing is half
// done, pages go on being served, and the same requests sent again afterwards
// take effect once.
func TestSlowDatabase(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		// A statement under way is awaited: it cannot be stopped without its
		// neighbours in the batch.
		h := newHouseWith(t, product.Config{Patience: patience})
		(&slow{house: h, bound: slowness, heal: slowSQLite()}).play()
	})
	if !postgres.Wanted(t) {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		h := newHouseWith(t, product.Config{Patience: patience, PostgresURL: postgres.StartFrom(t, "migrated", migrate)})
		(&slow{house: h, bound: patience, heal: slowPostgres(t, h)}).play()
	})
}

// slow is a house whose database takes its time over usages.
type slow struct {
	*house
	bound time.Duration // within which each request is answered
	heal  func()
}

func (s *slow) play() {
	s.t.Helper()
	const nurses = 20
	amy, rob := s.enter(s.Amy), s.enter(s.Rob)
	if got := amy.post("/cases", url.Values{"place": {string(s.Room)}}); got.status != http.StatusSeeOther {
		s.t.Fatalf("a case is not opened: %d", got.status)
	}
	uses := make([]use, nurses)
	for i, unit := range s.Stents(nurses) {
		uses[i] = use{unit: unit, form: url.Values{"idempotency_key": {route.NewKey()}}}
	}
	var all sync.WaitGroup
	for i := range uses {
		all.Go(func() { uses[i].send(amy) })
	}
	s.judge(s.readMeanwhile(rob, &all), "a page", margin)
	took := make([]time.Duration, nurses)
	for i, u := range uses {
		if took[i] = u.took; u.answer.status != http.StatusSeeOther {
			s.t.Errorf("a use of a slow database answers %d %s", u.answer.status, u.answer.location)
		}
	}
	s.judge(took, "a use", s.bound+margin)
	if told := amy.get("/units/" + string(uses[0].unit)); !strings.Contains(told.body, tooLong) {
		s.t.Errorf("nobody is told what became of it: %d", told.status)
	}
	s.mustFindNobody(uses)
	s.mustFindImpatience()
	s.heal()
	for i := range uses {
		uses[i].send(amy)
	}
	for _, u := range uses {
		if state := s.Unit(u.unit).State; u.answer.status != http.StatusSeeOther || state != custody.Used {
			s.t.Errorf("sent again: %d, the unit is %s", u.answer.status, state)
		}
	}
	for _, finding := range verify(s.t, s.p.Store) {
		s.t.Error(finding)
	}
}

// use is one nurse's request and what came of it.
type use struct {
	unit   custody.UnitID
	form   url.Values
	answer reply
	took   time.Duration
}

func (u *use) send(g guest) {
	began := time.Now()
	u.answer = g.post("/units/"+string(u.unit)+"/use", u.form)
	u.took = time.Since(began)
}

// readMeanwhile opens pages until nobody waits any more.
func (s *slow) readMeanwhile(rob guest, busy *sync.WaitGroup) (took []time.Duration) {
	s.t.Helper()
	over := make(chan struct{})
	go func() { busy.Wait(); close(over) }()
	for {
		select {
		case <-over:
			if len(took) < 5 {
				s.t.Fatalf("%d pages meanwhile prove nothing", len(took))
			}
			return took
		default:
		}
		began := time.Now()
		if got := rob.get("/vendor"); got.status != http.StatusOK {
			s.t.Errorf("a page answers %d %s", got.status, got.location)
		}
		took = append(took, time.Since(began))
	}
}

// late says what took longer than it may, or nothing.
func late(took []time.Duration, what string, bound time.Duration) error {
	if slowest := slices.Max(took); slowest > bound {
		return fmt.Errorf("%s took %v of %v", what, slowest, bound)
	}
	return nil
}

func (s *slow) judge(took []time.Duration, what string, bound time.Duration) {
	s.t.Helper()
	s.t.Logf("%d times %s: %v at most", len(took), what, slices.Max(took))
	if err := late(took, what, bound); err != nil {
		s.t.Error(err)
	}
}

// mustFindNobody looks for anything that was left of the uses.
func (s *slow) mustFindNobody(uses []use) {
	s.t.Helper()
	q := s.p.Store.Read(s.t.Context(), access.Everything())
	for _, u := range uses {
		found, err := q.Usages(store.UsageFilter{Unit: u.unit}, store.Page{})
		if err != nil || len(found.Rows) != 0 || s.Unit(u.unit).State != custody.Available {
			s.t.Errorf("half a use: %d usages, the unit is %s, %v", len(found.Rows), s.Unit(u.unit).State, err)
		}
	}
	for _, finding := range verify(s.t, s.p.Store) {
		s.t.Error(finding)
	}
}

// mustFindImpatience is the control: a desk that forgets the time of its
// request is found by the same judge.
func (s *slow) mustFindImpatience() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience/4)
	defer cancel()
	cases, err := s.p.Store.Read(ctx, access.Everything()).Cases(usage.CaseOpen, store.Page{})
	if err != nil || len(cases.Rows) == 0 {
		s.t.Fatalf("no open case: %v", err)
	}
	began := time.Now()
	_, err = s.p.Using.Use(context.WithoutCancel(ctx), s.Cmd(s.Amy), using.Consumption{Case: cases.Rows[0].ID, Unit: s.Stents(1)[0], Outcome: usage.Used})
	if err != nil {
		s.t.Errorf("a use with all the time of the world: %v", err)
	}
	if late([]time.Duration{time.Since(began)}, "a use", patience/4+margin) == nil {
		s.t.Error("a request without a limit passes: the check proves nothing")
	}
}

// tardy makes SQLite itself take its time over each usage while it holds a
// channel; closing that ends the wait.
var tardy atomic.Pointer[chan struct{}]

func init() {
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		conn.(sqlite.HookRegisterer).RegisterPreUpdateHook(func(row sqlite.SQLitePreUpdateData) {
			healed := tardy.Load()
			if healed == nil || row.TableName != "usages" {
				return
			}
			select {
			case <-*healed:
			case <-time.After(slowness):
			}
		})
		return nil
	})
}

func slowSQLite() (heal func()) {
	healed := make(chan struct{})
	tardy.Store(&healed)
	return func() {
		tardy.Store(nil)
		close(healed)
	}
}

// slowPostgres lets the server itself take its time over a usage.
func slowPostgres(t *testing.T, h *house) (heal func()) {
	t.Helper()
	raw := openRaw(t, plan{PostgresURL: h.cfg.PostgresURL})
	t.Cleanup(func() { _ = raw.Close() })
	run := func(statement string) {
		if _, err := raw.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	run(fmt.Sprintf(`CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(%f); RETURN NEW; END $$`, slowness.Seconds()))
	run(`CREATE TRIGGER slow BEFORE INSERT ON usages FOR EACH ROW EXECUTE FUNCTION take_time()`)
	return func() { run(`DROP TRIGGER slow ON usages`) }
}
