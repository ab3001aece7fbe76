package faults_test

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/adapter/archive"
	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/sdm"
)

// canary is something that must not be found where it does not belong.
type canary struct {
	name  string
	forms []string
}

func bytesCanary(name string, secret []byte) canary {
	return canary{name, []string{string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret))}}
}

// TestSecretsLeaveNoTrace is rows 79 and 80: passwords, session tokens, tag
// keys, UIDs and what people typed in vain are neither in the log nor in a
// stolen database, vault or backup.
func TestSecretsLeaveNoTrace(t *testing.T) {
	h := newHouse(t)
	canaries := h.leaveCanaries()
	h.backUp()
	trace := h.files()
	trace["log"] = h.log.String()
	if len(trace["log"]) < 1000 || len(trace["trueward.db"])+len(trace["trueward.db-wal"]) < 10_000 || len(trace["backup"]) < 1000 {
		t.Fatal("there is hardly anything to look into")
	}
	for _, c := range canaries {
		for _, hit := range hits(trace, c) {
			t.Errorf("%s is in %s", c.name, hit)
		}
	}
	for place := range trace { // the twin: a canary that is written everywhere
		trace[place] += "…" + canaries[0].forms[0]
	}
	if len(hits(trace, canaries[0])) != len(trace) {
		t.Error("a secret that is everywhere is not found: the test proves nothing")
	}
}

func hits(trace map[string]string, c canary) (out []string) {
	for place, text := range trace {
		for _, form := range c.forms {
			if strings.Contains(text, form) {
				out = append(out, place)
				break
			}
		}
	}
	return out
}

// leaveCanaries uses every kind of secret once, rightly and wrongly.
func (h *house) leaveCanaries() []canary {
	h.t.Helper()
	amy := h.enter(h.Amy)
	var tokens canary
	address, err := url.Parse(h.server.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, cookie := range amy.http.Jar.Cookies(address) {
		tokens.forms = append(tokens.forms, cookie.Value)
	}
	if len(tokens.forms) == 0 {
		h.t.Fatal("no session token")
	}
	tokens.name = "a session token"

	wrong := "mistyped-heron-5521"
	h.visitor().post("/sign-in", url.Values{"email": {"amy@sample.test"}, "password": {wrong}, "next": {"/"}})
	typed := "Jane Canary-Doe 1971-04-30"
	amy.get("/find?" + url.Values{"q": {typed}}.Encode())
	amy.post("/scan", url.Values{"scan": {typed}})
	message := "EF963FF7828658A599F3041510671E88"
	h.visitor().get("/t/canary-profile?p=" + message + "&m=94EED9EE65337086")

	uid := []byte{0x04, 0xCA, 0x4A, 0x52, 0x59, 0x01, 0x80}
	meta, file := h.makeTag(uid)
	return []canary{
		{"a password", []string{passphrase, url.QueryEscape(passphrase)}}, {"a mistyped password", []string{wrong}}, tokens,
		{"what was searched for", []string{typed, url.QueryEscape(typed), "Canary-Doe"}}, {"a tap message", []string{message}},
		bytesCanary("a UID", uid), bytesCanary("a meta key", meta), bytesCanary("a file key", file),
	}
}

// makeTag binds a tag with keys to a unit and returns the keys.
func (h *house) makeTag(uid []byte) (meta, file []byte) {
	h.t.Helper()
	profile := authentic.Profile{
		ID: "canary-profile", Vendor: h.Vendor, Name: "canary", Mode: sdm.ModeAES, KeyRef: "canary-profile", Derivation: authentic.AN10922,
		URLTemplate: h.server.URL + "/t/canary-profile?p={picc}&m={mac}",
	}
	err := h.p.Store.Write(h.t.Context(), access.System("house"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "profile.created", Kind: "profile", Object: string(profile.ID)})
		return tx.CreateProfile(profile)
	})
	if err == nil {
		err = h.p.Vault.Generate(profile.KeyRef)
	}
	if err == nil {
		_, err = h.Receiving.Bind(h.t.Context(), h.Cmd(h.Mia), receiving.Binding{
			Unit: h.Stents(1)[0], Tag: receiving.TagInput{Technology: authentic.NTAG424, Profile: profile.ID, UID: uid},
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	keys, err := h.p.Vault.Programming(profile.KeyRef, 1, profile.Derivation, sdm.UID(uid))
	if err != nil {
		h.t.Fatal(err)
	}
	m, f := keys.Meta(), keys.File()
	return m[:], f[:]
}

// backUp writes what `trueward backup` writes, beside the installation.
func (h *house) backUp() {
	h.t.Helper()
	copied := filepath.Join(h.t.TempDir(), "copy.db")
	if err := h.p.Store.Engine().Backup(h.t.Context(), copied); err != nil {
		h.t.Fatal(err)
	}
	err := archive.Write(filepath.Join(h.folder, "backup"), "a passphrase of the operator", h.p.Store.Now(), []archive.File{
		{Name: "trueward.db", Path: copied}, {Name: "vault.keyset", Path: filepath.Join(h.folder, "vault.keyset")},
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestRefusalsRepeatNoSecret shows that what was typed in vain does not come
// back in the page or its address.
func TestRefusalsRepeatNoSecret(t *testing.T) {
	h := newHouse(t)
	wrong := "mistyped-heron-5521"
	got := h.visitor().post("/sign-in", url.Values{"email": {"amy@sample.test"}, "password": {wrong}, "next": {"/"}})
	if got.status != http.StatusUnauthorized || strings.Contains(got.body+got.location, wrong) {
		t.Errorf("a wrong password is answered %d and shown again: %v", got.status, strings.Contains(got.body, wrong))
	}
}
