package hibc

import (
	"strconv"
	"time"

	"trueward/internal/standard/civil"
)

// Date is a calendar date as labels carry it.
type Date = civil.Date

// form is how an expiry date is written: the flag in front of it, 0 for MMYY
// without flag, and 'D' for the field 14D.
type form byte

const (
	formNone      form = 0
	formMonth     form = 'M' // MMYY
	formMDY       form = '2' // MMDDYY
	formYMD       form = '3' // YYMMDD
	formYMDH      form = '4' // YYMMDDHH
	formJulian    form = '5' // YYJJJ
	formJulianH   form = '6' // YYJJJHH
	formDated     form = 'D' // YYYYMMDD
	flagNoDate         = '7'
	flagShortSize      = '8' // two digits of quantity
	flagLongSize       = '9' // five digits of quantity
)

// width returns the number of digits of a form.
func (f form) width() int {
	switch f {
	case formMonth:
		return 4
	case formMDY, formYMD:
		return 6
	case formYMDH, formDated:
		return 8
	case formJulian:
		return 5
	case formJulianH:
		return 7
	}
	return 0
}

// stamp is a date as written. A two-digit year stays as it is, because only a
// reference time can choose its century; 00 counts as leap year.
type stamp struct {
	form form
	year int // two digits unless form is formDated
	date Date
	hour int
}

// readStamp reads the digits of a form. It reports the code of what is wrong.
func readStamp(f form, s string) (stamp, Code) {
	if len(s) != f.width() {
		return stamp{}, CodeTruncated
	}
	if _, ok := number(s); !ok {
		return stamp{}, CodeMalformed
	}
	pair := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	w := stamp{form: f}
	switch f {
	case formMonth:
		w.set(pair(2), pair(0), 0)
		return w, w.checked(true)
	case formMDY:
		w.set(pair(4), pair(0), pair(2))
	case formYMD, formYMDH:
		w.set(pair(0), pair(2), pair(4))
	case formJulian, formJulianH:
		day, _ := number(s[2:5])
		w.date, _ = civil.OrdinalDay(2000+pair(0), day)
		w.year = pair(0)
	case formDated:
		w.date = Date{Year: pair(0)*100 + pair(2), Month: time.Month(pair(4)), Day: pair(6)}
		w.year = w.date.Year
	}
	if f == formYMDH || f == formJulianH {
		w.hour = pair(len(s) - 2)
	}
	return w, w.checked(false)
}

func (w *stamp) set(yy, month, day int) {
	w.year = yy
	w.date = Date{Year: 2000 + yy, Month: time.Month(month), Day: day}
}

// checked reports CodeRange for a date or hour that does not exist.
func (w *stamp) checked(monthOnly bool) Code {
	if !w.date.Valid() || (w.date.Day == 0) != monthOnly || w.hour > 23 {
		return CodeRange
	}
	return ""
}

// resolve chooses the century. 29 February of a century year that has none is
// read as the last of the month.
func (w stamp) resolve(now time.Time) Date {
	d := w.date
	if w.form == formNone || w.form == formDated {
		return d
	}
	d.Year = civil.FullYear(w.year, now)
	if !d.Valid() {
		return d.LastOfMonth()
	}
	return d
}

// agrees reports whether two stamps may mean the same day.
func (w stamp) agrees(o stamp) bool {
	return w.year%100 == o.year%100 && w.date.Month == o.date.Month &&
		(w.date.Day == o.date.Day || w.date.Day == 0 || o.date.Day == 0)
}

// digits writes the date in its form.
func (w stamp) digits() string {
	y, m, d, h := pad(w.year, 2), pad(int(w.date.Month), 2), pad(w.date.Day, 2), pad(w.hour, 2)
	switch w.form {
	case formMonth:
		return m + y
	case formMDY:
		return m + d + y
	case formYMD:
		return y + m + d
	case formYMDH:
		return y + m + d + h
	case formJulian:
		return y + pad(w.dayOfYear(), 3)
	case formJulianH:
		return y + pad(w.dayOfYear(), 3) + h
	case formDated:
		return pad(w.year, 4) + m + d
	}
	return ""
}

func (w stamp) dayOfYear() int {
	n := w.date.Day
	for m := time.January; m < w.date.Month; m++ {
		n += civil.DaysIn(w.date.Year, m)
	}
	return n
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
