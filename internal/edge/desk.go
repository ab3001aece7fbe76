// Package edge is the engine beside the readers: it keeps a reader connected,
// turns what it sees into reads, and lets one job at a time have the reader. It
// runs in the server's own process or in the gateway's.
//
// It promises that a reader that was unplugged is used again once it is back,
// for ever and without help, and that a tag that lies still is one read. What
// becomes of a read is its owner's business: nothing is stored here yet, so a
// read that its owner loses is lost. Reads are never logged.
package edge

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"trueward/internal/clock"
	"trueward/internal/domain/device"
)

// Reader is a connected reader. It is used by one goroutine at a time.
type Reader interface {
	Kind() device.Kind
	Module() string
	// Look says which tags are there now, and changes nothing in them.
	Look(context.Context) ([]device.Sighting, error)
	// Read reads all it can from a tag just seen; this may be a tap.
	Read(context.Context, device.Sighting) (device.Read, error)
	// Noise is the number of bytes that made no sense.
	Noise() uint64
	io.Closer
}

// Setup is what a desk needs from outside.
type Setup struct {
	ID      device.ReaderID
	Address device.Address
	// Open opens the port and starts the reader; its errors say their
	// device.Trouble.
	Open func(context.Context, device.Address) (Reader, error)
	// Present reports whether there is something at a path.
	Present func(path string) bool
	Clock   clock.Clock
	// Wait waits, or ends early with the context's error; Sleep does in life.
	Wait   func(context.Context, time.Duration) error
	Jitter func() float64 // in [0, 1)
	// Read takes a read. It is called one at a time and should be quick.
	Read func(device.Read)
	// Changed, if set, is told when the status changed; likewise.
	Changed func(device.Status)
	Log     *slog.Logger
}

// The pace of a desk.
const (
	lookEvery    = 100 * time.Millisecond
	presentEvery = 250 * time.Millisecond
	goneNFC      = time.Second
	goneUHF      = 3 * time.Second // one round of inventory often misses a tag
	maxSilent    = 3               // looks without an answer before the port is opened anew
	maxUnread    = 3               // tries at a tag that cannot be read
)

// Desk is one reader and what is known of it. Run it once.
type Desk struct {
	Setup

	mu     sync.Mutex
	status device.Status
	rate   device.Rate
	job    *job // waits for its tag
	ended  bool

	// used by Run alone
	present *device.Presence
	unread  map[string]int
}

// NewDesk makes a desk; Run starts it.
func NewDesk(s Setup) *Desk {
	return &Desk{Setup: s, status: device.Status{
		Reader: s.ID, Address: s.Address, Kind: s.Address.Kind,
		State: device.StateConnecting, Since: s.Clock.Now(),
	}}
}

// Status is how the reader is doing. It may be asked at any time.
func (d *Desk) Status() device.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.status
	s.PerMinute = d.rate.PerMinute(d.Clock.Now())
	return s
}

// Run works the reader until the context ends.
func (d *Desk) Run(ctx context.Context) {
	defer d.end()
	failures := 0
	for ctx.Err() == nil {
		r, err := d.Open(ctx, d.Address)
		if err == nil {
			var answered bool
			answered, err = d.work(ctx, r)
			_ = r.Close() // what is wrong with the port is known already
			if answered {
				failures = 0
			}
		}
		if ctx.Err() != nil {
			return
		}
		failures++
		d.enter(device.TroubleOf(err).State(), err)
		d.rest(ctx, failures)
	}
}

// rest waits before the next try to open. A port that is not there is looked
// for often and tried at once when it comes; one that is there and refuses is
// given ever more time.
func (d *Desk) rest(ctx context.Context, failures int) {
	delay := device.Delay(failures, d.Jitter())
	away := !d.Present(d.Address.Path)
	for waited := time.Duration(0); away || waited < delay; waited += presentEvery {
		if d.Wait(ctx, presentEvery) != nil {
			return
		}
		here := d.Present(d.Address.Path)
		if away && here {
			return
		}
		away = !here
		if away {
			d.enter(device.StateAbsent, nil)
		}
	}
}

// work looks for tags until the reader fails. It reports whether it ever
// answered.
func (d *Desk) work(ctx context.Context, r Reader) (answered bool, err error) {
	d.connected(r)
	silent := 0
	for {
		seen, err := r.Look(ctx)
		switch {
		case err == nil:
			answered, silent = true, 0
			d.heard(r)
		case ctx.Err() != nil || device.TroubleOf(err).OfPort():
			return answered, err
		default:
			d.fault()
			if silent++; silent >= maxSilent {
				return answered, err
			}
		}
		for _, s := range seen {
			if err := d.meet(ctx, r, s); err != nil {
				return answered, err
			}
		}
		if err := d.Wait(ctx, lookEvery); err != nil {
			return answered, err
		}
	}
}

// meet deals with one tag that is there. An error is one of the port.
func (d *Desk) meet(ctx context.Context, r Reader, s device.Sighting) error {
	if j := d.take(s); j != nil {
		err := j.run(ctx, r, s)
		d.present.Put(s, d.Clock.Now()) // the job's tag is not also a read
		if device.TroubleOf(err).OfPort() {
			return err
		}
		return nil
	}
	if d.present.Has(s, d.Clock.Now()) {
		return nil
	}
	read, err := r.Read(ctx, s)
	switch trouble := device.TroubleOf(err); {
	case err == nil:
		d.present.Put(s, d.Clock.Now())
		delete(d.unread, s.Key())
		d.deliver(read)
	case trouble.OfPort() || ctx.Err() != nil:
		return err
	case trouble != device.TroubleTagGone:
		d.fault()
		d.giveUp(s)
	}
	return nil
}

// giveUp stops trying a tag that cannot be read until it is laid down anew:
// each try may be a tap.
func (d *Desk) giveUp(s device.Sighting) {
	if d.unread[s.Key()]++; d.unread[s.Key()] >= maxUnread {
		clear(d.unread)
		d.present.Put(s, d.Clock.Now())
	}
}

// Sleep waits in real time.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
