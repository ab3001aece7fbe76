package tagging

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
)

// session is one run at one station, for one person.
type session struct {
	run     authentic.RunID
	vendor  access.OrganisationID
	side    access.OrganisationID // the hospital that runs it, if one does
	person  access.PersonID
	station Station
	uhf     bool // it writes EPCs
	begun   time.Time
	made    map[string]bool // EPCs that it wrote

	mu      sync.Mutex
	state   Progress
	outcome Outcome
	again   bool // somebody started the run once more while it was at work
	stop    context.CancelFunc
}

// Progress says whether a station is at work, and why not.
type Progress string

// The states of a session.
const (
	Waiting Progress = "waiting" // for the next tag
	Writing Progress = "writing"
	Ended   Progress = "ended"   // every tag of the run is done
	Stopped Progress = "stopped" // by a person, or because the reader is away
)

// Running reports whether the station is at work.
func (p Progress) Running() bool { return p == Waiting || p == Writing }

// Outcome is what became of the last tag that was laid down.
type Outcome struct {
	Job      authentic.Job // zero for a tag that was put aside
	Good     bool
	Sentence string // what happened and what to do; empty for a good end
	TapURL   string // of a made-up tag
	At       time.Time
}

// Bench is a station as the actor may know it.
type Bench struct {
	Name     string
	Practice bool
	Writes   func(authentic.Technology) bool
	Taken    bool            // by a run of somebody else
	Run      authentic.RunID // of the actor's side
	Mine     bool
	Progress Progress
	Outcome  Outcome
}

// Benches lists the stations.
func (d *Desk) Benches(actor access.Actor) []Bench {
	out := make([]Bench, len(d.Stations))
	for i, st := range d.Stations {
		out[i] = Bench{Name: st.Name(), Practice: st.Practice(), Writes: st.Writes}
		d.mu.Lock()
		s := d.sessions[st.Name()]
		d.mu.Unlock()
		if s == nil {
			continue
		}
		progress, outcome := s.status()
		switch {
		case s.vendor == actor.Organisation || s.side == actor.Organisation:
			out[i].Run, out[i].Progress, out[i].Outcome, out[i].Mine = s.run, progress, outcome, s.person == actor.Person
		case progress.Running():
			out[i].Taken = true
		}
	}
	return out
}

// Start begins a run at a station, in the actor's name. Starting what runs
// already is no news.
func (d *Desk) Start(ctx context.Context, actor access.Actor, run authentic.RunID, station string) error {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return err
	}
	r, err := q.Run(run)
	if err != nil {
		return err
	}
	p, err := q.Profile(r.Profile)
	if err != nil {
		return err
	}
	sums, err := q.RunSums(run)
	if err != nil {
		return err
	}
	if sums[run].Open() == 0 {
		return fault.New(fault.Conflict, "This run has no tag left to write.")
	}
	s := &session{run: run, vendor: r.Vendor, side: r.Hospital, person: actor.Person, begun: d.Store.Now(), state: Waiting, uhf: !p.Keyed(), made: map[string]bool{}}
	if news, err := d.take(s, station); err != nil || !news {
		return err
	}
	select {
	case d.begun <- s:
		return nil
	case <-ctx.Done():
		s.end(Stopped)
		return fault.New(fault.Unavailable, "The readers are not at work. Try again in a moment.")
	}
}

// take gives the station to the session.
func (d *Desk) take(s *session, station string) (news bool, err error) {
	for _, st := range d.Stations {
		if st.Name() == station {
			s.station = st
		}
	}
	if s.station == nil {
		return false, fault.At("station", "There is no such reader at this server.")
	}
	if !s.fits() {
		return false, fault.At("station", "This reader does not write tags of this kind. Choose another one.")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if other := d.sessions[station]; other != nil {
		same := other.run == s.run && other.person == s.person
		p, _ := other.status()
		switch {
		case same && other.stay():
			return false, nil
		case !same && p.Running():
			return false, fault.New(fault.Conflict, "This reader is writing tags of another run. Stop that one first.")
		}
	}
	d.sessions[station] = s
	return true, nil
}

// fits reports whether the station can write what the session is about.
func (s *session) fits() bool {
	if s.uhf {
		_, can := s.station.(UHFStation)
		return can && s.station.Writes(authentic.UHF)
	}
	return s.station.Writes(authentic.NTAG424)
}

// Stop ends the work on a run, at every station. The tag under work is gone on
// with when it is laid down again.
func (d *Desk) Stop(ctx context.Context, actor access.Actor, run authentic.RunID) error {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return err
	}
	if _, err := q.Run(run); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.sessions {
		if s.run == run {
			s.end(Stopped)
		}
	}
	return nil
}

// Work runs what was started until ctx ends.
func (d *Desk) Work(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-d.begun:
			own, stop := context.WithCancel(ctx)
			s.mu.Lock()
			s.stop = stop
			s.mu.Unlock()
			work.Go(func() { defer stop(); d.serve(own, s) })
		}
	}
}

// serve writes tag after tag.
func (d *Desk) serve(ctx context.Context, s *session) {
	defer d.tell(s)
	for ctx.Err() == nil {
		if p, _ := s.status(); !p.Running() {
			return
		}
		err := d.next(ctx, s)
		switch {
		case errors.Is(err, errRunDone):
			s.done()
		case ctx.Err() != nil:
			s.end(Stopped)
		case fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.Unavailable || fault.KindOf(err) == fault.Forbidden:
			s.say(Outcome{Sentence: fault.All(err)[0].Sentence, At: d.Store.Now()})
			s.end(Stopped)
		case err != nil:
			d.Log.Warn("a tag was not finished", slog.String("station", s.station.Name()), slog.String("reason", reasonOf(err)))
		}
		d.tell(s)
	}
	s.end(Stopped)
}

// next waits for a tag and writes it.
func (d *Desk) next(ctx context.Context, s *session) error {
	if st, ok := s.station.(UHFStation); ok && s.uhf {
		return st.NextUHF(ctx, func(ctx context.Context, f UHFField) error {
			return d.one(ctx, s, func(actor access.Actor) (authentic.Job, error) { return d.writeUHF(ctx, s, actor, f) }, nil)
		})
	}
	return s.station.Next(ctx, func(ctx context.Context, f Field) error {
		made, _ := f.(Tapper)
		return d.one(ctx, s, func(actor access.Actor) (authentic.Job, error) { return d.write(ctx, s, actor, f) }, made)
	})
}

// one writes one tag, which may be a made-up one. It returns nil when that tag
// is over, well or not; an error means that the same tag may be laid down again.
func (d *Desk) one(ctx context.Context, s *session, write func(access.Actor) (authentic.Job, error), made Tapper) error {
	actor, ok, err := d.Person(ctx, s.person)
	if err != nil {
		return err
	}
	if !ok || may(actor) != nil {
		return fault.New(fault.Forbidden, "Whoever started this run may not work on tags any more.")
	}
	actor.Device = s.station.Name()
	job, err := write(actor)
	if errors.Is(err, errRunDone) {
		return err
	}
	if errors.Is(err, errNoneNew) {
		return nil
	}
	o := Outcome{Job: job, Good: err == nil, At: d.Store.Now()}
	if err != nil {
		o.Sentence = s.sentence(err, job.State)
	} else if made != nil {
		o.TapURL, _ = made.Tap() // a made-up tag that cannot be tapped shows no link
	}
	s.say(o)
	var aside rejection
	if err == nil || errors.As(err, &aside) || job.State == authentic.JobFailed {
		return d.left(ctx, actor, s)
	}
	return err
}

// left ends the session when the run has no tag left to write.
func (d *Desk) left(ctx context.Context, actor access.Actor, s *session) error {
	sums, err := d.Store.Read(ctx, actor.Scope()).RunSums(s.run)
	if err == nil && sums[s.run].Open() == 0 {
		return errRunDone
	}
	return err
}

func (d *Desk) tell(s *session) {
	d.Tell(runEvent(authentic.Run{ID: s.run, Vendor: s.vendor, Hospital: s.side}))
}

func (s *session) status() (Progress, Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.outcome
}

func (s *session) under(authentic.Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == Waiting {
		s.state = Writing
	}
}

func (s *session) say(o Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcome = o
	if s.state == Writing {
		s.state = Waiting
	}
}

// stay reports whether the session is at work, and makes one that is look for
// tags once more before it ends: it may just have found that none was left.
func (s *session) stay() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again = s.state.Running()
	return s.again
}

// done ends the session whose run has no tag left, unless it was asked to stay.
func (s *session) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.again {
		s.again = false
		return
	}
	s.close(Ended)
}

// end stops the session; what it ended with first stays.
func (s *session) end(p Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close(p)
}

// close is end for whoever holds the lock.
func (s *session) close(p Progress) {
	if s.state.Running() {
		s.state = p
	}
	if s.stop != nil {
		s.stop()
	}
}
