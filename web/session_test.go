package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/web"
)

func (h *house) signedIn(t *testing.T, client *http.Client) bool {
	t.Helper()
	got := h.get(t, client, "/account")
	if got.StatusCode != http.StatusOK && got.StatusCode != http.StatusSeeOther {
		t.Fatalf("account: %d\n%s", got.StatusCode, got.body)
	}
	return got.StatusCode == http.StatusOK
}

func cookies(t *testing.T, h *house, client *http.Client) map[string]string {
	t.Helper()
	u, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, c := range client.Jar.Cookies(u) {
		out[c.Name] = c.Value
	}
	return out
}

// withToken is a browser that holds a session's cookie: a stolen one.
func withToken(t *testing.T, h *house, token string) *http.Client {
	t.Helper()
	client := visitor(t)
	u, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	client.Jar.SetCookies(u, []*http.Cookie{{Name: "trueward", Value: token, Path: "/"}})
	return client
}

// Row 72: fixation, and reuse after sign-out, disabling and a change of roles.
func TestSessionDiesAtOnce(t *testing.T) {
	h := open(t, web.Config{})
	change := func(fn func(*store.Tx, access.PersonID) error) func(*testing.T, access.PersonID, *http.Client) {
		return func(t *testing.T, id access.PersonID, _ *http.Client) {
			err := h.store.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
				tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.changed", Kind: "person", Object: string(id)})
				return fn(tx, id)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, end := range map[string]func(*testing.T, access.PersonID, *http.Client){
		"sign-out": func(t *testing.T, _ access.PersonID, client *http.Client) {
			got := h.post(t, client, "/sign-out", nil)
			if got.Header.Get("Clear-Site-Data") == "" {
				t.Error("sign-out leaves what the browser kept")
			}
		},
		"disabled": change(func(tx *store.Tx, id access.PersonID) error { return tx.SetDisabled(id, tx.Now()) }),
		"roles": change(func(tx *store.Tx, id access.PersonID) error {
			return tx.SetGrants(id, []access.Grant{{Role: access.Auditor}})
		}),
		"idle":     func(*testing.T, access.PersonID, *http.Client) { h.clock.Advance(31 * time.Minute) },
		"absolute": stayAwake(h),
	} {
		t.Run(name, func(t *testing.T) {
			email := name + "@holm.example"
			id := h.person(t, access.Hospital, email, access.Nurse)
			client := h.enter(t, email)
			token := cookies(t, h, client)["trueward"]
			if token == "" || !h.signedIn(t, withToken(t, h, token)) {
				t.Fatal("the session's token does not work while it lives")
			}
			end(t, id, client)
			if h.signedIn(t, withToken(t, h, token)) {
				t.Error("the old token is still accepted")
			}
		})
	}
}

// stayAwake keeps a session in use until after its absolute end.
func stayAwake(h *house) func(*testing.T, access.PersonID, *http.Client) {
	return func(t *testing.T, _ access.PersonID, client *http.Client) {
		for range 12 * 3 {
			if !h.signedIn(t, client) {
				t.Fatal("a session in use ended before its time")
			}
			h.clock.Advance(20 * time.Minute)
		}
	}
}

func TestSignInMakesANewToken(t *testing.T) {
	h := open(t, web.Config{})
	h.person(t, access.Hospital, "amy@holm.example", access.Nurse)
	planted := strings.Repeat("A", 43)
	client := withToken(t, h, planted)
	h.post(t, client, "/sign-in", url.Values{"email": {"amy@holm.example"}, "password": {password}})
	first := cookies(t, h, client)["trueward"]
	if first == planted || !h.signedIn(t, client) {
		t.Fatalf("a planted token was taken over")
	}
	h.post(t, client, "/sign-in", url.Values{"email": {"amy@holm.example"}, "password": {password}})
	if second := cookies(t, h, client)["trueward"]; second == first || h.signedIn(t, withToken(t, h, first)) {
		t.Error("signing in again keeps the old token")
	}
}

func TestSessionCookieIsGuarded(t *testing.T) {
	for name, c := range map[string]struct {
		secure bool
		cookie string
	}{"loopback": {false, "trueward="}, "TLS": {true, "__Host-trueward="}} {
		h := open(t, web.Config{Secure: c.secure})
		h.person(t, access.Hospital, "amy@holm.example", access.Nurse)
		got := h.post(t, visitor(t), "/sign-in", url.Values{"email": {"amy@holm.example"}, "password": {password}})
		cookie := got.Header.Get("Set-Cookie")
		if !strings.HasPrefix(cookie, c.cookie) || !strings.Contains(cookie, "HttpOnly") ||
			!strings.Contains(cookie, "SameSite=Lax") || strings.Contains(cookie, "Secure") != c.secure ||
			!strings.Contains(cookie, "Path=/") || strings.Contains(cookie, "Domain") {
			t.Errorf("%s: %q", name, cookie)
		}
	}
}

func TestNoSignInOverPlainHTTPByName(t *testing.T) {
	h := open(t, web.Config{})
	h.person(t, access.Hospital, "amy@holm.example", access.Nurse)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/sign-in",
		strings.NewReader(url.Values{"email": {"amy@holm.example"}, "password": {password}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "ward.hospital.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := h.do(t, visitor(t), r); got.StatusCode != http.StatusForbidden || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("a password was taken in the clear: %d", got.StatusCode)
	}
}
