package tagging_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/device"
	"trueward/internal/fault"
	"trueward/internal/standard/epc"
)

// chip is a UHF tag; it refuses its next write with fail, after taking the
// first bytes of it.
type chip struct {
	epc, tid string
	fail     error
	takes    int // bytes of a write that fails
}

// pile are UHF tags before a reader.
type pile []*chip

func (p pile) Seen(context.Context) ([]string, error) {
	var epcs []string
	for _, c := range p {
		epcs = append(epcs, c.epc)
	}
	return epcs, nil
}

func (p pile) of(epc string) *chip {
	if i := slices.IndexFunc(p, func(c *chip) bool { return c.epc == epc }); i >= 0 {
		return p[i]
	}
	return nil
}

func (p pile) TID(_ context.Context, epc string) ([]byte, error) {
	if c := p.of(epc); c != nil {
		return []byte(c.tid), nil
	}
	return nil, &device.Error{Trouble: device.TroubleTagGone, Step: "read TID"}
}

func (p pile) Write(_ context.Context, epc string, to []byte) error {
	c, text := p.of(epc), string(device.NewEPC(to))
	if c.fail != nil {
		c.epc = text[:2*c.takes] + c.epc[2*c.takes:]
		err := c.fail
		c.fail = nil
		return err
	}
	c.epc = text
	return nil
}

// gate is a station of UHF tags that the test lays down.
type gate struct {
	laid chan pile
	over chan error
}

func (*gate) Name() string                       { return "uhf-1" }
func (*gate) Practice() bool                     { return false }
func (*gate) Writes(t authentic.Technology) bool { return t == authentic.UHF }

func (*gate) Next(context.Context, func(context.Context, tagging.Field) error) error {
	return errors.New("an NFC tag at a UHF reader")
}

func (g *gate) NextUHF(ctx context.Context, do func(context.Context, tagging.UHFField) error) error {
	select {
	case p := <-g.laid:
		err := do(ctx, p)
		g.over <- err
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// uhfRun is a run of UHF tags that was started, and how to lay tags down for it.
func (b *bench) uhfRun(n int) (run authentic.RunID, lay func(tags ...*chip) error, said func() tagging.Outcome) {
	b.t.Helper()
	g := &gate{laid: make(chan pile), over: make(chan error)}
	b.desk.Stations = append(b.desk.Stations, g)
	profile, err := b.desk.CreateProfile(b.t.Context(), b.Cmd(b.office), tagging.NewProfile{Name: "Stents, UHF", Kind: tagging.EPC, Rule: rule(7, 1)})
	if err != nil {
		b.t.Fatal(err)
	}
	run = b.plan(profile, n)
	if err := b.desk.Start(b.t.Context(), b.office, run, "desk-1"); !fault.Is(err, fault.Invalid) {
		b.t.Fatalf("an NFC reader was started for UHF tags: %v", err)
	}
	if err := b.desk.Start(b.t.Context(), b.office, run, "uhf-1"); err != nil {
		b.t.Fatal(err)
	}
	lay = func(tags ...*chip) error { g.laid <- tags; return <-g.over }
	return run, lay, func() tagging.Outcome { return b.desk.Benches(b.office)[1].Outcome }
}

func blankChip(n string) *chip { return &chip{epc: "E2000000000000000000000" + n, tid: "tid " + n} }

// TestUHFTagsAreWrittenAndBound: each new tag gets the EPC of the next unit,
// and a scan of it finds the unit; tags that were written and still lie there
// are nobody's turn.
func TestUHFTagsAreWrittenAndBound(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		run, lay, said := b.uhfRun(2)
		first, second := blankChip("1"), blankChip("2")
		if err := lay(first); err != nil || !said().Good {
			t.Fatal(err, said())
		}
		if err := lay(first); err != nil || b.states(run) != "bound planned" {
			t.Fatalf("a tag that lies there: %v, %s", err, b.states(run))
		}
		_ = lay(first, second) // the run is done
		if b.states(run) != "bound bound" {
			t.Fatal(b.states(run), said())
		}
		for i, c := range []*chip{first, second} {
			job := b.jobs(run)[i]
			read, err := epc.Decode(c.epc)
			if err != nil || read.GTIN() != job.Label.DI || read.Serial() != job.Label.Serial || read.PrefixLength() != 7 {
				t.Errorf("tag %d bears %s %s, %v", i, read.GTIN(), read.Serial(), err)
			}
			tags := b.tagsOf(job.Unit)
			if len(tags) != 1 || tags[0].Technology != authentic.UHF || tags[0].EPC != strings.ToUpper(read.Hex()) {
				t.Errorf("%+v", tags)
			}
		}
	})
}

// TestUHFTagsThatAreNotWritten: two new tags at once, a tag of another unit, one
// that left in the middle and one that refuses. Nothing is bound that was not
// read back.
func TestUHFTagsThatAreNotWritten(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		run, lay, said := b.uhfRun(2)
		first, second := blankChip("1"), blankChip("2")
		if err := lay(first, second); err != nil || !strings.Contains(said().Sentence, "one at a time") || b.states(run) != "planned planned" {
			t.Fatal(err, said(), b.states(run))
		}
		first.fail, first.takes = &device.Error{Trouble: device.TroubleTagGone, Step: "write"}, 5
		if err := lay(first); err == nil || b.states(run) != "interrupted planned" || !strings.Contains(said().Sentence, "left the reader") {
			t.Fatal(err, said(), b.states(run))
		}
		// Another tag takes the next unit meanwhile, and refuses.
		second.fail = &device.Error{Trouble: device.TroubleRefused, Step: "write"}
		if err := lay(second); err != nil || b.states(run) != "interrupted failed" || !strings.Contains(said().Sentence, "locked") {
			t.Fatal(err, said(), b.states(run))
		}
		_ = lay(first) // nothing waits after it
		if b.states(run) != "bound failed" {
			t.Fatal("the torn tag does not go on", said(), b.states(run))
		}
		if _, err := b.desk.Replan(t.Context(), b.Cmd(b.office), run); err != nil {
			t.Fatal(err)
		}
		// Another session does not know what the first one wrote.
		if err := b.desk.Start(t.Context(), b.office, run, "uhf-1"); err != nil {
			t.Fatal(err)
		}
		before := first.epc
		if err := lay(first); err != nil || first.epc != before || !strings.Contains(said().Sentence, "another unit") {
			t.Fatal("a bound tag was written over", err, said())
		}
		third := blankChip("3")
		_ = lay(third, first) // the run is done
		if b.states(run) != "bound bound" {
			t.Error(b.states(run), said())
		}
		if n := len(b.tagsOf(b.jobs(run)[0].Unit)); n != 1 {
			t.Errorf("the unit has %d tags", n)
		}
	})
}

// TestUHFProfiles: they have no keys, refuse rules that make no EPC, and a tap
// in their name is no tag of ours.
func TestUHFProfiles(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for field, r := range map[string]authentic.EPCRule{"prefix": rule(5, 1), "filter": rule(7, 8)} {
			_, err := b.desk.CreateProfile(t.Context(), b.Cmd(b.office), tagging.NewProfile{Name: "U", Kind: tagging.EPC, Rule: r})
			if all := fault.All(err); len(all) != 1 || all[0].Field != field {
				t.Errorf("%+v: %v", r, err)
			}
		}
		id, err := b.desk.CreateProfile(t.Context(), b.Cmd(b.office), tagging.NewProfile{Name: "U", Kind: tagging.EPC, Rule: rule(7, 1)})
		if err != nil {
			t.Fatal(err)
		}
		v, err := b.desk.Profile(t.Context(), b.office, id)
		if err != nil || v.Held || len(v.Epochs) != 0 || v.Profile.Technology != authentic.UHF || v.Profile.EPC != rule(7, 1) {
			t.Errorf("%+v, %v", v, err)
		}
		if _, err := b.desk.Rotate(t.Context(), b.Cmd(b.office), id); !fault.Is(err, fault.Conflict) {
			t.Errorf("keys of a profile without keys were rotated: %v", err)
		}
		if _, err := b.desk.HandOver(t.Context(), b.Cmd(b.office), id, "age1", "somebody"); err == nil {
			t.Error("keys of a profile without keys were handed over")
		}
		b.Stents(1)
		if _, err := b.desk.PlanRun(t.Context(), b.Cmd(b.office), tagging.NewRun{Profile: id, Count: 50}); !fault.Is(err, fault.Invalid) {
			t.Errorf("more than there are: %v", err)
		}
		units, err := b.q().UntaggedUnits(store.UnitFilter{Vendor: b.Vendor}, authentic.UHF, 10)
		if err != nil || len(units) == 0 {
			t.Fatal(len(units), err)
		}
	})
}
