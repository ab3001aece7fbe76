package gs1

import (
	"time"

	"trueward/internal/standard/civil"
)

func checkDate(s string) *fault            { return checkCalendar(s, 2, false) }
func checkDateOrMonth(s string) *fault     { return checkCalendar(s, 2, true) }
func checkLongDate(s string) *fault        { return checkCalendar(s, 4, false) }
func checkLongDateOrMonth(s string) *fault { return checkCalendar(s, 4, true) }

// checkCalendar checks a date with a year of the given width. Two-digit years
// are taken as 20YY: every century that the sliding window can choose, 1900
// excepted, has the same leap years, and the dictionary's own check reads 00 as
// a leap year.
func checkCalendar(s string, yearWidth int, monthOnly bool) *fault {
	switch want := yearWidth + 4; {
	case len(s) < want:
		return &fault{CodeTruncated, 0, "date is too short"}
	case len(s) > want:
		return &fault{CodeOversize, 0, "date is too long"}
	}
	if f := checkDigits(s); f != nil {
		return f
	}
	year := number(s[:yearWidth])
	if yearWidth == 2 {
		year += 2000
	}
	month, day := number(s[yearWidth:yearWidth+2]), number(s[yearWidth+2:])
	if month < 1 || month > 12 {
		return &fault{CodeRange, yearWidth, "no such month"}
	}
	if (day == 0 && !monthOnly) || day > civil.DaysIn(year, time.Month(month)) {
		return &fault{CodeRange, yearWidth + 2, "no such day in this month"}
	}
	return nil
}

func checkHour(s string) *fault   { return checkClock(s, 24, "no such hour") }
func checkMinute(s string) *fault { return checkClock(s, 60, "no such minute") }
func checkSecond(s string) *fault { return checkClock(s, 60, "no such second") }

func checkHourMinute(s string) *fault {
	if f := checkWidth(s, 4, "hour and minute"); f != nil {
		return f
	}
	if f := checkDigits(s); f != nil {
		return f
	}
	if f := checkHour(s[:2]); f != nil {
		return f
	}
	return checkMinute(s[2:]).at(2)
}

// checkClock checks a two-digit part of a time of day.
func checkClock(s string, limit int, detail string) *fault {
	if f := checkWidth(s, 2, "part of a time"); f != nil {
		return f
	}
	if f := checkDigits(s); f != nil {
		return f
	}
	if number(s) >= limit {
		return &fault{CodeRange, 0, detail}
	}
	return nil
}

func checkWidth(s string, want int, detail string) *fault {
	switch {
	case len(s) < want:
		return &fault{CodeTruncated, 0, detail + " is too short"}
	case len(s) > want:
		return &fault{CodeOversize, 0, detail + " is too long"}
	}
	return nil
}

// number reads decimal digits that were checked before.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
