package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/domain/authentic"
	"trueward/internal/standard/sdm"
)

var uid = sdm.UID{0x04, 1, 2, 3, 4, 5, 6}

func open(t *testing.T, dir string) (*Vault, error) {
	t.Helper()
	return Open(Config{Path: filepath.Join(dir, "vault.json"), KeyPath: filepath.Join(dir, "vault.key")})
}

func mustOpen(t *testing.T, dir string) *Vault {
	t.Helper()
	v, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKeysSurviveAndStaySealed(t *testing.T) {
	dir := t.TempDir()
	v := mustOpen(t, dir)
	if err := v.Generate("stents"); err != nil {
		t.Fatal(err)
	}
	want, err := v.Programming("stents", 1, authentic.AN10922, uid)
	if err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, dir)
	got, err := again.Programming("stents", 1, authentic.AN10922, uid)
	if err != nil || got != want {
		t.Fatalf("keys changed by reopening: %v", err)
	}
	if v.Identity(authentic.NTAG424, uid[:]) != again.Identity(authentic.NTAG424, uid[:]) {
		t.Error("a tag's identity changed by reopening")
	}
	text, err := os.ReadFile(filepath.Join(dir, "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range v.keys {
		if bytes.Contains(text, key) || strings.Contains(string(text), hex.EncodeToString(key)) {
			t.Errorf("key %s stands in the file in the clear", name)
		}
	}
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, dir)
	for _, name := range []string{"vault.json", "vault.key"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "vault.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir); err == nil {
		t.Error("a key file readable by others was accepted")
	}
}

func TestLostOrForeignKeyFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, dir)
	key := filepath.Join(dir, "vault.key")
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir); err == nil {
		t.Error("a fresh key was made for an existing vault")
	}
	if err := os.WriteFile(key, []byte(strings.Repeat("ab", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir); err == nil {
		t.Error("a foreign key opened the vault")
	}
}

func TestEntriesCannotChangePlaces(t *testing.T) {
	dir := t.TempDir()
	v := mustOpen(t, dir)
	if err := errors.Join(v.Generate("a"), v.Generate("b")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "vault.json")
	text, _ := os.ReadFile(path)
	swapped := strings.NewReplacer(`"master/a/1"`, `"master/b/1"`, `"master/b/1"`, `"master/a/1"`).Replace(string(text))
	if err := os.WriteFile(path, []byte(swapped), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir); err == nil {
		t.Error("swapped entries were accepted")
	}
}

func TestWellKnownKeysAreRefused(t *testing.T) {
	v := mustOpen(t, t.TempDir())
	good := bytes.Repeat([]byte{0x5f, 0x31}, 8)
	for _, pair := range [][2][]byte{{make([]byte, 16), good}, {good, make([]byte, 16)}} {
		if err := v.Put("x", 1, pair[0], pair[1]); !errors.Is(err, ErrKeyFault) {
			t.Errorf("zero key: %v", err)
		}
	}
	if v.Has("x", 1) {
		t.Error("a refused key was kept")
	}
	if err := v.Put("x", 1, good, good); err != nil {
		t.Fatal(err)
	}
	if err := v.Put("x", 1, good, good); !errors.Is(err, ErrExists) {
		t.Errorf("keys were replaced: %v", err)
	}
	if _, err := v.FileKey("x", 2, authentic.AN10922, uid); !errors.Is(err, ErrNoKey) {
		t.Errorf("another epoch: %v", err)
	}
}

func TestDerivationsAndTagsDiffer(t *testing.T) {
	v := mustOpen(t, t.TempDir())
	if err := errors.Join(v.Generate("a"), v.Generate("b")); err != nil {
		t.Fatal(err)
	}
	other := uid
	other[6]++
	seen := map[[keyBytes]byte]string{}
	for _, ref := range []string{"a", "b"} {
		for _, d := range []authentic.Derivation{authentic.AN10922, authentic.Boltcard} {
			for _, u := range []sdm.UID{uid, other} {
				p, err := v.Programming(ref, 1, d, u)
				if err != nil {
					t.Fatal(err)
				}
				what := ref + string(d)
				if seen[p.File()] != "" {
					t.Errorf("%s and %s share a key", what, seen[p.File()])
				}
				seen[p.File()] = what
			}
		}
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	v := mustOpen(t, t.TempDir())
	if err := v.Generate("a"); err != nil {
		t.Fatal(err)
	}
	p, err := v.Programming("a", 1, authentic.AN10922, uid)
	if err != nil {
		t.Fatal(err)
	}
	file, meta := p.File(), p.Meta()
	printed := fmt.Sprintf("%v %+v %#v %s %v %+v %#v %x %v", v, v, v, p, p, p, p, v.keys["index"].String(), v.keys)
	for _, key := range [][]byte{file[:], meta[:], v.keys[indexName]} {
		if strings.Contains(printed, hex.EncodeToString(key)) || strings.Contains(printed, fmt.Sprint(key)) {
			t.Errorf("a key was printed: %s", printed)
		}
	}
}
