package tagging_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/app/scanning"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
)

// command is somebody's, with a key of its own.
func (h *house) command(t *testing.T, email, key string) store.Command {
	t.Helper()
	c, ok, err := h.queries(t).CredentialByEmail(email)
	if err != nil || !ok {
		t.Fatal(email, err)
	}
	return store.Command{Actor: c.Actor, Key: key, BodySHA256: key}
}

// TestKeysTravelBetweenInstallations: a vendor's server hands the keys of a
// profile to a hospital's own server, which then proves the vendor's tag. A file
// for somebody else, changed, from somebody else, or sent again is refused.
func TestKeysTravelBetweenInstallations(t *testing.T) {
	vendor, hospital := open(t), open(t)
	ines, priya := vendor.command(t, office, "k1"), hospital.command(t, engineer, "k2")
	profile, err := vendor.Tagging.CreateProfile(t.Context(), ines, tagging.NewProfile{Name: "Stents", Kind: tagging.Private, Address: "https://t.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []struct {
		*house
		email string
	}{{vendor, office}, {hospital, engineer}} {
		if err := h.Tagging.MakeAddress(t.Context(), h.command(t, h.email, "address")); err != nil {
			t.Fatal(err)
		}
	}
	theirs, err := vendor.Tagging.Address(t.Context(), ines.Actor)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := hospital.Tagging.Address(t.Context(), priya.Actor)
	if err != nil {
		t.Fatal(err)
	}
	file, err := vendor.Tagging.HandOver(t.Context(), vendor.command(t, office, "send"), profile, ours.Receiver, "St. Brannoc's")
	if err != nil {
		t.Fatal(err)
	}
	norvane := hospital.command(t, office, "").Actor.Organisation
	takeIn := func(key, file, sender string) error {
		_, err := hospital.Tagging.TakeIn(t.Context(), hospital.command(t, engineer, key), file, sender, norvane)
		return err
	}
	other, err := vendor.Tagging.HandOver(t.Context(), vendor.command(t, office, "send to itself"), profile, theirs.Receiver, "ourselves")
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"for somebody else":  takeIn("a", other, theirs.Sender),
		"from somebody else": takeIn("b", file, ours.Sender),
		"changed":            takeIn("c", strings.Replace(file, file[200:204], "AAAA", 1), theirs.Sender),
		"cut":                takeIn("d", file[:len(file)/2], theirs.Sender),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if hospital.Vault.Has(string(profile), 1) {
		t.Fatal("a refused file left keys")
	}
	if err := takeIn("good", file, theirs.Sender); err != nil {
		t.Fatal(err)
	}
	if err := takeIn("good", file, theirs.Sender); err != nil {
		t.Errorf("the same command again: %v", err)
	}
	if err := takeIn("again", file, theirs.Sender); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same file again: %v", err)
	}
	hospital.proves(t, vendor, profile)
	sample, err := vendor.Tagging.HandOver(t.Context(), vendor.command(t, office, "other keys"), "norvane-1", ours.Receiver, "St. Brannoc's")
	if err != nil {
		t.Fatal(err)
	}
	if err := takeIn("other keys", sample, theirs.Sender); !fault.Is(err, fault.Invalid) {
		t.Errorf("other keys under a known name: %v", err)
	}
}

// proves writes a tag with the vendor's vault and taps it at the hospital.
func (h *house) proves(t *testing.T, vendor *house, id authentic.ProfileID) {
	t.Helper()
	p, err := vendor.queries(t).Profile(id)
	if err != nil {
		t.Fatal(err)
	}
	uid := ntag424.UID{4, 1, 2, 3, 4, 5, 6}
	keys, err := vendor.Vault.Programming(p.KeyRef, 1, p.Derivation, sdm.UID(uid))
	if err != nil {
		t.Fatal(err)
	}
	im, err := ntag424.Template{URL: p.URLTemplate, MACFrom: p.MACInput}.Image()
	if err != nil {
		t.Fatal(err)
	}
	tag := simtag.New(simtag.Config{UID: uid, Rand: rand.NewChaCha8([32]byte{1})})
	if err := tag.Personalise(im, im.Settings(), [5]ntag424.Key{1: keys.Meta(), 2: keys.File()}, 1); err != nil {
		t.Fatal(err)
	}
	units, err := h.queries(t).Units(store.UnitFilter{
		Vendor: h.command(t, office, "").Actor.Organisation, Hospital: h.command(t, engineer, "").Actor.Organisation, States: []custody.State{custody.Available},
	}, onePage)
	if err != nil || len(units.Rows) == 0 {
		t.Fatal("no unit", err)
	}
	if _, err := h.Receiving.Bind(t.Context(), h.command(t, engineer, "bind"), receiving.Binding{
		Unit: units.Rows[0].ID, Tag: receiving.TagInput{Technology: authentic.NTAG424, Profile: id, UID: uid[:]},
	}); err != nil {
		t.Fatal(err)
	}
	url, err := tag.Tap()
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(url, "?")
	r, err := h.Scanning.Tap(t.Context(), store.Command{Actor: access.System("test")}, scanning.TapInput{Profile: id, Query: query, Source: "tap"})
	if err != nil || r.Verdict.Level != authentic.Genuine {
		t.Errorf("the hospital does not prove the vendor's tag: %v, %v", r.Verdict, err)
	}
}
