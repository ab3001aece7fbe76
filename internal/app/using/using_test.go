package using_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

func auditOf(site access.SiteID, unit custody.UnitID) audit.Change {
	return audit.Change{Chain: audit.SiteChain(string(site)), Action: "unit.held", Kind: "unit", Object: string(unit)}
}

func wantFault(t *testing.T, err error, kind fault.Kind, holds string) {
	t.Helper()
	if !fault.Is(err, kind) || !strings.Contains(err.Error(), holds) {
		t.Errorf("got %v, want %s with %q", err, kind, holds)
	}
}

func TestUsePassesTitleAndUndoReturnsIt(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		c := b.open(b.Amy)
		unit := b.Stents(1)[0]
		used := b.mustUse(b.Amy, unit)
		u := b.Unit(unit)
		if u.State != custody.Used || u.Owner != b.Hospital || u.Vendor != b.Vendor || used.Pseudonym != c.Pseudonym {
			t.Fatalf("after use: %+v", u)
		}
		if b.purse.charged[used.Usage] == 0 {
			t.Error("the usage was not charged")
		}
		b.clock.Advance(5 * time.Minute)
		undone, err := b.desk.Undo(t.Context(), b.Cmd(b.Ben), using.Takeback{Usage: used.Usage})
		if err != nil || undone.Kind != usage.Undone {
			t.Fatalf("undo: %+v %v", undone, err)
		}
		u = b.Unit(unit)
		if u.State != custody.Available || u.Owner != b.Vendor || b.purse.reversed[used.Usage] == 0 {
			t.Fatalf("after undo: %+v", u)
		}
		_, err = b.desk.Undo(t.Context(), b.Cmd(b.Amy), using.Takeback{Usage: used.Usage})
		wantFault(t, err, fault.Conflict, "by Ben L.")
		b.mustUse(b.Amy, unit) // and it can be used again
	})
}

func TestAfterTheUndoTimeACorrectionNeedsAReason(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		b.open(b.Amy)
		used := b.mustUse(b.Amy, b.Stents(1)[0])
		b.clock.Advance(10 * time.Minute)
		_, err := b.desk.Undo(t.Context(), b.Cmd(b.Amy), using.Takeback{Usage: used.Usage})
		wantFault(t, err, fault.Invalid, "undo time is over")
		undone, err := b.desk.Undo(t.Context(), b.Cmd(b.Amy), using.Takeback{Usage: used.Usage, Reason: "wrong size, not implanted"})
		if err != nil || undone.Kind != usage.Reversed {
			t.Fatalf("%+v %v", undone, err)
		}
	})
}

// TestOneWinner is row 15 of the security catalogue: many people use one unit.
func TestOneWinner(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		amys, bens := b.open(b.Amy), b.open(b.Ben)
		for range 5 {
			unit := b.Stents(1)[0]
			const hands = 20
			results, errs := make([]using.Consumed, hands), make([]error, hands)
			var cmds [hands]store.Command
			for i := range hands {
				cmds[i] = b.Cmd([]access.Actor{b.Amy, b.Ben}[i%2])
			}
			var wg sync.WaitGroup
			for i := range hands {
				wg.Go(func() {
					c := []usage.CaseID{amys.ID, bens.ID}[i%2]
					results[i], errs[i] = b.desk.Use(t.Context(), cmds[i], using.Consumption{Case: c, Unit: unit, Outcome: usage.Used})
				})
			}
			wg.Wait()
			winner := ""
			for i, err := range errs {
				if err == nil {
					if winner != "" {
						t.Fatal("two won")
					}
					winner = results[i].Pseudonym + ", 09:00, by " + []string{"Amy O.", "Ben L."}[i%2]
				}
			}
			for _, err := range errs {
				if err != nil {
					wantFault(t, err, fault.Conflict, winner)
				}
			}
			if winner == "" {
				t.Fatal("nobody won")
			}
		}
	})
}

// TestDoubleTap is row 16 and 17: one key, one effect; another body is refused.
func TestDoubleTap(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		c := b.open(b.Amy)
		unit := b.Stents(1)[0]
		cmd := b.Cmd(b.Amy)
		in := using.Consumption{Case: c.ID, Unit: unit, Outcome: usage.Used}
		const taps = 50
		results, errs := make([]using.Consumed, taps), make([]error, taps)
		var wg sync.WaitGroup
		for i := range taps {
			wg.Go(func() { results[i], errs[i] = b.desk.Use(t.Context(), cmd, in) })
		}
		wg.Wait()
		for i := range taps {
			if errs[i] != nil || results[i] != results[0] {
				t.Fatalf("tap %d: %+v %v", i, results[i], errs[i])
			}
		}
		lines, err := b.Store.Read(t.Context(), b.Amy.Scope()).Usages(store.UsageFilter{Unit: unit}, store.Page{})
		if err != nil || len(lines.Rows) != 1 {
			t.Fatalf("%d usages, %v", len(lines.Rows), err)
		}
		cmd.BodySHA256 = "another"
		_, err = b.desk.Use(t.Context(), cmd, in)
		wantFault(t, err, fault.Mismatch, "")
	})
}

// TestStopsAreNeverSilent is row 94: what is recalled or expired in the hand is
// used with a reason and a second person, or not at all.
func TestStopsAreNeverSilent(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		c := b.open(b.Amy)
		unit := b.Stents(1)[0]
		if _, err := b.desk.Scan(t.Context(), b.Cmd(b.Amy), using.ScanInput{Unit: unit, Source: "typed"}); err != nil {
			t.Fatal(err)
		}
		b.hold(unit, custody.HoldRecall) // while the unit is in the hand
		_, err := b.use(b.Amy, unit)
		wantFault(t, err, fault.Conflict, "recalled (lot LT4471)")
		again := using.Consumption{Case: c.ID, Unit: unit, Outcome: usage.Used, Email: "ben@sample.test", Password: "wrong", Reason: "no other size"}
		_, err = b.desk.Use(t.Context(), b.Cmd(b.Amy), again)
		wantFault(t, err, fault.Unauthenticated, "")
		again.Password = "right"
		_, err = b.desk.Use(t.Context(), b.Cmd(b.Ben), again)
		wantFault(t, err, fault.Invalid, "somebody else")
		used, err := b.desk.Use(t.Context(), b.Cmd(b.Amy), again)
		if err != nil || !used.Incident {
			t.Fatalf("override: %+v %v", used, err)
		}
		q := b.Store.Read(t.Context(), b.Amy.Scope())
		u, err := q.Usage(used.Usage)
		if err != nil || u.Billable() || u.OverrideBy != b.Ben.Person {
			t.Errorf("usage: %+v %v", u, err)
		}
		incidents, err := q.Incidents(unit, store.Page{})
		if err != nil || len(incidents.Rows) != 1 || incidents.Rows[0].Kind != "recall" {
			t.Errorf("incidents: %+v %v", incidents.Rows, err)
		}
	})
}

func TestExpiredUnitStops(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		b.open(b.Amy)
		unit := b.Stents(1)[0] // expires 31 Jan 2028
		b.clock.Set(time.Date(2028, 2, 1, 0, 0, 0, 0, time.UTC))
		_, err := b.use(b.Amy, unit)
		wantFault(t, err, fault.Conflict, "expired on 31 Jan 2028")
	})
}

func TestRefusedTagNeedsOverride(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		b.open(b.Amy)
		unit := b.Stents(1)[0]
		_, err := b.desk.Scan(t.Context(), b.Cmd(b.Amy), using.ScanInput{Unit: unit, Source: "tap", Verdict: authentic.Refuse(authentic.Tampered)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.use(b.Amy, unit)
		wantFault(t, err, fault.Conflict, "Tag check: Opened")
	})
}

func TestWasteNeedsAReasonAndKeepsTheVendorsTitle(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		b.open(b.Amy)
		unit := b.Stents(1)[0]
		in := using.Consumption{Unit: unit, Outcome: usage.Wasted}
		_, err := b.desk.Use(t.Context(), b.Cmd(b.Amy), in)
		wantFault(t, err, fault.Invalid, "why the unit was wasted")
		in.Reason = "dropped"
		wasted, err := b.desk.Use(t.Context(), b.Cmd(b.Amy), in)
		if err != nil {
			t.Fatal(err)
		}
		if u := b.Unit(unit); u.State != custody.Wasted || u.Owner != b.Vendor {
			t.Errorf("%+v", u)
		}
		if _, err := b.desk.Undo(t.Context(), b.Cmd(b.Amy), using.Takeback{Usage: wasted.Usage}); err != nil {
			t.Fatal(err)
		}
		if u := b.Unit(unit); u.State != custody.Available {
			t.Errorf("the opening that came with the waste stayed: %+v", u)
		}
	})
}

func TestPutBackReturnsTitleThatPassedAtRemoval(t *testing.T) {
	terms := ward.Terms()
	terms.TitleEvent = consign.TitleRemoved
	each(t, terms, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0]
		if _, err := b.desk.Remove(t.Context(), b.Cmd(b.Amy), unit); err != nil {
			t.Fatal(err)
		}
		if u := b.Unit(unit); u.Owner != b.Hospital || u.State != custody.Removed {
			t.Errorf("after removal: %+v", u)
		}
		rows, err := b.Store.Read(t.Context(), b.Amy.Scope()).Removed(b.Site, 10)
		if err != nil || len(rows) != 1 || rows[0].Person != b.Amy.Name || rows[0].Minutes != 30 {
			t.Errorf("removed list: %+v %v", rows, err)
		}
		if _, err := b.desk.PutBack(t.Context(), b.Cmd(b.Amy), using.Return{Unit: unit, Place: b.Cabinet}); err != nil {
			t.Fatal(err)
		}
		if u := b.Unit(unit); u.Owner != b.Vendor || u.State != custody.Available {
			t.Errorf("after put back: %+v", u)
		}
	})
}

func TestTitlePassedAtOpeningComesBackWithTheUse(t *testing.T) {
	terms := ward.Terms()
	terms.TitleEvent = consign.TitleOpened
	each(t, terms, func(t *testing.T, b *bench) {
		b.open(b.Amy)
		unit := b.Stents(1)[0]
		wasted, err := b.desk.Use(t.Context(), b.Cmd(b.Amy), using.Consumption{Unit: unit, Outcome: usage.Wasted, Reason: "dropped"})
		if err != nil {
			t.Fatal(err)
		}
		if u := b.Unit(unit); u.Owner != b.Hospital {
			t.Errorf("after waste: %+v", u)
		}
		if _, err := b.desk.Undo(t.Context(), b.Cmd(b.Amy), using.Takeback{Usage: wasted.Usage}); err != nil {
			t.Fatal(err)
		}
		if u := b.Unit(unit); u.Owner != b.Vendor || u.State != custody.Available {
			t.Errorf("after undo: %+v", u)
		}
	})
}

func TestSecondScanIsCalm(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		c := b.open(b.Amy)
		unit := b.Stents(1)[0]
		scan := using.ScanInput{Unit: unit, Source: "wedge", Verdict: authentic.Verdict{Level: authentic.Identified}}
		if first, err := b.desk.Scan(t.Context(), b.Cmd(b.Amy), scan); err != nil || first.Duplicate {
			t.Fatalf("%+v %v", first, err)
		}
		if _, err := b.desk.SwitchCase(t.Context(), b.Cmd(b.Ben), c.ID); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(2 * time.Minute)
		second, err := b.desk.Scan(t.Context(), b.Cmd(b.Ben), scan)
		if err != nil || second.Sentence != "Already in this case, 09:00, Amy O." {
			t.Fatalf("%+v %v", second, err)
		}
		_, err = b.desk.CloseCase(t.Context(), b.Cmd(b.Amy), c.ID)
		wantFault(t, err, fault.Conflict, "1 scanned unit still waits")
		b.mustUse(b.Ben, unit)
		third, err := b.desk.Scan(t.Context(), b.Cmd(b.Amy), scan)
		if err != nil || third.Sentence != "Already used on this case, 09:02, Ben L." || third.Disposition.Level != custody.Stop {
			t.Fatalf("%+v %v", third, err)
		}
		if _, err := b.desk.CloseCase(t.Context(), b.Cmd(b.Amy), c.ID); err != nil {
			t.Fatal(err)
		}
		_, err = b.desk.Scan(t.Context(), b.Cmd(b.Ben), scan)
		wantFault(t, err, fault.Conflict, "no case open")
	})
}

func TestConfirmRecordsEachAndTellsTheLoser(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		amys := b.open(b.Amy)
		b.open(b.Ben)
		units := b.Stents(3)
		b.mustUse(b.Ben, units[1])
		cmd := b.Cmd(b.Amy)
		in := using.Confirmation{Case: amys.ID, Units: units}
		done, err := b.desk.Confirm(t.Context(), cmd, in)
		if err != nil || len(done.Used) != 2 || len(done.NotUsed) != 1 || !strings.Contains(done.NotUsed[0].Sentence, "by Ben L.") {
			t.Fatalf("%+v %v", done, err)
		}
		again, err := b.desk.Confirm(t.Context(), cmd, in)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(done) {
			t.Fatalf("repeated: %+v %v", again, err)
		}
		cmd.BodySHA256 = "another"
		_, err = b.desk.Confirm(t.Context(), cmd, in)
		wantFault(t, err, fault.Mismatch, "")
	})
}

func TestMovedUsageIsLinked(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		wrong := b.open(b.Amy)
		unit := b.Stents(1)[0]
		used := b.mustUse(b.Amy, unit)
		right := b.open(b.Ben)
		moved, err := b.desk.MoveUsage(t.Context(), b.Cmd(b.Amy), using.Transfer{Usage: used.Usage, Case: right.ID, Reason: "scanned on the wrong case"})
		if err != nil {
			t.Fatal(err)
		}
		q := b.Store.Read(t.Context(), b.Amy.Scope())
		u, err := q.Usage(moved.Usage)
		if err != nil || u.Replaces != used.Usage || u.Case != right.ID {
			t.Fatalf("%+v %v", u, err)
		}
		live, err := q.Usages(store.UsageFilter{Case: wrong.ID, LiveOnly: true}, store.Page{})
		if err != nil || len(live.Rows) != 0 {
			t.Errorf("the old usage lives: %v %v", live.Rows, err)
		}
		if _, err := b.desk.Undo(t.Context(), b.Cmd(b.Amy), using.Takeback{Usage: moved.Usage}); err != nil {
			t.Fatal(err)
		}
		if b.Unit(unit).State != custody.Available {
			t.Error("undoing the moved usage left the unit used")
		}
	})
}

func TestVendorIsToldAfterTheUndoTime(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		b.open(b.Amy)
		units := b.Stents(2)
		b.mustUse(b.Amy, units[0])
		taken := b.mustUse(b.Amy, units[1])
		if n, err := b.desk.RunNotices(t.Context()); err != nil || n != 0 {
			t.Fatalf("%d notices left within the undo time, %v", n, err)
		}
		if _, err := b.desk.Undo(t.Context(), b.Cmd(b.Amy), using.Takeback{Usage: taken.Usage}); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(11 * time.Minute)
		if n, err := b.desk.RunNotices(t.Context()); err != nil || n != 1 {
			t.Fatalf("%d notices, %v; one usage is live", n, err)
		}
		if n, err := b.desk.RunNotices(t.Context()); err != nil || n != 0 {
			t.Fatalf("%d notices again, %v", n, err)
		}
	})
}

func TestForeignersFindNothing(t *testing.T) {
	each(t, ward.Terms(), func(t *testing.T, b *bench) {
		c := b.open(b.Amy)
		unit := b.Stents(1)[0]
		_, err := b.desk.Use(t.Context(), b.Cmd(b.Rob), using.Consumption{Case: c.ID, Unit: unit, Outcome: usage.Used})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a vendor reached a case without own usage: %v", err)
		}
		stranger := b.Amy
		stranger.Person, stranger.Organisation = b.Ben.Person, b.OtherVendor
		_, err = b.desk.Undo(t.Context(), b.Cmd(stranger), using.Takeback{Usage: "no"})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
		_, err = b.desk.OpenCase(t.Context(), b.Cmd(b.Mia), b.Room)
		wantFault(t, err, fault.Forbidden, "nurse")
	})
}
