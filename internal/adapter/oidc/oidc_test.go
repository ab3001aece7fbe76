package oidc_test

import (
	"cmp"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/oidc"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

var now = time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC)

// liar is an issuer that answers as it is told.
type liar struct {
	url     string
	key     *rsa.PrivateKey
	keyID   string
	signAs  *rsa.PrivateKey // instead of key, when not nil
	alg     string          // instead of RS256, when not empty
	nonce   string          // of the last question
	pkce    string
	claims  func(map[string]any)
	subject string // of the user info
	namesIs bool
	down    bool
	typ     string         // of the header; none when empty
	header  map[string]any // more of it
	as      string         // the issuer's name in its description; its own when empty
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// shared saves making a key for each issuer: they differ in what they say.
var shared = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func start(t *testing.T) *liar {
	t.Helper()
	key, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	l := &liar{key: key, keyID: "k1", subject: "s-amy", claims: func(map[string]any) {}}
	server := httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

func (l *liar) serve(w http.ResponseWriter, r *http.Request) {
	if l.down {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = map[string]any{
			"issuer": cmp.Or(l.as, l.url), "authorization_endpoint": l.url + "/authorize", "token_endpoint": l.url + "/token", "jwks_uri": l.url + "/keys",
			"userinfo_endpoint": l.url + "/info", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
			"authorization_response_iss_parameter_supported": l.namesIs, "end_session_endpoint": l.url + "/end?by=us",
		}
	case "/keys":
		answer["keys"] = []any{map[string]any{
			"kty": "RSA", "kid": l.keyID, "alg": "RS256", "use": "sig",
			"n": text(l.key.N.Bytes()), "e": text(big.NewInt(int64(l.key.E)).Bytes()),
		}}
	case "/info":
		answer = map[string]any{"sub": l.subject, "email": "amy@holm.example", "email_verified": true, "groups": []string{"nurses"}}
	case "/token":
		digest := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if text(digest[:]) != l.pkce {
			w.WriteHeader(http.StatusBadRequest)
			answer["error"] = "invalid_grant"
			break
		}
		answer = map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": l.token()}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// token signs the claims as it is told.
func (l *liar) token() string {
	claims := map[string]any{
		"iss": l.url, "sub": "s-amy", "aud": "trueward", "nonce": l.nonce, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "auth_time": now.Unix(),
	}
	l.claims(claims)
	return l.issue(claims)
}

// issue signs claims as it is told.
func (l *liar) issue(claims map[string]any) string {
	alg := "RS256"
	if l.alg != "" {
		alg = l.alg
	}
	header := map[string]any{"alg": alg, "kid": l.keyID}
	if l.typ != "" {
		header["typ"] = l.typ
	}
	maps.Copy(header, l.header)
	head, _ := json.Marshal(header)
	body, _ := json.Marshal(claims)
	signed := text(head) + "." + text(body)
	return signed + "." + text(l.sign(alg, signed))
}

func (l *liar) sign(alg, signed string) []byte {
	switch alg {
	case "none":
		return nil
	case "HS256": // keyed by what everybody can read: the public key
		public, _ := x509.MarshalPKIXPublicKey(&l.key.PublicKey)
		mac := hmac.New(sha256.New, public)
		mac.Write([]byte(signed))
		return mac.Sum(nil)
	}
	key := l.key
	if l.signAs != nil {
		key = l.signAs
	}
	digest := sha256.Sum256([]byte(signed))
	signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	return signature
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// redeem is what is put to the test.
type redeem func(context.Context, access.OutsideQuestion, access.OutsideAnswer) (access.OutsideIdentity, error)

// enter goes to the issuer and back, with an answer that a lie may change.
func enter(t *testing.T, l *liar, p *oidc.Provider, by redeem, lie func(*access.OutsideQuestion, *access.OutsideAnswer)) (access.OutsideIdentity, error) {
	t.Helper()
	to, q, err := p.Ask(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	asked := u.Query()
	if asked.Get("code_challenge_method") != "S256" || asked.Get("state") == "" || asked.Get("nonce") == "" || asked.Get("max_age") == "" {
		t.Fatalf("the question is bare: %s", to)
	}
	l.nonce, l.pkce = asked.Get("nonce"), asked.Get("code_challenge")
	a := access.OutsideAnswer{State: asked.Get("state"), Code: "c"}
	lie(&q, &a)
	return by(t.Context(), q, a)
}

func provider(t *testing.T, l *liar) *oidc.Provider {
	t.Helper()
	p, err := oidc.New(oidc.Config{
		Issuer: l.url, ClientID: "trueward", Secret: "s", Redirect: "https://ward.example/sign-in/outside/back", Client: &http.Client{}, Clock: clock.NewFake(now),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func honest(*access.OutsideQuestion, *access.OutsideAnswer) {}

// claim returns a lie that changes one claim.
func claim(name string, value any) func(*liar) {
	return func(l *liar) { l.claims = func(c map[string]any) { c[name] = value } }
}

// tokens are ID tokens that must not be believed.
func tokens(t *testing.T) map[string]func(*liar) {
	return map[string]func(*liar){
		"another question's nonce": claim("nonce", "another"),
		"no nonce":                 claim("nonce", ""),
		"another client's":         claim("aud", "somebody"),
		"for two, issued to the other": func(l *liar) {
			l.claims = func(c map[string]any) { c["aud"] = []string{"trueward", "x"}; c["azp"] = "x" }
		},
		"for two, issued to nobody": claim("aud", []string{"trueward", "x"}),
		"issued to the other":       claim("azp", "x"),
		"another issuer's":          claim("iss", "https://evil.example"),
		"ended":                     claim("exp", now.Add(-time.Hour).Unix()),
		"from the future":           claim("nbf", now.Add(time.Hour).Unix()),
		"about nobody":              claim("sub", ""),
		"another access token's":    claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"unsigned":                  func(l *liar) { l.alg = "none" },
		"signed by the public key":  func(l *liar) { l.alg = "HS256" },
		"signed by another key":     func(l *liar) { l.signAs = newKey(t) },
		"by a key it brings along": func(l *liar) {
			l.signAs = newKey(t)
			l.header = map[string]any{"jwk": map[string]any{"kty": "RSA", "n": text(l.signAs.N.Bytes()), "e": "AQAB"}}
		},
		"by a key it names a place of": func(l *liar) {
			l.signAs = newKey(t)
			l.header = map[string]any{"jku": "https://evil.example/keys", "x5u": "https://evil.example/cert", "kid": "evil"}
		},
		"a notice of signing out":   func(l *liar) { l.typ = "logout+jwt" },
		"an access token":           func(l *liar) { l.typ = "at+jwt" },
		"about an event":            claim("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}),
		"of another person's facts": func(l *liar) { l.subject = "s-eve" },
	}
}

// answers are what a browser must not bring back.
func answers(l *liar) map[string]func(*access.OutsideQuestion, *access.OutsideAnswer) {
	return map[string]func(*access.OutsideQuestion, *access.OutsideAnswer){
		"another browser's state": func(_ *access.OutsideQuestion, a *access.OutsideAnswer) { a.State = "another" },
		"no state at all":         func(q *access.OutsideQuestion, a *access.OutsideAnswer) { q.State, a.State = "", "" },
		"another's verifier":      func(q *access.OutsideQuestion, _ *access.OutsideAnswer) { q.Verifier = strings.Repeat("a", 43) },
		"another issuer's answer": func(_ *access.OutsideQuestion, a *access.OutsideAnswer) { a.Issuer = "https://evil.example" },
		"no code":                 func(_ *access.OutsideQuestion, a *access.OutsideAnswer) { a.Code = "" },
		"a refusal":               func(_ *access.OutsideQuestion, a *access.OutsideAnswer) { a.Error = "access_denied" },
	}
}

// accepted returns the lies that are believed.
func accepted(t *testing.T, by func(*liar, *oidc.Provider) redeem) (in []string) {
	t.Helper()
	try := func(name string, l *liar, lie func(*access.OutsideQuestion, *access.OutsideAnswer)) {
		p := provider(t, l)
		if _, err := enter(t, l, p, by(l, p), lie); err == nil {
			in = append(in, name)
		} else if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, lie := range tokens(t) {
		l := start(t)
		lie(l)
		try(name, l, honest)
	}
	for name := range answers(nil) {
		l := start(t)
		try(name, l, answers(l)[name])
	}
	return in
}

// Row 74: no answer is believed that is not the issuer's own, to this question
// of this browser, for this client, now.
func TestFalseAnswersAreRefused(t *testing.T) {
	if in := accepted(t, func(_ *liar, p *oidc.Provider) redeem { return p.Redeem }); len(in) > 0 {
		t.Errorf("believed: %q", in)
	}
}

// TestFalseAnswersFindABeliever is the control: who looks at nothing believes
// all of it.
func TestFalseAnswersFindABeliever(t *testing.T) {
	in := accepted(t, func(*liar, *oidc.Provider) redeem {
		return func(context.Context, access.OutsideQuestion, access.OutsideAnswer) (access.OutsideIdentity, error) {
			return access.OutsideIdentity{}, nil
		}
	})
	if want := len(tokens(t)) + len(answers(nil)); len(in) != want {
		t.Errorf("%d of %d lies were found", len(in), want)
	}
}

// A right answer is read; keys may change between two sign-ins; an issuer that
// says that it names itself must.
func TestRightAnswersAreRead(t *testing.T) {
	l := start(t)
	p := provider(t, l)
	for range 2 {
		who, err := enter(t, l, p, p.Redeem, honest)
		if err != nil {
			t.Fatal(err)
		}
		if who.Subject != "s-amy" || who.Email != "amy@holm.example" || !who.Verified || !who.ProvenAt.Equal(now) || len(who.Claims["groups"]) != 1 || who.Claims["groups"][0] != "nurses" {
			t.Errorf("%+v", who)
		}
		l.key, l.keyID = newKey(t), "k2"
	}
	named := start(t)
	named.namesIs = true
	p = provider(t, named)
	if _, err := enter(t, named, p, p.Redeem, honest); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an answer without the issuer's name: %v", err)
	}
	if _, err := enter(t, named, p, p.Redeem, func(_ *access.OutsideQuestion, a *access.OutsideAnswer) { a.Issuer = named.url }); err != nil {
		t.Errorf("with the issuer's name: %v", err)
	}
}

// An issuer that is down is told apart from one that refuses, and is asked
// again later.
func TestIssuerThatIsDown(t *testing.T) {
	l := start(t)
	p := provider(t, l)
	l.down = true
	if _, _, err := p.Ask(t.Context()); !fault.Is(err, fault.Unavailable) || p.Up(t.Context()) {
		t.Errorf("%v", err)
	}
	l.down = false
	if _, err := enter(t, l, p, p.Redeem, honest); err != nil || !p.Up(t.Context()) {
		t.Errorf("after it came back: %v", err)
	}
}
