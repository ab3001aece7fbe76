package civil_test

import (
	"testing"
	"time"

	"trueward/internal/standard/civil"
)

func date(y int, m time.Month, d int) civil.Date { return civil.Date{Year: y, Month: m, Day: d} }

func TestString(t *testing.T) {
	for want, d := range map[string]civil.Date{
		"2026-01-31": date(2026, time.January, 31),
		"2005-09":    date(2005, time.September, 0),
		"":           {},
		"0987-12-05": date(987, time.December, 5),
	} {
		if got := d.String(); got != want {
			t.Errorf("%#v: got %q, want %q", d, got, want)
		}
		text, err := d.MarshalText()
		if err != nil || string(text) != want {
			t.Errorf("%#v: text %q, %v", d, text, err)
		}
	}
}

func TestEndReadsDayZeroAsLastOfMonth(t *testing.T) {
	cases := []struct{ in, want civil.Date }{
		{date(2026, time.February, 0), date(2026, time.February, 28)},
		{date(2028, time.February, 0), date(2028, time.February, 29)},
		{date(2026, time.April, 0), date(2026, time.April, 30)},
		{date(2026, time.April, 7), date(2026, time.April, 7)},
		{civil.Date{}, civil.Date{}},
	}
	for _, c := range cases {
		if got := c.in.End(); got != c.want {
			t.Errorf("%v: got %v, want %v", c.in, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	ordered := []civil.Date{
		date(2025, time.December, 31), date(2026, time.January, 0), date(2026, time.January, 1),
		date(2026, time.January, 2), date(2026, time.February, 1),
	}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Before(b); got != (i < j) {
				t.Errorf("%v before %v: %v", a, b, got)
			}
			if (a.Compare(b) == 0) != (i == j) {
				t.Errorf("%v equal %v", a, b)
			}
		}
	}
}

func TestValid(t *testing.T) {
	bad := []civil.Date{{}, date(2026, 13, 1), date(2026, 2, 29), date(2100, 2, 29), date(2026, 4, 31), date(10000, 1, 1), date(2026, 1, -1)}
	for _, d := range bad {
		if d.Valid() {
			t.Errorf("%v is valid", d)
		}
	}
	for _, d := range []civil.Date{date(2000, 2, 29), date(2026, 6, 0), date(1, 1, 1)} {
		if !d.Valid() {
			t.Errorf("%v is not valid", d)
		}
	}
}

// Every day of a leap and of a common year agrees with package time.
func TestOrdinalDay(t *testing.T) {
	for _, year := range []int{2024, 2026, 2100} {
		day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		n := 1
		for ; day.Year() == year; day = day.AddDate(0, 0, 1) {
			got, ok := civil.OrdinalDay(year, n)
			if !ok || got != civil.Of(day) {
				t.Fatalf("day %d of %d: %v, %v", n, year, got, ok)
			}
			n++
		}
		for _, bad := range []int{0, -1, n, n + 1} {
			if got, ok := civil.OrdinalDay(year, bad); ok {
				t.Errorf("day %d of %d: %v", bad, year, got)
			}
		}
	}
}

func TestFullYear(t *testing.T) {
	cases := []struct{ now, yy, want int }{
		{2026, 26, 2026}, {2026, 76, 2076}, {2026, 77, 1977}, {2026, 99, 1999}, {2026, 0, 2000},
		{2049, 99, 2099}, {2049, 0, 2000}, {2050, 0, 2100}, {2050, 1, 2001},
		{2075, 25, 2125}, {2075, 26, 2026}, {2075, 99, 2099}, {2099, 49, 2149}, {2099, 50, 2050},
		{1999, 0, 2000}, {1999, 49, 2049}, {1999, 50, 1950},
	}
	for _, c := range cases {
		now := time.Date(c.now, 6, 1, 0, 0, 0, 0, time.UTC)
		if got := civil.FullYear(c.yy, now); got != c.want {
			t.Errorf("%02d read in %d: got %d, want %d", c.yy, c.now, got, c.want)
		}
	}
}
