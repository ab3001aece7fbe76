package main

import (
	"encoding/hex"
	"strings"
	"testing"
)

// call runs the command line as a person would.
func call(t *testing.T, in string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr strings.Builder
	code = run(t.Context(), args, streams{in: strings.NewReader(in), out: &stdout, err: &stderr})
	return stdout.String(), stderr.String(), code
}

func key(t *testing.T, text string) [16]byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 16 {
		t.Fatalf("no key: %v", err)
	}
	return [16]byte(raw)
}

func TestVersionNamesTheProgram(t *testing.T) {
	out, _, code := call(t, "", "version")
	if code != 0 || !strings.HasPrefix(out, "trueward ") {
		t.Errorf("exit %d: %q", code, out)
	}
}

func TestUnknownCommandIsExplained(t *testing.T) {
	_, errs, code := call(t, "", "fly")
	if code != 2 || !strings.Contains(errs, "--help") {
		t.Errorf("exit %d: %q", code, errs)
	}
}

func TestMigrateMakesAndReportsTheSchema(t *testing.T) {
	data := t.TempDir() + "/data"
	if _, errs, code := call(t, "", "migrate", "status", "--data", data); code != 1 || !strings.Contains(errs, "no database") {
		t.Errorf("without a database: exit %d: %s", code, errs)
	}
	if _, errs, code := call(t, "", "migrate", "up", "--data", data); code != 0 {
		t.Fatalf("up: exit %d: %s", code, errs)
	}
	out, _, code := call(t, "", "migrate", "status", "--data", data)
	if code != 0 || strings.Contains(out, "pending") || !strings.Contains(out, "applied") {
		t.Errorf("status: exit %d: %s", code, out)
	}
}
