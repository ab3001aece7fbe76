package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
)

// crashEnv makes the test program a child that writes into the named file and
// prints the number of every acknowledged closure until it is killed.
const (
	crashEnv = "TRUEWARD_ENGINE_CRASH"
	lieEnv   = "TRUEWARD_ENGINE_CRASH_LIES" // acknowledge before COMMIT: the planted fault
)

// TestKillLosesNothingAcknowledged kills a writing program without warning,
// again and again on the same file.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	if path := os.Getenv(crashEnv); path != "" {
		writeUntilKilled(path, os.Getenv(lieEnv) != "")
	}
	path := sqliteConfig(t).SQLitePath
	var acknowledged []string
	for round := range 5 {
		acknowledged = append(acknowledged, runAndKill(t, path, 150+37*round)...)
		if missing := missingRows(t, path, acknowledged); len(missing) > 0 {
			t.Fatalf("round %d: %d of %d acknowledged closures are lost: %v", round, len(missing), len(acknowledged), missing)
		}
	}
	lies := runAndKill(t, path, 1, lieEnv+"=1")
	if missing := missingRows(t, path, lies); len(missing) == 0 {
		t.Error("a program that acknowledges before COMMIT passes: the check proves nothing")
	}
}

// writeUntilKilled never returns. Each closure stores two rows.
func writeUntilKilled(path string, lie bool) {
	ctx := context.Background()
	db, err := Open(ctx, Config{SQLitePath: path, Migrations: trialMigrations()})
	if err == nil {
		err = db.Migrate(ctx)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), client, n)
				if err := db.Write(ctx, func(tx *gorm.DB) error {
					err := errors.Join(insert(tx, id+"-a"), insert(tx, id+"-b"))
					if lie {
						fmt.Println("stored", id)
						select {} // the kill comes before COMMIT
					}
					return err
				}); err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				fmt.Println("stored", id)
			}
		})
	}
	clients.Wait()
}

// runAndKill starts a writing child, kills it after some acknowledgements and
// returns all that it gave.
func runAndKill(t *testing.T, path string, after int, env ...string) []string {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKillLosesNothingAcknowledged$")
	child.Env = append(append(os.Environ(), crashEnv+"="+path), env...)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		id, ok := strings.CutPrefix(lines.Text(), "stored ")
		if !ok {
			t.Errorf("the child says: %s", lines.Text())
			continue
		}
		if got = append(got, id); len(got) == after {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	if len(got) < after {
		t.Fatalf("the child ended by itself after %d acknowledgements", len(got))
	}
	return got
}

// missingRows returns the acknowledged closures that are not stored whole, and
// fails on any closure that is stored by half.
func missingRows(t *testing.T, path string, acknowledged []string) []string {
	t.Helper()
	db, err := Open(t.Context(), Config{SQLitePath: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.CheckIntegrity(t.Context()); err != nil {
		t.Error(err)
	}
	rows := map[string]int{}
	for id := range strings.FieldsSeq(ids(t, db)) {
		rows[id[:len(id)-2]]++
	}
	for id, n := range rows {
		if n != 2 {
			t.Errorf("closure %s is stored by half", id)
		}
	}
	var missing []string
	for _, id := range acknowledged {
		if rows[id] == 0 {
			missing = append(missing, id)
		}
	}
	return missing
}
