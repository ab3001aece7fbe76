// Package civil holds calendar dates as labels carry them: a year, a month and
// perhaps a day, without time of day and without zone (ISO 8601, proleptic
// Gregorian calendar).
//
// It promises exact day arithmetic inside one month and total ordering. It
// knows no clock: where a century must be chosen, the reference time is an
// argument.
package civil

import "time"

// Date is a calendar date. Day 0 means that the label names the month only;
// [Date.End] reads such a date as the last day of its month. The zero value is
// no date at all ([Date.IsZero]).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Of returns the date that the clock t shows in its own zone.
func Of(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether d exists in the calendar. Day 0 is valid.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.Month >= time.January && d.Month <= time.December &&
		d.Day >= 0 && d.Day <= DaysIn(d.Year, d.Month)
}

// End returns the last day that d covers: d itself, or the last day of the
// month when d names a month only.
func (d Date) End() Date {
	if d.Day == 0 && !d.IsZero() {
		return d.LastOfMonth()
	}
	return d
}

// LastOfMonth returns the last day of d's month.
func (d Date) LastOfMonth() Date {
	d.Day = DaysIn(d.Year, d.Month)
	return d
}

// Compare orders dates: negative when d is before o, 0 when both are equal. A
// date without day comes before every day of its month.
func (d Date) Compare(o Date) int {
	if d.Year != o.Year {
		return d.Year - o.Year
	}
	if d.Month != o.Month {
		return int(d.Month) - int(o.Month)
	}
	return d.Day - o.Day
}

// Before reports whether d comes before o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// String returns YYYY-MM-DD, YYYY-MM for a date without day and the empty
// string for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := make([]byte, 0, 10)
	b = append(b, digit(d.Year/1000), digit(d.Year/100), digit(d.Year/10), digit(d.Year))
	b = append(b, '-', digit(int(d.Month)/10), digit(int(d.Month)))
	if d.Day != 0 {
		b = append(b, '-', digit(d.Day/10), digit(d.Day))
	}
	return string(b)
}

// MarshalText writes the form of [Date.String].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func digit(n int) byte { return byte('0' + n%10) }

// IsLeap reports whether year has a 29 February.
func IsLeap(year int) bool {
	return year%4 == 0 && (year%100 != 0 || year%400 == 0)
}

// DaysIn returns the number of days of a month, and 0 for a month that does
// not exist.
func DaysIn(year int, month time.Month) int {
	switch month {
	case time.February:
		if IsLeap(year) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	case time.January, time.March, time.May, time.July, time.August, time.October, time.December:
		return 31
	}
	return 0
}

// OrdinalDay returns the date of the given day of the year (1 is 1 January).
// It reports false for a day that the year does not have.
func OrdinalDay(year, day int) (Date, bool) {
	if day < 1 {
		return Date{}, false
	}
	for m := time.January; m <= time.December; m++ {
		n := DaysIn(year, m)
		if day <= n {
			return Date{Year: year, Month: m, Day: day}, true
		}
		day -= n
	}
	return Date{}, false
}

// FullYear expands a two-digit year with the sliding window of the GS1 General
// Specifications, section 7.12: a year 51 to 99 ahead of now's belongs to the
// previous century, one 50 to 99 behind it to the next, any other to now's.
func FullYear(yy int, now time.Time) int {
	current := now.Year()
	century := current - current%100
	switch d := yy - current%100; {
	case d >= 51:
		return century - 100 + yy
	case d <= -50:
		return century + 100 + yy
	}
	return century + yy
}
