package using_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"trueward/internal/app/receiving"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

// TestRandomDays plays random commands of two nurses and materials against the
// real store, under each title event, and then holds stock, movements and
// totals against each other (rules (a) to (e) of the stock ledger).
func TestRandomDays(t *testing.T) {
	for i, event := range []consign.TitleEvent{consign.TitleRemoved, consign.TitleOpened, consign.TitleUsed} {
		t.Run(string(event), func(t *testing.T) {
			terms := ward.Terms()
			terms.TitleEvent = event
			each(t, terms, func(t *testing.T, b *bench) {
				day := &day{bench: b, random: rand.New(rand.NewPCG(uint64(i), 1))}
				day.units = b.Stents(6)
				b.open(b.Amy)
				b.open(b.Ben)
				for range 60 {
					b.clock.Advance(time.Minute)
					day.step()
				}
			})
		})
	}
}

type day struct {
	*bench
	random *rand.Rand
	units  []custody.UnitID
	used   []usage.ID
}

// step does one thing; it may be refused, but only as a fault.
func (d *day) step() {
	d.t.Helper()
	unit := d.units[d.random.IntN(len(d.units))]
	nurse := []access.Actor{d.Amy, d.Ben}[d.random.IntN(2)]
	ctx, cmd := d.t.Context(), d.Cmd(nurse)
	var err error
	switch d.random.IntN(8) {
	case 0:
		_, err = d.desk.Remove(ctx, cmd, unit)
	case 1:
		_, err = d.desk.PutBack(ctx, cmd, using.Return{Unit: unit})
	case 2:
		_, err = d.desk.Open(ctx, cmd, unit)
	case 3, 4:
		in := using.Consumption{Unit: unit, Outcome: usage.Used}
		if d.random.IntN(3) == 0 {
			in.Outcome, in.Reason = usage.Wasted, "dropped"
		}
		var used using.Consumed
		if used, err = d.desk.Use(ctx, cmd, in); err == nil {
			d.used = append(d.used, used.Usage)
		}
	case 5, 6:
		if len(d.used) > 0 {
			_, err = d.desk.Undo(ctx, cmd, using.Takeback{Usage: d.used[d.random.IntN(len(d.used))], Reason: "corrected"})
		}
	case 7:
		cmd = d.Cmd(d.Mia)
		_, err = d.Receiving.Move(ctx, cmd, receiving.Relocation{Unit: unit, Place: d.Cabinet})
	}
	if fault.KindOf(err) == fault.Internal {
		d.t.Fatalf("not a refusal: %v", err)
	}
}
