package reader

import (
	"context"
	"errors"
	"time"

	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/standard/m100"
)

// R200 is a UHF desk module of the M100 family. Power and region stay as the
// module has them: they depend on the law of the place.
type R200 struct {
	link   *r200Link
	clock  clock.Clock
	module string
}

var _ Reader = (*R200)(nil)

// StartR200 stops what a module may be doing and asks what it is, in one
// dialect and then the other. No answer is device.TroubleSilent.
func StartR200(ctx context.Context, line Line, c clock.Clock) (r *R200, err error) {
	for _, dialect := range []m100.Dialect{m100.DialectBB, m100.DialectAA} {
		r = &R200{link: newR200Link(line, c, dialect), clock: c}
		if err = r.start(ctx); device.TroubleOf(err) != device.TroubleSilent {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (r *R200) start(ctx context.Context) error {
	if err := r.link.send("stop", m100.Stop()); err != nil {
		return err
	}
	r.link.dirty = true // its answer, and notices of an inventory under way
	reply, err := r.link.command(ctx, "info", m100.Info())
	if device.TroubleOf(err) == device.TroubleSilent {
		reply, err = r.link.command(ctx, "info", m100.Info())
	}
	if err != nil {
		return err
	}
	if r.module, err = m100.ParseInfo(reply); err != nil {
		return trouble(device.TroubleRefused, "info", err)
	}
	return r.link.set(ctx, "select mode", m100.SetSelectMode(m100.SelectAccess))
}

// Kind implements Reader.
func (*R200) Kind() device.Kind { return device.KindR200 }

// Module implements Reader.
func (r *R200) Module() string { return r.module }

// Noise implements Reader.
func (r *R200) Noise() uint64 { return r.link.parser.Dropped() }

// Close implements Reader.
func (r *R200) Close() error { return r.link.line.Close() }

// roundGap is how long nothing comes once a round of inventory is over: its end
// is not announced.
const roundGap = 20 * time.Millisecond

// Look implements Reader: one round of inventory. A sighting whose length or
// whose own check is wrong is left out.
func (r *R200) Look(ctx context.Context) ([]device.Sighting, error) {
	if err := r.link.send("look", m100.Poll()); err != nil {
		return nil, err
	}
	round := round{seen: map[string]int{}}
	found, err := r.link.until(ctx, "look", answerTime, func(b []byte) bool {
		r.link.parser.Feed(b, round.see)
		return round.over
	}, func(quiet time.Duration) (bool, error) {
		if quiet >= quietTime {
			r.link.parser.Idle(round.see)
		}
		return round.over || round.heard && quiet >= roundGap, nil
	})
	switch {
	case err == nil && !found && !round.heard:
		err = trouble(device.TroubleSilent, "look", nil)
	case err == nil:
		err = round.err
	}
	// A failure does not say of what: one that comes late must not be taken for
	// the answer to the next command.
	r.link.dirty = true
	if err != nil {
		return nil, err
	}
	return round.tags, nil
}

// round collects what one round of inventory reports.
type round struct {
	tags  []device.Sighting
	seen  map[string]int
	heard bool
	over  bool
	err   error
}

func (r *round) see(f m100.Frame) {
	if err := m100.Failed(f); err != nil {
		r.heard, r.over = true, true
		var e *m100.Error
		if !errors.As(err, &e) || e.Cause != m100.FailNoTag {
			r.err = trouble(device.TroubleRefused, "look", err)
		}
		return
	}
	tag, err := m100.ParseTag(f)
	if err != nil {
		return // the answer to something else
	}
	r.heard = true
	if !tag.Sound() || len(tag.EPC) == 0 {
		return
	}
	s := device.Sighting{EPC: device.NewEPC(tag.EPC), RSSI: tag.RSSI}
	if at, again := r.seen[s.Key()]; again {
		r.tags[at].RSSI = max(r.tags[at].RSSI, s.RSSI)
		return
	}
	r.seen[s.Key()] = len(r.tags)
	r.tags = append(r.tags, s)
}

// Read implements Reader: the tag's TID is added if it can be read.
func (r *R200) Read(ctx context.Context, s device.Sighting) (device.Read, error) {
	read := device.Read{Technology: device.UHF, EPC: s.EPC, RSSI: s.RSSI}
	tid, err := r.tid(ctx, s)
	if err != nil && device.TroubleOf(err).OfPort() || ctx.Err() != nil {
		return device.Read{}, err
	}
	read.TID = device.NewEPC(tid)
	read.At = r.clock.Now()
	return read, nil
}
