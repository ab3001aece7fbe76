// Package dockerfile runs the build steps of the Dockerfile without a
// container engine, and checks what the image would be.
package dockerfile

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type step struct{ word, rest string }

// read splits a Dockerfile into its instructions; a backslash joins lines.
func read(t *testing.T) []step {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		steps = append(steps, step{word, rest})
	}
	return steps
}

// TestBuildStepsMakeAStaticBinary runs the RUN lines of the build stage with
// /out and /src standing in a temporary folder.
func TestBuildStepsMakeAStaticBinary(t *testing.T) {
	out := t.TempDir()
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, s := range read(t) {
		if s.word != "RUN" {
			continue
		}
		cmd := exec.Command("sh", "-ec", strings.ReplaceAll(s.rest, "/out", out))
		cmd.Dir = source
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("RUN %s: %v\n%s", s.rest, err, text)
		}
		ran++
	}
	if ran < 2 {
		t.Fatalf("only %d RUN steps found", ran)
	}
	binary, err := elf.Open(filepath.Join(out, "trueward"))
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	if libraries, err := binary.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("the binary is not static: it needs %v", libraries)
	}
	version, err := exec.Command(filepath.Join(out, "trueward"), "version").Output()
	if err != nil || !strings.HasPrefix(string(version), "trueward ") {
		t.Errorf("version answers %q, %v", version, err)
	}
}

func TestImageRunsWithoutRootAndLooksAfterItsHealth(t *testing.T) {
	final := map[string]string{}
	for _, s := range read(t) {
		if s.word == "FROM" {
			final = map[string]string{}
		}
		final[s.word] = s.rest
	}
	if user := final["USER"]; user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("the image runs as %q", user)
	}
	if final["FROM"] != "scratch" {
		t.Errorf("the final stage is %q, not scratch", final["FROM"])
	}
	for _, word := range []string{"HEALTHCHECK", "VOLUME", "ENTRYPOINT"} {
		if final[word] == "" {
			t.Errorf("the final stage has no %s", word)
		}
	}
}
