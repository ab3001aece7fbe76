package receiving_test

import (
	"slices"
	"strconv"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Several units at once: each by itself and at most once. One that is refused
// is named with why and stops no other; what lacks a reason does nothing.
func TestSeveralUnits(t *testing.T) {
	each(t, func(t *testing.T, y yard) {
		notice := y.notify("DN-1", "A1", "A2", "A3")
		units := make([]custody.UnitID, 3)
		for i, serial := range []string{"A1", "A2", "A3"} {
			y.arrive(notice, serial)
			units[i] = y.unit(serial).ID
		}
		torn := receiving.Hold{Kind: custody.HoldDamaged, Level: custody.StopHold, Reason: "box torn"}
		torn.Unit = units[1]
		_, err := y.desk.PutOnHold(t.Context(), by(y.anna), torn)
		y.must(err)

		cmd := store.Command{Actor: y.anna, Key: "several", BodySHA256: "h"}
		const foreign = custody.UnitID("0197f3d0-0000-7000-8000-000000000000")
		chosen := append(slices.Clone(units), foreign, units[0])
		for range 2 { // the same command twice
			out, err := y.desk.PutAllOnHold(t.Context(), cmd, chosen, torn)
			y.must(err)
			if !slices.Equal(out.Done, []custody.UnitID{units[0], units[2]}) || len(out.Left) != 2 || out.Left[0].Object != units[1] || out.Left[1].Object != foreign {
				t.Errorf("held %v, left %v", out.Done, out.Left)
			}
		}
		for _, u := range units {
			if y.holds(u) != "damaged" {
				t.Errorf("held by %q", y.holds(u))
			}
		}
		if _, err := y.desk.LiftAllHolds(t.Context(), by(y.anna), units, custody.HoldDamaged, " "); refusedAt(err) != "reason" {
			t.Errorf("lifted without a reason: %v", err)
		}
		if out, err := y.desk.LiftAllHolds(t.Context(), by(y.vendor), units, custody.HoldDamaged, "x"); err != nil || len(out.Done) > 0 || len(out.Left) != 3 {
			t.Errorf("the vendor lifted %v (%v)", out.Done, err)
		}
		out, err := y.desk.LiftAllHolds(t.Context(), by(y.anna), units, custody.HoldDamaged, "only the outer boxes")
		if y.must(err); len(out.Done) != 3 || y.holds(units[0]) != "" {
			t.Errorf("lifted %v, left %v", out.Done, out.Left)
		}
		out, err = y.desk.MoveEach(t.Context(), by(y.anna), units, y.quarantine, "to be looked at")
		if y.must(err); len(out.Done) != 3 || y.unit("A3").Place != y.quarantine {
			t.Errorf("moved %v, left %v", out.Done, out.Left)
		}
	})
}

// A command names at most so many objects, and at least one.
func TestSeveralUnitsHaveABound(t *testing.T) {
	each(t, func(t *testing.T, y yard) {
		many := make([]custody.UnitID, store.MostAtOnce+1)
		for i := range many {
			many[i] = custody.UnitID(strconv.Itoa(i))
		}
		for _, units := range [][]custody.UnitID{nil, many} {
			if _, err := y.desk.MoveEach(t.Context(), by(y.anna), units, y.quarantine, ""); !fault.Is(err, fault.Invalid) {
				t.Errorf("%d at once: %v", len(units), err)
			}
		}
	})
}
