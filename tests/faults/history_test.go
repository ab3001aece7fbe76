package faults_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

// step is one thing people do to a unit, or look at.
type step struct {
	what  string // "use", "undo", "remove", "put back", "look"
	unit  int
	usage usage.ID // the one that undo takes back
}

// outcome is what they were told.
type outcome struct {
	refused bool
	usage   usage.ID      // of a use
	state   custody.State // of a look
}

// standing is a unit as the model knows it.
type standing struct {
	state custody.State
	usage usage.ID      // the live one
	back  custody.State // where its undo leads
}

// unitModel says what a single unit does when one thing happens after another.
// A refusal changes nothing; it may always come, because others were there at
// the same time.
var unitModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byUnit := map[int][]porcupine.Operation{}
		for _, op := range history {
			byUnit[op.Input.(step).unit] = append(byUnit[op.Input.(step).unit], op)
		}
		var parts [][]porcupine.Operation
		for _, part := range byUnit {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return standing{state: custody.Available} },
	Step: func(state, input, output any) (bool, any) {
		return follow(state.(standing), input.(step), output.(outcome))
	},
}

func follow(s standing, in step, out outcome) (bool, standing) {
	if in.what == "look" {
		return out.state == s.state, s
	}
	if out.refused {
		return true, s
	}
	open := s.state == custody.Available || s.state == custody.Removed
	switch in.what {
	case "use":
		return open, standing{state: custody.Used, usage: out.usage, back: s.state}
	case "undo":
		return s.usage == in.usage, standing{state: s.back}
	case "remove":
		return s.state == custody.Available, standing{state: custody.Removed}
	case "put back":
		return s.state == custody.Removed, standing{state: custody.Available}
	}
	return false, s
}

// TestHistoryOfUnitsIsLinear is row 18: whatever people do at once to a unit,
// what they were told can be put into one order in which it all is true.
func TestHistoryOfUnitsIsLinear(t *testing.T) {
	const people, steps, units = 6, 40, 3
	eachLab(t, ward.Terms(), func(t *testing.T, l *lab) {
		h := &history{lab: l, units: l.Stents(units), known: make([]atomic.Value, units)}
		var all sync.WaitGroup
		for person := range people {
			random := rand.New(rand.NewPCG(uint64(person), 18))
			all.Go(func() {
				for n := range steps {
					h.do(person, n, random)
				}
			})
		}
		all.Wait()
		done := 0
		for _, op := range h.operations {
			if out := op.Output.(outcome); !out.refused && out.state == "" {
				done++
			}
		}
		if verdict := porcupine.CheckOperationsTimeout(unitModel, h.operations, 20*time.Second); verdict != porcupine.Ok {
			t.Errorf("the history is not linear: %s", verdict)
		}
		if done < people*steps/10 {
			t.Errorf("only %d of %d steps came to pass", done, people*steps)
		}
		h.twist(t)
	})
}

// twist plants lies into the true history; each must be found.
func (h *history) twist(t *testing.T) {
	t.Helper()
	end := h.ticks.Add(1)
	add := func(what string, out outcome) porcupine.Operation {
		end += 2
		return porcupine.Operation{Input: step{what: what}, Call: end, Output: out, Return: end + 1}
	}
	for name, lie := range map[string][]porcupine.Operation{
		"two uses":           {add("use", outcome{usage: "a"}), add("use", outcome{usage: "b"})},
		"undo of a stranger": {{Input: step{what: "undo", usage: "stranger"}, Call: end + 1, Output: outcome{}, Return: end + 2}},
		"stale look":         {add("use", outcome{usage: "c"}), add("look", outcome{state: custody.Available})},
	} {
		twisted := append(append([]porcupine.Operation{}, h.operations...), lie...)
		if porcupine.CheckOperationsTimeout(unitModel, twisted, 20*time.Second) == porcupine.Ok {
			t.Errorf("a history with %s passes: the check proves nothing", name)
		}
	}
}

// history plays and records.
type history struct {
	*lab
	units []custody.UnitID
	known []atomic.Value // usage.ID last acknowledged per unit
	ticks atomic.Int64   // orders calls and returns

	mu         sync.Mutex
	operations []porcupine.Operation
}

func (h *history) do(person, n int, random *rand.Rand) {
	in := step{what: []string{"use", "undo", "remove", "put back", "look"}[random.IntN(5)], unit: random.IntN(len(h.units))}
	if known, ok := h.known[in.unit].Load().(usage.ID); ok {
		in.usage = known
	}
	if in.what == "undo" && in.usage == "" {
		in.what = "use"
	}
	op := porcupine.Operation{ClientId: person, Input: in, Call: h.ticks.Add(1)}
	out, err := h.ask(person, n, in)
	if fault.KindOf(err) != "" && !fault.Is(err, fault.Conflict) {
		h.t.Errorf("%s: %v", in.what, err)
	}
	out.refused = err != nil
	op.Output, op.Return = out, h.ticks.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.operations = append(h.operations, op)
}

func (h *history) ask(person, n int, in step) (out outcome, err error) {
	ctx, unit := h.t.Context(), h.units[in.unit]
	cmd := store.Command{Actor: []access.Actor{h.Amy, h.Ben}[person%2], Key: fmt.Sprintf("%d-%d", person, n), BodySHA256: "x"}
	switch in.what {
	case "use":
		var used using.Consumed
		used, err = h.desk.Use(ctx, cmd, using.Consumption{Case: h.cases[person%2].ID, Unit: unit, Outcome: usage.Used})
		if out.usage = used.Usage; err == nil {
			h.known[in.unit].Store(used.Usage)
		}
	case "undo":
		_, err = h.desk.Undo(ctx, cmd, using.Takeback{Usage: in.usage})
	case "remove":
		_, err = h.desk.Remove(ctx, cmd, unit)
	case "put back":
		_, err = h.desk.PutBack(ctx, cmd, using.Return{Unit: unit})
	case "look":
		var u custody.Unit
		u, err = h.Store.Read(ctx, access.Everything()).Unit(unit)
		out.state = u.State
	}
	return out, err
}
