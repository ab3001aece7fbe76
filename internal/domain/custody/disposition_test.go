package custody

import (
	"testing"
	"time"

	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
)

func TestExpiredFromMidnightAtTheSite(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	u := Unit{Key: Key{State: Available, Expiry: "2027-03-31"}}
	for _, c := range []struct {
		at   string
		want Level
	}{
		{"2027-03-31T21:59:59Z", MayBeUsed}, // 23:59:59 in Berlin, summer time
		{"2027-03-31T22:00:00Z", Stop},
	} {
		now, _ := time.Parse(time.RFC3339, c.at)
		if d := Judge(u, nil, Circumstances{Now: now, Zone: berlin}); d.Level != c.want {
			t.Errorf("at %s: %s, want %s", c.at, d.Words(), c.want)
		}
	}
}

func TestDispositions(t *testing.T) {
	stent := catalog.Product{ID: "p", Needs: catalog.Needs{Lot: true, Serial: true}}
	recall := Hold{Kind: HoldRecall, Level: StopHold, Reason: "lot LT4471"}
	warm := Hold{Kind: HoldTemperature, Level: WarnHold}
	released := Hold{Kind: HoldDamaged, Level: StopHold, ReleasedAt: start}
	whole := Key{State: Available, Lot: "l", Serial: "s"}
	with := func(change func(*Key)) Key { k := whole; change(&k); return k }
	for _, c := range []struct {
		name     string
		key      Key
		holds    []Hold
		elsewhre string
		want     string
		final    bool
		incident bool
	}{
		{"sound", whole, nil, "", "May be used", false, false},
		{"released hold", whole, []Hold{released}, "", "May be used", false, false},
		{"warn hold", whole, []Hold{warm}, "", "Warning: stored out of temperature", false, false},
		{"recalled, gravest first", whole, []Hold{warm, recall}, "", "Stop: recalled (lot LT4471); stored out of temperature", false, true},
		{"used", with(func(k *Key) { k.State = Used }), nil, "", "Stop: already used", true, false},
		{"expected", with(func(k *Key) { k.State = Expected }), nil, "", "Warning: not received yet", false, false},
		{"wrong product", whole, nil, "the tag belongs to a balloon", "Stop: wrong product: the tag belongs to a balloon", false, true},
		{"no serial", with(func(k *Key) { k.Serial = "" }), nil, "", "Warning: no serial on record", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Judge(Unit{Key: c.key}, c.holds, Circumstances{Product: stent, Now: start, BoundElsewhere: c.elsewhre})
			if d.Words() != c.want || d.Final() != c.final || d.OpensIncident() != c.incident {
				t.Errorf("%q final=%v incident=%v", d.Words(), d.Final(), d.OpensIncident())
			}
		})
	}
}

func TestTitleFollowsTheAgreement(t *testing.T) {
	for _, c := range []struct {
		event consign.TitleEvent
		kind  Kind
		want  bool
	}{
		{consign.TitleRemoved, Taken, true}, {consign.TitleRemoved, Consumed, true},
		{consign.TitleOpened, Taken, false}, {consign.TitleOpened, OpenedUp, true}, {consign.TitleOpened, Discarded, true},
		{consign.TitleUsed, OpenedUp, false}, {consign.TitleUsed, Discarded, false}, {consign.TitleUsed, Consumed, true},
		{consign.TitleImplanted, Consumed, true},
		{consign.TitleCountedMissing, LostInCount, true}, {consign.TitleUsed, LostInCount, false},
		{consign.TitleRemoved, Moved, false},
	} {
		if got := TitlePassesAt(c.kind, c.event); got != c.want {
			t.Errorf("%s under %s: %v", c.kind, c.event, got)
		}
	}
}
