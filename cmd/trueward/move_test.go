package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"trueward/internal/testkit/postgres"
)

// TestMoveCommand moves a folder's database, which must be nobody's meanwhile,
// and finds the same administrator on the other side. The whole sample is moved
// in tests/upgrade.
func TestMoveCommand(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	t.Cleanup(postgres.Stop) // behind the drop of the database
	target, data := postgres.Start(t), filepath.Join(t.TempDir(), "data")
	server := serveIn(t, data)
	setUp(t, server)
	if _, errs, code := call(t, "", "move", "--data", data, "--to", target); code != 1 || !strings.Contains(errs, "Stop the server first") {
		t.Errorf("beside the server: exit %d: %s", code, errs)
	}
	server.stop()
	out, errs, code := call(t, "", "move", "--data", data, "--to", target)
	if code != 0 || !strings.Contains(out, "people: 1 rows") || strings.Count(out, "all hold") < 4 || strings.Contains(out, target) {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if _, errs, code := call(t, "", "move", "--data", data, "--to", target); code != 1 || !strings.Contains(errs, "not empty") {
		t.Errorf("a second time: exit %d: %s", code, errs)
	}
	moved := serveIn(t, data, "--database", target)
	if moved.setUp != "" {
		t.Error("the moved installation asks to be set up again")
	}
	if _, status := signIn(t, moved, "rea@it.example", "slate harbour lantern"); status != http.StatusSeeOther {
		t.Errorf("the administrator signs in: %d", status)
	}
	moved.stop()
	alter(t, target)
	if out, _, code := call(t, "", "verify", "--data", data, "--database", target); code != 1 || !strings.Contains(out, "audit: BROKEN") {
		t.Errorf("a row altered afterwards is not found: exit %d: %s", code, out)
	}
}

func alter(t *testing.T, address string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, statement := range []string{
		"ALTER TABLE audit_entries DISABLE TRIGGER USER", "UPDATE audit_entries SET actor_id = 'somebody else' WHERE seq = 1",
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
