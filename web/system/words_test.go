package system

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryActionHasWords reads the actions that use cases write into the trail
// from their source: each has words of its own.
func TestEveryActionHasWords(t *testing.T) {
	action := regexp.MustCompile(`(?:Action: |note\([a-z]+, (?:[a-z]+, )*|change\()"([a-z_]+\.[a-z_-]+)"`)
	found := 0
	err := filepath.WalkDir("../../internal/app", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range action.FindAllStringSubmatch(string(source), -1) {
			found++
			if words := actionWords(m[1]); strings.Contains(words, ": ") {
				t.Errorf("%s: no words for %q", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 60 {
		t.Errorf("only %d actions were found", found)
	}
}
