package operations

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"trueward/web/route"
)

// replicaBound is what docs/operations.md promises to lose at most with the
// machine.
const replicaBound = 5 * time.Second

// TestReplicaDrill is the loss of a machine: a server that writes all the
// time is killed and its data folder forgotten. What comes out of the replica holds,
// and lacks at most what was acknowledged within the promised bound.
func TestReplicaDrill(t *testing.T) {
	home := t.TempDir()
	data, replica := filepath.Join(home, "data"), filepath.Join(home, "replica")
	address := "file://" + filepath.ToSlash(replica)
	p := start(t, "serve", "--data", data, "--replica", address, "--log-level", "warn")
	acknowledged := p.writeUntilKilled(t, 7*time.Second)
	rescued := filepath.Join(home, "rescued")
	if out, err := trueward(t, "restore", "--replica", address, "--data", rescued, "--key-file", filepath.Join(data, "key-encryption.key")); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	if out, err := trueward(t, "verify", "--data", rescued); err != nil || !strings.Contains(out, "all hold") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	lost := missing(t, filepath.Join(rescued, "trueward.db"), acknowledged)
	killed := acknowledged[len(acknowledged)-1].at
	for _, w := range lost {
		if age := killed.Sub(w.at); age > replicaBound {
			t.Errorf("%s was acknowledged %s before the end and is lost", w.email, age)
		}
	}
	t.Logf("%d writes acknowledged, %d lost with the machine", len(acknowledged), len(lost))
	if len(acknowledged) < 20 || len(lost) == len(acknowledged) {
		t.Error("the load was too small to show anything")
	}
	again := start(t, "serve", "--data", rescued, "--key-file", filepath.Join(data, "key-encryption.key"), "--replica", address+"-2")
	if page, _ := again.visitor(t).get("/sign-in"); !strings.Contains(page, "Sign in") {
		t.Error("the restored server has no page")
	}
	if out, err := trueward(t, "serve", "--data", filepath.Join(home, "other"), "--replica", address, "--listen", "127.0.0.1:0"); err == nil || !strings.Contains(out, "did not make") {
		t.Errorf("another data folder on the same replica: %v\n%s", err, out)
	}
	damage(t, replica)
	if out, err := trueward(t, "restore", "--replica", address, "--data", filepath.Join(home, "never"), "--key-file", filepath.Join(data, "key-encryption.key")); err == nil || !strings.Contains(out, "damaged or has a gap") {
		t.Errorf("a replica with a gap: %v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(home, "never", "trueward.db")); err == nil {
		t.Error("a database was put in place from a replica with a gap")
	}
}

// TestReplicaHasEverythingAfterAStop stops a server by its signal: nothing at
// all is lost then.
func TestReplicaHasEverythingAfterAStop(t *testing.T) {
	home := t.TempDir()
	data, address := filepath.Join(home, "data"), "file://"+filepath.ToSlash(filepath.Join(home, "replica"))
	p := start(t, "serve", "--data", data, "--replica", address, "--log-level", "warn")
	admin := p.administrator(t)
	var acknowledged []written
	for n := range 10 {
		acknowledged = append(acknowledged, admin.invite(n))
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-p.ended; err != nil {
		t.Fatalf("exit: %v\n%s", err, p.log)
	}
	rescued := filepath.Join(home, "rescued")
	if out, err := trueward(t, "restore", "--replica", address, "--data", rescued, "--key-file", filepath.Join(data, "key-encryption.key")); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	if lost := missing(t, filepath.Join(rescued, "trueward.db"), acknowledged); len(lost) > 0 {
		t.Errorf("%d of %d writes are lost", len(lost), len(acknowledged))
	}
}

// TestReplicaGoesBackBeforeAMistake drops a table of a running server, whose
// replica has that a moment later as it has everything: put back as of the
// instant before, the table is there with every row, and nothing later.
func TestReplicaGoesBackBeforeAMistake(t *testing.T) {
	home := t.TempDir()
	data, address := filepath.Join(home, "data"), "file://"+filepath.ToSlash(filepath.Join(home, "replica"))
	p := start(t, "serve", "--data", data, "--replica", address, "--log-level", "warn")
	admin := p.administrator(t)
	var earlier, later []written
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for end := time.Now().Add(replicaBound + time.Second); time.Now().Before(end); <-tick.C {
		earlier = append(earlier, admin.invite(len(earlier)))
	}
	at := time.Now().UTC()
	for n := range 20 {
		<-tick.C
		later = append(later, admin.invite(len(earlier)+n))
	}
	drop(t, filepath.Join(data, "trueward.db"), "people")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-p.ended; err != nil {
		t.Fatalf("exit: %v\n%s", err, p.log)
	}
	restore := []string{"restore", "--replica", address, "--key-file", filepath.Join(data, "key-encryption.key"), "--data"}
	rescued, newest := filepath.Join(home, "rescued"), filepath.Join(home, "newest")
	if out, err := trueward(t, append(restore, rescued, "--at", at.Format(time.RFC3339Nano))...); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	if out, err := trueward(t, "verify", "--data", rescued); err != nil || !strings.Contains(out, "all hold") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	for _, w := range missing(t, filepath.Join(rescued, "trueward.db"), earlier) {
		if age := at.Sub(w.at); age > replicaBound {
			t.Errorf("%s was acknowledged %s before the instant and is not in its state", w.email, age)
		}
	}
	if lost := missing(t, filepath.Join(rescued, "trueward.db"), later); len(lost) != len(later) {
		t.Errorf("%d writes after the instant are in its state", len(later)-len(lost))
	}
	if out, err := trueward(t, append(restore, newest)...); err == nil || !strings.Contains(out, "damaged") {
		t.Errorf("the newest state, which lacks the table, is put in place: %v\n%s", err, out)
	}
}

// drop is the mistake, made beside the server.
func drop(t *testing.T, path, table string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "DROP TABLE "+table); err != nil {
		t.Fatal(err)
	}
}

// written is a write that was answered.
type written struct {
	email string
	at    time.Time
}

// invite makes a person, which is a write that can be found again.
func (v visitor) invite(n int) written {
	v.t.Helper()
	w := written{email: fmt.Sprintf("person-%d@it.example", n)}
	page, response := v.post("/people", url.Values{
		"idempotency_key": {route.NewKey()}, "name": {"Somebody"}, "email": {w.email}, "roles": {"admin"},
	})
	if response.StatusCode != http.StatusOK {
		v.t.Fatalf("an invitation answers %d\n%s", response.StatusCode, page)
	}
	w.at = time.Now()
	return w
}

// writeEvery is as fast as the limits of one account allow for long.
const writeEvery = 60 * time.Millisecond

// writeUntilKilled writes for a while and kills the server.
func (p *process) writeUntilKilled(t *testing.T, during time.Duration) (all []written) {
	t.Helper()
	admin := p.administrator(t)
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for end := time.Now().Add(during); time.Now().Before(end); <-tick.C {
		all = append(all, admin.invite(len(all)))
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	return all
}

// missing returns the writes that a database lacks.
func missing(t *testing.T, path string, all []written) (lost []written) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, w := range all {
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM people WHERE email = ?", w.email).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			lost = append(lost, w)
		}
	}
	return lost
}

// damage takes a file out of the middle of a replica.
func damage(t *testing.T, replica string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(replica, "ltx", "0", "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("a replica of %d files has no middle (%v)", len(files), err)
	}
	if err := os.RemoveAll(filepath.Join(replica, "ltx", "1")); err != nil { // a compaction may cover the gap
		t.Fatal(err)
	}
	if err := os.Remove(files[len(files)/2]); err != nil {
		t.Fatal(err)
	}
}

// trueward runs a command of the program to its end.
func trueward(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	return string(out), err
}
