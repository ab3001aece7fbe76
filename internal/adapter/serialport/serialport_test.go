//go:build unix

package serialport_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"

	"trueward/internal/adapter/serialport"
	"trueward/internal/testkit/simreader"
)

var settings = serialport.Settings{Baud: 115200, WriteLimit: 50 * time.Millisecond}

func open(t *testing.T, path string) *serialport.Port {
	t.Helper()
	p, err := serialport.Open(path, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// receive reads n bytes, passing over slices in which nothing came.
func receive(t *testing.T, p *serialport.Port, n int) []byte {
	t.Helper()
	var got []byte
	buf := make([]byte, 64)
	for len(got) < n {
		k, err := p.Read(buf)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("after %d bytes: %v", len(got), err)
		}
		got = append(got, buf[:k]...)
	}
	return got
}

func wantCode(t *testing.T, err error, want serialport.Code) {
	t.Helper()
	if got := serialport.CodeOf(err); got != want {
		t.Errorf("got %v (%q), want %q", err, got, want)
	}
}

// TestEveryByteGoesThrough: no byte is taken for a control character, either
// way.
func TestEveryByteGoesThrough(t *testing.T) {
	p := open(t, simreader.NewPort(t, simreader.Echo{}).Path)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	if n, err := p.Write(all); n != len(all) || err != nil {
		t.Fatal(n, err)
	}
	if got := receive(t, p, len(all)); !bytes.Equal(got, all) {
		t.Errorf("%X", got)
	}
	if p.ModemLines() {
		t.Error("a pseudo terminal has no modem lines")
	}
}

func TestWaitingTooLongIsADeadline(t *testing.T) {
	p := open(t, simreader.NewPort(t, simreader.Deaf{}).Path)
	n, err := p.Read(make([]byte, 8))
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(n, err)
	}
	// Code that reads in full must end, which it does not on nothing without an
	// error.
	if _, err := io.ReadFull(p, make([]byte, 8)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

func TestOneHolder(t *testing.T) {
	port := simreader.NewPort(t, simreader.Echo{})
	first := open(t, port.Path)
	_, err := serialport.Open(port.Path, settings)
	wantCode(t, err, serialport.CodeBusy)
	other := filepath.Join(t.TempDir(), "another-name")
	if err := os.Symlink(port.Path, other); err != nil {
		t.Fatal(err)
	}
	_, err = serialport.Open(other, settings)
	wantCode(t, err, serialport.CodeBusy)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, other)
}

func TestUnpluggedAndClosedAreToldApart(t *testing.T) {
	port := simreader.NewPort(t, simreader.Echo{})
	p := open(t, port.Path)
	ended := make(chan error)
	wait := func() {
		for {
			if _, err := p.Read(make([]byte, 8)); !errors.Is(err, os.ErrDeadlineExceeded) {
				ended <- err
				return
			}
		}
	}
	go wait()
	port.Unplug()
	wantCode(t, <-ended, serialport.CodeGone)
	_, err := p.Write([]byte{1})
	wantCode(t, err, serialport.CodeGone)
	_, err = serialport.Open(port.Path, settings)
	wantCode(t, err, serialport.CodeGone)

	port.Plug(t) // the name leads to another terminal now
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	p = open(t, port.Path)
	go wait()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	err = <-ended
	wantCode(t, err, serialport.CodeClosed)
	if !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	_, err = p.Write([]byte{1})
	wantCode(t, err, serialport.CodeClosed)
	if err := p.Close(); err != nil {
		t.Error("a second Close:", err)
	}
}

// TestDeadDevice: a device that takes nothing lets a write wait for ever; here
// it ends, and so does Close.
func TestDeadDevice(t *testing.T) {
	master, host, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer host.Close()
	p := open(t, host.Name())
	big := make([]byte, 1<<20)
	_, err = p.Write(big)
	wantCode(t, err, serialport.CodeGone)
	_, err = p.Write([]byte{1})
	wantCode(t, err, serialport.CodeGone)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoPort(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := serialport.Open(file, settings)
	wantCode(t, err, serialport.CodeInvalid)
	_, err = serialport.Open(filepath.Join(t.TempDir(), "none"), settings)
	wantCode(t, err, serialport.CodeGone)
	if serialport.Present(file) != true || serialport.Present(file+"x") {
		t.Error("presence")
	}
	var e *serialport.Error
	if !errors.As(err, &e) || e.Error() == "" || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
