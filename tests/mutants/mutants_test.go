// Package mutants_test plants one fault after another into the packages of
// internal/standard and asks that their own tests notice each. It runs in the
// soak alone (TRUEWARD_SOAK=1), since each fault is a build and a test run.
//
// A fault is one line changed, given to the compiler as an overlay: the sources
// themselves are never touched. A changed comment, which must survive, shows
// that it is the fault that is noticed and not the harness.
package mutants_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is one line changed in a file of internal/standard.
type mutant struct{ name, file, old, new string }

// survives reports whether the package's tests pass with the mutant in place.
func survives(t *testing.T, m mutant) bool {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "internal", "standard", m.file)
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.old); n != 1 {
		t.Fatalf("%s: %q stands %d times in %s; name a line that stands there once", m.name, m.old, n, m.file)
	}
	folder := t.TempDir()
	changed, overlay := filepath.Join(folder, "changed.go"), filepath.Join(folder, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{changed: strings.Replace(string(source), m.old, m.new, 1), overlay: string(text)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command("go", "test", "-timeout", "120s", "-overlay", overlay, "./internal/standard/"+filepath.Dir(m.file)+"/...")
	c.Dir = root
	out, err := c.CombinedOutput()
	if strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]") {
		t.Fatalf("%s does not compile:\n%s", m.name, out)
	}
	return err == nil
}

func TestMutantsAreKilled(t *testing.T) {
	if os.Getenv("TRUEWARD_SOAK") != "1" {
		t.Log("mutants are planted in the soak alone (TRUEWARD_SOAK=1)")
		return
	}
	if len(mutants) < 30 {
		t.Errorf("only %d mutants", len(mutants))
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			if survives(t, m) {
				t.Errorf("%s: %q for %q is not noticed", m.file, m.new, m.old)
			}
		})
	}
}

// TestAChangedCommentSurvives is the control.
func TestAChangedCommentSurvives(t *testing.T) {
	if os.Getenv("TRUEWARD_SOAK") != "1" {
		t.Log("the control belongs to the soak (TRUEWARD_SOAK=1)")
		return
	}
	if !survives(t, control) {
		t.Error("a changed comment is taken for a fault")
	}
}
