//go:build unix

package simreader

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Socat is a serial port made by the socat program: what hangs a user of the
// port up is the end of another process, as it is when hardware leaves.
type Socat struct {
	Path   string
	Device Device

	far    string
	cmd    *exec.Cmd
	line   *os.File
	served sync.WaitGroup
}

// NewSocat makes a port with its device plugged in. Without socat it answers
// nil and says so; with TRUEWARD_REQUIRE_ALL=1 that is a failure.
func NewSocat(t testing.TB, d Device) *Socat {
	t.Helper()
	if _, err := exec.LookPath("socat"); err != nil {
		if os.Getenv("TRUEWARD_REQUIRE_ALL") == "1" {
			t.Fatal(err)
		}
		fmt.Printf("%s: socat is not installed, it is left out\n", t.Name())
		return nil
	}
	dir := t.TempDir()
	s := &Socat{Path: filepath.Join(dir, "near"), far: filepath.Join(dir, "far"), Device: d}
	s.Plug(t)
	t.Cleanup(s.Unplug)
	return s
}

// Plug starts socat and waits until it carries bytes.
func (s *Socat) Plug(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command("socat", "-d", "-d", "pty,raw,echo=0,link="+s.Path, "pty,raw,echo=0,link="+s.far)
	messages, err := s.cmd.StderrPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(messages)
	for lines.Scan() && !strings.Contains(lines.Text(), "starting data transfer loop") {
	}
	s.Device.PowerUp()
	if s.line, err = os.OpenFile(s.far, os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	s.served.Go(s.serve)
}

// Unplug kills socat.
func (s *Socat) Unplug() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.served.Wait() // its end of the line is hung up as well
	_ = s.line.Close()
	_ = os.Remove(s.Path) // killed, it could not
	_ = os.Remove(s.far)
	s.cmd = nil
}

func (s *Socat) serve() {
	buf := make([]byte, 512)
	for {
		n, err := s.line.Read(buf)
		if err != nil {
			return
		}
		for _, frame := range s.Device.Take(buf[:n]) {
			if _, err := s.line.Write(frame); err != nil {
				return
			}
		}
	}
}
