package operations

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	logged = regexp.MustCompile(`(?:Log|Logger)\.(?:(?:Info|Warn|Error)(?:Context)?|LogAttrs)\((?:[^"\n]*, )?"([^"]+)"`)
	figure = regexp.MustCompile(`"(trueward_[a-z_]+)"`)
)

// TestCatalogue finds every message and figure of the program in
// docs/operations.md.
func TestCatalogue(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	messages, figures := uttered(t)
	if !messages["stopping"] || !messages["request"] || !figures["trueward_jobs_parked"] {
		t.Fatal("the search misses what is known to be there")
	}
	for _, missing := range absent(string(text), messages, figures) {
		t.Errorf("docs/operations.md does not list %q", missing)
	}
	messages["a message that is nowhere"] = true
	if len(absent(string(text), messages, nil)) != 1 {
		t.Error("a message that is missing is not noticed")
	}
}

// uttered are the messages and figures in the sources of the program.
func uttered(t *testing.T) (messages, figures map[string]bool) {
	t.Helper()
	messages, figures = map[string]bool{}, map[string]bool{}
	for _, root := range []string{"cmd/trueward", "web", "internal/app", "internal/adapter"} {
		err := filepath.WalkDir(filepath.Join("..", "..", root), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, m := range logged.FindAllSubmatch(source, -1) {
				messages[string(m[1])] = true
			}
			for _, m := range figure.FindAllSubmatch(source, -1) {
				if name := string(m[1]); name != "trueward_theme" && name != "trueward_app" { // a cookie, a database role
					figures[name] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return messages, figures
}

func absent(text string, sets ...map[string]bool) []string {
	var missing []string
	for _, set := range sets {
		for name := range set {
			if !strings.Contains(text, "`"+name+"`") {
				missing = append(missing, name)
			}
		}
	}
	return missing
}
