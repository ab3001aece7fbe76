package kiosk_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/kiosk"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// plain compares secrets as they are: what a hash costs is not this test's.
type plain struct{}

func (plain) Hash(_ context.Context, secret string) (string, error) { return "hash of " + secret, nil }
func (plain) Matches(_ context.Context, secret, hash string) (bool, error) {
	return hash == "hash of "+secret, nil
}

// station is a ward with two shared workstations.
type station struct {
	*ward.Ward
	t     *testing.T
	clock *clock.Fake
	desk  *kiosk.Desk
	admin access.Actor
	left  store.Kiosk
	right store.Kiosk
}

func each(t *testing.T, body func(t *testing.T, s *station)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		st := &station{Ward: ward.New(t, s, ward.Terms()), t: t, clock: clk}
		st.desk = &kiosk.Desk{
			Store: s, Hashes: plain{}, Random: rand.NewChaCha8([32]byte{9}),
			Identity: func(b []byte) string { return "badge:" + hex.EncodeToString(b) },
		}
		st.admin = st.Amy
		st.admin.Grants = []access.Grant{{Role: access.Admin}}
		st.left, st.right = st.enrol("Left"), st.enrol("Right")
		st.badge(st.Amy, "A1B2C3D4", "493817")
		st.badge(st.Ben, "0055667788", "820461")
		clk.Advance(time.Second)
		body(t, st)
	})
}

func (s *station) enrol(name string) store.Kiosk {
	s.t.Helper()
	done, err := s.desk.Enrol(s.t.Context(), s.Cmd(s.admin), kiosk.Enrolment{Place: s.Room, Name: name})
	if err != nil || done.Token == "" {
		s.t.Fatalf("%v, token of %d characters", err, len(done.Token))
	}
	k, ok, err := s.desk.At(s.t.Context(), done.Token)
	if err != nil || !ok || k.ID != done.Kiosk {
		s.t.Fatalf("the token does not name the workstation: %v %v", ok, err)
	}
	return k
}

func (s *station) badge(a access.Actor, code, pin string) {
	s.t.Helper()
	if err := s.desk.SetBadge(s.t.Context(), a, kiosk.NewBadge{Badge: code, PIN: pin, Again: pin}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *station) tap(k store.Kiosk, badge, pin string) kiosk.Entry {
	s.t.Helper()
	e, err := s.desk.Enter(s.t.Context(), k, kiosk.Tap{Badge: badge, PIN: pin})
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

func (s *station) now(k store.Kiosk) store.Kiosk {
	s.t.Helper()
	k, err := s.Store.Read(s.t.Context(), access.Everything()).Kiosk(k.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return k
}

func (s *station) openCase(a access.Actor) usage.CaseID {
	s.t.Helper()
	var c usage.Case
	err := s.Store.Write(s.t.Context(), a, func(tx *store.Tx) (err error) {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.opened", Kind: "case", Object: "1"})
		if c, _, err = tx.CreateCase(usage.Case{Hospital: a.Organisation, Site: s.Site, Place: s.Room, Pseudonym: "C-" + string(a.Person)[30:]}); err != nil {
			return err
		}
		return tx.SetOpenCase(a.Person, c.ID)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

func TestFirstTapOfAShiftAsksForThePIN(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		if e := s.tap(s.left, ";a1b2c3d4?", ""); !e.AskPIN || e.Name != s.Amy.Name || !e.Since.IsZero() {
			t.Fatalf("the first tap: %+v", e)
		}
		in := s.tap(s.left, "A1B2C3D4", "493817")
		if in.AskPIN || in.By != kiosk.ByPIN || in.Proven.IsZero() || !s.now(s.left).Held(s.Amy.Person, in.Since) {
			t.Fatalf("with the PIN: %+v", in)
		}
		s.clock.Advance(kiosk.Shift - time.Second)
		if again := s.tap(s.left, "A1B2C3D4", ""); again.AskPIN || again.By != kiosk.ByBadge || !again.Proven.IsZero() {
			t.Errorf("later in the shift a badge alone is no proof: %+v", again)
		}
		s.clock.Advance(time.Second)
		if next := s.tap(s.left, "A1B2C3D4", ""); !next.AskPIN {
			t.Error("the next shift begins without the PIN")
		}
	})
}

// Row 73: whoever taps is the one who holds the workstation; who sat there
// before does not any more.
func TestSwitchKeepsTheOpenCase(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		amy := s.tap(s.left, "A1B2C3D4", "493817")
		c := s.openCase(s.Amy)
		s.clock.Advance(time.Second)
		ben := s.tap(s.left, "0055667788", "820461")
		if k := s.now(s.left); k.Held(s.Amy.Person, amy.Since) || !k.Held(s.Ben.Person, ben.Since) {
			t.Errorf("the workstation is held by %s", k.Person)
		}
		if ben.Case != c {
			t.Errorf("Ben goes on with case %q, want %q", ben.Case, c)
		}
		mine, open, err := s.Store.Read(t.Context(), s.Ben.Scope()).OpenCase(s.Ben.Person)
		if err != nil || !open || mine.ID != c {
			t.Errorf("Ben's open case is %v %v (%v)", mine.ID, open, err)
		}
	})
}

func TestLockKeepsTheWork(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		s.tap(s.left, "A1B2C3D4", "493817")
		c := s.openCase(s.Amy)
		if err := s.desk.Lock(t.Context(), s.Amy, s.left.ID); err != nil {
			t.Fatal(err)
		}
		if k := s.now(s.left); k.Person != "" || k.Case != c {
			t.Errorf("locked: held by %q with case %q", k.Person, k.Case)
		}
		s.clock.Advance(time.Second)
		if e := s.tap(s.left, "0055667788", "820461"); e.Case != c {
			t.Errorf("the next one goes on with %q", e.Case)
		}
		if err := s.desk.Lock(t.Context(), s.Amy, s.left.ID); err != nil {
			t.Error(err)
		}
		if k := s.now(s.left); k.Person != s.Ben.Person {
			t.Error("somebody locks a workstation that is not theirs any more")
		}
	})
}

func TestABadgeIsInOnePlace(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		first := s.tap(s.left, "A1B2C3D4", "493817")
		c := s.openCase(s.Amy)
		s.clock.Advance(time.Second)
		second := s.tap(s.right, "A1B2C3D4", "")
		left, right := s.now(s.left), s.now(s.right)
		if left.Held(s.Amy.Person, first.Since) || left.Person != "" || left.Case != c {
			t.Errorf("the former workstation: held by %q with case %q", left.Person, left.Case)
		}
		if !right.Held(s.Amy.Person, second.Since) {
			t.Error("the tapped workstation is not held")
		}
	})
}

// Taps at once at two workstations, ten times twenty of them, leave each badge
// in one place.
func TestTapsAtOnceLeaveABadgeInOnePlace(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		s.tap(s.left, "A1B2C3D4", "493817")
		for round := range 10 {
			s.clock.Advance(time.Second)
			s.tapAtOnce(20)
			if held := s.holds(s.Amy.Person); held != 1 {
				t.Fatalf("round %d: the badge holds %d workstations", round, held)
			}
		}
	})
}

// tapAtOnce taps one badge n times at once, at the two workstations by turns.
func (s *station) tapAtOnce(n int) {
	s.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		at := []store.Kiosk{s.left, s.right}[i%2]
		all.Go(func() {
			if _, err := s.desk.Enter(s.t.Context(), at, kiosk.Tap{Badge: "A1B2C3D4"}); err != nil {
				s.t.Error(err)
			}
		})
	}
	all.Wait()
}

// holds counts the workstations a person holds.
func (s *station) holds(person access.PersonID) int {
	n := 0
	for _, k := range []store.Kiosk{s.now(s.left), s.now(s.right)} {
		if k.Person == person {
			n++
		}
	}
	return n
}

func TestWrongPINsCloseThePIN(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		for i := range 12 {
			_, err := s.desk.Enter(t.Context(), s.left, kiosk.Tap{Badge: "A1B2C3D4", PIN: fmt.Sprintf("9999%02d", i)})
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		if _, err := s.desk.Enter(t.Context(), s.left, kiosk.Tap{Badge: "A1B2C3D4", PIN: "493817"}); err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("after twelve wrong PINs the right one: %v", err)
		}
		if err := s.desk.ProvePIN(t.Context(), s.Amy, "493817"); err == nil {
			t.Error("a closed PIN proves")
		}
		if e := s.tap(s.left, "0055667788", "820461"); e.AskPIN {
			t.Error("a colleague is stopped by somebody else's wrong PINs")
		}
		s.badge(s.Amy, "A1B2C3D4", "719350")
		if e := s.tap(s.left, "A1B2C3D4", "719350"); e.By != kiosk.ByPIN {
			t.Errorf("a new PIN: %+v", e)
		}
	})
}

// Tries that come at once are counted as many.
func TestParallelPINsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				_, _ = s.desk.Enter(t.Context(), s.left, kiosk.Tap{Badge: "A1B2C3D4", PIN: fmt.Sprintf("8888%02d", i)}) // each is wrong
			})
		}
		all.Wait()
		if _, err := s.desk.Enter(t.Context(), s.left, kiosk.Tap{Badge: "A1B2C3D4", PIN: "493817"}); err == nil {
			t.Error("thirty wrong PINs at once leave the PIN open")
		}
	})
}

func TestBadgeRefusals(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		if _, err := s.desk.Enter(t.Context(), s.left, kiosk.Tap{Badge: "DEADBEEF"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown badge: %v", err)
		}
		elsewhere := s.left
		elsewhere.Hospital = "0197f3d0-0000-7000-8000-000000000000"
		if _, err := s.desk.Enter(t.Context(), elsewhere, kiosk.Tap{Badge: "A1B2C3D4", PIN: "493817"}); err == nil {
			t.Error("a badge opens another hospital's workstation")
		}
		err := s.desk.SetBadge(t.Context(), s.Ben, kiosk.NewBadge{Badge: "A1B2C3D4", PIN: "493817", Again: "493817"})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("somebody else's badge: %v", err)
		}
		for _, pin := range []string{"12345", "123456", "654321", "111111", "121212", "123123", "12345a", "1234567890123"} {
			if err := s.desk.SetBadge(t.Context(), s.Ben, kiosk.NewBadge{Badge: "FFEEDDCC", PIN: pin, Again: pin}); err == nil {
				t.Errorf("PIN %s is accepted", pin)
			}
		}
		if err := s.desk.RemoveBadge(t.Context(), s.Cmd(s.Ben), s.Amy.Person); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a colleague takes a badge away: %v", err)
		}
		if err := s.desk.RemoveBadge(t.Context(), s.Cmd(s.admin), s.Ben.Person); err != nil {
			t.Error(err)
		}
		if _, err := s.desk.Enter(t.Context(), s.left, kiosk.Tap{Badge: "0055667788", PIN: "820461"}); err == nil {
			t.Error("a badge that was taken away opens")
		}
	})
}

func TestRevokedWorkstationLetsNobodyIn(t *testing.T) {
	each(t, func(t *testing.T, s *station) {
		in := s.tap(s.left, "A1B2C3D4", "493817")
		if err := s.desk.Revoke(t.Context(), s.Cmd(s.Ben), s.left.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse revokes: %v", err)
		}
		if err := s.desk.Revoke(t.Context(), s.Cmd(s.admin), s.left.ID); err != nil {
			t.Fatal(err)
		}
		if s.now(s.left).Held(s.Amy.Person, in.Since) {
			t.Error("whoever sat there goes on")
		}
		if _, err := s.desk.Enter(t.Context(), s.left, kiosk.Tap{Badge: "A1B2C3D4"}); err == nil {
			t.Error("a tap at a revoked workstation lets in")
		}
	})
}
