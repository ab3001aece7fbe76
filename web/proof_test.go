package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/web"
	"trueward/web/route"
)

// What is costly asks for a fresh proof, keeps what was entered, and goes on
// with it once the person has proved themself; a wrong password does not.
func TestCostlyThingsAskForAFreshProof(t *testing.T) {
	var h *house
	var got []string
	costly := route.Route{
		Method: http.MethodPost, Path: "/costly", Name: "test costly", Needs: route.SignedIn, Tenancy: route.Self,
		ChangesState: true, Params: []route.Param{route.Form("amount", route.Text(20))},
		Handler: func(c echo.Context) error {
			if err := (access.ProofPolicy{}).RequireFor(route.Actor(c), h.clock.Now(), 100_000); err != nil {
				return err
			}
			got = append(got, route.Value(c, "amount"))
			return c.String(http.StatusOK, "done")
		},
	}
	h = open(t, web.Config{}, costly)
	h.person(t, access.Hospital, "amy@holm.example", access.Finance)
	client := h.enter(t, "amy@holm.example")
	form := url.Values{route.KeyField: {route.NewKey()}, "amount": {"1,234.00 & more"}}
	if fresh := h.post(t, client, "/costly", form); fresh.StatusCode != http.StatusOK {
		t.Fatalf("right after signing in: %d", fresh.StatusCode)
	}
	h.clock.Advance(11 * time.Minute)
	asked := h.post(t, client, "/costly", form)
	if asked.StatusCode != http.StatusForbidden || !strings.Contains(asked.body, "Prove it is you") || len(got) != 1 {
		t.Fatalf("after eleven minutes: %d, done %d times\n%s", asked.StatusCode, len(got), asked.body)
	}
	proof := url.Values{"to": {"/costly"}, "sent": {form.Encode()}, "password": {"a wrong password"}}
	if wrong := h.post(t, client, "/prove", proof); wrong.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, "not your current password") {
		t.Errorf("a wrong password: %d", wrong.StatusCode)
	}
	if again := h.post(t, client, "/costly", form); again.StatusCode != http.StatusForbidden {
		t.Errorf("after a wrong password: %d", again.StatusCode)
	}
	proof.Set("password", password)
	done := h.post(t, client, "/prove", proof)
	if done.StatusCode != http.StatusOK || !strings.Contains(done.body, `value="1,234.00 &amp; more"`) || !strings.Contains(done.body, `action="/costly"`) {
		t.Fatalf("what was entered is lost: %d\n%s", done.StatusCode, done.body)
	}
	if after := h.post(t, client, "/costly", form); after.StatusCode != http.StatusOK || len(got) != 2 {
		t.Errorf("after the proof: %d", after.StatusCode)
	}
	proof.Set("to", "//evil.example")
	if off := h.post(t, client, "/prove", proof); strings.Contains(off.body, "evil.example") {
		t.Error("the form that waits goes to another site")
	}
}

// Row 73: a session ends by the kind of device it lives on.
func TestSessionsEndByTheKindOfDevice(t *testing.T) {
	for _, c := range []struct {
		name, agent string
		lives, ends time.Duration
	}{
		{"a phone", "Mozilla/5.0 (iPhone) Mobile Safari", 14 * time.Minute, 2 * time.Minute},
		{"a desk", "Mozilla/5.0 (X11)", 29 * time.Minute, 2 * time.Minute},
	} {
		h := open(t, web.Config{})
		h.person(t, access.Hospital, "amy@holm.example", access.Nurse)
		client := visitor(t)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/sign-in", strings.NewReader(url.Values{"email": {"amy@holm.example"}, "password": {password}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("User-Agent", c.agent)
		h.do(t, client, r)
		h.clock.Advance(c.lives)
		if got := h.get(t, client, "/account"); got.StatusCode != http.StatusOK {
			t.Errorf("%s after %v: %d", c.name, c.lives, got.StatusCode)
		}
		h.clock.Advance(c.lives + c.ends)
		if got := h.get(t, client, "/account"); got.StatusCode == http.StatusOK {
			t.Errorf("%s goes on after %v without a request", c.name, c.lives+c.ends)
		}
	}
}
