package scanning_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/scanning"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// write changes something past the use cases.
func (b *bench) write(what string, change func(*store.Tx) error) {
	b.t.Helper()
	err := b.Store.Write(b.t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test." + what, Kind: "test", Object: what})
		return change(tx)
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestClosedEpochProvesNothing: row 14. A tag whose epoch was closed is refused
// although its message is sound, and its counter is not consumed by it.
func TestClosedEpochProvesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		b.write("open", func(tx *store.Tx) error {
			p, err := tx.Profile("enc")
			if err != nil {
				return err
			}
			return tx.OpenEpoch(p, 1)
		})
		want(t, b.tap(b.Amy, b.url(tag)), "Genuine", custody.MayBeUsed)
		b.write("close", func(tx *store.Tx) error { _, err := tx.CloseEpoch("enc", 1); return err })
		r := b.tap(b.Amy, b.url(tag))
		if r.Verdict != authentic.Refuse(authentic.KeyFault) {
			t.Errorf("a closed epoch gives %v", r.Verdict)
		}
	})
}

// TestAttack20FirstTapAfterARestore: row 20. The first message above the restored
// counter is taken, with a word; the second is certain.
func TestAttack20FirstTapAfterARestore(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		want(t, b.tap(b.Amy, b.url(tag)), "Genuine", custody.MayBeUsed)
		b.clock.Advance(time.Minute)
		b.write("restore", (*store.Tx).MarkRestore)
		b.clock.Advance(time.Minute)
		first := b.tap(b.Amy, b.url(tag))
		want(t, first, "Genuine", custody.MayBeUsed)
		second := b.tap(b.Amy, b.url(tag))
		want(t, second, "Genuine", custody.MayBeUsed)
		if first.Sentence == "" || second.Sentence != "" {
			t.Errorf("first %q, second %q", first.Sentence, second.Sentence)
		}
	})
}

// TestAttack21LateEvidence: row 21. Taps that a device kept are checked in the order of
// the tags' own counts; what is older than the stored count is kept without an
// alarm, and a live copy of it still raises one.
func TestAttack21LateEvidence(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		old, mid, last := b.kept(tag), b.kept(tag), b.kept(tag)
		cmd := b.Cmd(b.Amy)
		got := b.scansKept(cmd, last, mid)
		if got[0].Verdict.Level != authentic.Genuine || got[1].Verdict.Level != authentic.Genuine {
			t.Fatalf("a batch out of order: %v, %v", got[0].Verdict, got[1].Verdict)
		}
		// The same scans travel again, in another batch: their own keys find them.
		again := b.scansKept(b.Cmd(b.Amy), mid, last)
		if again[1].Tap != got[0].Tap || again[0].Tap != got[1].Tap {
			t.Error("the scans sent again have other results")
		}
		late := b.scansKept(b.Cmd(b.Amy), old, scanning.KeptScan{Raw: "https://ward.test/t/enc?p=ABC"}, scanning.KeptScan{Raw: "]d2nothing"})
		if !late[0].Late || late[0].Verdict.Level != authentic.Refused || late[0].Unit == nil {
			t.Errorf("late evidence: %+v", late[0].Verdict)
		}
		for _, r := range late[1:] {
			if r.Verdict.Reason != authentic.Malformed || r.Sentence == "" {
				t.Errorf("unreadable: %v, %q", r.Verdict, r.Sentence)
			}
		}
		if a := b.alerts(); a != "" {
			t.Errorf("late evidence raised %s", a)
		}
		older := b.url(tag)
		b.tap(b.Amy, b.url(tag))
		b.tap(b.Amy, older)
		if a := b.alerts(); a != "replay_rollback" {
			t.Errorf("a live rollback raised %q", a)
		}
	})
}

// TestKeptScansKeepTheirTime: the tap's row and the unit's story say when the
// device took the message; a clock gone ahead counts as now.
func TestKeptScansKeepTheirTime(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0]
		tag := b.tag(0, unit)
		then := b.kept(tag)
		b.clock.Advance(3 * time.Hour)
		ahead := b.kept(tag)
		ahead.Captured = ahead.Captured.Add(24 * time.Hour)
		r := b.scansKept(b.Cmd(b.Amy), then, ahead)
		if !r[0].Captured.Equal(then.Captured) || !r[1].Captured.Equal(b.clock.Now()) {
			t.Errorf("captured %v and %v", r[0].Captured, r[1].Captured)
		}
		v, err := b.desk.Unit(t.Context(), b.Amy, unit)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, e := range v.Timeline {
			found = found || e.At.Equal(then.Captured) && strings.Contains(e.What, "offline")
		}
		if !found {
			t.Errorf("the story does not say when the tag was tapped: %+v", v.Timeline)
		}
	})
}

// TestKeptScansAreBound: a batch has an end, one key means one scan, and what
// is no tap is looked up like any scan.
func TestKeptScansAreBound(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		many := make([]scanning.KeptScan, scanning.MostKept+1)
		if _, err := b.desk.ScansKept(t.Context(), b.Cmd(b.Amy), many); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d scans: %v", len(many), err)
		}
		tag := b.tag(0, b.Stents(1)[0])
		first, other := b.kept(tag), b.kept(tag)
		other.Key = first.Key
		b.scansKept(b.Cmd(b.Amy), first)
		if _, err := b.desk.ScansKept(t.Context(), b.Cmd(b.Amy), []scanning.KeptScan{other}); !fault.Is(err, fault.Mismatch) {
			t.Errorf("one key for two scans: %v", err)
		}
		u, err := b.Store.Read(t.Context(), b.Amy.Scope()).UnitRow(b.Stents(1)[0])
		if err != nil {
			t.Fatal(err)
		}
		code := "(01)" + u.DI + "(10)" + u.Lot + "(21)" + u.Serial
		if r := b.scansKept(b.Cmd(b.Amy), scanning.KeptScan{Raw: code}); !r[0].Found() || r[0].Unit.ID != u.ID {
			t.Errorf("a barcode that was kept found %+v", r[0])
		}
		var none scanning.KeptScan
		if r := b.scansKept(store.Command{Actor: b.Amy}, none); r[0].Verdict.Reason != authentic.Malformed {
			t.Errorf("nothing was answered with %+v", r[0])
		}
	})
}
