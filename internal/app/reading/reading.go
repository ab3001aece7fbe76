// Package reading gives the reads of a desk reader to the person who uses it.
// A person chooses the reader on its page; from then on each tag that is laid
// on it is scanned in that person's name, and the answer waits for their page.
//
// It promises that a read is scanned for nobody else, that nobody acts who has
// no page open, was disabled or lost the right to scan, and that one read is
// one scan. Who uses a reader, and the last answer, are kept in memory alone:
// after a restart the reader is chosen again. Reads that nobody takes are
// dropped and counted.
package reading

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/device"
	"trueward/internal/fault"
)

// Answer is what a read came to: verdict and disposition side by side, or a
// sentence when it came to nothing.
type Answer struct {
	Verdict     authentic.Verdict
	Disposition custody.Disposition
	Unit        custody.UnitID // empty when no one unit is meant
	Tap         string         // id of the check; empty when none was recorded
	Heading     string
	Sentence    string
	At          time.Time
}

// Checked reports whether a tag was looked at, so that there is a verdict.
func (a Answer) Checked() bool { return a.Verdict.Level != "" }

// Ports are what the desk needs of others.
type Ports struct {
	// Scan scans a text for a person.
	Scan func(ctx context.Context, cmd store.Command, raw string) (Answer, error)
	// Person is who a person is now; false if they may not act any more.
	Person func(context.Context, access.PersonID) (access.Actor, bool, error)
	// Listens reports whether a person has a page open.
	Listens func(access.PersonID) bool
	// Tell wakes the open pages of a person.
	Tell func(store.Event)
	// Status is how the readers are doing.
	Status func() []device.Status
	// Wait waits, or ends early with the context's error.
	Wait  func(context.Context, time.Duration) error
	Clock clock.Clock
	Log   *slog.Logger
}

// Desk gives reads to people. Use New.
type Desk struct {
	Ports
	reads chan device.Read

	mu    sync.Mutex
	users map[device.ReaderID]user
	last  map[access.PersonID]Answer
	lost  map[device.ReaderID]uint64
}

type user struct {
	person access.PersonID
	since  time.Time
}

const (
	// useFor is how long a reader stays chosen: a long shift.
	useFor = 12 * time.Hour
	// patience is how long a read waits for a page that is just being changed
	// for another one.
	patience = 3 * time.Second
	lookPage = 50 * time.Millisecond
	// queue bounds reads that wait to be scanned.
	queue = 16
)

// New makes a desk; Run works it.
func New(p Ports) *Desk {
	return &Desk{
		Ports: p, reads: make(chan device.Read, queue),
		users: map[device.ReaderID]user{}, last: map[access.PersonID]Answer{}, lost: map[device.ReaderID]uint64{},
	}
}

// Take takes a read from a reader. It never blocks.
func (d *Desk) Take(r device.Read) {
	select {
	case d.reads <- r:
	default:
		d.lose(r.Reader)
	}
}

// Run scans reads until the context ends.
func (d *Desk) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-d.reads:
			d.handle(ctx, r)
		}
	}
}

func (d *Desk) handle(ctx context.Context, r device.Read) {
	actor, ok, err := d.actor(ctx, r.Reader)
	if err != nil {
		d.Log.Warn("a read was lost", slog.String("reader", string(r.Reader)), slog.String("cause", err.Error()))
	}
	if !ok || err != nil {
		d.lose(r.Reader)
		return
	}
	a := d.scan(ctx, actor, r)
	d.mu.Lock()
	d.last[actor.Person] = a
	d.mu.Unlock()
	d.Tell(store.Event{Kind: "reader", Subject: string(r.Reader), PersonID: string(actor.Person)})
}

// actor is who uses the reader and may do so now.
func (d *Desk) actor(ctx context.Context, id device.ReaderID) (access.Actor, bool, error) {
	d.mu.Lock()
	u, ok := d.users[id]
	d.mu.Unlock()
	if !ok || d.Clock.Now().Sub(u.since) > useFor || !d.awaitPage(ctx, u.person) {
		return access.Actor{}, false, nil
	}
	actor, ok, err := d.Person(ctx, u.person)
	if err != nil || !ok || !actor.May(access.Scan) {
		return access.Actor{}, false, err
	}
	actor.Device, actor.RequestID = "reader "+string(id), rand.Text()
	return actor, true, nil
}

// awaitPage waits a little for a person's page: between two pages there is none.
func (d *Desk) awaitPage(ctx context.Context, p access.PersonID) bool {
	for waited := time.Duration(0); !d.Listens(p); waited += lookPage {
		if waited >= patience || d.Wait(ctx, lookPage) != nil {
			return false
		}
	}
	return true
}

func (d *Desk) lose(id device.ReaderID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost[id]++
}

// Use makes a reader the actor's, until they let it go, somebody else uses it
// or the shift is over.
func (d *Desk) Use(actor access.Actor, id device.ReaderID) error {
	if !actor.May(access.Scan) {
		return fault.New(fault.Forbidden, "Using a reader needs a role that scans.")
	}
	for _, s := range d.Status() {
		if s.Reader == id {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.users[id] = user{person: actor.Person, since: d.Clock.Now()}
			return nil
		}
	}
	return fault.New(fault.NotFound, "There is no such reader.")
}

// LetGo frees a reader that the actor uses; of somebody else's it does nothing.
func (d *Desk) LetGo(actor access.Actor, id device.ReaderID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users[id].person == actor.Person {
		delete(d.users, id)
	}
}

// Last is the actor's newest answer; false if there is none.
func (d *Desk) Last(actor access.Actor) (Answer, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.last[actor.Person]
	return a, ok
}

// Line is a reader as a person sees it.
type Line struct {
	device.Status
	Mine  bool
	Taken bool   // by somebody
	Lost  uint64 // reads that nobody took
}

// Lines are the readers.
func (d *Desk) Lines(actor access.Actor) []Line {
	status := d.Status()
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]Line, len(status))
	for i, s := range status {
		u, taken := d.users[s.Reader]
		taken = taken && d.Clock.Now().Sub(u.since) <= useFor
		out[i] = Line{Status: s, Taken: taken, Mine: taken && u.person == actor.Person, Lost: d.lost[s.Reader]}
	}
	return out
}
