package simreader

import (
	"os"
	"time"

	"trueward/internal/clock"
)

// Wire is a line in memory to a device. Time passes on it only by waiting: a
// Read without anything to read moves the clock on. It is used by one goroutine.
type Wire struct {
	Device   Device
	Mischief *Mischief
	Clock    *clock.Fake
	// Chunk is the most that one Read returns; 0 is no bound.
	Chunk int
	// Slice is how long a Read waits.
	Slice time.Duration
	// Fail, if set, is what every Read and Write returns: the port is gone.
	Fail error

	waiting []byte
	Sent    [][]byte // what the host wrote, write by write
}

// NewWire connects a device that is switched on.
func NewWire(d Device, c *clock.Fake) *Wire {
	d.PowerUp()
	return &Wire{Device: d, Mischief: NewMischief(1), Clock: c, Slice: 5 * time.Millisecond}
}

// Read implements io.Reader with a time limit.
func (w *Wire) Read(b []byte) (int, error) {
	if w.Fail != nil {
		return 0, w.Fail
	}
	if len(w.waiting) == 0 {
		w.Clock.Advance(w.Slice)
		return 0, os.ErrDeadlineExceeded
	}
	if w.Chunk > 0 && len(b) > w.Chunk {
		b = b[:w.Chunk]
	}
	n := copy(b, w.waiting)
	w.waiting = w.waiting[n:]
	return n, nil
}

// Write implements io.Writer.
func (w *Wire) Write(b []byte) (int, error) {
	if w.Fail != nil {
		return 0, w.Fail
	}
	w.Sent = append(w.Sent, append([]byte(nil), b...))
	for _, frame := range w.Device.Take(b) {
		w.waiting = append(w.waiting, w.Mischief.spoil(frame)...)
	}
	return len(b), nil
}

// Inject puts bytes on the line unasked.
func (w *Wire) Inject(b ...byte) { w.waiting = append(w.waiting, b...) }

// Close implements io.Closer.
func (w *Wire) Close() error { return nil }
