package tagging_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"testing"

	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/epc"
	"trueward/internal/testkit/ward"
)

func TestEPCOf(t *testing.T) {
	for serial, want := range map[string]epc.Scheme{"12345": epc.SGTIN96, "0123": epc.SGTIN198, "SN-1": epc.SGTIN198, "274877906943": epc.SGTIN96, "274877906944": epc.SGTIN198} {
		m, err := tagging.EPCOf(authentic.Label{DI: ward.StentDI, Serial: serial}, 7, 1)
		if err != nil {
			t.Fatal(serial, err)
		}
		tag, err := epc.Decode(hex.EncodeToString(m.EPC))
		if err != nil || tag.Scheme() != want || tag.GTIN() != ward.StentDI || tag.Serial() != serial || tag.Filter() != 1 || tag.PrefixLength() != 7 {
			t.Errorf("%s: %s %s %s, %v", serial, tag.Scheme(), tag.GTIN(), tag.Serial(), err)
		}
		if int(m.PC>>11)*2 != len(m.EPC) || m.TagURI != tag.TagURI() {
			t.Errorf("%s: control word %04X for %d bytes, %s", serial, m.PC, len(m.EPC), m.TagURI)
		}
	}
	for _, bad := range []struct{ prefix, filter int }{{5, 1}, {13, 1}, {7, 8}, {7, -1}} {
		if _, err := tagging.EPCOf(authentic.Label{DI: ward.StentDI, Serial: "1"}, bad.prefix, bad.filter); err == nil {
			t.Errorf("prefix %d, filter %d", bad.prefix, bad.filter)
		}
	}
	if _, err := tagging.EPCOf(authentic.Label{DI: ward.StentDI}, 7, 1); err == nil {
		t.Error("no serial")
	}
}

// uhf is a station that keeps what it wrote.
type uhf struct {
	station
	wrote []byte
	fail  error
}

func (*uhf) Name() string { return "uhf-1" }

func (u *uhf) WriteEPC(_ context.Context, epc []byte) error {
	u.wrote = epc
	return u.fail
}

// TestUHFTagsAreWrittenAndBound: the tag bears the unit's EPC, and a scan of it
// finds the unit; a tag that was not written is not bound.
func TestUHFTagsAreWrittenAndBound(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		u := &uhf{fail: errors.New("no tag")}
		b.desk.Stations = append(b.desk.Stations, u)
		unit := b.Unit(b.Stents(1)[0])
		if _, err := b.desk.WriteEPC(t.Context(), b.Cmd(b.office), unit.ID, "uhf-1", 7, 1); err == nil || len(b.tagsOf(string(unit.ID))) != 0 {
			t.Fatal("bound without being written", err)
		}
		u.fail = nil
		for range 2 { // the answer was lost, or the same unit again
			if _, err := b.desk.WriteEPC(t.Context(), b.Cmd(b.office), unit.ID, "uhf-1", 7, 1); err != nil {
				t.Fatal(err)
			}
		}
		tags := b.tagsOf(string(unit.ID))
		if len(tags) != 1 || tags[0].Technology != authentic.UHF {
			t.Fatalf("%+v", tags)
		}
		read, err := epc.DecodeBytes(u.wrote)
		if err != nil || read.GTIN() != unit.DI || read.Serial() != unit.Serial {
			t.Errorf("%s %s, %v", read.GTIN(), read.Serial(), err)
		}
		found, err := b.q().TagByEPC(read.Hex())
		if err != nil || found.Unit != string(unit.ID) {
			t.Errorf("a read does not find the unit: %v", err)
		}
		if _, err := b.desk.WriteEPC(t.Context(), b.Cmd(b.office), unit.ID, "desk-1", 7, 1); err == nil {
			t.Error("an NFC reader wrote a UHF tag")
		}
	})
}

// TestLabels: each unit of a run has its label.
func TestLabels(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var printed []tagging.PrintedLabel
		b.desk.Print = func(l []tagging.PrintedLabel) ([]byte, error) { printed = l; return []byte("paper"), nil }
		run := b.plan(b.profile(tagging.Private), 3)
		paper, err := b.desk.Labels(t.Context(), b.office, run)
		if err != nil || !bytes.Equal(paper, []byte("paper")) || len(printed) != 3 {
			t.Fatalf("%d labels, %v", len(printed), err)
		}
		job := b.jobs(run)[0]
		if m := printed[0].Message; m.GTIN() != job.Label.DI || m.Lot() != job.Label.Lot || m.Serial() != job.Label.Serial || printed[0].Name == "" {
			t.Errorf("%s for %+v", m, job.Label)
		}
		if _, err := b.desk.Labels(t.Context(), b.Amy, run); err == nil {
			t.Error("a nurse printed labels")
		}
	})
}
