package using_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

// saved is a scan of a unit that a device took an hour ago.
func (b *bench) saved(c usage.Case, unit custody.UnitID) using.KeptInput {
	return using.KeptInput{
		ScanInput: using.ScanInput{
			Case: c.ID, Unit: unit, Source: "wedge", Verdict: authentic.Verdict{Level: authentic.Identified},
			Captured: b.clock.Now().Add(-time.Hour).UTC().Truncate(time.Second),
		},
		Label: "(01)09506000134352(21)SN00001",
	}
}

func (b *bench) conflicts(states ...usage.KeptState) []store.KeptRow {
	b.t.Helper()
	list, err := b.Store.Read(b.t.Context(), b.Ben.Scope()).KeptScans(store.Page{}, states...)
	if err != nil {
		b.t.Fatal(err)
	}
	return list.Rows
}

// TestKeptScanGoesToItsCase: a saved scan lands in the case it was made for,
// with the time it was taken, once however often it is sent, and also when the
// first try was answered and the answer was lost.
func TestKeptScanGoesToItsCase(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		first, unit := b.open(b.Amy), b.Stents(2)
		second := b.open(b.Amy)
		in := b.saved(first, unit[0])
		cmd := b.Cmd(b.Amy)
		for range 2 {
			got, err := b.desk.Keep(t.Context(), cmd, in)
			if err != nil || got.Scan == "" || got.Duplicate || got.Conflict != "" || got.Case != first.ID {
				t.Fatalf("kept: %+v, %v", got, err)
			}
		}
		lost := b.Cmd(b.Amy)
		live, err := b.desk.Scan(t.Context(), lost, using.ScanInput{Case: second.ID, Unit: unit[1], Source: "wedge", Verdict: in.Verdict})
		if err != nil {
			t.Fatal(err)
		}
		again := b.saved(second, unit[1])
		if got, err := b.desk.Keep(t.Context(), lost, again); err != nil || got.Scan != live.Scan || got.Duplicate {
			t.Errorf("sent again after a lost answer: %+v, %v; at first %+v", got, err, live)
		}
		waiting, err := b.Store.Read(t.Context(), b.Amy.Scope()).Scans(first.ID)
		if err != nil || len(waiting) != 1 || !waiting[0].Captured.Equal(in.Captured) {
			t.Errorf("the case holds %+v (%v)", waiting, err)
		}
		if c := b.conflicts(usage.KeptOpen); len(c) != 0 {
			t.Errorf("conflicts: %+v", c)
		}
		if sent, err := b.Store.Read(t.Context(), b.Ben.Scope()).SentBefore(b.Amy.Person, lost.Key); err != nil || !sent {
			t.Errorf("a key that was used is not known: %v", err)
		}
		if sent, _ := b.Store.Read(t.Context(), b.Ben.Scope()).SentBefore(b.Ben.Person, lost.Key); sent {
			t.Error("a key counts as somebody else's")
		}
	})
}

// TestKeptScanThatDoesNotFit: each trouble is listed with its words, and
// decided once, with a reason for all but an acceptance.
func TestKeptScanThatDoesNotFit(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		c, unit := b.open(b.Amy), b.Stents(3)
		other := b.open(b.Ben)
		if _, err := b.desk.Use(t.Context(), b.Cmd(b.Ben), using.Consumption{Case: other.ID, Unit: unit[0], Outcome: usage.Used}); err != nil {
			t.Fatal(err)
		}
		gone := b.saved(c, unit[0])
		unread := b.saved(c, "")
		unread.Trouble, unread.Sentence = usage.Unreadable, "This cannot be read."
		var ids []usage.KeptID
		for _, in := range []using.KeptInput{gone, unread} {
			got, err := b.desk.Keep(t.Context(), b.Cmd(b.Amy), in)
			if err != nil || got.Conflict == "" || got.Scan != "" || got.Sentence == "" {
				t.Fatalf("a scan that does not fit: %+v, %v", got, err)
			}
			ids = append(ids, got.Conflict)
		}
		if _, err := b.desk.CloseCase(t.Context(), b.Cmd(b.Amy), c.ID); err != nil {
			t.Fatal(err)
		}
		late, err := b.desk.Keep(t.Context(), b.Cmd(b.Amy), b.saved(c, unit[1]))
		if err != nil || late.Trouble != usage.CaseOver {
			t.Fatalf("for a closed case: %+v, %v", late, err)
		}
		ids = append(ids, late.Conflict)
		open := b.conflicts(usage.KeptOpen)
		if len(open) != 3 || open[2].Trouble != usage.UnitConsumed || open[2].Unit.Serial == "" || open[1].Unit.ID != "" || open[0].Pseudonym != c.Pseudonym {
			t.Fatalf("listed: %+v", open)
		}
		if b.Unit(unit[1]).State != custody.Available {
			t.Error("a scan that does not fit moved its unit")
		}
		b.decide(ids)
	})
}

func (b *bench) decide(ids []usage.KeptID) {
	b.t.Helper()
	for i, want := range []usage.KeptState{usage.KeptAccepted, usage.KeptException, usage.KeptDiscarded} {
		reason := "counted by hand"
		if want == usage.KeptAccepted {
			reason = ""
		} else if _, err := b.desk.SettleKept(b.t.Context(), b.Cmd(b.Ben), using.Settlement{Kept: ids[i], As: want}); !fault.Is(err, fault.Invalid) {
			b.t.Errorf("%s without a reason: %v", want, err)
		}
		if _, err := b.desk.SettleKept(b.t.Context(), b.Cmd(b.Mia), using.Settlement{Kept: ids[i], As: want, Reason: reason}); !fault.Is(err, fault.Forbidden) {
			b.t.Errorf("%s by somebody who works on no case: %v", want, err)
		}
		if _, err := b.desk.SettleKept(b.t.Context(), b.Cmd(b.Ben), using.Settlement{Kept: ids[i], As: want, Reason: reason}); err != nil {
			b.t.Fatal(err)
		}
		if _, err := b.desk.SettleKept(b.t.Context(), b.Cmd(b.Amy), using.Settlement{Kept: ids[i], As: want, Reason: reason}); !fault.Is(err, fault.Conflict) {
			b.t.Errorf("%s twice: %v", want, err)
		}
		if list := b.conflicts(want); len(list) != 1 || list[0].Decider == "" || list[0].Decision != reason {
			b.t.Errorf("%s: %+v", want, list)
		}
	}
	if left := b.conflicts(usage.KeptOpen); len(left) != 0 {
		b.t.Errorf("%d are open still", len(left))
	}
}
