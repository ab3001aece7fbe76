package wording

import (
	"archive/zip"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestPackedTablesAreTheTables: what the program embeds is what words/ holds.
func TestPackedTablesAreTheTables(t *testing.T) {
	inside, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	outside := os.DirFS(".")
	names, err := fs.Glob(outside, "words/*.tsv")
	if err != nil || len(names) != len(inside.File) {
		t.Errorf("%d tables, %d packed (%v): run make generate", len(names), len(inside.File), err)
	}
	for _, name := range names {
		want, err := fs.ReadFile(outside, name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fs.ReadFile(inside, name); err != nil || string(got) != string(want) {
			t.Errorf("%s is packed as it was (%v): run make generate", name, err)
		}
	}
}
