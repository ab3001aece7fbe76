package passkeys_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/adapter/webauthn"
	"trueward/internal/app/passkeys"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
	"trueward/internal/testkit/passkey"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	origin = "https://ward.example"
	domain = "ward.example"
)

// bench is a desk with a person who has a passkey.
type bench struct {
	*testing.T
	desk  *passkeys.Desk
	store *store.Store
	clock *clock.Fake
	actor access.Actor
	key   *passkey.Authenticator
}

func settle(t *testing.T, s *store.Store, clk *clock.Fake) *bench {
	t.Helper()
	party, err := webauthn.New(origin)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, store: s, clock: clk, desk: &passkeys.Desk{Store: s, Party: party}, key: passkey.New(t, origin, domain)}
	b.actor = b.person("amy@holm.example")
	b.register(b.actor, b.key)
	return b
}

// person makes somebody who has just proved themself.
func (b *bench) person(email string) access.Actor {
	b.Helper()
	var id access.PersonID
	err := b.store.Write(b.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "person", Object: email})
		org, err := tx.CreateOrganisation(access.Organisation{Kind: access.Hospital, Name: "Hospital of " + email})
		if err != nil {
			return err
		}
		id, err = tx.CreatePerson(access.Person{Organisation: org, Email: email, Name: "Amy", Grants: []access.Grant{{Role: access.Nurse}}})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.clock.Advance(time.Second)
	c, ok, err := b.store.Read(b.Context(), access.Scope{}).CredentialOf(id)
	if err != nil || !ok {
		b.Fatal(ok, err)
	}
	c.Actor.Sitting = &access.Sitting{Proven: b.store.Now()}
	return c.Actor
}

func (b *bench) register(actor access.Actor, key *passkey.Authenticator) {
	b.Helper()
	q, err := b.desk.AskToRegister(b.Context(), actor, "amy@holm.example")
	if err == nil {
		err = b.desk.Register(b.Context(), actor, "My phone", passkeys.Answer{Token: q.Token, Reply: key.Make(b, q.Options)})
	}
	if err != nil {
		b.Fatal(err)
	}
}

// enter answers a fresh question; the counter goes up as it does in a device.
func (b *bench) enter() error {
	b.Helper()
	q, err := b.desk.AskToSignIn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.key.Counter++
	entry, err := b.desk.SignIn(b.Context(), passkeys.Answer{Token: q.Token, Reply: b.key.Answer(b, q.Options)}, "r")
	if err == nil && entry.Person != b.actor.Person {
		b.Errorf("somebody else came in: %s", entry.Person)
	}
	return err
}

// lies are what a false answer gets wrong, each alone.
func lies(other access.PersonID) map[string]func(*passkey.Authenticator) {
	return map[string]func(*passkey.Authenticator){
		"another site's page":    func(a *passkey.Authenticator) { a.Origin = "https://ward.example.evil.example" },
		"without TLS":            func(a *passkey.Authenticator) { a.Origin = "http://ward.example" },
		"another port":           func(a *passkey.Authenticator) { a.Origin = "https://ward.example:8443" },
		"another domain's key":   func(a *passkey.Authenticator) { a.Domain = "evil.example" },
		"a parent domain's key":  func(a *passkey.Authenticator) { a.Domain = "example" },
		"another challenge":      func(a *passkey.Authenticator) { a.Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
		"a making as an answer":  func(a *passkey.Authenticator) { a.Type = "webauthn.create" },
		"nobody was verified":    func(a *passkey.Authenticator) { a.Unverified = true },
		"somebody else's handle": func(a *passkey.Authenticator) { a.Handle = []byte(other) },
		"nobody's handle":        func(a *passkey.Authenticator) { a.Handle = []byte{} },
		"a key nobody gave it":   func(a *passkey.Authenticator) { a.Key = nil },
	}
}

// accepted returns the lies that let somebody in. After each, the honest
// answer must be accepted.
func (b *bench) accepted(other access.PersonID) (in []string) {
	b.Helper()
	for name, lie := range lies(other) {
		honest := *b.key
		lie(b.key)
		switch err := b.enter(); {
		case err == nil:
			in = append(in, name)
		case !fault.Is(err, fault.Unauthenticated):
			b.Errorf("%s: %v", name, err)
		}
		counter := b.key.Counter
		*b.key = honest
		b.key.Counter = counter
		if err := b.enter(); err != nil {
			b.Fatalf("after %s the honest answer is refused: %v", name, err)
		}
	}
	return in
}

// Row 75: what is not an answer to this question, on this origin, by this key,
// of a person the device verified, lets nobody in.
func TestPasskeyThatLiesIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		b := settle(t, s, clk)
		if in := b.accepted(b.person("ben@holm.example").Person); len(in) > 0 {
			t.Errorf("accepted: %q", in)
		}
		b.key = passkey.New(t, origin, domain)
		if err := b.enter(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a key that nobody registered: %v", err)
		}
	})
}

// trusting is a planted fault: a party that believes what it is told.
type trusting struct {
	passkeys.Party
	counter uint32
}

func (p *trusting) Prove(access.Passkey, []byte, []byte) (uint32, error) {
	p.counter++
	return p.counter, nil
}

func TestPasskeyLiesFindATrustingParty(t *testing.T) {
	s, clk := storetest.SQLite(t)
	b := settle(t, s, clk)
	other := b.person("ben@holm.example").Person
	b.desk.Party = &trusting{Party: b.desk.Party}
	if in := b.accepted(other); len(in) != len(lies(other)) {
		t.Errorf("of %d lies only %q were found", len(lies(other)), in)
	}
}

// Row 75: a question is answered once, within minutes, and only in its own
// ceremony.
func TestPasskeyAnswersCountOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		b := settle(t, s, clk)
		ask := func() (passkeys.Answer, error) {
			q, err := b.desk.AskToSignIn(t.Context())
			b.key.Counter++
			return passkeys.Answer{Token: q.Token, Reply: b.key.Answer(t, q.Options)}, err
		}
		answer, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.desk.Prove(t.Context(), b.actor, answer); err == nil {
			t.Error("an answer to a sign-in proves")
		}
		if _, err := b.desk.SignIn(t.Context(), answer, ""); err != nil {
			t.Errorf("the first answer: %v", err)
		}
		if _, err := b.desk.SignIn(t.Context(), answer, ""); err == nil {
			t.Error("the same answer twice")
		}
		late, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(5*time.Minute + time.Second)
		if _, err := b.desk.SignIn(t.Context(), late, ""); err == nil {
			t.Error("an answer after five minutes")
		}
		// The answer is good for its own question alone.
		first, _ := ask()
		second, _ := ask()
		if _, err := b.desk.SignIn(t.Context(), passkeys.Answer{Token: second.Token, Reply: first.Reply}, ""); err == nil {
			t.Error("an answer to another question")
		}
	})
}

// Of twenty copies of one answer that come at once, one is let in.
func TestParallelPasskeyAnswersLetOneIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		b := settle(t, s, clk)
		q, err := b.desk.AskToSignIn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b.key.Counter++
		answer := passkeys.Answer{Token: q.Token, Reply: b.key.Answer(t, q.Options)}
		var mu sync.Mutex
		var all sync.WaitGroup
		in := 0
		for range 20 {
			all.Go(func() {
				if _, err := b.desk.SignIn(t.Context(), answer, ""); err == nil {
					mu.Lock()
					in++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if in != 1 {
			t.Errorf("%d were let in", in)
		}
	})
}

// Row 75: a counter that goes back says that there are two of the key. It is
// refused, an alert is raised, and neither of the two opens anything again.
func TestPasskeyCounterGoingBackStopsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		b := settle(t, s, clk)
		b.key.Counter = 41
		if err := b.enter(); err != nil {
			t.Fatal(err)
		}
		copied := *b.key
		b.key.Counter = 6 // the copy was made at 6
		if err := b.enter(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a counter that went back: %v", err)
		}
		*b.key = copied
		if err := b.enter(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("the original goes on: %v", err)
		}
		list, err := s.Read(t.Context(), b.actor.Scope()).Alerts(true, store.Page{Limit: 10})
		if err != nil || len(list.Rows) != 1 || list.Rows[0].Kind != alert.CopiedPasskey || !strings.Contains(list.Rows[0].Sentence, "Amy") {
			t.Errorf("alerts: %+v, %v", list.Rows, err)
		}
		keys, err := b.desk.List(t.Context(), b.actor)
		if err != nil || len(keys) != 1 || !keys[0].Stopped() {
			t.Errorf("%+v, %v", keys, err)
		}
		if has, _ := b.desk.Has(t.Context(), b.actor); has {
			t.Error("a stopped passkey is offered as proof")
		}
	})
}

// Many security keys and all synced passkeys do not count: 0 stays 0.
func TestPasskeyThatDoesNotCountGoesOn(t *testing.T) {
	s, clk := storetest.SQLite(t)
	b := settle(t, s, clk)
	for range 3 {
		b.key.Counter = ^uint32(0) // enter adds one
		if err := b.enter(); err != nil {
			t.Fatal(err)
		}
	}
}

// Only who has just proved themself adds or removes a passkey, and nobody
// reaches those of others.
func TestPasskeysChangeAfterAProofAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		b := settle(t, s, clk)
		keys, err := b.desk.List(t.Context(), b.actor)
		if err != nil {
			t.Fatal(err)
		}
		stale := b.actor
		stale.Sitting = &access.Sitting{Proven: s.Now().Add(-time.Hour)}
		asksProof := func(err error) bool {
			all := fault.All(err)
			return len(all) == 1 && all[0].Field == access.ProofField
		}
		if _, err := b.desk.AskToRegister(t.Context(), stale, "a"); !asksProof(err) {
			t.Errorf("making one without a fresh proof: %v", err)
		}
		if err := b.desk.Remove(t.Context(), store.Command{Actor: stale, Key: "1"}, keys[0].ID); !asksProof(err) {
			t.Errorf("removing one without a fresh proof: %v", err)
		}
		other := b.person("ben@holm.example")
		if err := b.desk.Remove(t.Context(), store.Command{Actor: other, Key: "2"}, keys[0].ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("removing somebody else's: %v", err)
		}
		if err := b.desk.Rename(t.Context(), store.Command{Actor: other, Key: "3"}, keys[0].ID, "Mine"); !fault.Is(err, fault.NotFound) {
			t.Errorf("renaming somebody else's: %v", err)
		}
		q, err := b.desk.AskToRegister(t.Context(), b.actor, "amy@holm.example")
		if err != nil {
			t.Fatal(err)
		}
		mine := passkey.New(t, origin, domain)
		if err := b.desk.Register(t.Context(), other, "Theirs", passkeys.Answer{Token: q.Token, Reply: mine.Make(t, q.Options)}); err == nil {
			t.Error("somebody else keeps the answer to my question")
		}
		if err := b.desk.Rename(t.Context(), store.Command{Actor: b.actor, Key: "4"}, keys[0].ID, "Blue key"); err != nil {
			t.Error(err)
		}
		if err := b.desk.Remove(t.Context(), store.Command{Actor: b.actor, Key: "5"}, keys[0].ID); err != nil {
			t.Error(err)
		}
		if err := b.enter(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a removed passkey: %v", err)
		}
	})
}

// A proof by passkey is the actor's own, and by a question for a proof.
func TestPasskeyProvesItsOwnerAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		b := settle(t, s, clk)
		prove := func(actor access.Actor) error {
			q, err := b.desk.AskToProve(t.Context(), b.actor)
			if err != nil {
				t.Fatal(err)
			}
			b.key.Counter++
			_, err = b.desk.Prove(t.Context(), actor, passkeys.Answer{Token: q.Token, Reply: b.key.Answer(t, q.Options)})
			return err
		}
		if err := prove(b.actor); err != nil {
			t.Error(err)
		}
		if err := prove(b.person("ben@holm.example")); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a colleague's passkey proves me: %v", err)
		}
	})
}

// Passkeys belong to a name.
func TestPasskeysNeedAName(t *testing.T) {
	for origin, ok := range map[string]bool{
		"https://ward.example": true, "https://ward.example:8443": true, "http://localhost:8088": true,
		"https://192.168.1.20": false, "https://[::1]:8443": false, "http://127.0.0.1:8088": false, "http://ward.example": false,
		"https://ward.example/path": false, "ward.example": false, "": false,
	} {
		_, err := webauthn.New(origin)
		if (err == nil) != ok || err != nil && len(fault.All(err)) != 1 {
			t.Errorf("%q: %v", origin, err)
		}
	}
	if party, err := webauthn.New("https://Ward.example:443"); err != nil || party.Origin() != "https://ward.example" {
		t.Errorf("%v %v", party, err)
	}
}
