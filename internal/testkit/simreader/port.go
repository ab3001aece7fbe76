//go:build unix

package simreader

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// Port is a serial port that a test plugs and unplugs: a name that leads to a
// pseudo terminal, as those under /dev/serial/by-id lead to a device.
type Port struct {
	Path     string
	Device   Device
	Mischief *Mischief

	mu     sync.Mutex
	master *os.File // nil while unplugged
	host   *os.File // keeps the pair alive while no program has the port open
	served sync.WaitGroup
}

// NewPort makes a port with its device plugged in.
func NewPort(t testing.TB, d Device) *Port {
	t.Helper()
	p := &Port{Path: filepath.Join(t.TempDir(), "usb-reader-if00"), Device: d, Mischief: NewMischief(1)}
	p.Plug(t)
	t.Cleanup(p.Unplug)
	return p
}

// Plug plugs the device in.
func (p *Port) Plug(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.master != nil {
		return
	}
	master, host, err := open()
	if err != nil {
		t.Fatal(err)
	}
	p.master, p.host = master, host
	p.Device.PowerUp()
	p.served.Go(func() { p.serve(master) })
	if err := os.Symlink(host.Name(), p.Path); err != nil {
		t.Fatal(err)
	}
}

// Unplug takes the device away: its name is gone, and who has it open is hung up.
func (p *Port) Unplug() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.master == nil {
		return
	}
	_ = os.Remove(p.Path)
	_ = p.master.Close()
	_ = p.host.Close()
	p.served.Wait()
	p.master, p.host = nil, nil
}

// Send puts bytes on the line unasked.
func (p *Port) Send(t testing.TB, b []byte) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.master.Write(b); err != nil {
		t.Fatal(err)
	}
}

func (p *Port) serve(master *os.File) {
	buf := make([]byte, 512)
	for {
		n, err := master.Read(buf)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return
		}
		for _, frame := range p.Device.Take(buf[:n]) {
			if _, err := master.Write(p.Mischief.spoil(frame)); err != nil && !errors.Is(err, fs.ErrClosed) {
				return
			}
		}
	}
}

// open makes a pair whose master can be closed under a reader: the library
// makes it blocking, and closing a blocking master that somebody reads hangs
// nobody up.
func open() (master, host *os.File, err error) {
	blocking, host, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer blocking.Close()
	fd, err := syscall.Dup(int(blocking.Fd()))
	if err == nil {
		syscall.CloseOnExec(fd)
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		return nil, nil, errors.Join(err, host.Close())
	}
	return os.NewFile(uintptr(fd), blocking.Name()), host, nil
}
