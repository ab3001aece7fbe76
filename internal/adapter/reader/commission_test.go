package reader_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"trueward/internal/domain/device"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
	"trueward/internal/testkit/simreader"
)

const urlPrefix = "https://t.example.com/v1/7?"

var (
	tagUID   = ntag424.UID{0x04, 0x5E, 0xA1, 0x10, 0x20, 0x30, 0x40}
	template = ntag424.Template{URL: urlPrefix + "p={picc}&m={mac}"}
	tagKeys  = [ntag424.KeyCount]ntag424.Key{{1, 7}, {2, 7}, {3, 7}, {4, 7}, {5, 7}}
)

func blankTag() *simtag.Tag {
	return simtag.New(simtag.Config{UID: tagUID, Rand: rand.NewChaCha8([32]byte{1}), Signature: [56]byte{9, 8, 7}})
}

// tap verifies a tap URL as production does and returns its counter.
func tap(url string) (uint32, error) {
	v, err := sdm.NewVerifier(sdm.Profile{Mode: sdm.ModeAES, Layout: template.Layout(urlPrefix)})
	if err != nil {
		return 0, err
	}
	raw, _ := strings.CutPrefix(url, urlPrefix)
	r, err := v.Check(raw, sdm.NewKey(tagKeys[ntag424.KeyMeta]), func(sdm.UID) *sdm.Key { return sdm.NewKey(tagKeys[ntag424.KeyFile]) })
	if err == nil && r.UID != sdm.UID(tagUID) {
		return 0, errors.New("another tag's tap")
	}
	return r.Ctr, err
}

func commission(t testing.TB, known bool) *ntag424.Commission {
	t.Helper()
	im, err := template.Image()
	if err != nil {
		t.Fatal(err)
	}
	job, err := ntag424.NewCommission(ntag424.Plan{
		UID: tagUID, Image: im, Settings: im.Settings(), Keys: tagKeys, Version: 1, Known: known,
		Check: func(url string) error {
			if ctr, err := tap(url); err != nil || ctr != 1 {
				return errors.New("not a sound first tap")
			}
			return nil
		},
	}, rand.NewChaCha8([32]byte{2}))
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func (d *desk) commission(t testing.TB, known bool) (ntag424.State, error) {
	t.Helper()
	var saved ntag424.State
	err := d.pn.Commission(t.Context(), device.Sighting{UID: device.NewUID(tagUID[:])}, commission(t, known), func(s ntag424.State) error {
		saved = s
		return nil
	})
	return saved, err
}

func TestCommissionAndTap(t *testing.T) {
	d := newDesk(t)
	tag := blankTag()
	d.sim.Lay(simreader.NTAG424{Tag: tag})
	report, err := d.pn.Inspect(t.Context(), device.Sighting{UID: device.NewUID(tagUID[:])})
	if err != nil || !report.Factory() || report.UID != tagUID || report.Signature[0] != 9 {
		t.Fatal("inspection:", err)
	}
	if state, err := d.commission(t, false); err != nil || state != ntag424.StateVerified {
		t.Fatal(state, err)
	}
	if tag.Keys() != tagKeys {
		t.Error("other keys in the tag")
	}
	for want := uint32(2); want < 5; want++ {
		r, err := d.read(t.Context())
		if err != nil || r.Technology != device.NTAG424 || r.Signature[2] != 7 {
			t.Fatal(err)
		}
		if ctr, err := tap(r.URL); err != nil || ctr != want {
			t.Errorf("counter %d, want %d, %v", ctr, want, err)
		}
	}
}

// TestCommissionTornEverywhere tears the tag off the reader before and after
// each exchange. At most two more taps must finish it.
func TestCommissionTornEverywhere(t *testing.T) {
	whole := exchanges(t)
	if whole < 40 {
		t.Fatalf("only %d exchanges", whole)
	}
	for _, answerLost := range []bool{false, true} {
		for at := range whole {
			name := fmt.Sprintf("at %d, answer lost %v", at, answerLost)
			d, tag := newDesk(t), blankTag()
			d.sim.Lay(simreader.NTAG424{Tag: tag})
			d.sim.Tear(at, answerLost)
			state, err := d.commission(t, false)
			if device.TroubleOf(err) != device.TroubleTagGone || state != ntag424.StateInterrupted || !d.sim.Torn() {
				t.Fatalf("%s: %s, %v", name, state, err)
			}
			finish(t, d, tag, name)
		}
	}
}

// exchanges is how many exchanges a whole commissioning takes.
func exchanges(t *testing.T) (n int) {
	d, tag := newDesk(t), blankTag()
	for ; ; n++ {
		d.sim.Lay(simreader.NTAG424{Tag: tag})
		d.sim.Tear(n, false)
		if state, _ := d.commission(t, n > 0); state == ntag424.StateVerified && !d.sim.Torn() {
			return n
		}
		if n > 500 {
			t.Fatal("never finished")
		}
		tag = blankTag()
	}
}

func finish(t *testing.T, d *desk, tag *simtag.Tag, name string) {
	t.Helper()
	for range 2 {
		d.sim.Lay(simreader.NTAG424{Tag: tag})
		state, err := d.commission(t, true)
		if err != nil || state != ntag424.StateVerified {
			continue
		}
		if tag.Keys() != tagKeys {
			t.Errorf("%s: other keys in the tag", name)
		}
		return
	}
	t.Errorf("%s: not finished after two more taps", name)
}

// TestCommissionOverABadLine spoils frames while a tag is written: it ends
// verified, or interrupted and finished by the next taps.
func TestCommissionOverABadLine(t *testing.T) {
	for _, fault := range simreader.Faults() {
		for at := 0; at < 120; at += 7 {
			d, tag := newDesk(t), blankTag()
			d.sim.Lay(simreader.NTAG424{Tag: tag})
			d.wire.Mischief.Next(append(make([]simreader.Fault, at), fault)...)
			if state, err := d.commission(t, false); state != ntag424.StateVerified || err != nil {
				finish(t, d, tag, fmt.Sprintf("%s at %d", fault, at))
			}
			if tag.Keys() != tagKeys {
				t.Errorf("%s at %d: other keys in the tag", fault, at)
			}
		}
	}
}

// TestTornHarnessCatchesALostPlan plants what the harness is there to find: the
// second tap draws new keys instead of those stored before the first.
func TestTornHarnessCatchesALostPlan(t *testing.T) {
	d, tag := newDesk(t), blankTag()
	d.sim.Lay(simreader.NTAG424{Tag: tag})
	d.sim.Tear(exchanges(t)-8, false) // the master key is changed by then
	if state, _ := d.commission(t, false); state != ntag424.StateInterrupted {
		t.Fatal(state)
	}
	stored := tagKeys
	tagKeys[ntag424.KeyMaster][5] ^= 1
	defer func() { tagKeys = stored }()
	d.sim.Lay(simreader.NTAG424{Tag: tag})
	if state, err := d.commission(t, true); state == ntag424.StateVerified || err == nil {
		t.Error("a plan that was lost went unseen")
	}
}

func TestCommissionStopsWhenItCannotSave(t *testing.T) {
	d, tag := newDesk(t), blankTag()
	d.sim.Lay(simreader.NTAG424{Tag: tag})
	full := errors.New("disk full")
	saves := 0
	job := commission(t, false)
	err := d.pn.Commission(t.Context(), device.Sighting{UID: device.NewUID(tagUID[:])}, job, func(ntag424.State) error {
		if saves++; saves > 10 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || saves != 11 || job.State() != ntag424.StateInterrupted {
		t.Errorf("%v after %d saves, %s", err, saves, job.State())
	}
	finish(t, d, tag, "after a full disk")
}

func TestCommissionOfATagThatIsNotThere(t *testing.T) {
	d := newDesk(t)
	state, err := d.commission(t, false)
	if device.TroubleOf(err) != device.TroubleTagGone || state != ntag424.StateInterrupted {
		t.Error(state, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.pn.Inspect(ctx, device.Sighting{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
