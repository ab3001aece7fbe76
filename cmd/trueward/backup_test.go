package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// TestBackupRestoreVerify takes a backup beside the running server, restores
// it elsewhere and checks the whole record – which finds a changed row.
func TestBackupRestoreVerify(t *testing.T) {
	folder := t.TempDir()
	data, file, other := filepath.Join(folder, "data"), filepath.Join(folder, "night.backup"), filepath.Join(folder, "restored")
	server := serveIn(t, data)
	setUp(t, server)
	must := func(args ...string) string {
		t.Helper()
		out, errs, code := call(t, "", args...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s%s", args, code, out, errs)
		}
		return out
	}
	must("backup", file, "--data", data)
	content, err := os.ReadFile(file)
	if err != nil || bytes.Contains(content, []byte("Ward IT")) || bytes.Contains(content, []byte("rea@it")) {
		t.Fatalf("the backup can be read without its key (%v)", err)
	}
	if _, errs, code := call(t, "", "backup", file, "--data", data); code != 1 || !strings.Contains(errs, "exists already") {
		t.Errorf("a backup over a backup: exit %d: %s", code, errs)
	}
	key := filepath.Join(data, keyFile)
	wrong := filepath.Join(folder, "wrong.key")
	if err := os.WriteFile(wrong, []byte(strings.Repeat("ab", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := call(t, "", "restore", file, "--data", other, "--key-file", wrong); code != 1 || !strings.Contains(errs, "does not open with this key") {
		t.Errorf("another key: exit %d: %s", code, errs)
	}
	must("restore", file, "--data", other, "--key-file", key)
	if out := must("verify", "--data", other); strings.Count(out, "all hold") < 3 {
		t.Errorf("verify says %s", out)
	}
	if _, errs, code := call(t, "", "restore", file, "--data", other, "--key-file", key); code != 1 || !strings.Contains(errs, "already") {
		t.Errorf("a restore over data: exit %d: %s", code, errs)
	}
	tamper(t, filepath.Join(other, databaseFile))
	out, _, code := call(t, "", "verify", "--data", other)
	if code != 1 || !strings.Contains(out, "audit: BROKEN") || !strings.Contains(out, "stock: ") {
		t.Errorf("a changed audit row is not found: exit %d: %s", code, out)
	}
}

// tamper changes an audit row as somebody with the file would.
func tamper(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"DROP TRIGGER audit_entries_no_update",
		"UPDATE audit_entries SET actor_id = 'somebody else' WHERE seq = 1",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
