package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestChangedSumIsRefused is a part of row 95: a library whose bytes are not
// those that go.sum names is not built with. The same copies unchanged are.
func TestChangedSumIsRefused(t *testing.T) {
	const library = "github.com/labstack/echo/v4 "
	sums, err := os.ReadFile(filepath.Join("..", "..", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	version, rest, found := strings.Cut(string(sums), library)
	if !found {
		t.Fatal("go.sum does not name the library")
	}
	line, after, _ := strings.Cut(rest, "\n")
	sum := []byte(line)
	at := strings.Index(line, "h1:") + 5
	sum[at] = map[bool]byte{true: 'B', false: 'A'}[sum[at] == 'A']
	if out, err := listWith(t, string(sums)); err != nil {
		t.Fatalf("unchanged: %v\n%s", err, out)
	}
	out, err := listWith(t, version+library+string(sum)+"\n"+after)
	if err == nil || !strings.Contains(out, "SECURITY ERROR") {
		t.Errorf("a changed sum: %v\n%s", err, out)
	}
}

// listWith lists what the program is made of, with another go.sum.
func listWith(t *testing.T, sums string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "go.mod"), mod, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "go.sum"), []byte(sums), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-modfile="+filepath.Join(folder, "go.mod"), "./cmd/trueward")
	command.Dir = filepath.Join("..", "..")
	out, err := command.CombinedOutput()
	return string(out), err
}
