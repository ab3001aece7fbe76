package reader_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/reader"
	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/standard/m100"
	"trueward/internal/testkit/simreader"
)

const (
	epcA = device.EPC("30751FEB705C5904E3D50D70")
	epcB = device.EPC("30751FEB705C5904E3D50D71")
)

var (
	tidA = device.EPC("E28011052000010203040506")
	tidB = device.EPC("E28011052000010203040507")
)

type uhf struct {
	sim  *simreader.R200
	wire *simreader.Wire
	r    *reader.R200
}

func newUHF(t testing.TB, d m100.Dialect) *uhf {
	t.Helper()
	c := clock.NewFake(start)
	u := &uhf{sim: simreader.NewR200(d)}
	u.wire = simreader.NewWire(u.sim, c)
	var err error
	if u.r, err = reader.StartR200(t.Context(), u.wire, c); err != nil {
		t.Fatal(err)
	}
	return u
}

func uhfTag(epc, tid device.EPC) *simreader.UHFTag {
	return simreader.NewUHFTag(epc.Bytes(), tid.Bytes())
}

func TestInventoryInBothDialects(t *testing.T) {
	for _, d := range []m100.Dialect{m100.DialectBB, m100.DialectAA} {
		u := newUHF(t, d)
		if u.r.Module() != "M100 26dBm V1.0" || u.r.Kind() != device.KindR200 {
			t.Error(u.r.Module())
		}
		if seen, err := u.r.Look(t.Context()); err != nil || len(seen) != 0 {
			t.Fatal(seen, err)
		}
		odd := uhfTag("BB7EBB7E00000000000000BB", "E2801105200001020304FFFF") // holds the marks
		u.sim.Lay(uhfTag(epcA, tidA), odd)
		seen, err := u.r.Look(t.Context())
		if err != nil || len(seen) != 2 || seen[0].EPC != epcA || seen[0].RSSI != -50 || seen[1].EPC != "BB7EBB7E00000000000000BB" {
			t.Fatalf("%d tags, %v", len(seen), err)
		}
		r, err := u.r.Read(t.Context(), seen[0])
		if err != nil || r.EPC != epcA || r.TID != tidA || r.Technology != device.UHF || r.RSSI != -50 {
			t.Errorf("%q %q %v", string(r.EPC), string(r.TID), err)
		}
	}
}

func TestGarbledSightingIsLeftOut(t *testing.T) {
	u := newUHF(t, m100.DialectBB)
	u.sim.Lay(uhfTag(epcA, tidA))
	garbled, err := m100.Frame{
		Dialect: m100.DialectBB, Type: m100.TypeNotice, Command: m100.CmdPoll,
		Param: append([]byte{0xC9, 0x30, 0x00}, append(epcB.Bytes(), 0x12, 0x34)...),
	}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.r.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	late := lateWire{u.wire, garbled}
	r, err := reader.StartR200(t.Context(), late, u.wire.Clock)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := r.Look(t.Context())
	if err != nil || len(seen) != 1 || seen[0].EPC != epcA {
		t.Errorf("%d tags, %v", len(seen), err)
	}
}

// lateWire adds bytes behind every answer.
type lateWire struct {
	*simreader.Wire
	extra []byte
}

func (l lateWire) Write(b []byte) (int, error) {
	n, err := l.Wire.Write(b)
	l.Inject(l.extra...)
	return n, err
}

func TestWriteEPC(t *testing.T) {
	for _, epc := range []device.EPC{"30751FEB705C5904E3D50DFF", "BEEF", "30751FEB705C5904E3D50D7030751FEB705C5904E3D5"} {
		u := newUHF(t, m100.DialectBB)
		a, b := uhfTag(epcA, tidA), uhfTag(epcA, tidB) // two tags of one EPC: a copy, or factory state
		u.sim.Lay(a, b)
		tid, err := u.r.WriteEPC(t.Context(), device.Sighting{EPC: epcA}, epc, 0)
		if err != nil || tid != tidA {
			t.Fatalf("%d bytes: %v", len(epc)/2, err)
		}
		seen, err := u.r.Look(t.Context())
		if err != nil || len(seen) != 2 || seen[0].EPC != epc || seen[1].EPC != epcA {
			t.Errorf("%d bytes: the other tag was written too, or none: %v", len(epc)/2, err)
		}
	}
}

func TestWriteEPCRefuses(t *testing.T) {
	u := newUHF(t, m100.DialectBB)
	locked := uhfTag(epcA, tidA)
	locked.Password = 0x11223344
	u.sim.Lay(locked)
	if err := u.r.LockEPC(t.Context(), device.Sighting{EPC: epcA}, 0x11223344); err != nil || !locked.Locked {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at, epc  device.EPC
		password uint32
		want     device.Trouble
	}{
		"odd EPC":      {epcA, "30751F", 0, device.TroubleRefused},
		"no EPC":       {epcA, "", 0, device.TroubleRefused},
		"nothing seen": {"", epcB, 0, device.TroubleRefused},
		"another tag":  {epcB, epcA, 0, device.TroubleRefused},
		"locked":       {epcA, epcB, 0, device.TroubleRefused},
	} {
		if _, err := u.r.WriteEPC(t.Context(), device.Sighting{EPC: c.at}, c.epc, c.password); device.TroubleOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := u.r.WriteEPC(t.Context(), device.Sighting{EPC: epcA}, epcB, 0x11223344); err != nil {
		t.Error("with password:", err)
	}
	if err := u.r.LockEPC(t.Context(), device.Sighting{EPC: epcB}, 1); device.TroubleOf(err) != device.TroubleRefused {
		t.Error("wrong password:", err)
	}
}

// TestTornWriteIsDoneAgain stops a write after each number of words: it is
// repeated at once, or by the next try, whatever EPC the tag shows by then.
func TestTornWriteIsDoneAgain(t *testing.T) {
	const target = device.EPC("AAAABBBBCCCCDDDDEEEEFFFF00001111")
	for words := range 10 {
		u := newUHF(t, m100.DialectBB)
		tag := uhfTag(epcA, tidA)
		u.sim.Lay(tag)
		u.sim.TearWrite(words)
		tid, err := u.r.WriteEPC(t.Context(), device.Sighting{EPC: epcA}, target, 0)
		if err != nil || tid != tidA {
			t.Fatalf("%d words: %v", words, err)
		}
		if got := device.NewEPC(tag.EPC); got != target {
			t.Errorf("%d words: %q", words, string(got))
		}
	}
}

func TestUHFSurvivesFaults(t *testing.T) {
	for _, fault := range simreader.Faults() {
		for at := range 6 {
			u := newUHF(t, m100.DialectBB)
			u.sim.Lay(uhfTag(epcA, tidA), uhfTag(epcB, tidB))
			u.wire.Mischief.Next(append(make([]simreader.Fault, at), fault)...)
			for range 3 {
				seen, err := u.r.Look(t.Context())
				for _, s := range seen {
					if s.EPC != epcA && s.EPC != epcB {
						t.Fatalf("%s at %d: an EPC that is not there", fault, at)
					}
				}
				if err == nil && len(seen) > 0 {
					_, _ = u.r.Read(t.Context(), seen[0])
				}
			}
			seen, err := u.r.Look(t.Context())
			if err != nil || len(seen) != 2 || u.wire.Mischief.Done() != 1 {
				t.Errorf("%s at %d: %d tags afterwards, %v", fault, at, len(seen), err)
			}
		}
	}
}

func TestUHFSilenceEnds(t *testing.T) {
	u := newUHF(t, m100.DialectBB)
	u.wire.Mischief.Always(simreader.FaultSilent)
	before := u.wire.Clock.Now()
	if _, err := u.r.Look(t.Context()); device.TroubleOf(err) != device.TroubleSilent {
		t.Error(err)
	}
	if took := u.wire.Clock.Now().Sub(before); took > time.Second {
		t.Errorf("gave up after %s", took)
	}
	_, err := u.r.WriteEPC(t.Context(), device.Sighting{EPC: epcA}, epcB, 0)
	if device.TroubleOf(err) != device.TroubleSilent {
		t.Error(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, string(epcA)) || strings.Contains(text, string(epcB)) {
		t.Error("an EPC in", text)
	}
}

func TestKindIsFoundOut(t *testing.T) {
	for want, d := range map[device.Kind]simreader.Device{
		device.KindPN532: simreader.NewPN532(), device.KindR200: simreader.NewR200(m100.DialectAA), device.KindFind: simreader.Deaf{},
	} {
		c := clock.NewFake(start)
		r, err := reader.Start(t.Context(), simreader.NewWire(d, c), device.KindFind, c)
		switch {
		case want == device.KindFind:
			if device.TroubleOf(err) != device.TroubleSilent || r != nil {
				t.Errorf("nobody there: %v, %v", r, err)
			}
		case err != nil:
			t.Errorf("%s: %v", want, err)
		case r.Kind() != want:
			t.Errorf("%s taken for %s", want, r.Kind())
		}
		for _, asked := range device.Kinds() { // a person may be wrong
			_, err := reader.Start(t.Context(), simreader.NewWire(d, c), asked, c)
			if (err == nil) != (asked == want) {
				t.Errorf("%s asked for %s: %v", want, asked, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := clock.NewFake(start)
	if _, err := reader.Start(ctx, simreader.NewWire(simreader.Deaf{}, c), device.KindFind, c); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
