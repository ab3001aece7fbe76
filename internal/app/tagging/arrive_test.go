package tagging_test

import (
	"slices"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

// TestTagsWaitForTheirUnits: a tag made for a unit to come is bound when that
// unit is received, and a unit of another lot does not get it.
func TestTagsWaitForTheirUnits(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.profile(tagging.Private)
		run, err := b.desk.PlanRun(t.Context(), b.Cmd(b.office), tagging.NewRun{
			Profile: p, DI: ward.StentDI, Lot: "LT9", Expiry: "2029-01-31", Serials: []string{"A1", "A2"},
		})
		if err != nil {
			t.Fatal(err)
		}
		b.start(run)
		for range 2 {
			_ = b.lay(b.blank()) // the last tag of a run also ends its session
		}
		if got := b.states(run); got != "verified verified" {
			t.Fatal(got)
		}
		ids, err := b.Receiving.BringIn(t.Context(), b.Cmd(b.Mia), receiving.Brought{Agreement: b.Agreement, Place: b.Cabinet, Units: []receiving.UnitInput{
			{DI: ward.StentDI, Lot: "LT9", Serial: "A1", Expiry: "2029-01-31"}, {DI: ward.StentDI, Lot: "LT8", Serial: "A2", Expiry: "2029-01-31"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if tags := b.tagsOf(string(ids[0])); len(tags) != 1 || tags[0].Unit != string(ids[0]) || tags[0].State != authentic.TagActive {
			t.Errorf("the unit has %+v", tags)
		}
		if tags := b.tagsOf(string(ids[1])); len(tags) != 0 {
			t.Error("a unit of another lot got the tag")
		}
	})
}

// TestRotationAndRetag: tags of an old epoch stay good until it is closed; a
// tag of ours is written anew in a new epoch alone, and its old message fails.
func TestRotationAndRetag(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.profile(tagging.Private)
		run := b.plan(p, 1)
		b.start(run)
		c := b.blank()
		_ = b.lay(c)
		unit := b.jobs(run)[0].Unit
		old := b.tagsOf(unit)[0]

		again := func() authentic.RunID {
			t.Helper()
			id, err := b.desk.PlanRun(t.Context(), b.Cmd(b.office), tagging.NewRun{Profile: p, Unit: b.Unit(custodyID(unit)).ID})
			if err != nil {
				t.Fatal(err)
			}
			b.start(id)
			return id
		}
		second := again()
		if err := b.lay(c); err != nil || b.states(second) != "planned" {
			t.Fatalf("a tag was written twice in one epoch: %s, %v", b.states(second), err)
		}
		n, err := b.desk.Rotate(t.Context(), b.Cmd(b.office), p)
		if err != nil || n != 2 {
			t.Fatal(n, err)
		}
		message, err := c.Tap()
		if err != nil {
			t.Fatal(err)
		}
		_ = b.lay(c)
		if got := b.states(second); got != "bound" {
			t.Fatal(got, b.desk.Benches(b.office)[0].Outcome.Sentence)
		}
		now := b.tagsOf(unit)
		if len(now) != 1 || now[0].ID != old.ID || now[0].Epoch != 2 {
			t.Errorf("after writing anew: %+v", now)
		}
		if b.genuine(p, 2, message) {
			t.Error("a message of the old epoch is good in the new one")
		}
		if err := b.desk.Close(t.Context(), b.Cmd(b.office), p, 2); err == nil {
			t.Error("the newest epoch was closed")
		}
		if err := b.desk.Close(t.Context(), b.Cmd(b.office), p, 1); err != nil {
			t.Error(err)
		}
		third := again()
		fresh := b.blank()
		_ = b.lay(fresh)
		if got := b.states(third); got != "bound" {
			t.Fatal(got)
		}
		if tags := b.tagsOf(unit); len(tags) != 2 || tags[0].State != authentic.TagRetired || tags[1].State != authentic.TagActive {
			t.Errorf("the unit's tags: %+v", tags)
		}
	})
}

// TestRetire: once, with a reason, by those who may.
func TestRetire(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		run := b.plan(b.profile(tagging.Open), 1)
		b.start(run)
		_ = b.lay(b.blank())
		tag := b.jobs(run)[0].Tag
		if err := b.desk.Retire(t.Context(), b.Cmd(b.office), tag, " "); err == nil {
			t.Error("retired without a reason")
		}
		if err := b.desk.Retire(t.Context(), b.Cmd(b.Amy), tag, "torn"); err == nil {
			t.Error("a nurse retired a tag")
		}
		cmd := b.Cmd(b.office)
		for range 2 { // the same command twice
			if err := b.desk.Retire(t.Context(), cmd, tag, "torn"); err != nil {
				t.Error(err)
			}
		}
		if err := b.desk.Retire(t.Context(), b.Cmd(b.office), tag, "torn"); err == nil {
			t.Error("retired a second time")
		}
		v, err := b.desk.Tag(t.Context(), b.office, tag)
		if err != nil || v.Tag.State != authentic.TagRetired || len(v.Taps) != 1 || v.Last != 1 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// TestRetireAll: several for one reason, each at most once; what was retired
// before is told apart, and what is nobody's of the actor retires nothing.
func TestRetireAll(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		run := b.plan(b.profile(tagging.Open), 3)
		b.start(run)
		var tags []authentic.TagID
		for range 3 {
			_ = b.lay(b.blank())
		}
		for _, j := range b.jobs(run) {
			tags = append(tags, j.Tag)
		}
		if _, err := b.desk.RetireAll(t.Context(), b.Cmd(b.office), append(tags, "0197f3d0-0000-7000-8000-000000000000"), "torn"); !fault.Is(err, fault.NotFound) {
			t.Errorf("with a tag that is not theirs: %v", err)
		}
		if err := b.desk.Retire(t.Context(), b.Cmd(b.office), tags[0], "torn"); err != nil {
			t.Fatal("retired by the list that was refused: ", err)
		}
		cmd := b.Cmd(b.office)
		for range 2 { // the same command twice
			ended, err := b.desk.RetireAll(t.Context(), cmd, tags, "burnt")
			if err != nil || !slices.Equal(ended, tags[1:]) {
				t.Errorf("retired %v of %v (%v)", ended, tags, err)
			}
		}
		if _, err := b.desk.RetireAll(t.Context(), b.Cmd(b.office), tags, "burnt"); !fault.Is(err, fault.Conflict) {
			t.Errorf("all of them once more: %v", err)
		}
		if _, err := b.desk.RetireAll(t.Context(), b.Cmd(b.office), make([]authentic.TagID, store.MostAtOnce+1), "burnt"); !fault.Is(err, fault.Invalid) {
			t.Errorf("more than may be at once: %v", err)
		}
	})
}
