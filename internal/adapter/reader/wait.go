package reader

import (
	"context"
	"errors"
	"os"
	"time"

	"trueward/internal/clock"
)

// Times of a line. The manuals give 15 ms for an acknowledgement; USB adapters
// hold bytes back for up to 16 ms more, and a busy machine looks late.
const (
	ackTime   = 100 * time.Millisecond
	replyTime = time.Second
	quietTime = 200 * time.Millisecond // a begun frame is not going to end
	maxDrain  = 64                     // reads that throw away what a line holds
)

// watch reads a line until something is found or the time is over.
type watch struct {
	line  Line
	clock clock.Clock
	buf   [512]byte
}

// drain throws away what the line still holds from before.
func (w *watch) drain() error {
	for range maxDrain {
		if _, err := w.line.Read(w.buf[:]); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return nil
			}
			return portTrouble("drain", err)
		}
	}
	return nil // a line that babbles on: frames are found among it
}

func (w *watch) write(step string, b []byte) error {
	if _, err := w.line.Write(b); err != nil {
		return portTrouble(step, err)
	}
	return nil
}

// until hands what arrives to take, which reports whether it found what it
// looked for. quiet is called with how long nothing has come; it may write. The
// answer is false when limit is over.
func (w *watch) until(ctx context.Context, step string, limit time.Duration, take func([]byte) bool, quiet func(time.Duration) (bool, error)) (bool, error) {
	begin := w.clock.Now()
	heard := begin
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := w.line.Read(w.buf[:])
		now := w.clock.Now()
		switch {
		case err == nil:
			heard = now
			if take(w.buf[:n]) {
				return true, nil
			}
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return false, portTrouble(step, err)
		case quiet != nil:
			if found, err := quiet(now.Sub(heard)); found || err != nil {
				return found, err
			}
		}
		if now.Sub(begin) > limit {
			return false, nil
		}
	}
}
