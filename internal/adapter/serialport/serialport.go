// Package serialport opens serial ports for readers. It is the only door to
// go.bug.st/serial and closes that library's traps: a read that waited too long
// is os.ErrDeadlineExceeded instead of nothing without an error; unplugging and
// closing are told apart; a port is held by one program and one part of it; a
// write to a dead device ends; pseudo terminals work although they have no
// modem lines.
//
// It opens the port it is told to open and touches no other. It does not open
// again by itself: what was unplugged may come back as something else, and
// whoever uses the port must begin anew. The library opens ports without
// close-on-exec, so a program started meanwhile inherits them.
package serialport

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.bug.st/serial"
)

// Settings say how to talk. Readers here all use 8 data bits, no parity, one
// stop bit, no flow control.
type Settings struct {
	Baud int
	// Slice is the longest that a Read waits, WriteLimit a Write. Close waits
	// for either. Zero means the defaults.
	Slice, WriteLimit time.Duration
}

// Defaults of Settings.
const (
	DefaultSlice      = 5 * time.Millisecond
	DefaultWriteLimit = 2 * time.Second
)

// Port is an open serial port. One goroutine may read while another writes.
type Port struct {
	raw        serial.Port
	claim      *claim
	writeLimit time.Duration
	modem      bool

	closed  atomic.Bool
	dead    atomic.Bool // a write is stuck in the system
	reading sync.Mutex
	writing sync.Mutex
}

// Open opens a port for this caller alone. The path may be a link, such as
// those under /dev/serial/by-id, which is followed anew at every Open. Errors
// are *Error.
func Open(path string, s Settings) (*Port, error) {
	resolved, err := resolve(path)
	if err != nil {
		return nil, classify("open", err)
	}
	c, err := take(resolved)
	if err != nil {
		return nil, classify("lock", err)
	}
	p, err := open(resolved, c, s)
	if err != nil {
		c.release()
		return nil, err
	}
	return p, nil
}

func open(resolved string, c *claim, s Settings) (*Port, error) {
	raw, err := serial.Open(resolved, &serial.Mode{BaudRate: s.Baud, DataBits: 8})
	if err != nil {
		if !Present(resolved) { // it left while it was opened
			return nil, &Error{CodeGone, "open", err}
		}
		return nil, classify("open", err)
	}
	p := &Port{raw: raw, claim: c, writeLimit: orDefault(s.WriteLimit, DefaultWriteLimit)}
	if err := raw.SetReadTimeout(orDefault(s.Slice, DefaultSlice)); err != nil {
		return nil, errors.Join(classify("open", err), raw.Close())
	}
	if !c.holds(resolved) {
		return nil, errors.Join(&Error{CodeGone, "open", nil}, raw.Close())
	}
	// Some adapters feed their reader from these lines; others have none.
	p.modem = raw.SetDTR(true) == nil && raw.SetRTS(true) == nil
	return p, nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// ModemLines reports whether the port has DTR and RTS; pseudo terminals and
// some adapters have not, which is no fault.
func (p *Port) ModemLines() bool { return p.modem }

// Read waits for bytes, at most one Slice. Nothing by then is
// os.ErrDeadlineExceeded; other errors are *Error.
func (p *Port) Read(b []byte) (int, error) {
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.closed.Load() {
		return 0, &Error{CodeClosed, "read", os.ErrClosed}
	}
	n, err := p.raw.Read(b)
	switch {
	case n > 0:
		return n, nil
	case err != nil:
		return 0, classify("read", err)
	}
	return 0, os.ErrDeadlineExceeded
}

// Write writes all of b. A device that takes nothing for the write limit is
// CodeGone, and so is every later write. Errors are *Error.
func (p *Port) Write(b []byte) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	if p.closed.Load() {
		return 0, &Error{CodeClosed, "write", os.ErrClosed}
	}
	if p.dead.Load() {
		return 0, &Error{CodeGone, "write", os.ErrDeadlineExceeded}
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	own := append([]byte(nil), b...) // a stuck write outlives this call
	go func() {
		n, err := p.writeAll(own)
		done <- result{n, err}
	}()
	limit := time.NewTimer(p.writeLimit)
	defer limit.Stop()
	select {
	case r := <-done:
		if r.err != nil {
			return r.n, classify("write", r.err)
		}
		return r.n, nil
	case <-limit.C:
		p.dead.Store(true)
		return 0, &Error{CodeGone, "write", os.ErrDeadlineExceeded}
	}
}

// writeAll goes on after short and interrupted writes.
func (p *Port) writeAll(b []byte) (n int, err error) {
	for n < len(b) {
		k, err := p.raw.Write(b[n:])
		n += k
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
	return n, nil
}

// Close gives the port back. It waits for a Read under way, because the
// library closes the descriptor first and a number is soon another file. A
// second Close does nothing.
func (p *Port) Close() error {
	if p.closed.Swap(true) {
		return nil
	}
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.dead.Load() {
		_ = p.raw.ResetOutputBuffer() // may let the stuck write end
	} else {
		p.writing.Lock()
		defer p.writing.Unlock()
	}
	err := p.raw.Close()
	p.claim.release()
	if err != nil {
		return classify("close", err)
	}
	return nil
}
