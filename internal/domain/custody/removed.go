package custody

import "time"

// RemovedClock runs from the moment a unit left its place until somebody says
// what became of it. It never makes a unit missing; only a count does.
type RemovedClock struct {
	Since time.Time
	Due   time.Time
}

// StartClock starts the clock of a removal under an agreement's minutes.
func StartClock(removed time.Time, minutes int) RemovedClock {
	return RemovedClock{Since: removed, Due: removed.Add(time.Duration(minutes) * time.Minute)}
}

// Overdue reports whether the answer is late at now.
func (c RemovedClock) Overdue(now time.Time) bool { return !now.Before(c.Due) }
