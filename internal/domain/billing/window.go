package billing

import (
	"fmt"
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
	Key   string // "case:ID", "day:2026-10-03", "week:2026-W40", "month:2026-10"
	Start time.Time
	End   time.Time
}

// WindowOf returns the window of a usage at t. A site's midnight that a clock
// change skips begins at the first instant after the gap.
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

// midnight returns the first instant of a local day, in UTC. Where a clock
// change skips 00:00, time.Date answers an instant of the day before or an
// hour into the day; walking forward from the day before finds the day's true
// beginning. Where 00:00 happens twice, the first one counts.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	y, m, d := noon.Date()
	low, high := noon.Add(-26*time.Hour), noon // low lies in the day before, high in the day
	for high.Sub(low) > time.Second {
		middle := low.Add(high.Sub(low) / 2).Truncate(time.Second)
		if !middle.After(low) {
			break
		}
		if my, mm, md := middle.In(zone).Date(); my == y && mm == m && md == d {
			high = middle
		} else {
			low = middle
		}
	}
	return high.UTC()
}
