package ui

import (
	"fmt"
	"time"

	"trueward/internal/standard/civil"
)

// civilText writes a date as "31 Dec 2027". A label that names the month only
// reads "Dec 2027".
func civilText(words Words, d civil.Date) string {
	if d.IsZero() || !d.Valid() {
		return words.None
	}
	month := words.Months[d.Month-1]
	if d.Day == 0 {
		return fmt.Sprintf("%s %d", month, d.Year)
	}
	return fmt.Sprintf("%d %s %d", d.Day, month, d.Year)
}

// civilISO writes a date for machines (ISO 8601).
func civilISO(d civil.Date) string {
	if d.Day == 0 {
		return fmt.Sprintf("%04d-%02d", d.Year, int(d.Month))
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// instantText writes an instant as the site's clocks show it, zone named:
// "3 May 2026, 14:05 CEST".
func instantText(words Words, at time.Time, site *time.Location) string {
	local := at.In(site)
	return fmt.Sprintf("%s, %s", civilText(words, civil.Of(local)), local.Format("15:04 MST"))
}
