// Package documents_test holds what leaves the product – invoices and credit
// notes as UBL, X12, PDF, XLSX and CSV – to judges of others: the official
// rules of Peppol and EN 16931, an X12 reader, qpdf and pdftotext, LibreOffice.
// Where a judge is missing, the suite says "not judged"; where everything is
// required (TRUEWARD_REQUIRE_ALL or CI), that is a failure.
package documents_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// required says that a missing judge is a failure.
func required() bool { return os.Getenv("TRUEWARD_REQUIRE_ALL") != "" || os.Getenv("CI") == "true" }

// soak says that the long runs are asked for.
func soak() bool { return os.Getenv("TRUEWARD_SOAK") != "" }

// judged is how many documents of a kind go to the judges.
func judged() int {
	if soak() {
		return 200
	}
	return 12
}

// tool returns the path of a judge; false, with the reason in the log, where
// it is missing and not required.
func tool(t *testing.T, names ...string) (string, bool) {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", absent(t, names[0]+" is not installed")
}

// absent fails the test where judges are required, else says so; it returns
// false.
func absent(t *testing.T, why string) bool {
	t.Helper()
	if required() {
		t.Errorf("not judged: %s; run make setup", why)
	} else {
		t.Logf("not judged: %s", why)
	}
	return false
}

// put writes files into a folder and returns their paths.
func put(t *testing.T, files map[string][]byte) []string {
	t.Helper()
	folder := t.TempDir()
	var paths []string
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}
