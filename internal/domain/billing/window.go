package billing

import (
	"fmt"
	"strings"
	"time"

	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
)

// CaseWait bounds how long an invoice per case waits for its case to be
// closed, so that a forgotten case does not keep money for ever.
const CaseWait = 14 * 24 * time.Hour

// Window is the span of usages that share an invoice: [Start, End) as
// instants, computed in the calendar of the site. A late usage whose window is
// frozen joins the open window of the day it becomes billable.
type Window struct {
	Key   string // "case:ID", "day:2026-10-03", "week:2026-W40", "month:2026-10", "use:ID"; "#PO" where an order has its own
	Start time.Time
	End   time.Time
}

// ForOrder returns the window of those usages that one order pays for, so that
// an invoice answers one order.
func (w Window) ForOrder(number string) Window {
	if number != "" {
		w.Key += "#" + number
	}
	return w
}

// Order returns the number of the order that a window is for; empty for none.
func (w Window) Order() string {
	_, number, _ := strings.Cut(w.Key, "#")
	return number
}

// WindowBy returns the window of a usage at t as an agreement gathers them: by
// use, or by its calendar of cut-offs, or by the plain calendar.
func WindowBy(p consign.Pricing, rule consign.Consolidation, t time.Time, zone *time.Location, inCase usage.CaseID, u UsageID) Window {
	if p.PerUse {
		return Window{Key: "use:" + string(u), Start: t.UTC(), End: t.UTC()}
	}
	if p.CutOff.Rule == "" && p.CutOff.At == "" {
		return WindowOf(rule, t, zone, inCase)
	}
	switch rule {
	case consign.PerDay, consign.PerWeek, consign.PerMonth:
		return cutOffWindow(p.CutOff, rule, t, zone)
	}
	return WindowOf(rule, t, zone, inCase)
}

// cutOffWindow walks from cut-off to cut-off around t.
func cutOffWindow(c consign.CutOff, rule consign.Consolidation, t time.Time, zone *time.Location) Window {
	n := -2
	for !cutOffAt(c, rule, t.In(zone), n, zone).After(t) {
		n++
	}
	start, end := cutOffAt(c, rule, t.In(zone), n-1, zone), cutOffAt(c, rule, t.In(zone), n, zone)
	last := end.Add(-time.Nanosecond).In(zone) // names the window
	key := last.Format("month:2006-01")
	switch rule {
	case consign.PerDay:
		key = last.Format("day:2006-01-02")
	case consign.PerWeek:
		year, week := last.ISOWeek()
		key = fmt.Sprintf("week:%04d-W%02d", year, week)
	}
	return Window{Key: key, Start: start, End: end}
}

// cutOffAt returns the cut-off of the n-th calendar unit from the one of local.
func cutOffAt(c consign.CutOff, rule consign.Consolidation, local time.Time, n int, zone *time.Location) time.Time {
	year, month, day := local.Date()
	hour, minute := c.Clock()
	switch rule {
	case consign.PerDay:
		return Instant(year, month, day+n, hour, minute, zone)
	case consign.PerWeek:
		weekday := time.Sunday
		if c.Rule == consign.CutOffWeekday {
			weekday = time.Weekday(c.Day)
		}
		return Instant(year, month, day+(int(weekday)-int(local.Weekday())+7)%7+7*n, hour, minute, zone)
	}
	first := time.Date(year, month+time.Month(n), 1, 12, 0, 0, 0, time.UTC)
	if c.Rule == "" {
		c.Rule, c.Day = consign.CutOffDay, 31
	}
	return Instant(first.Year(), first.Month(), c.DayIn(first.Year(), first.Month()), hour, minute, zone)
}

// WindowOf returns the window of a usage at t by the plain calendar. A site's
// midnight that a clock change skips begins at the first instant after the gap.
func WindowOf(rule consign.Consolidation, t time.Time, zone *time.Location, inCase usage.CaseID) Window {
	local := t.In(zone)
	year, month, day := local.Date()
	switch rule {
	case consign.PerDay:
		return between(local.Format("day:2006-01-02"), year, month, day, day+1, zone)
	case consign.PerWeek:
		monday := day - (int(local.Weekday())+6)%7
		isoYear, week := local.ISOWeek()
		return between(fmt.Sprintf("week:%04d-W%02d", isoYear, week), year, month, monday, monday+7, zone)
	case consign.PerMonth:
		return Window{
			Key:   local.Format("month:2006-01"),
			Start: midnight(year, month, 1, zone), End: midnight(year, month+1, 1, zone),
		}
	}
	return Window{Key: "case:" + string(inCase), Start: t.UTC(), End: t.Add(CaseWait).UTC()}
}

func between(key string, year int, month time.Month, from, to int, zone *time.Location) Window {
	return Window{Key: key, Start: midnight(year, month, from, zone), End: midnight(year, month, to, zone)}
}

// midnight returns the first instant of a local day, in UTC.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	return Instant(year, month, day, 0, 0, zone)
}

// Instant returns, in UTC, the instant at which a local clock first shows a
// time or a later one: the first of two where clocks go back, the end of the
// gap where they go forward. Days and months overflow as in time.Date, and
// hour 24 is the next day's beginning.
func Instant(year int, month time.Month, day, hour, minute int, zone *time.Location) time.Time {
	wanted := time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	x := time.Date(year, month, day, hour, minute, 0, 0, zone)
	_, offset := x.Zone()
	reading := x.Add(time.Duration(offset) * time.Second).UTC()
	start, end := x.ZoneBounds()
	switch {
	case reading.Before(wanted): // in a gap behind x
		return end.UTC()
	case reading.After(wanted): // in a gap before x
		return start.UTC()
	}
	if !start.IsZero() { // the same reading an offset earlier
		_, before := start.Add(-time.Second).Zone()
		if y := x.Add(time.Duration(offset-before) * time.Second); y.Before(start) {
			return y.UTC()
		}
	}
	return x.UTC()
}
