package ui

import (
	"fmt"
	"time"

	"trueward/internal/standard/civil"
)

// civilText writes a date as "31 Dec 2027". A label that names the month only
// reads "Dec 2027".
func civilText(words *Words, d civil.Date) string {
	if d.IsZero() || !d.Valid() {
		return words.None
	}
	month := words.Months[d.Month-1]
	if d.Day == 0 {
		return month + " " + itoa(d.Year)
	}
	return itoa(d.Day) + " " + month + " " + itoa(d.Year)
}

// civilISO writes a date for machines (ISO 8601).
func civilISO(d civil.Date) string {
	if d.Day == 0 {
		return digits(d.Year, 4) + "-" + digits(int(d.Month), 2)
	}
	return digits(d.Year, 4) + "-" + digits(int(d.Month), 2) + "-" + digits(d.Day, 2)
}

// instantText writes an instant as the site's clocks show it, zone named:
// "3 May 2026, 14:05 CEST".
func instantText(words *Words, at time.Time, site *time.Location) string {
	local := at.In(site)
	return fmt.Sprintf("%s, %s", civilText(words, civil.Of(local)), local.Format("15:04 MST"))
}
