package scanning_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/adapter/vault"
	"trueward/internal/app/receiving"
	"trueward/internal/app/scanning"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
	"trueward/internal/testkit/ward"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// profiles are the three kinds of tag that a ward meets.
var profiles = []authentic.Profile{
	{ID: "enc", Name: "encrypted", Mode: sdm.ModeAES, URLTemplate: "https://ward.test/t/enc?p={picc}&m={mac}", Derivation: authentic.AN10922},
	{ID: "plain", Name: "plain", Mode: sdm.ModePlain, URLTemplate: "https://ward.test/t/plain?u={uid}&c={ctr}&m={mac}", MACInput: "uid", Derivation: authentic.Boltcard},
	{
		ID: "seal", Name: "sealed", Mode: sdm.ModeAES, URLTemplate: "https://ward.test/t/seal?p={picc}&e={enc}&m={mac}", MACInput: "enc",
		MirrorsFile: true, Tamper: true, Derivation: authentic.AN10922,
	},
}

type bench struct {
	*ward.Ward
	desk  *scanning.Desk
	vault *vault.Vault
	clock *clock.Fake
	t     *testing.T
	made  byte
	keys  int
}

func each(t *testing.T, body func(t *testing.T, b *bench)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) { body(t, newBench(t, s, clk)) })
}

func newBench(t *testing.T, s *store.Store, clk *clock.Fake) *bench {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Open(vault.Config{Path: filepath.Join(dir, "vault"), KeyPath: filepath.Join(dir, "key")})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Ward: ward.New(t, s, ward.Terms()), vault: v, clock: clk, t: t}
	b.desk = &scanning.Desk{Store: s, Keys: v}
	b.Receiving.Identities = v
	err = s.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "profiles.made", Kind: "profile", Object: "all"})
		for _, p := range profiles {
			p.Vendor, p.KeyRef = b.Vendor, string(p.ID)
			if err := tx.CreateProfile(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range profiles {
		if err := v.Generate(string(p.ID)); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// tag makes a simulated tag of a profile with the vault's keys for its UID; it
// is bound to the unit unless that is empty.
func (b *bench) tag(profile int, unit custody.UnitID) *simtag.Tag {
	b.t.Helper()
	p := profiles[profile]
	b.made++
	uid := ntag424.UID{0x04, 0xA1, 0x5E, byte(profile), 0x20, 0x30, b.made}
	tag := simtag.New(simtag.Config{UID: uid, TagTamper: p.Tamper, Rand: rand.NewChaCha8([32]byte{b.made})})
	template := ntag424.Template{URL: p.URLTemplate, EncLength: p.FileMirrorLength(), MACFrom: p.MACInput, Tamper: p.Tamper}
	im, err := template.Image()
	if err != nil {
		b.t.Fatal(err)
	}
	keys, err := b.vault.Programming(string(p.ID), 1, p.Derivation, sdm.UID(uid))
	if err != nil {
		b.t.Fatal(err)
	}
	all := [ntag424.KeyCount]ntag424.Key{ntag424.KeyMeta: keys.Meta(), ntag424.KeyFile: keys.File()}
	if err := tag.Personalise(im, im.Settings(), all, 1); err != nil {
		b.t.Fatal(err)
	}
	tag.ArmLoop()
	if unit != "" {
		_, err := b.Receiving.Bind(b.t.Context(), b.Cmd(b.Mia), receiving.Binding{
			Unit: unit, Tag: receiving.TagInput{Technology: authentic.NTAG424, Profile: p.ID, UID: uid[:]},
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return tag
}

// url taps a tag and takes its URL apart.
func (b *bench) url(tag *simtag.Tag) scanning.TapInput {
	b.t.Helper()
	text, err := tag.Tap()
	if err != nil {
		b.t.Fatal(err)
	}
	path, query, _ := strings.Cut(text, "?")
	return scanning.TapInput{Profile: authentic.ProfileID(path[strings.LastIndex(path, "/")+1:]), Query: query, Source: "tap"}
}

// kept taps a tag into a device that is offline, which keeps the whole URL.
func (b *bench) kept(tag *simtag.Tag) scanning.KeptScan {
	b.t.Helper()
	text, err := tag.Tap()
	if err != nil {
		b.t.Fatal(err)
	}
	b.keys++
	return scanning.KeptScan{Key: fmt.Sprintf("kept-%d", b.keys), Raw: text, Captured: b.clock.Now()}
}

func (b *bench) scansKept(cmd store.Command, kept ...scanning.KeptScan) []scanning.Result {
	b.t.Helper()
	out, err := b.desk.ScansKept(b.t.Context(), cmd, kept)
	if err != nil || len(out) != len(kept) {
		b.t.Fatalf("%d results of %d scans: %v", len(out), len(kept), err)
	}
	return out
}

func (b *bench) tap(a access.Actor, in scanning.TapInput) scanning.Result {
	b.t.Helper()
	r, err := b.desk.Tap(b.t.Context(), store.Command{Actor: a}, in)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bench) alerts() string {
	b.t.Helper()
	found, err := b.Store.Read(b.t.Context(), b.Mia.Scope()).Alerts(true, store.Page{})
	if err != nil {
		b.t.Fatal(err)
	}
	var kinds []string
	for _, a := range found.Rows {
		kinds = append(kinds, string(a.Kind))
	}
	return strings.Join(kinds, " ")
}

func want(t *testing.T, r scanning.Result, words string, level custody.Level) {
	t.Helper()
	if r.Verdict.Words() != words || r.Disposition.Level != level {
		t.Errorf("got %q and %q (%v), want %q and %q", r.Verdict.Words(), r.Disposition.Words(), r.Sentence, words, level)
	}
}
