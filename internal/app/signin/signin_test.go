package signin_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/signin"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// light keeps tests quick: the cost of a hash is not what they are about.
var light = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}

const password = "correct horse battery"

func desk(t *testing.T, s *store.Store, strength signin.Strength) *signin.Desk {
	t.Helper()
	return signin.New(signin.Config{Store: s, Strength: strength})
}

// setUp makes the operator's administrator by the real set-up link.
func setUp(t *testing.T, d *signin.Desk) signin.Session {
	t.Helper()
	token, err := d.OfferSetUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session, err := d.Accept(t.Context(), signin.Acceptance{
		Token: token, Password: password, Again: password,
		Organisation: "Ward IT", Name: "Root Person", Email: "Root@IT.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func try(d *signin.Desk, ctx context.Context, email, pass, address string) error {
	_, err := d.SignIn(ctx, signin.Attempt{Email: email, Password: pass, Address: address})
	return err
}

func TestSetUpHappensOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		d := desk(t, s, light)
		session := setUp(t, d)
		current, ok, err := d.Current(t.Context(), session)
		if !ok || err != nil || !current.Actor.May(access.ManageOrganisations) {
			t.Fatalf("the first administrator: %+v %v %v", current, ok, err)
		}
		if _, err := d.OfferSetUp(t.Context()); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second set-up: %v", err)
		}
		if err := try(d, t.Context(), "  ROOT@it.example ", password, "192.0.2.1"); err != nil {
			t.Errorf("the first sign-in: %v", err)
		}
	})
}

// Row 70: one answer for unknown, wrong and disabled.
func TestUnknownWrongAndDisabledAreToldAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		d := desk(t, s, light)
		session := setUp(t, d)
		answers := map[string]error{
			"unknown":   try(d, t.Context(), "nobody@it.example", password, "192.0.2.1"),
			"malformed": try(d, t.Context(), "no address at all", password, "192.0.2.1"),
			"wrong":     try(d, t.Context(), "root@it.example", password+"!", "192.0.2.1"),
			"empty":     try(d, t.Context(), "root@it.example", "", "192.0.2.1"),
		}
		err := s.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "person.disabled", Kind: "person", Object: string(session.Person)})
			return tx.SetDisabled(session.Person, clk.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
		answers["disabled"] = try(d, t.Context(), "root@it.example", password, "192.0.2.1")
		for name, got := range answers {
			if !fault.Is(got, fault.Unauthenticated) || got.Error() != answers["wrong"].Error() {
				t.Errorf("%s: %v", name, got)
			}
		}
		if _, ok, err := d.Current(t.Context(), session); ok || err != nil {
			t.Errorf("a disabled person's session lives on (%v)", err)
		}
	})
}

// Row 70: an unknown address costs a hash too. Counting hashes is exact where
// a stopwatch on a busy machine is not: with every slot taken, an attempt that
// hashes cannot finish.
func TestUnknownAddressWaitsForItsHashToo(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := desk(t, s, light)
	setUp(t, d)
	release := signin.OccupySlots(d)
	defer release()
	for _, email := range []string{"root@it.example", "nobody@it.example"} {
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan error, 1)
		go func() { answer <- try(d, ctx, email, password, "192.0.2.1") }()
		for signin.Waiting(d) == 0 {
			select {
			case err := <-answer:
				t.Fatalf("%s was answered without a hash: %v", email, err)
			default:
				runtime.Gosched()
			}
		}
		cancel()
		if err := <-answer; !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s gave up waiting: %v", email, err)
		}
	}
}

// Row 71: a flood is turned away with Unavailable, no more than the slots run.
func TestFloodOfSignInsIsTurnedAway(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := desk(t, s, signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 2, Waiting: 3})
	setUp(t, d)
	release := signin.OccupySlots(d)
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	results := make(chan error, 20)
	for i := range 20 {
		waiting.Go(func() { results <- try(d, ctx, fmt.Sprintf("p%d@it.example", i), password, "192.0.2.1") })
	}
	for range 17 { // three wait, the others are answered at once
		if err := <-results; !fault.Is(err, fault.Unavailable) {
			t.Errorf("a try over the bound: %v", err)
		}
	}
	release()
	for range 3 {
		if err := <-results; !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a try that waited: %v", err)
		}
	}
	cancel()
	waiting.Wait()
	if err := try(d, t.Context(), "root@it.example", password, "192.0.2.1"); err != nil {
		t.Errorf("after the flood: %v", err)
	}
}

// Row 69: guessing is slowed, and its victim still signs in.
func TestGuessingIsSlowedAndItsVictimSignsIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		d := desk(t, s, light)
		setUp(t, d)
		const ward = "192.0.2.1"
		if err := try(d, t.Context(), "root@it.example", password, ward); err != nil {
			t.Fatal(err)
		}
		evaluated := 0
		for i := range 300 { // five minutes, a try a second, from ten addresses
			clk.Advance(time.Second)
			err := try(d, t.Context(), "root@it.example", fmt.Sprint("guess", i), fmt.Sprint("198.51.100.", i%10))
			switch fault.KindOf(err) {
			case fault.Unauthenticated:
				evaluated++
			case fault.RateLimited:
			default:
				t.Fatalf("guess %d: %v", i, err)
			}
		}
		if evaluated > 60 {
			t.Errorf("%d of 300 guesses were looked at", evaluated)
		}
		if err := try(d, t.Context(), "root@it.example", password, ward); err != nil {
			t.Errorf("the victim is kept out: %v", err)
		}
	})
}

// Row 69: one guesser in a ward does not stop the ward.
func TestSprayFromOneAddressDoesNotStopItsWard(t *testing.T) {
	s, clk := storetest.SQLite(t)
	d := desk(t, s, light)
	setUp(t, d)
	const ward = "192.0.2.1"
	if err := try(d, t.Context(), "root@it.example", password, ward); err != nil {
		t.Fatal(err)
	}
	slowed := 0
	for i := range 200 {
		if fault.Is(try(d, t.Context(), fmt.Sprintf("p%d@it.example", i), "spray", ward), fault.RateLimited) {
			slowed++
		}
	}
	if slowed < 90 {
		t.Errorf("only %d of 200 sprayed tries were slowed", slowed)
	}
	if err := try(d, t.Context(), "root@it.example", password, ward); err != nil {
		t.Errorf("a colleague in the ward is kept out: %v", err)
	}
	clk.Advance(16 * time.Minute)
	if err := try(d, t.Context(), "p1@it.example", "spray", ward); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("failures are remembered too long: %v", err)
	}
}

func TestNewPasswordIsChecked(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := desk(t, s, light)
	session := setUp(t, d)
	current, _, err := d.Current(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		in    signin.NewPassword
		field string
	}{
		"short":       {signin.NewPassword{Current: password, Password: "elevenchars", Again: "elevenchars"}, "password"},
		"repeating":   {signin.NewPassword{Current: password, Password: "abababababababab", Again: "abababababababab"}, "password"},
		"own name":    {signin.NewPassword{Current: password, Password: "my Person is me!", Again: "my Person is me!"}, "password"},
		"typo":        {signin.NewPassword{Current: password, Password: "purple staple rain", Again: "purple staple rein"}, "again"},
		"not current": {signin.NewPassword{Current: "wrong", Password: "purple staple rain", Again: "purple staple rain"}, "current"},
	}
	for name, c := range cases {
		_, err := d.ChangePassword(t.Context(), current.Actor, c.in)
		if all := fault.All(err); len(all) != 1 || all[0].Field != c.field {
			t.Errorf("%s: %v, want a refusal at %s", name, err, c.field)
		}
	}
}

// Row 72: a session that began before a change of password is over.
func TestChangeOfPasswordEndsOtherSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		d := desk(t, s, light)
		old := setUp(t, d)
		current, _, err := d.Current(t.Context(), old)
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(time.Second)
		fresh, err := d.ChangePassword(t.Context(), current.Actor, signin.NewPassword{
			Current: password, Password: "purple staple rain", Again: "purple staple rain",
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := d.Current(t.Context(), old); ok {
			t.Error("the old session lives on")
		}
		if _, ok, _ := d.Current(t.Context(), fresh); !ok {
			t.Error("the new session does not")
		}
		if err := try(d, t.Context(), "root@it.example", password, "192.0.2.9"); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("the old password: %v", err)
		}
	})
}
