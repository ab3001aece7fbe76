package reader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/reader"
	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/standard/ndef"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/pn532"
	"trueward/internal/testkit/simreader"
)

var start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

// desk is a PN532 on a line in memory.
type desk struct {
	sim   *simreader.PN532
	wire  *simreader.Wire
	clock *clock.Fake
	pn    *reader.PN532
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{sim: simreader.NewPN532(), clock: clock.NewFake(start)}
	d.wire = simreader.NewWire(d.sim, d.clock)
	var err error
	if d.pn, err = reader.StartPN532(t.Context(), d.wire, d.clock); err != nil {
		t.Fatal(err)
	}
	return d
}

// read looks and reads the only tag there.
func (d *desk) read(ctx context.Context) (device.Read, error) {
	seen, err := d.pn.Look(ctx)
	if err != nil {
		return device.Read{}, err
	}
	if len(seen) != 1 {
		return device.Read{}, fmt.Errorf("%d tags seen", len(seen))
	}
	return d.pn.Read(ctx, seen[0])
}

func message(t testing.TB, url string) []byte {
	t.Helper()
	m, err := ndef.Append(nil, ndef.NewURI(url))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ntag215(t testing.TB, url string) *simreader.NTAG215 {
	t.Helper()
	data, err := ndef.AppendType2([]byte{0x01, 0x03, 0xA0, 0x0C, 0x34}, message(t, url))
	if err != nil {
		t.Fatal(err)
	}
	c := simreader.NewNTAG215([7]byte{0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80}, data)
	for i := range c.Signature {
		c.Signature[i] = byte(i + 1)
	}
	return c
}

func TestReadNTAG215(t *testing.T) {
	d := newDesk(t)
	for _, url := range []string{"https://example.com/t/1", "https://example.com/" + strings.Repeat("long/", 60)} {
		card := ntag215(t, url)
		d.sim.Lay(card)
		r, err := d.read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.Technology != device.NTAG21x || r.Product != "NTAG215" || r.URL != url || string(r.UID) != "04A1B2C3D4E580" {
			t.Errorf("%#v %q %q", r, r.Product, r.URL)
		}
		if !bytes.Equal(r.Signature, card.Signature[:]) || r.At.Before(start) {
			t.Errorf("% X at %s", r.Signature, r.At)
		}
	}
	if d.pn.Module() != "PN532 1.6" || d.pn.Kind() != device.KindPN532 {
		t.Error(d.pn.Module())
	}
}

func TestReadStopsAtTheMessagesEnd(t *testing.T) {
	d := newDesk(t)
	card := ntag215(t, "https://example.com/t/1")
	d.sim.Lay(card)
	if _, err := d.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if card.Reads > 4 {
		t.Errorf("%d reads for a message of two", card.Reads)
	}
}

func TestTagsThatHaveLess(t *testing.T) {
	plain := ntag215(t, "https://example.com/plain")
	plain.Plain = true
	blank := simreader.NewNTAG215([7]byte{4, 1}, nil)
	blank.Memory[3] = [4]byte{}
	empty := simreader.NewNTAG215([7]byte{4, 2}, []byte{0x03, 0x00, 0xFE})
	endless := simreader.NewNTAG215([7]byte{4, 3}, []byte{0x03, 0xFF, 0xFF, 0xFF})
	for name, c := range map[string]struct {
		card simreader.Card
		want device.Read
	}{
		"READ alone":        {plain, device.Read{Technology: device.NFC, URL: "https://example.com/plain"}},
		"no capability":     {blank, device.Read{Technology: device.NTAG21x}},
		"empty message":     {empty, device.Read{Technology: device.NTAG21x}},
		"endless message":   {endless, device.Read{Technology: device.NTAG21x}},
		"factory NTAG 424":  {simreader.NTAG424{Tag: simtag.New(simtag.Config{Rand: rand.NewChaCha8([32]byte{})})}, device.Read{Technology: device.NTAG424}},
		"a bank card":       {fixedCard{sak: 0x20, answer: []byte{0x6A, 0x82}}, device.Read{Technology: device.NFC}},
		"answers nonsense":  {fixedCard{sak: 0x20, answer: []byte{0x90}}, device.Read{Technology: device.NFC}},
		"a MIFARE Classic":  {fixedCard{sak: 0x08}, device.Read{Technology: device.NFC}},
		"says yes to all":   {fixedCard{sak: 0x20, answer: []byte{0x90, 0x00}}, device.Read{Technology: device.NFC}},
		"more without end":  {fixedCard{sak: 0x20, answer: []byte{1, 2, 3, 4, 5, 6, 7, 8, 0x91, 0xAF}}, device.Read{Technology: device.NFC}},
		"file without end":  {endlessFile{}, device.Read{Technology: device.NFC}},
		"long silent parts": {fixedCard{sak: 0x20, answer: append(make([]byte, 255), 0x90, 0x00)}, device.Read{Technology: device.NFC}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.sim.Lay(c.card)
			r, err := d.read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if r.Technology != c.want.Technology || r.URL != c.want.URL {
				t.Errorf("%s %q", r.Technology, r.URL)
			}
		})
	}
}

// fixedCard answers everything alike.
type fixedCard struct {
	sak    byte
	answer []byte
}

func (c fixedCard) Activate() pn532.Target {
	return pn532.Target{Number: 1, SAK: c.sak, UID: []byte{4, 9, 9, 9, 9, 9, 9}}
}
func (c fixedCard) Exchange([]byte) ([]byte, bool) { return c.answer, c.answer != nil }
func (c fixedCard) Through([]byte) ([]byte, bool)  { return nil, false }

// endlessFile announces 65,535 bytes and gives one at a time.
type endlessFile struct{ fixedCard }

func (endlessFile) Exchange(command []byte) ([]byte, bool) {
	if command[1] != 0xB0 {
		return []byte{0x90, 0x00}, true
	}
	return append(bytes.Repeat([]byte{0xFF}, int(command[4])), 0x90, 0x00), true
}

func TestNothingThere(t *testing.T) {
	d := newDesk(t)
	seen, err := d.pn.Look(t.Context())
	if err != nil || len(seen) != 0 {
		t.Fatal(seen, err)
	}
	_, err = d.pn.Read(t.Context(), device.Sighting{UID: "04A1B2C3D4E580"})
	if device.TroubleOf(err) != device.TroubleTagGone {
		t.Error(err)
	}
}

// TestLyingTagIsSeenEveryTime: an active tag does not answer to a search, so
// its power has to be taken first.
func TestLyingTagIsSeenEveryTime(t *testing.T) {
	d := newDesk(t)
	d.sim.Lay(ntag215(t, "https://example.com/"))
	for i := range 5 {
		if seen, err := d.pn.Look(t.Context()); err != nil || len(seen) != 1 {
			t.Fatalf("look %d: %d tags, %v", i, len(seen), err)
		}
	}
}

func TestAnotherTagThanTheOneSeen(t *testing.T) {
	d := newDesk(t)
	d.sim.Lay(ntag215(t, "https://example.com/1"))
	_, err := d.pn.Read(t.Context(), device.Sighting{UID: "04FFFFFFFFFFFF"})
	if device.TroubleOf(err) != device.TroubleTagGone {
		t.Error(err)
	}
}

// TestReadsSurviveFaults spoils each frame of a whole read once, in every way:
// the read is right or an error, and the next one is right.
func TestReadsSurviveFaults(t *testing.T) {
	const url = "https://example.com/t/with/some/length/to/it"
	d := newDesk(t)
	d.sim.Lay(ntag215(t, url))
	started := len(d.wire.Sent)
	if r, err := d.read(t.Context()); err != nil || r.URL != url {
		t.Fatal(err)
	}
	frames := 2 * (len(d.wire.Sent) - started) // an acknowledgement and an answer each
	for _, fault := range simreader.Faults() {
		repaired := 0
		for at := range frames {
			d := newDesk(t)
			d.sim.Lay(ntag215(t, url))
			spare := make([]simreader.Fault, at)
			d.wire.Mischief.Next(append(spare, fault)...)
			r, err := d.read(t.Context())
			if err == nil && r.URL != url && r.URL != "" {
				t.Fatalf("%s at %d: wrong content", fault, at)
			}
			if err == nil && r.URL == url {
				repaired++
			}
			if d.wire.Mischief.Done() != 1 {
				t.Fatalf("%s at %d did not happen", fault, at)
			}
			if r, err := d.read(t.Context()); err != nil || r.URL != url {
				t.Fatalf("%s at %d: the next read: %v", fault, at, err)
			}
		}
		if want := frames * 8 / 10; fault != simreader.FaultSilent && repaired < want {
			t.Errorf("%s: only %d of %d repaired at once", fault, repaired, frames)
		}
	}
}

func TestReadsSurviveAnyCutting(t *testing.T) {
	for chunk := 1; chunk < 8; chunk++ {
		d := newDesk(t)
		d.wire.Chunk = chunk
		d.sim.Lay(ntag215(t, "https://example.com/cut"))
		if r, err := d.read(t.Context()); err != nil || r.URL != "https://example.com/cut" {
			t.Fatalf("%d bytes at a time: %v", chunk, err)
		}
	}
}

// TestStaleAnswerIsNotBelieved leaves an answer to an earlier question on the
// line: of two tags, the second must not be read as the first.
func TestStaleAnswerIsNotBelieved(t *testing.T) {
	d := newDesk(t)
	stale, err := pn532.Frame{
		Kind: pn532.KindData, Direction: pn532.FromReader, Command: pn532.CmdInListPassiveTarget + 1,
		Data: []byte{1, 1, 0, 0x44, 0, 7, 4, 0xBA, 0xD0, 0, 0, 0, 0},
	}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.sim.Lay(ntag215(t, "https://example.com/1"))
	d.wire.Inject(stale...)
	seen, err := d.pn.Look(t.Context())
	if err != nil || len(seen) != 1 || seen[0].UID != "04A1B2C3D4E580" {
		t.Errorf("%d, %v", len(seen), err)
	}
}

func TestSilenceEnds(t *testing.T) {
	d := newDesk(t)
	d.wire.Mischief.Always(simreader.FaultSilent)
	before := d.clock.Now()
	_, err := d.pn.Look(t.Context())
	if device.TroubleOf(err) != device.TroubleSilent {
		t.Error(err)
	}
	if took := d.clock.Now().Sub(before); took > 500*time.Millisecond {
		t.Errorf("no acknowledgement: gave up after %s", took)
	}
	d.wire.Mischief.Always(simreader.FaultNone)
	d.wire.Mischief.Next(simreader.FaultNone, simreader.FaultSilent) // acknowledged, not answered
	before = d.clock.Now()
	if _, err = d.pn.Look(t.Context()); device.TroubleOf(err) != device.TroubleSilent {
		t.Error(err)
	}
	if took := d.clock.Now().Sub(before); took > 2*time.Second {
		t.Errorf("no answer: gave up after %s", took)
	}
	if last := d.wire.Sent[len(d.wire.Sent)-1]; !bytes.Equal(last, pn532.ACK()) {
		t.Errorf("the command was not called off: % X", last)
	}
}

// TestBabbleEnds: a line that never falls quiet must not hold a command.
func TestBabbleEnds(t *testing.T) {
	c := clock.NewFake(start)
	_, err := reader.StartPN532(t.Context(), &babble{c}, c)
	if device.TroubleOf(err) != device.TroubleSilent {
		t.Error(err)
	}
}

type babble struct{ clock *clock.Fake }

func (b *babble) Read(p []byte) (int, error) {
	b.clock.Advance(time.Millisecond)
	for i := range p {
		p[i] = 0xA5
	}
	return len(p), nil
}
func (*babble) Write(p []byte) (int, error) { return len(p), nil }
func (*babble) Close() error                { return nil }

func TestContextAndPortEndCommands(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.pn.Look(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	d.wire.Fail = os.ErrClosed
	if _, err := d.pn.Look(t.Context()); device.TroubleOf(err) != device.TroubleGone {
		t.Error(err)
	}
}

func TestExchangesInParts(t *testing.T) {
	d := newDesk(t)
	if _, err := d.pn.Transceive(t.Context(), make([]byte, 300)); device.TroubleOf(err) != device.TroubleRefused {
		t.Error("too long:", err)
	}
	if _, err := d.pn.Transceive(t.Context(), ntag424.SelectApp()); device.TroubleOf(err) != device.TroubleTagGone {
		t.Error("no tag:", err)
	}
}

// TestErrorsNameNoTag collects what goes wrong and looks for the UID.
func TestErrorsNameNoTag(t *testing.T) {
	d := newDesk(t)
	d.sim.Lay(ntag215(t, "https://example.com/1"))
	d.sim.Tear(2, false)
	_, err := d.read(t.Context())
	if err == nil {
		t.Fatal("torn and read")
	}
	text := fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err))
	for _, secret := range []string{"04A1B2C3D4E580", "04a1b2", "A1 B2"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q in %s", secret, text)
		}
	}
}
