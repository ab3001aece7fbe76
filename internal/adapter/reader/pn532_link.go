package reader

import (
	"bytes"
	"context"
	"time"

	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/standard/pn532"
)

// pn532Link exchanges commands with the module.
type pn532Link struct {
	watch
	parser *pn532.Parser
	// dirty says that the line may still hold something from before.
	dirty bool
}

func newPN532Link(line Line, c clock.Clock) *pn532Link {
	return &pn532Link{watch: watch{line: line, clock: c}, parser: pn532.NewParser()}
}

// command sends a command and returns the data of its answer. A command that is
// not acknowledged is sent once more; a garbled answer is asked for once more; a
// command without an answer is called off.
func (l *pn532Link) command(ctx context.Context, step string, f pn532.Frame, limit time.Duration) ([]byte, error) {
	out, err := f.Append(nil)
	if err != nil {
		return nil, trouble(device.TroubleRefused, step, err)
	}
	data, err := l.exchange(ctx, step, f.Command, out, limit)
	if err != nil {
		l.dirty = true
	}
	return data, err
}

func (l *pn532Link) exchange(ctx context.Context, step string, code byte, out []byte, limit time.Duration) ([]byte, error) {
	a := &awaited{code: code, parser: l.parser}
	for try := range 2 {
		if try > 0 {
			if err := l.callOff(ctx, step); err != nil {
				return nil, err
			}
		}
		if err := l.clean(); err != nil {
			return nil, err
		}
		if err := l.write(step, out); err != nil {
			return nil, err
		}
		found, err := l.until(ctx, step, ackTime, func(b []byte) bool { return a.take(b) || a.acked }, nil)
		if err != nil {
			return nil, err
		}
		if found {
			return l.answer(ctx, step, a, limit)
		}
		l.dirty = true
	}
	return nil, trouble(device.TroubleSilent, step, nil)
}

// callOff ends a command that was not acknowledged in time (PN532 user manual,
// §6.2.1.3) and throws away what still comes of it. Answers carry no number: one
// that came late would pass for the answer to what is sent next.
func (l *pn532Link) callOff(ctx context.Context, step string) error {
	if err := l.write(step, pn532.ACK()); err != nil {
		return err
	}
	_, err := l.until(ctx, step, quietTime, func([]byte) bool { return false }, nil)
	return err
}

// clean makes sure that what is read next is about what is sent next.
func (l *pn532Link) clean() error {
	l.parser.Idle(func(pn532.Frame) {})
	if !l.dirty {
		return nil
	}
	l.dirty = false
	return l.drain()
}

func (l *pn532Link) answer(ctx context.Context, step string, a *awaited, limit time.Duration) ([]byte, error) {
	asked := false
	if !a.done {
		_, err := l.until(ctx, step, limit, a.take, func(quiet time.Duration) (bool, error) {
			if quiet < quietTime || asked {
				return false, nil
			}
			l.parser.Idle(a.see)
			if a.done || l.parser.Dropped() == a.noise {
				return a.done, nil
			}
			asked = true // something came and was not understood
			return false, l.write(step, pn532.NAK())
		})
		if err != nil {
			return nil, err
		}
	}
	switch {
	case a.refused:
		return nil, trouble(device.TroubleRefused, step, nil)
	case !a.done:
		if err := l.write(step, pn532.ACK()); err != nil { // calls the command off
			return nil, err
		}
		return nil, trouble(device.TroubleSilent, step, nil)
	}
	return a.data, nil
}

// awaited is the answer to one command as it comes in. What came before the
// acknowledgement belongs to an earlier command.
type awaited struct {
	parser  *pn532.Parser
	code    byte
	noise   uint64 // up to the acknowledgement
	acked   bool
	done    bool
	refused bool
	data    []byte
}

func (a *awaited) take(b []byte) bool {
	a.parser.Feed(b, a.see)
	return a.done
}

func (a *awaited) see(f pn532.Frame) {
	switch {
	case a.done:
	case f.Kind == pn532.KindACK:
		a.acked, a.noise = true, a.parser.Dropped()
	case !a.acked:
	case f.Kind == pn532.KindError:
		a.done, a.refused = true, true
	case f.Answers(a.code):
		a.done, a.data = true, bytes.Clone(f.Data)
	}
}
