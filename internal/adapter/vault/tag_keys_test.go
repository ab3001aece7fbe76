package vault_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"trueward/internal/adapter/vault"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/sdm"
)

func fresh(t *testing.T) *vault.Vault {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Open(vault.Config{Path: filepath.Join(dir, "vault"), KeyPath: filepath.Join(dir, "key")})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTagKeysAreOneTags: sealed keys open for their own tag, profile and epoch
// alone.
func TestTagKeysAreOneTags(t *testing.T) {
	v := fresh(t)
	for _, ref := range []string{"a", "b"} {
		if err := errors.Join(v.Generate(ref), v.Rotate(ref, 2)); err != nil {
			t.Fatal(err)
		}
	}
	mine, other := sdm.UID{4, 1, 1, 1, 1, 1, 1}, sdm.UID{4, 1, 1, 1, 1, 1, 2}
	sealed, err := v.NewTagKeys(v.Identity(authentic.NTAG424, mine[:]), "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := v.TagKeys("a", 1, authentic.AN10922, mine, sealed)
	if err != nil {
		t.Fatal(err)
	}
	given, err := v.Programming("a", 1, authentic.AN10922, mine)
	if err != nil || keys[1] != given.Meta() || keys[2] != given.File() || keys[0] == keys[3] || keys[3] == keys[4] {
		t.Errorf("the five keys: %v", err)
	}
	for name, open := range map[string]func() error{
		"another tag":     func() error { _, err := v.TagKeys("a", 1, authentic.AN10922, other, sealed); return err },
		"another epoch":   func() error { _, err := v.TagKeys("a", 2, authentic.AN10922, mine, sealed); return err },
		"another profile": func() error { _, err := v.TagKeys("b", 1, authentic.AN10922, mine, sealed); return err },
		"no text":         func() error { _, err := v.TagKeys("a", 1, authentic.AN10922, mine, "*"); return err },
		"another vault":   func() error { _, err := fresh(t).TagKeys("a", 1, authentic.AN10922, mine, sealed); return err },
	} {
		if err := open(); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeysTravel: what one vault exports another keeps, once and whole.
func TestKeysTravel(t *testing.T) {
	from, to := fresh(t), fresh(t)
	if _, err := from.Export("a"); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("exported nothing: %v", err)
	}
	if err := from.Rotate("a", 2); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("rotated nothing: %v", err)
	}
	if err := errors.Join(from.Generate("a"), from.Rotate("a", 2)); err != nil {
		t.Fatal(err)
	}
	if err := from.Rotate("a", 2); !errors.Is(err, vault.ErrExists) {
		t.Errorf("an epoch was replaced: %v", err)
	}
	text, err := from.Export("a")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the same again is no change
		if epochs, err := to.Import("a", text); err != nil || len(epochs) != 2 {
			t.Fatal(epochs, err)
		}
	}
	uid := sdm.UID{4, 2, 3, 4, 5, 6, 7}
	for epoch := int64(1); epoch <= 2; epoch++ {
		x, err := from.Programming("a", epoch, authentic.AN10922, uid)
		y, other := to.Programming("a", epoch, authentic.AN10922, uid)
		if err != nil || other != nil || x != y {
			t.Errorf("epoch %d: other keys, %v, %v", epoch, err, other)
		}
	}
	third := fresh(t)
	if err := third.Generate("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := third.Import("a", text); !errors.Is(err, vault.ErrOther) || third.Has("a", 2) {
		t.Errorf("other keys under one name: %v", err)
	}
	for _, bad := range [][]byte{nil, []byte("{}"), bytes.Replace(text, []byte(`"2"`), []byte(`"0"`), 1)} {
		if _, err := fresh(t).Import("a", bad); !errors.Is(err, vault.ErrContent) {
			t.Errorf("%.20s: %v", bad, err)
		}
	}
}
