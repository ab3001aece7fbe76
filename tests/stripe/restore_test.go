package stripe_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
)

// The database is restored to an hour ago while Stripe is ahead: at each stage
// of the way the copy is taken, the invoice goes out, the copy takes over, and
// in the end Stripe still holds one document per invoice, each under its own
// number, also after the keys of then were forgotten.
func TestRestoredDatabaseBillsNothingTwice(t *testing.T) {
	for _, stage := range []struct {
		name  string
		after int // changing calls before the copy is taken
	}{{"before the draft", 0}, {"after the draft", 1}, {"between the lines", 3}, {"before the number", 5}, {"before it is final", 6}} {
		t.Run(stage.name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "trueward.db")
			s, clk := onDisk(t, path)
			w := newWorld(t, s, clk)
			w.once(w.settle(w.used(1)))
			c := w.used(2)
			if stage.after > 0 {
				w.dies(w.gateway, death{stage.after, "after"})
			}
			copyTo := filepath.Join(folder, "copy.db")
			w.copyDatabase(copyTo)
			first := w.settle(c)
			other := w.settle(w.used(1)) // goes out too, and the copy does not know of it
			w.once(first)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			clk.Advance(26 * time.Hour)
			w.s = reopen(t, copyTo, clk)
			w.rewire()
			w.restored = true
			conn, err := w.all().Connection(w.connection)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.charging.Compare(t.Context(), conn); err != nil {
				t.Fatal(err)
			}
			again := w.settle(c)
			w.once(again)
			if again.Number != first.Number {
				t.Errorf("%s became %s", first.Number, again.Number)
			}
			w.n += 100 // serials of after the restore are new ones
			next := w.settle(w.used(1))
			w.once(next)
			if next.Number == other.Number || next.Number == first.Number {
				t.Errorf("the number %s came twice", next.Number)
			}
			if got := w.findings(); len(got) == 0 {
				t.Error("nobody is told of the invoice that the copy does not know")
			}
		})
	}
}

func onDisk(t *testing.T, path string) (*store.Store, *clock.Fake) {
	clk := clock.NewFake(time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC))
	s := reopen(t, path, clk)
	if err := s.Engine().Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, clk
}

func reopen(t *testing.T, path string, clk *clock.Fake) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Config{SQLitePath: path, Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// copyDatabase copies the file as a backup would, with nothing being written.
func (w *world) copyDatabase(to string) {
	w.t.Helper()
	if err := w.s.Engine().Backup(w.t.Context(), to); err != nil {
		w.t.Fatal(err)
	}
	if _, err := os.Stat(to); err != nil {
		w.t.Fatal(err)
	}
}

// rewire gives every desk the store that is open now.
func (w *world) rewire() {
	w.pricing.Store, w.paying.Store = w.s, w.s
	w.restart(w.gateway)
}

// A document that holds a part of our lines, and that we do not know, is never
// billed beside.
func TestPartOfTheLinesElsewhereIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trueward.db")
	s, clk := onDisk(t, path)
	w := newWorld(t, s, clk)
	w.once(w.settle(w.used(1)))
	c := w.used(2)
	w.copyDatabase(path + ".copy")
	w.settle(c)
	w.must(s.Close())
	w.s = reopen(t, path+".copy", clk)
	w.rewire()
	w.reopenCase(c)
	_, settled := w.goesOn(c)
	w.drain()
	if i := w.invoice(c); settled || !i.Parked {
		t.Errorf("%s, parked %v: two of its three lines are billed already", i.State, i.Parked)
	}
}

// What is compared twice says nothing new, and what was settled stays settled.
func TestComparisonFindsWhatDiffers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		i, id := w.issued(1)
		w.must(w.fake.Pay(id, 0))
		w.fake.Take() // the notice is lost
		w.fake.Stray("sk_test_vendor", 4200)
		compare := func() {
			t.Helper()
			conn, err := w.all().Connection(w.connection)
			w.must(err)
			_, err = w.charging.Compare(t.Context(), conn)
			w.must(err)
		}
		compare()
		if now, err := w.all().Invoice(i.ID); err != nil || now.State != billing.Paid {
			t.Errorf("%s, %v: the payment was not taken over", now.State, err)
		}
		if got := w.findings(); len(got) != 1 || got[0] != "movement" {
			t.Fatalf("findings %v", got)
		}
		all, err := w.all().Findings(1)
		w.must(err)
		if _, err := w.charging.Settle(t.Context(), w.cmd(w.office), all[0].ID, "rent, booked by hand"); err != nil {
			t.Fatal(err)
		}
		compare()
		if got := w.findings(); len(got) != 0 {
			t.Errorf("found again: %v", got)
		}
		if fees := w.balance(billing.Fees); fees != i.TotalMinor*15/1000+25 {
			t.Errorf("fees %d", fees)
		}
		w.check()
	})
}

// A line that somebody changed at Stripe stops the document before it is final.
func TestChangedDraftIsNeverFinal(t *testing.T) {
	s, clk := sqlite(t)
	w := newWorld(t, s, clk)
	w.once(w.settle(w.used(1)))
	c := w.used(2)
	w.dies(w.gateway, death{5, "after"}) // all lines are there
	w.fake.Tamper(w.remotes(w.invoice(c).ID)[0].ID)
	i, _ := w.goesOn(c)
	if held := w.remotes(i.ID); i.State != "sent" && (len(held) != 1 || held[0].Status != remote.DraftStatus) {
		t.Errorf("%s: %+v", i.State, held)
	}
	if i.State == billing.Sent {
		w.once(i) // put right while it was a draft
	}
}
