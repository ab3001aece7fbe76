package consign

import (
	"slices"
	"time"
)

// CutOffRule says on which day a consolidation window closes.
type CutOffRule string

// The rules. The empty one cuts off where the calendar's unit ends.
const (
	CutOffDay      CutOffRule = "day"               // Day of the month, its last at most
	CutOffBusiness CutOffRule = "last_business_day" // Monday to Friday, no holiday
	CutOffWeekday  CutOffRule = "weekday"           // Day as time.Weekday
)

// CutOff is the calendar by which usages are gathered: the window ends on the
// day of the rule at At, the site's local time.
type CutOff struct {
	Rule     CutOffRule `json:"rule,omitempty"`
	Day      int        `json:"day,omitempty"`
	At       string     `json:"at,omitempty"`       // "18:00"; empty is the end of the day
	Holidays []string   `json:"holidays,omitempty"` // YYYY-MM-DD
	// GraceHours is how long after its end a window still takes usages that
	// were recorded late.
	GraceHours int `json:"grace_hours,omitempty"`
}

// Grace is how long a window waits for late records after its end.
func (c CutOff) Grace() time.Duration { return time.Duration(c.GraceHours) * time.Hour }

// Clock returns the hour and minute of the cut-off; 24:00 for the end of the day.
func (c CutOff) Clock() (hour, minute int) {
	t, err := time.Parse("15:04", c.At)
	if err != nil {
		return 24, 0
	}
	return t.Hour(), t.Minute()
}

// DayIn returns the day of the month on which a monthly rule cuts off.
func (c CutOff) DayIn(year int, month time.Month) int {
	last := time.Date(year, month+1, 0, 12, 0, 0, 0, time.UTC).Day()
	if c.Rule == CutOffDay {
		return min(max(c.Day, 1), last)
	}
	for day := last; day > 1; day-- {
		d := time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
		if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !slices.Contains(c.Holidays, d.Format(time.DateOnly)) {
			return day
		}
	}
	return last
}
