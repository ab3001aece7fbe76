package outside_test

import (
	"context"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/outside"
	"trueward/internal/app/signin"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const password = "correct horse battery"

// issuer is up or down.
type issuer struct{ down bool }

func (i *issuer) Up(context.Context) bool { return !i.down }

// settle makes a hospital with one administrator, and a desk whose people may
// use passwords only while the issuer is down.
func settle(t *testing.T, s *store.Store, clk *clock.Fake) (*outside.Desk, *signin.Desk, *issuer, access.PersonID) {
	t.Helper()
	at := &issuer{}
	d := &outside.Desk{Store: s, Clock: clk, Issuer: at, Mapping: outside.Mapping{
		Name: "Holm account", Unknown: outside.Admit, Passwords: outside.WhenDown,
		Rules: []outside.Rule{{Claim: "groups", Value: "nurses", Organisation: "Holm", Role: access.Nurse}},
	}}
	in := signin.New(signin.Config{Store: s, Gate: d, Strength: signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}})
	hash, err := in.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	var boss access.PersonID
	err = s.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "organisation", Object: "holm"})
		org, err := tx.CreateOrganisation(access.Organisation{Kind: access.Hospital, Name: "Holm"})
		if err != nil {
			return err
		}
		if boss, err = tx.CreatePerson(access.Person{Organisation: org, Email: "boss@holm.example", Name: "Boss", Grants: []access.Grant{{Role: access.Admin}}}); err != nil {
			return err
		}
		return tx.SetPassword(boss, hash)
	})
	if err != nil {
		t.Fatal(err)
	}
	clk.Advance(time.Second)
	return d, in, at, boss
}

func who(subject, email string) access.OutsideIdentity {
	return access.OutsideIdentity{Issuer: "https://id.example", Subject: subject, Email: email, Verified: true, Name: "Amy", Claims: map[string][]string{"groups": {"nurses"}}}
}

// Row 97: while the house's sign-in answers, a password of one's own opens
// nothing for those who come through it; while it is down it does, for an hour,
// and somebody is told. Who never came through it is not concerned.
func TestPasswordsOpenWhileTheHouseIsDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		d, in, at, boss := settle(t, s, clk)
		try := func() (signin.Session, error) {
			return in.SignIn(t.Context(), signin.Attempt{Email: "boss@holm.example", Password: password, Address: "192.0.2.1"})
		}
		if session, err := try(); err != nil || session.By != signin.ByPassword {
			t.Fatalf("before the first time: %+v %v", session, err)
		}
		if _, err := d.Enter(t.Context(), who("s-boss", "boss@holm.example"), ""); err != nil {
			t.Fatal(err)
		}
		if _, err := try(); !fault.Is(err, fault.Forbidden) {
			t.Errorf("while it answers: %v", err)
		}
		at.down = true
		clk.Advance(16 * time.Second) // it is asked again
		session, err := try()
		if err != nil || session.By != signin.ByGlass {
			t.Fatalf("while it is down: %+v %v", session, err)
		}
		c := func() bool { _, ok, err := in.Current(t.Context(), session); return ok && err == nil }
		if !c() {
			t.Error("the session is over at once")
		}
		clk.Advance(time.Hour)
		if c() {
			t.Error("the session outlives its hour")
		}
		person, _, err := s.Read(t.Context(), access.Scope{}).CredentialOf(boss)
		if err != nil {
			t.Fatal(err)
		}
		alerts, err := s.Read(t.Context(), person.Actor.Scope()).Alerts(true, store.Page{Limit: 10})
		if err != nil || len(alerts.Rows) != 1 || alerts.Rows[0].Kind != alert.OutsideDown {
			t.Errorf("alerts %+v %v", alerts.Rows, err)
		}
		at.down = false
		clk.Advance(16 * time.Second)
		if _, err := try(); !fault.Is(err, fault.Forbidden) {
			t.Errorf("after it came back: %v", err)
		}
	})
}

// Unknown people are made where the operator says so, and the last
// administrator keeps the house, whatever the issuer says.
func TestRolesFollowTheHouse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		d, _, _, boss := settle(t, s, clk)
		grants := func(id access.PersonID) []access.Grant {
			c, _, err := s.Read(t.Context(), access.Scope{}).CredentialOf(id)
			if err != nil {
				t.Fatal(err)
			}
			return c.Actor.Grants
		}
		if _, err := d.Enter(t.Context(), who("s-boss", "boss@holm.example"), ""); err != nil {
			t.Fatal(err)
		}
		if got := grants(boss); len(got) != 2 {
			t.Errorf("the last administrator has %v", got)
		}
		entry, err := d.Enter(t.Context(), who("s-new", "new@holm.example"), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := grants(entry.Person); len(got) != 1 || got[0].Role != access.Nurse {
			t.Errorf("the new person has %v", got)
		}
		again, err := d.Enter(t.Context(), who("s-new", "renamed@holm.example"), "")
		if err != nil || again.Person != entry.Person {
			t.Errorf("with another address they are %v, %v", again.Person, err)
		}
		nobody := who("s-none", "none@holm.example")
		nobody.Claims = nil
		if _, err := d.Enter(t.Context(), nobody, ""); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without a group: %v", err)
		}
		c, _, _ := s.Read(t.Context(), access.Scope{}).CredentialOf(entry.Person)
		err = s.Write(t.Context(), c.Actor, func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "person", Object: "new"})
			return tx.SetDisabled(entry.Person, tx.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Enter(t.Context(), who("s-new", "new@holm.example"), ""); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a disabled person: %v", err)
		}
	})
}

func TestMappingsAreChecked(t *testing.T) {
	rule := `{"claim":"g","value":"v","organisation":"o","role":"nurse"}`
	for text, ok := range map[string]bool{
		`{"rules":[` + rule + `]}`: true,
		`{"rules":[` + rule + `],"passwords":"when_down","unknown":"admit"}`: true,
		`{"rules":[]}`: false,
		`{"rules":[{"claim":"g","value":"v","organisation":"o","role":"x"}]}`: false,
		`{"rules":[{"claim":"g","organisation":"o","role":"nurse"}]}`:         false,
		`{"rules":[` + rule + `],"unknown":"whatever"}`:                       false,
		`{"rules":[` + rule + `],"passwords":"never"}`:                        false,
		`{"rules":[` + rule + `],"ruels":[]}`:                                 false,
		`nothing`:                                                             false,
	} {
		if _, err := outside.ReadMapping([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
