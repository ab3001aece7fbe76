package tagging_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/epc"
	"trueward/internal/testkit/ward"
)

func TestEPCOf(t *testing.T) {
	for serial, want := range map[string]epc.Scheme{"12345": epc.SGTIN96, "0123": epc.SGTIN198, "SN-1": epc.SGTIN198, "274877906943": epc.SGTIN96, "274877906944": epc.SGTIN198} {
		m, err := tagging.EPCOf(authentic.Label{DI: ward.StentDI, Serial: serial}, rule(7, 1))
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
		if _, err := tagging.EPCOf(authentic.Label{DI: ward.StentDI, Serial: "1"}, rule(bad.prefix, bad.filter)); err == nil {
			t.Errorf("prefix %d, filter %d", bad.prefix, bad.filter)
		}
	}
	if _, err := tagging.EPCOf(authentic.Label{DI: ward.StentDI}, rule(7, 1)); err == nil {
		t.Error("no serial")
	}
}

func rule(prefix, filter int) authentic.EPCRule {
	return authentic.EPCRule{PrefixLength: prefix, Filter: filter}
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
