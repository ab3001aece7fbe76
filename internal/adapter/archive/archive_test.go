package archive_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"trueward/internal/adapter/archive"
)

const key = "5f9c8f0f0d0f4a1b8f9c8f0f0d0f4a1b5f9c8f0f0d0f4a1b8f9c8f0f0d0f4a1b"

func written(t *testing.T) (path string, content []byte) {
	t.Helper()
	folder := t.TempDir()
	content = bytes.Repeat([]byte("canary of the database "), 20_000)
	source := filepath.Join(folder, "source.db")
	if err := os.WriteFile(source, content, 0o600); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(folder, "b.trueward")
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if err := archive.Write(path, key, at, []archive.File{{Name: "trueward.db", Path: source}}); err != nil {
		t.Fatal(err)
	}
	return path, content
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	path, content := written(t)
	folder := t.TempDir()
	if err := archive.Read(path, key, folder, []string{"trueward.db"}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, "trueward.db"))
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes came back of %d: %v", len(got), len(content), err)
	}
}

func TestWithoutItsKeyABackupIsUnreadable(t *testing.T) {
	path, _ := written(t)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("canary")) {
		t.Error("the content can be read in the file")
	}
	err = archive.Read(path, key[1:]+"0", t.TempDir(), []string{"trueward.db"})
	if !errors.Is(err, archive.ErrKey) {
		t.Errorf("another key: %v", err)
	}
}

func TestDamageIsFound(t *testing.T) {
	path, _ := written(t)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{10, len(raw) / 2, len(raw) - 2} {
		bad := bytes.Clone(raw)
		bad[at] ^= 1
		file := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := archive.Read(file, key, t.TempDir(), []string{"trueward.db"}); err == nil {
			t.Errorf("a flipped bit at %d was not found", at)
		}
	}
	if err := os.WriteFile(path, raw[:len(raw)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := archive.Read(path, key, t.TempDir(), []string{"trueward.db"}); err == nil {
		t.Error("a cut file was not found")
	}
}

func TestOnlyWantedFilesAreTaken(t *testing.T) {
	path, _ := written(t)
	if err := archive.Read(path, key, t.TempDir(), nil); err == nil {
		t.Error("an unexpected file was taken")
	}
	if err := archive.Read(path, key, t.TempDir(), []string{"trueward.db", "vault.keyset"}); err == nil {
		t.Error("a missing file was not noticed")
	}
}
