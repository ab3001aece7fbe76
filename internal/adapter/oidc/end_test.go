package oidc_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/oidc"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// notice is what an issuer says of somebody who signed out there, changed by a
// lie.
func (l *liar) notice(lie func(map[string]any)) string {
	claims := map[string]any{
		"iss": l.url, "sub": "s-amy", "sid": "at-her-desk", "aud": "trueward", "jti": "1", "iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	lie(claims)
	return l.issue(claims)
}

func says(name string, value any) func(*liar, map[string]any) {
	return func(_ *liar, c map[string]any) { c[name] = value }
}

func lacks(names ...string) func(*liar, map[string]any) {
	return func(_ *liar, c map[string]any) {
		for _, name := range names {
			delete(c, name)
		}
	}
}

// notices are such as must not be believed (OpenID Connect Back-Channel Logout
// 1.0, 2.6).
func notices(t *testing.T) map[string]func(*liar, map[string]any) {
	return map[string]func(*liar, map[string]any){
		"another issuer's":         says("iss", "https://evil.example"),
		"another client's":         says("aud", "somebody"),
		"ended":                    says("exp", now.Add(-time.Hour).Unix()),
		"without an end":           lacks("exp"),
		"of an hour ago":           says("iat", now.Add(-time.Hour).Unix()),
		"from the future":          says("iat", now.Add(time.Hour).Unix()),
		"of no time":               lacks("iat"),
		"without a number":         lacks("jti"),
		"about nobody":             lacks("sub", "sid"),
		"without an event":         lacks("events"),
		"of another event":         says("events", map[string]any{"https://evil.example/event": map[string]any{}}),
		"of an event that is text": says("events", "http://schemas.openid.net/event/backchannel-logout"),
		"an answer to a question":  says("nonce", "n"),
		"unsigned":                 func(l *liar, _ map[string]any) { l.alg = "none" },
		"signed by the public key": func(l *liar, _ map[string]any) { l.alg = "HS256" },
		"signed by another key":    func(l *liar, _ map[string]any) { l.signAs = newKey(t) },
		"an access token":          func(l *liar, _ map[string]any) { l.typ = "at+jwt" },
	}
}

// heeded returns the false notices that are believed.
func heeded(t *testing.T, by func(*oidc.Provider) func(context.Context, string) (access.OutsideEnd, error)) (in []string) {
	t.Helper()
	for name, lie := range notices(t) {
		l := start(t)
		raw := l.notice(func(c map[string]any) { lie(l, c) })
		if _, err := by(provider(t, l))(t.Context(), raw); err == nil {
			in = append(in, name)
		} else if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	return in
}

// Nobody is signed out by anything but the issuer's own notice of now: an ID
// token, garbage and nothing at all are none.
func TestFalseNoticesAreRefused(t *testing.T) {
	ended := func(p *oidc.Provider) func(context.Context, string) (access.OutsideEnd, error) { return p.Ended }
	if in := heeded(t, ended); len(in) > 0 {
		t.Errorf("believed: %q", in)
	}
	l := start(t)
	p := provider(t, l)
	for name, raw := range map[string]string{"an ID token": l.token(), "garbage": "a.b.c", "nothing": "", "a header alone": strings.SplitN(l.token(), ".", 2)[0]} {
		if _, err := p.Ended(t.Context(), raw); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The control: who looks at nothing believes all of them.
	careless := func(*oidc.Provider) func(context.Context, string) (access.OutsideEnd, error) {
		return func(context.Context, string) (access.OutsideEnd, error) { return access.OutsideEnd{}, nil }
	}
	if in := heeded(t, careless); len(in) != len(notices(t)) {
		t.Errorf("%d of %d false notices were found", len(in), len(notices(t)))
	}
}

func TestRightNoticesAreRead(t *testing.T) {
	for _, typ := range []string{"", "JWT", "logout+jwt"} {
		l := start(t)
		l.typ = typ
		got, err := provider(t, l).Ended(t.Context(), l.notice(func(map[string]any) {}))
		if want := (access.OutsideEnd{Issuer: l.url, Subject: "s-amy", Session: "at-her-desk"}); err != nil || got != want {
			t.Errorf("%q: %+v, %v", typ, got, err)
		}
	}
}

// The end of a session at the issuer is asked for by our name alone: no token
// travels in an address.
func TestWhereASessionEnds(t *testing.T) {
	l := start(t)
	to, ok := provider(t, l).EndSession(t.Context(), "https://ward.example/sign-in")
	u, err := url.Parse(to)
	if err != nil || !ok || u.Path != "/end" {
		t.Fatalf("%s %v %v", to, ok, err)
	}
	q := u.Query()
	if q.Get("client_id") != "trueward" || q.Get("post_logout_redirect_uri") != "https://ward.example/sign-in" || q.Get("by") != "us" || len(q) != 3 {
		t.Errorf("%s", to)
	}
}

// Who is to prove themself anew does so after they were asked; an earlier
// sign-in, or one of no time, is none.
func TestProofAtTheIssuerIsOfNow(t *testing.T) {
	for name, c := range map[string]struct {
		lie func(*liar)
		ok  bool
	}{
		"now":          {claim("auth_time", now.Unix()), true},
		"clocks apart": {claim("auth_time", now.Add(-30*time.Second).Unix()), true},
		"an hour ago":  {claim("auth_time", now.Add(-time.Hour).Unix()), false},
		"of no time":   {func(l *liar) { l.claims = func(c map[string]any) { delete(c, "auth_time") } }, false},
	} {
		l := start(t)
		c.lie(l)
		p := provider(t, l)
		to, q, err := p.AskAgain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		asked := u.Query()
		if asked.Get("prompt") != "login" || asked.Get("max_age") != "0" {
			t.Errorf("the question is %s", to)
		}
		l.nonce, l.pkce = asked.Get("nonce"), asked.Get("code_challenge")
		_, err = p.Redeem(t.Context(), q, access.OutsideAnswer{State: q.State, Code: "c"})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who describes themself as another issuer is believed in nothing.
func TestAnotherIssuersDescriptionIsRefused(t *testing.T) {
	l := start(t)
	l.as = "https://id.hospital.example"
	p := provider(t, l)
	if to, _, err := p.Ask(t.Context()); err == nil {
		t.Errorf("the browser is sent to %s", to)
	}
	if _, err := p.Ended(t.Context(), l.notice(func(map[string]any) {})); err == nil {
		t.Error("its notice is believed")
	}
	l.as = ""
	if _, _, err := p.Ask(t.Context()); err != nil {
		t.Errorf("the control: %v", err)
	}
}
