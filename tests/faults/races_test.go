package faults_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
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

// lab is a furnished ward whose uses are priced and invoiced for real.
type lab struct {
	*ward.Ward
	t     *testing.T
	clock *clock.Fake
	desk  *using.Desk
	cases []usage.Case // Amy's and Ben's
}

// eachLab runs body over both dialects and holds the whole record against
// itself afterwards.
func eachLab(t *testing.T, terms consign.Terms, body func(t *testing.T, l *lab)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		l := newLab(t, s, clk, terms)
		body(t, l)
		l.mustHold()
	})
}

func newLab(t *testing.T, s *store.Store, clk *clock.Fake, terms consign.Terms) *lab {
	t.Helper()
	l := &lab{Ward: ward.New(t, s, terms), t: t, clock: clk, desk: usingDesk(s)}
	l.desk.Random = rand.NewChaCha8([32]byte{3})
	setPrice(t, l.Ward)
	for _, nurse := range []access.Actor{l.Amy, l.Ben} {
		l.cases = append(l.cases, l.openCase(nurse))
	}
	return l
}

func (l *lab) openCase(nurse access.Actor) usage.Case {
	l.t.Helper()
	c, err := l.desk.OpenCase(l.t.Context(), l.Cmd(nurse), l.Room)
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// mustHold fails the test when any part of the record does not hold.
func (l *lab) mustHold() {
	l.t.Helper()
	for _, finding := range verify(l.t, l.Store) {
		l.t.Error(finding)
	}
	l.CheckStock()
}

// TestHundredHandsOneUnit is row 15: one of a hundred hands uses the unit, and
// every other is told who did, where and when.
func TestHundredHandsOneUnit(t *testing.T) {
	const rounds = 20
	eachLab(t, ward.Terms(), func(t *testing.T, l *lab) {
		for round, unit := range l.Stents(rounds) {
			if err := l.judgeRace(l.raceFor(unit, l.desk.Use)); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
	})
}

// TestHundredHandsFindsAUseWithoutItsCheck is the control of row 15: a desk
// that looks first and takes afterwards, as if nobody could come in between,
// must be found.
func TestHundredHandsFindsAUseWithoutItsCheck(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		l := newLab(t, s, clk, ward.Terms())
		unit := l.Stents(1)[0]
		var looked sync.WaitGroup
		looked.Add(manyHands)
		hasty := func(ctx context.Context, _ store.Command, in using.Consumption) (using.Consumed, error) {
			free := l.Unit(in.Unit).State == custody.Available
			looked.Done()
			looked.Wait()
			if !free {
				return using.Consumed{}, fault.New(fault.Conflict, "This unit was used already.")
			}
			return using.Consumed{Unit: in.Unit}, nil
		}
		if l.judgeRace(l.raceFor(unit, hasty)) == nil {
			t.Fatal("a hundred hands took one unit, and nothing was found")
		}
	})
}

const manyHands = 100

type useFunc func(context.Context, store.Command, using.Consumption) (using.Consumed, error)

// raceFor lets a hundred hands use one unit at once.
func (l *lab) raceFor(unit custody.UnitID, use useFunc) []error {
	l.t.Helper()
	errs := make([]error, manyHands)
	cmds := make([]store.Command, manyHands)
	for i := range cmds {
		cmds[i] = l.Cmd([]access.Actor{l.Amy, l.Ben}[i%2])
	}
	var all sync.WaitGroup
	for i := range manyHands {
		all.Go(func() {
			_, errs[i] = use(l.t.Context(), cmds[i], using.Consumption{Case: l.cases[i%2].ID, Unit: unit, Outcome: usage.Used})
		})
	}
	all.Wait()
	return errs
}

// judgeRace says what is wrong with the outcome of a race, or nothing.
func (l *lab) judgeRace(errs []error) error {
	winners, told := 0, ""
	for i, err := range errs {
		if err == nil {
			winners++
			told = fmt.Sprintf("used on %s, 09:00, by %s.", l.cases[i%2].Pseudonym, []string{"Amy O.", "Ben L."}[i%2])
		}
	}
	if winners != 1 {
		return fmt.Errorf("%d winners", winners)
	}
	for _, err := range errs {
		if err != nil && (!fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), told)) {
			return fmt.Errorf("a loser reads %q, want %q", err, told)
		}
	}
	return nil
}

// TestFiftyWritersNoErrors is row 14: fifty people work at once with the
// invoice worker beside them, on the same totals, chains and invoices. The
// database gives transactions up for each other's sake; no person sees it.
func TestFiftyWritersNoErrors(t *testing.T) {
	const people = 50
	terms := ward.Terms()
	terms.UndoMinutes, terms.Consolidation = 0, consign.PerMonth
	eachLab(t, terms, func(t *testing.T, l *lab) {
		ctx, stop := context.WithCancel(t.Context())
		var worker sync.WaitGroup
		worker.Go(func() {
			for ctx.Err() == nil {
				if _, err := invoicingDesk(l.Store).Run(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
		units := l.Stents(people)
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() { l.useUndoUse(i, units[i]) })
		}
		all.Wait()
		stop()
		worker.Wait()
		for _, unit := range units {
			if state := l.Unit(unit).State; state != custody.Used {
				t.Errorf("a unit is %s", state)
			}
		}
	})
}

// useUndoUse uses a unit, takes it back and uses it again.
func (l *lab) useUndoUse(i int, unit custody.UnitID) {
	ctx, in := l.t.Context(), using.Consumption{Case: l.cases[i%2].ID, Unit: unit, Outcome: usage.Used}
	cmd := func(step string) store.Command {
		return store.Command{Actor: []access.Actor{l.Amy, l.Ben}[i%2], Key: fmt.Sprintf("%s-%d", step, i), BodySHA256: step}
	}
	used, err := l.desk.Use(ctx, cmd("use"), in)
	if err == nil {
		_, err = l.desk.Undo(ctx, cmd("undo"), using.Takeback{Usage: used.Usage, Reason: "not implanted"})
	}
	if err == nil {
		_, err = l.desk.Use(ctx, cmd("again"), in)
	}
	if err != nil {
		l.t.Errorf("person %d: %v", i, err)
	}
}
