package edge_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/edge"
	"trueward/internal/fault"
)

var start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

// stage is a desk in standing time: waiting moves the clock on and lets the
// script act. Everything runs in the test's goroutine.
type stage struct {
	clock  *clock.Fake
	desk   *edge.Desk
	reads  []device.Read
	states []device.State
	log    bytes.Buffer
	opened []time.Duration
	end    time.Duration
	cancel context.CancelFunc

	plugged bool
	refuse  device.Trouble // what opening meets, if plugged
	tags    []device.Sighting
	looking error
	reading error
	at      func(s *stage, now time.Duration) // the script
}

func newStage(end time.Duration, script func(*stage, time.Duration)) *stage {
	s := &stage{clock: clock.NewFake(start), end: end, plugged: true, at: script}
	s.desk = edge.NewDesk(edge.Setup{
		ID: "desk", Address: device.Address{Path: "/dev/reader"}, Clock: s.clock,
		Open: s.open, Present: func(string) bool { return s.plugged }, Wait: s.wait,
		Jitter: func() float64 { return 0 },
		Read:   func(r device.Read) { s.reads = append(s.reads, r) },
		Changed: func(st device.Status) {
			if n := len(s.states); n == 0 || s.states[n-1] != st.State {
				s.states = append(s.states, st.State)
			}
		},
		Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	return s
}

func (s *stage) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.cancel = cancel
	s.desk.Run(ctx)
}

func (s *stage) now() time.Duration { return s.clock.Now().Sub(start) }

func (s *stage) wait(ctx context.Context, d time.Duration) error {
	s.clock.Advance(d)
	if s.at != nil {
		s.at(s, s.now())
	}
	if s.now() >= s.end {
		s.cancel()
	}
	return ctx.Err()
}

func (s *stage) open(context.Context, device.Address) (edge.Reader, error) {
	s.opened = append(s.opened, s.now())
	if !s.plugged {
		return nil, &device.Error{Trouble: device.TroubleGone, Step: "open"}
	}
	if s.refuse != "" {
		return nil, &device.Error{Trouble: s.refuse, Step: "open"}
	}
	return s, nil
}

func (s *stage) Kind() device.Kind { return device.KindPN532 }
func (s *stage) Module() string    { return "staged" }
func (s *stage) Noise() uint64     { return 7 }
func (s *stage) Close() error      { return nil }

func (s *stage) Look(context.Context) ([]device.Sighting, error) {
	if !s.plugged {
		return nil, &device.Error{Trouble: device.TroubleGone, Step: "look"}
	}
	return s.tags, s.looking
}

func (s *stage) Read(_ context.Context, g device.Sighting) (device.Read, error) {
	return device.Read{Technology: device.NFC, UID: g.UID, At: s.clock.Now()}, s.reading
}

func TestLyingTagIsOneRead(t *testing.T) {
	s := newStage(20*time.Second, func(s *stage, now time.Duration) {
		switch {
		case now < 5*time.Second:
			s.tags = []device.Sighting{{UID: "04AA"}}
		case now < 5500*time.Millisecond, now > 8*time.Second:
			s.tags = nil // half a second missed is no new read
		default:
			s.tags = []device.Sighting{{UID: "04AA"}, {UID: "04BB"}}
		}
		if now > 12*time.Second {
			s.tags = []device.Sighting{{UID: "04AA"}} // laid down anew
		}
	})
	s.run(t)
	var got []string
	for _, r := range s.reads {
		got = append(got, string(r.UID))
		if r.Reader != "desk" {
			t.Error("a read without its reader")
		}
	}
	if want := []string{"04AA", "04BB", "04AA"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	st := s.desk.Status()
	if st.Reads != 3 || st.State != device.StateStopped || st.Module != "staged" || st.Noise != 7 || st.PerMinute != 3 {
		t.Errorf("%+v", st)
	}
	if strings.Contains(s.log.String(), "04AA") || !strings.Contains(s.log.String(), "connected") {
		t.Errorf("log: %s", s.log.String())
	}
}

// TestReplugged: whatever the time away, the reader works within half a second
// of being back, and the tag that lies on it is read.
func TestReplugged(t *testing.T) {
	for _, away := range []time.Duration{300 * time.Millisecond, 10 * time.Second, 26 * time.Hour} {
		back := 2*time.Second + away
		s := newStage(back+time.Second, func(s *stage, now time.Duration) {
			s.tags = []device.Sighting{{UID: "04AA"}}
			s.plugged = now < 2*time.Second || now >= back
		})
		s.run(t)
		if len(s.reads) != 2 {
			t.Fatalf("%s: %d reads", away, len(s.reads))
		}
		if late := s.reads[1].At.Sub(start) - back; late > 500*time.Millisecond {
			t.Errorf("away %s: read %s after it was back", away, late)
		}
		want := []device.State{device.StateConnected, device.StateAbsent, device.StateConnected, device.StateStopped}
		if !slices.Equal(s.states, want) {
			t.Errorf("away %s: %q", away, s.states)
		}
	}
}

func TestRefusingPortIsTriedLessAndLessForEver(t *testing.T) {
	s := newStage(10*time.Minute, nil)
	s.refuse = device.TroubleBusy
	s.run(t)
	var gaps []time.Duration
	for i := 1; i < len(s.opened); i++ {
		gaps = append(gaps, s.opened[i]-s.opened[i-1])
	}
	if gaps[0] != 500*time.Millisecond || gaps[1] != time.Second || gaps[len(gaps)-1] != 30*time.Second || len(gaps) < 20 {
		t.Errorf("%v", gaps)
	}
	if !slices.Equal(s.states, []device.State{device.StateBusy, device.StateStopped}) {
		t.Errorf("%q", s.states)
	}
}

// TestRefusingPortThatIsReplugged does not have to sit out its delay.
func TestRefusingPortThatIsReplugged(t *testing.T) {
	s := newStage(2*time.Minute, func(s *stage, now time.Duration) {
		s.plugged = now < 100*time.Second || now >= 101*time.Second
		if now >= 101*time.Second {
			s.refuse = ""
		}
	})
	s.refuse = device.TroubleSilent
	s.run(t)
	if last := s.opened[len(s.opened)-1]; last > 101500*time.Millisecond {
		t.Errorf("opened at %s", last)
	}
	want := []device.State{device.StateSilent, device.StateAbsent, device.StateConnected, device.StateStopped}
	if !slices.Equal(s.states, want) {
		t.Errorf("%q", s.states)
	}
}

func TestSilentReaderIsOpenedAnew(t *testing.T) {
	s := newStage(5*time.Second, func(s *stage, now time.Duration) {
		s.looking = nil
		if now >= time.Second && now < 1300*time.Millisecond {
			s.looking = &device.Error{Trouble: device.TroubleSilent, Step: "look"}
		}
	})
	s.run(t)
	if st := s.desk.Status(); st.Connections != 2 || st.Faults != 3 {
		t.Errorf("%+v", st)
	}
}

// TestUnreadableTagIsLeftAlone: every try may be a tap.
func TestUnreadableTagIsLeftAlone(t *testing.T) {
	s := newStage(10*time.Second, nil)
	s.tags = []device.Sighting{{UID: "04AA"}}
	s.reading = &device.Error{Trouble: device.TroubleRefused, Step: "read"}
	s.run(t)
	if st := s.desk.Status(); st.Faults != 3 || st.Reads != 0 || st.Connections != 1 {
		t.Errorf("%+v", st)
	}
	s = newStage(10*time.Second, nil)
	s.tags = []device.Sighting{{UID: "04AA"}}
	s.reading = &device.Error{Trouble: device.TroubleTagGone, Step: "read"}
	s.run(t)
	if st := s.desk.Status(); st.Faults != 0 || st.Reads != 0 {
		t.Errorf("a tag that is waved is no fault: %+v", st)
	}
}

// await starts Next in another goroutine once the desk works.
func await(s *stage, ctx context.Context, want func(device.Sighting) bool, do func(context.Context, edge.Reader, device.Sighting) error) chan error {
	out := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		close(started)
		out <- s.desk.Next(ctx, want, do)
	}()
	<-started
	return out
}

func any1(device.Sighting) bool { return true }

func TestJobHasItsTag(t *testing.T) {
	var result chan error
	var tag device.UID
	broken := errors.New("broken")
	s := newStage(time.Hour, func(s *stage, now time.Duration) {
		switch {
		case result == nil:
			result = await(s, t.Context(), func(g device.Sighting) bool { return g.UID == "04BB" },
				func(_ context.Context, r edge.Reader, g device.Sighting) error {
					tag = g.UID
					return broken
				})
		case tag == "":
			runtime.Gosched() // let the other goroutine hand in its job
			s.tags = []device.Sighting{{UID: "04AA"}, {UID: "04BB"}}
		default:
			s.end = min(s.end, now+3*time.Second)
		}
	})
	s.run(t)
	if err := <-result; !errors.Is(err, broken) || tag != "04BB" {
		t.Error(err)
	}
	// The job may have come after the first read of its tag, never with two.
	for _, r := range s.reads {
		if r.UID == "04BB" && r.At.After(start.Add(time.Minute)) {
			t.Error("the job's tag was read as well")
		}
	}
	if s.desk.Status().Connections != 1 {
		t.Error("a job's error is not the reader's")
	}
}

func TestJobsWaitInTurn(t *testing.T) {
	s := newStage(time.Hour, nil)
	none := func(context.Context, edge.Reader, device.Sighting) error { return nil }
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	second := make(chan error, 1)
	go func() { first <- s.desk.Next(ctx, any1, none) }()
	go func() { second <- s.desk.Next(ctx, any1, none) }()
	var refused error
	select { // one of them waits, the other is refused
	case refused = <-first:
		first = second
	case refused = <-second:
	}
	if !fault.Is(refused, fault.Conflict) {
		t.Error(refused)
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.end = time.Second
	s.run(t)
	if err := s.desk.Next(t.Context(), any1, none); !fault.Is(err, fault.Unavailable) {
		t.Error(err)
	}
}

func TestStoppedDeskEndsItsJob(t *testing.T) {
	s := newStage(time.Hour, nil)
	result := await(s, t.Context(), any1, nil)
	stopped := false
	s.at = func(s *stage, now time.Duration) {
		if now > time.Second && !stopped {
			stopped = true
			s.cancel()
		}
	}
	s.run(t)
	if err := <-result; !fault.Is(err, fault.Unavailable) {
		t.Error(err)
	}
}
