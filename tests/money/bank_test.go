package money_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// Where money goes is decided by two people, each with a fresh proof, and the
// database keeps what was decided as it was.
func TestTheAccountIsChangedByTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults())
		const account = "DE89370400440532013000"
		for name, c := range map[string]struct {
			who  access.Actor
			text string
			want fault.Kind
		}{
			"swapped digits":  {w.office, "DE89 3704 0044 0532 0130 01", fault.Invalid},
			"no account":      {w.office, "<b>", fault.Invalid},
			"the one it is":   {w.office, "DE02 1203 0000 0000 2020 51", fault.Invalid},
			"by the hospital": {w.finance, account, fault.Forbidden},
			"an old proof":    {sitting(w.office, clk.Now().Add(-time.Hour)), account, fault.Invalid},
		} {
			if _, err := w.approving.ProposeAccount(t.Context(), cmd(c.who, name), c.text); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		id, err := w.approving.ProposeAccount(t.Context(), cmd(w.office, "p"), "de89 3704 0044 0532 0130 00")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.approving.ProposeAccount(t.Context(), cmd(w.second, "another"), "NL91ABNA0417164300"); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second proposal: %v", err)
		}
		if _, err := w.approving.DecideAccount(t.Context(), cmd(w.office, "own"), id, true); !fault.Is(err, fault.Forbidden) {
			t.Errorf("confirmed by whoever proposed it: %v", err)
		}
		if got := w.account(); got == account {
			t.Fatal("changed by one person")
		}
		if _, err := w.approving.DecideAccount(t.Context(), cmd(w.second, "c"), id, true); err != nil || w.account() != account {
			t.Fatalf("confirmed by a second: %s, %v", w.account(), err)
		}
		if _, err := w.approving.DecideAccount(t.Context(), cmd(w.second, "again"), id, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		back, err := w.approving.ProposeAccount(t.Context(), cmd(w.office, "back"), "DE02120300000000202051")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.approving.DecideAccount(t.Context(), cmd(w.office, "taken"), back, false); err != nil || w.account() != account {
			t.Errorf("taken back: %s, %v", w.account(), err)
		}
		changes, err := s.Read(t.Context(), w.office.Scope()).BankChanges()
		if err != nil || len(changes) != 2 || changes[1].State != billing.BankConfirmed || changes[1].DecidedBy != w.second.Person || changes[0].State != billing.BankRefused {
			t.Errorf("kept: %+v (%v)", changes, err)
		}
		if others, err := s.Read(t.Context(), w.finance.Scope()).BankChanges(); err != nil || len(others) != 0 {
			t.Errorf("the hospital sees %d proposals (%v)", len(others), err)
		}
	})
}

func (w *world) account() string {
	w.t.Helper()
	org, err := w.all().Organisation(w.vendor)
	if err != nil {
		w.t.Fatal(err)
	}
	return org.BankAccount
}

// sitting is an actor at a session whose last proof was at an instant.
func sitting(a access.Actor, proven time.Time) access.Actor {
	a.Sitting = &access.Sitting{Proven: proven}
	return a
}
