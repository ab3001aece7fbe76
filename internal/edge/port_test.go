//go:build unix

package edge_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/reader"
	"trueward/internal/adapter/serialport"
	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/edge"
	"trueward/internal/standard/m100"
	"trueward/internal/standard/ndef"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/testkit/simreader"
)

// bench is a desk on a pseudo terminal, in real time.
type bench struct {
	desk   *edge.Desk
	port   *simreader.Port
	reads  chan device.Read
	states chan device.State
}

func newBench(t *testing.T, d simreader.Device, kind device.Kind) *bench {
	t.Helper()
	port := simreader.NewPort(t, d)
	b := benchAt(t, port.Path, kind)
	b.port = port
	return b
}

// benchAt is newBench at a port that somebody else made.
func benchAt(t *testing.T, path string, kind device.Kind) *bench {
	t.Helper()
	b := &bench{reads: make(chan device.Read, 64), states: make(chan device.State, 64)}
	last := device.State("")
	b.desk = edge.NewDesk(edge.Setup{
		ID: "desk", Address: device.Address{Path: path, Kind: kind}, Clock: clock.System{},
		Open: func(ctx context.Context, a device.Address) (edge.Reader, error) {
			return reader.Open(ctx, a, clock.System{})
		},
		Present: serialport.Present, Wait: edge.Sleep, Jitter: rand.Float64,
		Read: func(r device.Read) { b.reads <- r },
		Changed: func(s device.Status) {
			if s.State != last {
				last = s.State
				b.states <- s.State
			}
		},
		Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { b.desk.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return b
}

func next[T any](t *testing.T, c chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

func (b *bench) until(t *testing.T, want device.State) {
	t.Helper()
	for next(t, b.states, string(want)) != want {
	}
}

func tagOf(t *testing.T, number byte, url string) *simreader.NTAG215 {
	t.Helper()
	m, err := ndef.Append(nil, ndef.NewURI(url))
	if err != nil {
		t.Fatal(err)
	}
	data, err := ndef.AppendType2(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	return simreader.NewNTAG215([7]byte{4, number, 1, 2, 3, 4, 5}, data)
}

// TestDeskReaderUnpluggedAndBack walks a PN532 through its day.
func TestDeskReaderUnpluggedAndBack(t *testing.T) {
	t.Parallel()
	sim := simreader.NewPN532()
	sim.Lay(tagOf(t, 1, "https://example.com/1"))
	b := newBench(t, sim, device.KindPN532)
	if r := next(t, b.reads, "first read"); r.URL != "https://example.com/1" || r.Reader != "desk" {
		t.Errorf("%q", r.URL)
	}
	sim.Lay(tagOf(t, 2, "https://example.com/2"))
	if r := next(t, b.reads, "read of another tag"); r.URL != "https://example.com/2" {
		t.Errorf("%q", r.URL)
	}
	b.until(t, device.StateConnected)
	b.port.Unplug()
	b.until(t, device.StateAbsent)
	b.port.Plug(t) // as another device behind the same name
	b.until(t, device.StateConnected)
	if r := next(t, b.reads, "read after replugging"); r.URL != "https://example.com/2" {
		t.Errorf("%q", r.URL)
	}
	if st := b.desk.Status(); st.Connections != 2 || st.Module != "PN532 1.6" || st.Reads != 3 {
		t.Errorf("%+v", st)
	}
}

// TestDeskReaderMisbehaves spoils every frame in one way for a while; once it
// stops, tags are read again, whatever the reader did.
func TestDeskReaderMisbehaves(t *testing.T) {
	t.Parallel()
	sim := simreader.NewPN532()
	b := newBench(t, sim, device.KindFind)
	b.until(t, device.StateConnected)
	for i, f := range simreader.Faults() {
		b.port.Mischief.Always(f)
		b.port.Mischief.Await(8)
		b.port.Mischief.Always(simreader.FaultNone)
		b.port.Send(t, []byte{0x00, 0x00, 0xFF, 0x13, 0xED, 0xD5})
		sim.Lay(tagOf(t, byte(10+i), "https://example.com/"+string(rune('a'+i))))
		if r := next(t, b.reads, string(f)); r.UID.Bytes()[1] != byte(10+i) {
			t.Errorf("%s: another tag", f)
		}
	}
}

func TestUHFReaderUnpluggedAndBack(t *testing.T) {
	t.Parallel()
	sim := simreader.NewR200(m100.DialectBB)
	one := simreader.NewUHFTag(device.EPC("30751FEB705C5904E3D50D70").Bytes(), device.EPC("E28011052000010203040506").Bytes())
	sim.Lay(one)
	b := newBench(t, sim, device.KindFind)
	if r := next(t, b.reads, "first read"); r.EPC != "30751FEB705C5904E3D50D70" || r.TID != "E28011052000010203040506" {
		t.Errorf("%q %q", string(r.EPC), string(r.TID))
	}
	b.port.Unplug()
	b.until(t, device.StateAbsent)
	b.port.Plug(t)
	next(t, b.reads, "read after replugging")
	err := b.desk.Next(t.Context(), any1, func(ctx context.Context, r edge.Reader, s device.Sighting) error {
		_, err := r.(*reader.R200).WriteEPC(ctx, s, "BEEF", 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := next(t, b.reads, "read of the new EPC"); r.EPC != "BEEF" {
		t.Errorf("%q", string(r.EPC))
	}
}

// TestPortThatAnotherProcessEnds is unplugging as near to hardware as it can be
// had here: the other end of the line dies.
func TestPortThatAnotherProcessEnds(t *testing.T) {
	t.Parallel()
	sim := simreader.NewPN532()
	sim.Lay(tagOf(t, 1, "https://example.com/1"))
	port := simreader.NewSocat(t, sim)
	if port == nil {
		return
	}
	b := benchAt(t, port.Path, device.KindPN532)
	for range 2 {
		next(t, b.reads, "read")
		b.until(t, device.StateConnected)
		port.Unplug()
		b.until(t, device.StateAbsent)
		port.Plug(t)
	}
	next(t, b.reads, "read after replugging")
}

// TestCommissionAtTheDesk writes a tag that is torn off the reader once, and
// reads its first tap when it is laid down again.
func TestCommissionAtTheDesk(t *testing.T) {
	t.Parallel()
	sim := simreader.NewPN532()
	tag := simtag.New(simtag.Config{UID: ntag424.UID{4, 1, 2, 3, 4, 5, 6}, Rand: rand.NewChaCha8([32]byte{1})})
	image, err := ntag424.Template{URL: "https://t.example.com/v1/7?p={picc}&m={mac}"}.Image()
	if err != nil {
		t.Fatal(err)
	}
	plan := ntag424.Plan{
		UID: tag.UID(), Image: image, Settings: image.Settings(), Version: 1,
		Keys:  [ntag424.KeyCount]ntag424.Key{{1}, {2}, {3}, {4}, {5}},
		Check: func(string) error { return nil },
	}
	b := newBench(t, sim, device.KindPN532)
	b.until(t, device.StateConnected)
	write := func() (state ntag424.State, err error) {
		err = b.desk.Next(t.Context(), any1, func(ctx context.Context, r edge.Reader, s device.Sighting) error {
			job, err := ntag424.NewCommission(plan, rand.NewChaCha8([32]byte{2}))
			if err != nil {
				return err
			}
			return r.(*reader.PN532).Commission(ctx, s, job, func(now ntag424.State) error { state = now; return nil })
		})
		return state, err
	}
	sim.Tear(30, true)
	sim.Lay(simreader.NTAG424{Tag: tag})
	if state, err := write(); device.TroubleOf(err) != device.TroubleTagGone || state != ntag424.StateInterrupted {
		t.Fatal(state, err)
	}
	plan.Known = true
	sim.Lay(simreader.NTAG424{Tag: tag})
	if state, err := write(); err != nil || state != ntag424.StateVerified {
		t.Fatal(state, err)
	}
	sim.Lift()
	if tag.Keys() != plan.Keys || tag.Counter() != 1 {
		t.Errorf("other keys, or a tap more than the proof: %d", tag.Counter())
	}
	if len(b.reads) > 1 { // one may have come before the first job
		t.Error("a tag under work was read")
	}
	for len(b.reads) > 0 {
		<-b.reads
	}
	sim.AwaitLooks(14) // long enough to have left
	sim.Lay(simreader.NTAG424{Tag: tag})
	if r := next(t, b.reads, "tap"); r.Technology != device.NTAG424 || r.URL == "" {
		t.Errorf("%s without a tap", r.Technology)
	}
	sim.Lift()
	if tag.Counter() != 2 {
		t.Errorf("counter %d", tag.Counter())
	}
}

func TestPortHeldByAnother(t *testing.T) {
	sim := simreader.NewPN532()
	port := simreader.NewPort(t, sim)
	held, err := serialport.Open(port.Path, serialport.Settings{Baud: 115200})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	_, err = reader.Open(t.Context(), device.Address{Path: port.Path}, clock.System{})
	if device.TroubleOf(err) != device.TroubleBusy || errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
