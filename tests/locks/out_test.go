package locks_test

import (
	"net/http"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/passkeys"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/testkit/passkey"
)

// Row 76: whom an administrator disables is out at once, by every way there is
// in: open sessions, password, passkey and one-time link.
func TestDisabledPersonIsOutEverywhere(t *testing.T) {
	h := serve(t, nil)
	boss, amy := h.person(t, h.boss).Actor, h.person(t, h.amy).Actor
	amy.Sitting = &access.Sitting{Proven: h.Store.Now()}
	key := passkey.New(t, h.url, "localhost")
	q, err := h.Passkeys.AskToRegister(t.Context(), amy, "amy@holm.example")
	if err == nil {
		err = h.Passkeys.Register(t.Context(), amy, "Phone", passkeys.Answer{Token: q.Token, Reply: key.Make(t, q.Options)})
	}
	if err != nil {
		t.Fatal(err)
	}
	byKey := func() error {
		q, err := h.Passkeys.AskToSignIn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		key.Counter++
		_, err = h.Passkeys.SignIn(t.Context(), passkeys.Answer{Token: q.Token, Reply: key.Answer(t, q.Options)}, "")
		return err
	}
	link, err := h.People.Reset(t.Context(), store.Command{Actor: boss, Key: "link"}, h.amy)
	if err != nil {
		t.Fatal(err)
	}
	phone, desk := visitor(t), visitor(t)
	for _, c := range []*http.Client{phone, desk} {
		if !h.enterBy(t, c, "amy@holm.example", secretWord) {
			t.Fatal("amy is not let in")
		}
	}
	if err := byKey(); err != nil {
		t.Fatal(err)
	}
	// Signed out everywhere, she comes in again at once; see also below.
	if err := h.People.SignOut(t.Context(), store.Command{Actor: boss, Key: "signed out"}, h.amy); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*http.Client{"phone": phone, "desk": desk} {
		if got := do(t, c, http.MethodGet, h.url+"/account", nil); got.url.Path == "/account" {
			t.Errorf("signed out everywhere, the session on the %s goes on", name)
		}
		if !h.enterBy(t, c, "amy@holm.example", secretWord) {
			t.Fatal("amy is not let in again")
		}
	}
	began := time.Now()
	if err := h.People.Disable(t.Context(), store.Command{Actor: boss, Key: "out"}, h.amy); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*http.Client{"phone": phone, "desk": desk} {
		if got := do(t, c, http.MethodGet, h.url+"/account", nil); got.url.Path == "/account" {
			t.Errorf("the session on the %s goes on", name)
		}
	}
	if h.enterBy(t, visitor(t), "amy@holm.example", secretWord) {
		t.Error("the password lets her in")
	}
	if err := byKey(); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the passkey: %v", err)
	}
	if got := do(t, visitor(t), http.MethodGet, h.url+"/welcome/"+link.Token, nil); got.status != http.StatusNotFound {
		t.Errorf("the one-time link answers %d", got.status)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	if !h.enterBy(t, visitor(t), "boss@holm.example", secretWord) {
		t.Error("the control: the administrator is out too")
	}
}
