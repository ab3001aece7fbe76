// Package stripemock runs Stripe's own description of its interface as a judge
// of requests. Tests only.
//
// It knows names, required parameters, enums and types, and no state. Where
// the program is missing nothing is judged and the test's output says so; with
// TRUEWARD_REQUIRE_ALL=1 that is a failure.
package stripemock

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var shared struct {
	once sync.Once
	base string
	cmd  *exec.Cmd
	err  error
}

// Start returns the judge's address, the same for all tests of a process;
// empty when it is not installed. Stop ends it.
func Start(t testing.TB) string {
	t.Helper()
	path := program()
	if path == "" {
		if os.Getenv("TRUEWARD_REQUIRE_ALL") == "1" {
			t.Fatal("stripe-mock was not found in .cache/tools: run make setup")
		}
		fmt.Printf("%s: stripe-mock is not installed, requests are not judged\n", t.Name())
		return ""
	}
	shared.once.Do(func() { shared.base, shared.err = run(path) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.base
}

// Stop ends the judge of this process, if it ran.
func Stop() {
	if shared.cmd != nil {
		_ = shared.cmd.Process.Kill()
		_ = shared.cmd.Wait()
	}
}

func program() string {
	for dir, err := os.Getwd(); err == nil; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, ".cache", "tools", "stripe-mock")
		if _, err := os.Stat(path); err == nil {
			return path
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return ""
}

// run starts the program on free ports of this machine. Both addresses must be
// given: without the second it opens one on every interface.
func run(path string) (string, error) {
	http, err := freePort()
	if err != nil {
		return "", err
	}
	https, err := freePort()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(path, "-http-addr", http, "-https-addr", https)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	shared.cmd = cmd
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Listening for HTTP at") {
			go func() {
				for lines.Scan() { // keep its output from filling the pipe
				}
			}()
			return "http://" + http, nil
		}
	}
	return "", fmt.Errorf("stripe-mock ended before it listened")
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
