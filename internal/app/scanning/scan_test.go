package scanning_test

import (
	"strings"
	"testing"

	"trueward/internal/app/receiving"
	"trueward/internal/app/scanning"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/epc"
	"trueward/internal/testkit/ward"
)

func auditUnit(u custody.Unit) audit.Change {
	return audit.Change{Chain: audit.SiteChain(string(u.Site)), Action: "unit.used", Kind: "unit", Object: string(u.ID)}
}

func (b *bench) scan(a access.Actor, raw string) (scanning.Result, error) {
	return b.desk.Scan(b.t.Context(), b.Cmd(a), scanning.ScanInput{Raw: raw, Source: "typed"})
}

func TestOneBoxTakesEveryCarrier(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0] // SN00001, LT4471, 2028-01-31
		for name, raw := range map[string]string{
			"bracketed":    "(01)" + ward.StentDI + "(17)280131(10)LT4471(21)SN00001",
			"wedge":        "]d201" + ward.StentDI + "1728013110LT4471\x1d21SN00001",
			"digital link": "https://id.gs1.org/01/" + ward.StentDI + "/10/LT4471/21/SN00001?17=280131",
		} {
			r, err := b.scan(b.Amy, raw)
			if err != nil || !r.Found() || r.Unit.ID != unit {
				t.Errorf("%s: %+v %v", name, r, err)
				continue
			}
			want(t, r, "Identified", custody.MayBeUsed)
		}
	})
}

func TestUHFTagNamesItsUnit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0]
		bind := func(code string) error {
			_, err := b.Receiving.Bind(t.Context(), b.Cmd(b.Mia), receiving.Binding{
				Unit: unit, Tag: receiving.TagInput{Technology: authentic.UHF, EPC: code},
			})
			return err
		}
		if err := bind("3034257BF7194E4000001A85"); !fault.Is(err, fault.Invalid) {
			t.Fatalf("an EPC of another product was bound: %v", err)
		}
		tag, err := epc.EncodeSGTIN96(ward.StentDI, "4711", 7, 1)
		if err != nil {
			t.Fatal(err)
		}
		code := tag.Hex()
		if r, err := b.scan(b.Amy, code); err != nil || r.Found() || r.Sentence == "" {
			t.Errorf("an unbound tag: %+v %v", r, err)
		}
		if err := bind(code); err != nil {
			t.Fatal(err)
		}
		r, err := b.scan(b.Amy, code)
		if err != nil || !r.Found() || r.Unit.ID != unit {
			t.Fatalf("%+v %v", r, err)
		}
		want(t, r, "Identified", custody.MayBeUsed)
		if err := bind(code); !fault.Is(err, fault.Conflict) {
			t.Errorf("a bound tag was bound again: %v", err)
		}
	})
}

func TestAttack06LabelThatDisagreesStops(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Stents(1)
		r, err := b.scan(b.Amy, "(01)"+ward.StentDI+"(17)280131(10)LT9999(21)SN00001")
		if err != nil {
			t.Fatal(err)
		}
		want(t, r, "Identified", custody.Stop)
		if !strings.Contains(r.Disposition.Words(), "lot is not the one on record") {
			t.Error(r.Disposition.Words())
		}
	})
}

func TestLotMeansOneOrSeveral(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		label := "(01)" + ward.StentDI + "(10)LT4471"
		b.Stents(1)
		if r, err := b.scan(b.Amy, label); err != nil || !r.Found() {
			t.Errorf("one unit of the lot: %+v %v", r, err)
		}
		b.Stents(2)
		if r, err := b.scan(b.Amy, label); err != nil || r.Found() || len(r.Candidates) != 3 {
			t.Errorf("three units of the lot: %+v %v", r, err)
		}
		if r, err := b.scan(b.Amy, "(01)"+ward.StentDI+"(21)NEVERSEEN"); err != nil || r.Found() || len(r.Candidates) != 0 || r.Sentence == "" {
			t.Errorf("an unknown serial: %+v %v", r, err)
		}
	})
}

func TestUnreadableScansSayWhatToDo(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for raw, holds := range map[string]string{
			"":                             "Scan or type",
			"(01)09506000134353(21)A":      "check digit",
			strings.Repeat("A", 5000):      "far too long",
			"(01)09506000134352(99999)xyz": "",
		} {
			_, err := b.scan(b.Amy, raw)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), holds) {
				t.Errorf("%.30q: %v", raw, err)
			}
			if err != nil && len(raw) > 5 && len(raw) < 100 && strings.Contains(err.Error(), raw) {
				t.Errorf("the refusal repeats what was scanned: %v", err)
			}
		}
	})
}

func TestForeignUnitsAreNotFound(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Stents(1)
		competitor := b.Rob
		competitor.Organisation = b.OtherVendor
		r, err := b.scan(competitor, "(01)"+ward.StentDI+"(17)280131(10)LT4471(21)SN00001")
		if err != nil || r.Found() || r.Product.Name != "" {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestUnitTellsItsStory(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0]
		b.tap(b.Amy, b.url(b.tag(0, unit)))
		hospital, err := b.desk.Unit(t.Context(), b.Amy, unit)
		if err != nil || len(hospital.Timeline) != 2 || hospital.Disposition.Level != custody.MayBeUsed {
			t.Fatalf("%+v %v", hospital, err)
		}
		vendor, err := b.desk.Unit(t.Context(), b.Rob, unit)
		if err != nil || len(vendor.Timeline) != 2 {
			t.Fatalf("%+v %v", vendor, err)
		}
		for _, e := range vendor.Timeline {
			if e.Who != "" || e.Device != "" {
				t.Errorf("the vendor sees who: %+v", e)
			}
		}
		competitor := b.Rob
		competitor.Organisation = b.OtherVendor
		if _, err := b.desk.Unit(t.Context(), competitor, unit); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
	})
}
