package reader

import (
	"bytes"
	"context"
	"time"

	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/standard/m100"
)

// r200Link exchanges frames with a UHF module. The protocol has neither
// acknowledgements nor numbers: an answer is known by its command.
type r200Link struct {
	watch
	parser  *m100.Parser
	dialect m100.Dialect
	dirty   bool
}

func newR200Link(line Line, c clock.Clock, d m100.Dialect) *r200Link {
	return &r200Link{watch: watch{line: line, clock: c}, parser: m100.NewParser(), dialect: d, dirty: true}
}

// answerTime is how long a module may think; access to a tag takes longest.
const answerTime = 500 * time.Millisecond

func (l *r200Link) send(step string, f m100.Frame) error {
	out, err := f.In(l.dialect).Append(nil)
	if err != nil {
		return trouble(device.TroubleRefused, step, err)
	}
	l.parser.Idle(func(m100.Frame) {})
	if l.dirty {
		l.dirty = false
		if err := l.drain(); err != nil {
			return err
		}
	}
	return l.write(step, out)
}

// command sends a command and returns its reply. A module's failure is
// device.TroubleRefused with the *m100.Error as cause. Nothing is sent twice:
// the caller knows whether it may be.
func (l *r200Link) command(ctx context.Context, step string, f m100.Frame) (m100.Frame, error) {
	if err := l.send(step, f); err != nil {
		return m100.Frame{}, err
	}
	var reply m100.Frame
	see := func(got m100.Frame) {
		if reply.Type != m100.TypeReply && got.Type == m100.TypeReply && (got.Command == f.Command || got.Command == m100.CmdFailure) {
			got.Param = bytes.Clone(got.Param)
			reply = got
		}
	}
	found, err := l.until(ctx, step, answerTime, func(b []byte) bool {
		l.parser.Feed(b, see)
		return reply.Type == m100.TypeReply
	}, l.idle(see))
	if err == nil && !found {
		err = trouble(device.TroubleSilent, step, nil)
	}
	if err != nil {
		l.dirty = true
		return m100.Frame{}, err
	}
	if err := m100.Failed(reply); err != nil {
		return m100.Frame{}, trouble(device.TroubleRefused, step, err)
	}
	return reply, nil
}

// idle gives up on a begun frame after a while, once.
func (l *r200Link) idle(see func(m100.Frame)) func(time.Duration) (bool, error) {
	return func(quiet time.Duration) (bool, error) {
		if quiet >= quietTime {
			l.parser.Idle(see)
		}
		return false, nil
	}
}

// set sends a setting and checks that it was taken. It is sent twice if need
// be: setting a thing twice is setting it.
func (l *r200Link) set(ctx context.Context, step string, f m100.Frame) error {
	reply, err := l.command(ctx, step, f)
	if device.TroubleOf(err) == device.TroubleSilent {
		reply, err = l.command(ctx, step, f)
	}
	if err != nil {
		return err
	}
	if err := m100.Done(reply, f.Command); err != nil {
		return trouble(device.TroubleRefused, step, err)
	}
	return nil
}
