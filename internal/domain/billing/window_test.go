package billing

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"trueward/internal/domain/consign"
)

// Zones with summer time at midnight, of half an hour, with skipped days, and
// none at all.
var zones = []string{
	"Europe/Dublin", "America/New_York", "America/Santiago", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia",
	"Asia/Kathmandu", "Asia/Beirut", "Africa/Cairo", "America/Sao_Paulo", "UTC", "Asia/Tokyo",
}

func drawZone(t *rapid.T) *time.Location {
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// reading is what a wall clock shows, as a number that grows with it.
func reading(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
}

// Instant agrees with watching a wall clock, minute by minute.
func TestInstantIsWhenTheClockFirstShowsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t)
		day := time.Date(1990+rapid.IntRange(0, 45).Draw(t, "year"), 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 365).Draw(t, "day"))
		hour, minute := rapid.IntRange(0, 23).Draw(t, "hour"), 15*rapid.IntRange(0, 3).Draw(t, "quarter")
		wanted := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, time.UTC)
		got := Instant(day.Year(), day.Month(), day.Day(), hour, minute, zone)
		// Watch from well before; a reading that is too late already would have come from the day before.
		at := wanted.Add(-40 * time.Hour)
		for reading(at, zone).Before(wanted) {
			at = at.Add(15 * time.Minute)
		}
		for at = at.Add(-15 * time.Minute); reading(at, zone).Before(wanted); {
			at = at.Add(time.Minute)
		}
		if !got.Equal(at) {
			t.Fatalf("%s in %s: %s, a watched clock says %s", wanted.Format("2006-01-02 15:04"), zone, got, at)
		}
	})
}

func drawCutOff(t *rapid.T) consign.CutOff {
	return consign.CutOff{
		Rule: rapid.SampledFrom([]consign.CutOffRule{"", consign.CutOffDay, consign.CutOffBusiness, consign.CutOffWeekday}).Draw(t, "rule"),
		Day:  rapid.IntRange(0, 6).Draw(t, "on"), At: rapid.SampledFrom([]string{"", "00:00", "00:30", "02:30", "18:00", "23:59"}).Draw(t, "at"),
		Holidays: []string{"2026-12-25", "2026-12-31", "2027-01-01"},
	}
}

// Every instant lies in exactly one window: the next begins where one ends, and
// windows have names of their own.
func TestWindowsCoverTimeWithoutGapOrOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, cut := drawZone(t), drawCutOff(t)
		rule := rapid.SampledFrom([]consign.Consolidation{consign.PerDay, consign.PerWeek, consign.PerMonth}).Draw(t, "consolidation")
		p := consign.Pricing{CutOff: cut}
		at := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 25*365*24*3600).Draw(t, "second")) * time.Second)
		w := WindowBy(p, rule, at, zone, "", "")
		if at.Before(w.Start) || !at.Before(w.End) {
			t.Fatalf("%s is not in %+v", at, w)
		}
		if next := WindowBy(p, rule, w.End, zone, "", ""); !next.Start.Equal(w.End) || next.Key == w.Key {
			t.Fatalf("after %+v comes %+v", w, next)
		}
		for _, inside := range []time.Time{w.Start, w.End.Add(-time.Microsecond)} {
			if same := WindowBy(p, rule, inside, zone, "", ""); same != w {
				t.Fatalf("%s: %+v, not %+v", inside, same, w)
			}
		}
	})
}

func TestCutOffsByRule(t *testing.T) {
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, dublin)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, c := range map[string]struct {
		cut      consign.CutOff
		rule     consign.Consolidation
		t        string
		key      string
		from, to string
	}{
		"the 25th": {consign.CutOff{Rule: consign.CutOffDay, Day: 25}, consign.PerMonth, "2026-10-26 00:00", "month:2026-11", "2026-10-26 00:00", "2026-11-26 00:00"},
		"the 31st of a short month": {consign.CutOff{Rule: consign.CutOffDay, Day: 31, At: "18:00"}, consign.PerMonth, "2027-02-28 17:59", "month:2027-02",
			"2027-01-31 18:00", "2027-02-28 18:00"},
		"last business day, a holiday before it": {consign.CutOff{Rule: consign.CutOffBusiness, At: "12:00", Holidays: []string{"2026-12-31"}}, consign.PerMonth,
			"2026-12-30 11:00", "month:2026-12", "2026-11-30 12:00", "2026-12-30 12:00"},
		"Friday evening": {consign.CutOff{Rule: consign.CutOffWeekday, Day: 5, At: "18:00"}, consign.PerWeek, "2026-10-09 18:00", "week:2026-W42",
			"2026-10-09 18:00", "2026-10-16 18:00"},
	} {
		w := WindowBy(consign.Pricing{CutOff: c.cut}, c.rule, at(c.t), dublin, "", "")
		if w.Key != c.key || !w.Start.Equal(at(c.from)) || !w.End.Equal(at(c.to)) {
			t.Errorf("%s: %+v", name, w)
		}
	}
	if w := WindowBy(consign.Pricing{PerUse: true}, consign.PerMonth, at("2026-10-09 18:00"), dublin, "c", "u"); w.Key != "use:u" || !w.End.Equal(w.Start) {
		t.Errorf("by use: %+v", w)
	}
	if w := (Window{Key: "month:2026-10"}).ForOrder("PO-7"); w.Order() != "PO-7" || w.ForOrder("") != w {
		t.Errorf("of an order: %+v", w)
	}
}
