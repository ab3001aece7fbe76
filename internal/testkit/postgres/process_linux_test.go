package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childEnv makes the test program a child that starts a server and then waits
// to be killed.
const childEnv = "TRUEWARD_TESTKIT_CHILD"

// TestServerDiesWithItsProcess kills a test process without warning and looks
// whether the server it had started is gone.
func TestServerDiesWithItsProcess(t *testing.T) {
	if !Wanted(t) {
		return
	}
	if out := os.Getenv(childEnv); out != "" {
		Start(t)
		if err := os.WriteFile(out, fmt.Appendf(nil, "%d %s", shared.server.process.Pid, shared.server.dir), 0o600); err != nil {
			t.Fatal(err)
		}
		<-t.Context().Done() // until killed
	}
	out := t.TempDir() + "/pid"
	child := exec.Command(os.Args[0], "-test.run=^TestServerDiesWithItsProcess$")
	child.Env = append(os.Environ(), childEnv+"="+out)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir string
	await(t, func() bool {
		text, _ := os.ReadFile(out)
		n, err := fmt.Sscan(string(text), &pid, &dir)
		return n == 2 && err == nil
	})
	if syscall.Kill(pid, 0) != nil {
		t.Fatal("the server was not running before the kill: the check proves nothing")
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	await(t, func() bool { return gone(pid) })
	if err := os.RemoveAll(dir); err != nil {
		t.Error(err)
	}
}

// gone reports whether a process has ended, counting one that nobody reaped.
func gone(pid int) bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(status), ") Z ")
}

// await asks until ready says yes, for 30 s at most.
func await(t *testing.T, ready func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for range 1500 {
		if ready() {
			return
		}
		<-ticker.C
	}
	t.Fatal("it did not come about within 30 s")
}
