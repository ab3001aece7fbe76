package static

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// mismatches compares the files below vendor with their list of checksums, both
// ways: a changed, an unlisted and a missing file are all named.
func mismatches(source fs.FS) ([]string, error) {
	list, err := fs.ReadFile(source, "vendor/SHA256SUMS")
	if err != nil {
		return nil, err
	}
	want := map[string]string{}
	for line := range strings.Lines(string(list)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			return nil, fmt.Errorf("not a checksum line: %q", line)
		}
		want["vendor/"+name] = sum
	}
	var wrong []string
	err = fs.WalkDir(source, "vendor", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "vendor/SHA256SUMS" {
			return err
		}
		body, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		if want[name] != hex.EncodeToString(sum[:]) {
			wrong = append(wrong, name)
		}
		delete(want, name)
		return nil
	})
	for name := range want {
		wrong = append(wrong, name+" is missing")
	}
	return wrong, err
}

func TestVendoredLibrariesAreTheOnesListed(t *testing.T) {
	wrong, err := mismatches(files)
	if err != nil || len(wrong) > 0 {
		t.Fatalf("differing files %v, error %v", wrong, err)
	}
	for _, dir := range []string{"htmx", "idb", "zxing-wasm"} {
		if _, err := fs.Stat(files, "vendor/"+dir+"/LICENSE"); err != nil {
			t.Errorf("%s is shipped without its licence", dir)
		}
	}
}

func TestChangedLibraryIsNoticed(t *testing.T) {
	sum := sha256.Sum256([]byte("a"))
	line := hex.EncodeToString(sum[:]) + "  x/a.js\n"
	for name, source := range map[string]fstest.MapFS{
		"changed":  {"vendor/SHA256SUMS": {Data: []byte(line)}, "vendor/x/a.js": {Data: []byte("b")}},
		"unlisted": {"vendor/SHA256SUMS": {Data: []byte(line)}, "vendor/x/a.js": {Data: []byte("a")}, "vendor/x/b.js": {}},
		"missing":  {"vendor/SHA256SUMS": {Data: []byte(line)}},
	} {
		if wrong, err := mismatches(source); err != nil || len(wrong) != 1 {
			t.Errorf("%s: found %v, error %v", name, wrong, err)
		}
	}
}
