package locks_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"trueward/cmd/trueward/product"
)

// throughProvider opens a product with an independent OpenID provider, where
// amy is a nurse and the boss a head.
func throughProvider(t *testing.T) (*house, provided) {
	t.Helper()
	people := staff{
		"s-amy":  {ID: "s-amy", Username: "amy", Password: "verysecure", Email: "amy@holm.example", EmailVerified: true},
		"s-boss": {ID: "s-boss", Username: "boss", Password: "verysecure", Email: "boss@holm.example", EmailVerified: true},
	}
	var at provided
	h := serve(t, func(cfg *product.Config, url string) {
		at = provider(t, url+"/sign-in/outside/back", people, map[string][]string{"s-amy": {"ward-nurses"}, "s-boss": {"heads"}})
		cfg.Outside = product.OutsideConfig{Issuer: at.url, ClientID: "trueward", Secret: "a secret of two", Mapping: mapping()}
		cfg.Reach = loopback
	})
	return h, at
}

// staysIn reports whether a browser's session goes on.
func (h *house) staysIn(t *testing.T, c *http.Client) bool {
	t.Helper()
	return do(t, c, http.MethodGet, h.url+"/account", nil).url.Path == "/account"
}

var linkThere = regexp.MustCompile(`href="([^"]+)"[^>]*>(?:<[^>]*>)*\s*Sign out there too`)

// Who came in by the house's sign-in and signs out here is shown the way to
// sign out there, and comes back from it; who came in by a password is not.
func TestSigningOutHereOffersToDoSoThere(t *testing.T) {
	h, at := throughProvider(t)
	amy := visitor(t)
	if got := h.throughHouse(t, amy, at.url, "amy"); got.url.Path != "/account" {
		t.Fatalf("amy gets to %s", got.url)
	}
	out := do(t, amy, http.MethodPost, h.url+"/sign-out", url.Values{})
	link := linkThere.FindStringSubmatch(out.body)
	if h.staysIn(t, amy) || link == nil {
		t.Fatalf("she gets to %s\n%s", out.url, out.body)
	}
	to := html.UnescapeString(link[1])
	if !strings.HasPrefix(to, at.url+"/end_session?") || strings.Contains(to, "token") {
		t.Errorf("the way out is %s", to)
	}
	if back := do(t, amy, http.MethodGet, to, nil); back.status != http.StatusOK || back.url.Host != strings.TrimPrefix(h.url, "http://") || back.url.Path != "/sign-in" {
		t.Errorf("she comes back to %s (%d)", back.url, back.status)
	}
	boss := visitor(t)
	if !h.enterBy(t, boss, "boss@holm.example", secretWord) {
		t.Fatal("the boss is not let in")
	}
	if got := do(t, boss, http.MethodPost, h.url+"/sign-out", url.Values{}); got.url.Path != "/sign-in" {
		t.Errorf("after a password: %s", got.url)
	}
}

// notice signs what the provider would say of somebody who signed out there.
func (p provided) notice(t *testing.T, claims map[string]any) string {
	t.Helper()
	key, err := p.keeps.SigningKey(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{
		"iss": p.url, "aud": "trueward", "jti": "1", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	for name, value := range claims {
		all[name] = value
	}
	part := func(v any) string {
		content, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(content)
	}
	signed := part(map[string]any{"alg": "RS256", "kid": key.ID(), "typ": "logout+jwt"}) + "." + part(all)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key.Key().(*rsa.PrivateKey), crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// Who signs out at the house's sign-in is out here at once, on every device
// that came in by it; sessions by a password and other people's go on, and a
// false notice ends nothing.
func TestSigningOutThereEndsItHere(t *testing.T) {
	h, at := throughProvider(t)
	phone, desk, byPassword, boss := visitor(t), visitor(t), visitor(t), visitor(t)
	for c, username := range map[*http.Client]string{phone: "amy", desk: "amy", boss: "boss"} {
		if got := h.throughHouse(t, c, at.url, username); got.url.Path != "/account" {
			t.Fatalf("%s gets to %s", username, got.url)
		}
	}
	if !h.enterBy(t, byPassword, "amy@holm.example", secretWord) {
		t.Fatal("the password does not let her in")
	}
	tell := func(token string) int {
		return do(t, visitor(t), http.MethodPost, h.url+"/sign-in/outside/notice", url.Values{"logout_token": {token}}).status
	}
	forged := at.notice(t, map[string]any{"sub": "s-amy"})
	for name, token := range map[string]string{
		"another's": at.notice(t, map[string]any{"sub": "s-amy", "aud": "somebody"}), "old": at.notice(t, map[string]any{"sub": "s-amy", "iat": 1}),
		"forged": forged[:len(forged)-20] + strings.Repeat("A", 20), "empty": "",
	} {
		if got := tell(token); got != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got)
		}
	}
	if !h.staysIn(t, phone) || !h.staysIn(t, desk) {
		t.Fatal("a false notice ends a session")
	}
	for range 2 {
		if got := tell(at.notice(t, map[string]any{"sub": "s-amy"})); got != http.StatusOK {
			t.Errorf("the notice: %d", got)
		}
	}
	if h.staysIn(t, phone) || h.staysIn(t, desk) {
		t.Error("her sessions go on")
	}
	if !h.staysIn(t, byPassword) || !h.staysIn(t, boss) {
		t.Error("sessions that do not follow it ended too")
	}
}

var hiddenFields = regexp.MustCompile(`<input type="hidden" name="(to|sent)" value="([^"]*)"`)

// waiting is the form of a page that asks for a proof.
func waiting(p page) url.Values {
	form := url.Values{}
	for _, m := range hiddenFields.FindAllStringSubmatch(p.body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form
}

// Who comes through the house's sign-in proves themself there anew, keeps what
// they had entered, and goes on with it. An old sign-in there is no proof, and
// neither is a colleague's.
func TestProofThroughTheHouse(t *testing.T) {
	h, at := throughProvider(t)
	*at.keeps.age = time.Hour
	amy := visitor(t)
	if got := h.throughHouse(t, amy, at.url, "amy"); got.url.Path != "/account" {
		t.Fatalf("amy gets to %s", got.url)
	}
	costly := func() page { return do(t, amy, http.MethodPost, h.url+"/account/passkeys/new", url.Values{}) }
	asked := costly()
	if asked.status != http.StatusForbidden || !strings.Contains(asked.body, "Sign in again with Holm account") {
		t.Fatalf("%d\n%s", asked.status, asked.body)
	}
	form := waiting(asked)
	form.Set("sent", "amount=1%2C234.00+%26+more")
	prove := func(username string) page {
		leave := do(t, amy, http.MethodPost, h.url+"/prove/outside", form)
		link := regexp.MustCompile(`href="(` + regexp.QuoteMeta(at.url) + `[^"]+)"`).FindStringSubmatch(leave.body)
		if link == nil {
			t.Fatalf("the page leads nowhere: %d\n%s", leave.status, leave.body)
		}
		return signInThere(t, amy, do(t, amy, http.MethodGet, html.UnescapeString(link[1]), nil), at.url, username)
	}
	if got := prove("amy"); !strings.Contains(got.body, "cannot be believed") || !strings.Contains(got.body, "1%2C234.00") || costly().status != http.StatusForbidden {
		t.Errorf("a sign-in of an hour ago proves her\n%s", got.body)
	}
	*at.keeps.age = 0
	if got := prove("boss"); !strings.Contains(got.body, "as somebody else") || costly().status != http.StatusForbidden {
		t.Errorf("a colleague's sign-in proves her\n%s", got.body)
	}
	if got := prove("amy"); !strings.Contains(got.body, `value="1,234.00 &amp; more"`) || !strings.Contains(got.body, `action="/account/passkeys/new"`) {
		t.Errorf("what was entered is lost\n%s", got.body)
	}
	if got := costly(); got.status != http.StatusOK {
		t.Errorf("after the proof: %d\n%s", got.status, got.body)
	}
	form.Set("sent", "note="+strings.Repeat("a", 5000))
	if long := do(t, amy, http.MethodPost, h.url+"/prove/outside", form); long.status != http.StatusUnprocessableEntity || !strings.Contains(long.body, "too long to be kept") {
		t.Errorf("a long form: %d", long.status)
	}
}

// A link of another site begins no session by the sign-in there that goes on:
// the person presses the button here.
func TestForeignLinksBeginNoSession(t *testing.T) {
	h, at := throughProvider(t)
	for site, want := range map[string]string{"cross-site": "/sign-in", "same-origin": "/login/username", "none": "/login/username"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/sign-in/outside?next=%2Faccount", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", site)
		answer, err := visitor(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if there := strings.HasPrefix(answer.Request.URL.String(), at.url); answer.Request.URL.Path != want || there != (want != "/sign-in") {
			t.Errorf("%s leads to %s", site, answer.Request.URL)
		}
	}
}
