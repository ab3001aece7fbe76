package outside_test

import (
	"slices"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

const issuerName = "https://id.example"

// A notice that names a session ends that one alone; one that names a person
// ends every session that follows them. Each person's trail says so, once.
func TestNoticesEndWhatTheyName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		d, _, _, boss := settle(t, s, clk)
		new, err := d.Enter(t.Context(), who("s-new", "new@holm.example"), "")
		if err != nil {
			t.Fatal(err)
		}
		for hash, end := range map[string]access.OutsideEnd{
			"phone": {Issuer: issuerName, Subject: "s-boss", Session: "a"}, "desk": {Issuer: issuerName, Subject: "s-boss", Session: "b"},
			"colleague": {Issuer: issuerName, Subject: "s-new", Session: "c"}, "password": {},
		} {
			row := store.SavedSession{Hash: hash, Person: boss, Data: []byte("{}"), Expires: s.Now().Add(time.Hour)}
			if hash == "colleague" {
				row.Person = new.Person
			}
			row.OutsidePerson, row.OutsideSession = end.Digests()
			if err := s.Keep(t.Context(), func(tx *store.Tx) error { return tx.SaveSession(row) }); err != nil {
				t.Fatal(err)
			}
		}
		left := func() (out []string) {
			for _, hash := range []string{"colleague", "desk", "password", "phone"} {
				_, ok, err := s.Read(t.Context(), access.Scope{}).Session(hash, s.Now())
				if err != nil {
					t.Fatal(err)
				}
				if ok {
					out = append(out, hash)
				}
			}
			return out
		}
		for _, c := range []struct {
			end  access.OutsideEnd
			n    int
			left []string
		}{
			{access.OutsideEnd{Issuer: issuerName, Subject: "s-boss", Session: "elsewhere"}, 0, []string{"colleague", "desk", "password", "phone"}},
			{access.OutsideEnd{Issuer: "https://evil.example", Subject: "s-boss"}, 0, []string{"colleague", "desk", "password", "phone"}},
			{access.OutsideEnd{Issuer: issuerName, Session: "a"}, 1, []string{"colleague", "desk", "password"}},
			{access.OutsideEnd{Issuer: issuerName, Subject: "s-boss"}, 1, []string{"colleague", "password"}},
			{access.OutsideEnd{Issuer: issuerName, Subject: "s-boss"}, 0, []string{"colleague", "password"}},
			{access.OutsideEnd{Issuer: issuerName}, 0, []string{"colleague", "password"}},
		} {
			if n, err := d.Ended(t.Context(), c.end, "r"); err != nil || n != c.n || !slices.Equal(left(), c.left) {
				t.Errorf("%+v: %d of people, %v; left %q", c.end, n, err, left())
			}
		}
		trail, err := s.Read(t.Context(), access.Everything()).AuditTrail("person", string(boss))
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, e := range trail {
			if e.Action == "person.signed_out_outside" {
				told++
			}
		}
		if told != 2 {
			t.Errorf("the trail tells of %d sign-outs", told)
		}
	})
}

// A proof at the issuer is the actor's own and has a time; what it counts from
// is that time, never one to come.
func TestProofIsTheActorsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		d, in, _, boss := settle(t, s, clk)
		if _, err := d.Enter(t.Context(), who("s-boss", "boss@holm.example"), ""); err != nil {
			t.Fatal(err)
		}
		c, _, err := s.Read(t.Context(), access.Scope{}).CredentialOf(boss)
		if err != nil || !d.Knows(t.Context(), c.Actor) {
			t.Fatalf("the desk does not know her: %v", err)
		}
		try := func(subject string, at time.Time) (time.Time, error) {
			me := who(subject, "boss@holm.example")
			me.ProvenAt = at
			return d.Prove(t.Context(), c.Actor, me)
		}
		now := s.Now()
		if at, err := try("s-boss", now.Add(-time.Minute)); err != nil || !at.Equal(now.Add(-time.Minute)) {
			t.Errorf("a minute ago: %v %v", at, err)
		}
		if at, err := try("s-boss", now.Add(time.Hour)); err != nil || at.After(s.Now()) {
			t.Errorf("in an hour: %v %v", at, err)
		}
		if _, err := try("s-boss", time.Time{}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("of no time: %v", err)
		}
		if _, err := try("s-else", now); !fault.Is(err, fault.Forbidden) {
			t.Errorf("somebody else's: %v", err)
		}
		// Who comes through the issuer proves nothing by a password while it answers.
		if _, err := in.Prove(t.Context(), c.Actor, password, "192.0.2.1"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("by a password: %v", err)
		}
	})
}
