package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trueward/internal/domain/access"
	"trueward/web"
	"trueward/web/route"
)

// asking gets a page with an Accept-Language header.
func (h *house) asking(t *testing.T, client *http.Client, path, language string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", language)
	return h.do(t, client, r)
}

func TestPagesAreInTheReadersLanguage(t *testing.T) {
	h := open(t, web.Config{Unlimited: true})
	h.person(t, access.Hospital, "amy@hospital.example", access.Nurse)
	for accept, want := range map[string]struct{ lang, word string }{
		"": {"en", ">Password"}, "en-GB,de": {"en", ">Password"}, "de-AT,de;q=0.9": {"de", ">Passwort"}, "fr": {"fr", ">Mot de passe"},
		"ja, es;q=0.5": {"es", ">Contraseña"}, "en-XA,en;q=0.9": {"en-XA", ">Pásswórd"},
	} {
		got := h.asking(t, visitor(t), "/sign-in", accept)
		if got.Header.Get("Content-Language") != want.lang || !strings.Contains(got.body, want.word) || !strings.Contains(got.body, `<html lang="`+want.lang+`"`) {
			t.Errorf("to %q the sign-in is in %s: %.300s", accept, got.Header.Get("Content-Language"), got.body)
		}
	}
	if got := h.asking(t, visitor(t), "/sign-in", "ar-XB"); !strings.Contains(got.body, `<html lang="ar-XB" dir="rtl"`) {
		t.Errorf("the mirrored page begins %.200s", got.body)
	}
	if got := h.asking(t, visitor(t), "/nowhere", "de"); !strings.Contains(got.body, "Diese Seite gibt es nicht.") {
		t.Errorf("a refusal says in German: %.900s", got.body)
	}
	amy := h.enter(t, "amy@hospital.example")
	if got := h.asking(t, amy, "/account", "fr"); !strings.Contains(got.body, "Mon compte") {
		t.Error("the account is not in the browser's language")
	}
	chosen := h.post(t, amy, "/account/language", url.Values{"language": {"es"}, route.KeyField: {route.NewKey()}})
	if chosen.StatusCode != http.StatusSeeOther {
		t.Fatalf("choosing Spanish: %d %s", chosen.StatusCode, chosen.body)
	}
	if got := h.asking(t, amy, "/account", "fr"); !strings.Contains(got.body, "Mi cuenta") || !strings.Contains(got.body, "Su idioma está guardado.") {
		t.Error("the account is not in the chosen language")
	}
	if got := h.post(t, amy, "/account/language", url.Values{"language": {"xx"}, route.KeyField: {route.NewKey()}}); got.StatusCode != http.StatusBadRequest {
		t.Errorf("a language that is not ours is answered with %d", got.StatusCode)
	}
	h.post(t, amy, "/account/language", url.Values{"language": {""}, route.KeyField: {route.NewKey()}})
	if got := h.asking(t, amy, "/account", "fr"); !strings.Contains(got.body, "Mon compte") {
		t.Error("the account does not follow the browser again")
	}
}
