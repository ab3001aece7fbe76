package scanning_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/scanning"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
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

// TestFirstTapAfterARestore: row 20. The first message above the restored
// counter is taken, with a word; the second is certain.
func TestFirstTapAfterARestore(t *testing.T) {
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

// TestLateEvidence: row 21. Taps that a device kept are checked in the order of
// the tags' own counts; what is older than the stored count is kept without an
// alarm, and a live copy of it still raises one.
func TestLateEvidence(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		old, mid, last := b.url(tag), b.url(tag), b.url(tag)
		cmd := b.Cmd(b.Amy)
		got, err := b.desk.TapsKept(t.Context(), cmd, []scanning.TapInput{last, mid})
		if err != nil || got[0].Verdict.Level != authentic.Genuine || got[1].Verdict.Level != authentic.Genuine {
			t.Fatalf("a batch out of order: %v, %v, %v", got[0].Verdict, got[1].Verdict, err)
		}
		again, err := b.desk.TapsKept(t.Context(), cmd, []scanning.TapInput{last, mid})
		if err != nil || again[0].Tap != got[0].Tap || again[1].Tap != got[1].Tap {
			t.Errorf("the batch sent again has other results: %v", err)
		}
		if got, err = b.desk.TapsKept(t.Context(), b.Cmd(b.Amy), []scanning.TapInput{old, {Profile: "enc", Query: "p=%00"}}); err != nil {
			t.Fatal(err)
		}
		if !got[0].Late || got[0].Verdict.Level != authentic.Refused || got[1].Verdict.Reason != authentic.Malformed {
			t.Errorf("late evidence: %+v; unreadable: %v", got[0].Verdict, got[1].Verdict)
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
