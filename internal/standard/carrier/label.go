package carrier

import (
	"time"

	"trueward/internal/standard/hibc"
	"trueward/internal/standard/isbt128"
)

// fromHIBC reads a HIBC label. Secondary data alone have no device identifier.
func (a *Answer) fromHIBC(s string, now time.Time) error {
	m, err := hibc.Parse(s)
	if err != nil {
		return wrap(HIBC, err)
	}
	a.Kind, a.DI, a.Lot, a.Serial = HIBC, m.DI(), m.Lot, m.Serial
	a.Expiry, _ = m.Expiry(now)
	a.Manufactured, _ = m.Manufactured()
	return nil
}

// fromISBT reads one or several ISBT 128 data structures.
func (a *Answer) fromISBT(s string) error {
	m, err := isbt128.Parse(s)
	if err != nil {
		return wrap(ISBT128, err)
	}
	a.Kind, a.DI, a.Lot, a.Serial, a.DonationID = ISBT128, m.DI, m.Lot, m.Serial, m.DonationID
	a.Expiry, a.Manufactured = m.Expiry, m.Manufactured
	return nil
}

// dates takes over the date that a DSGTIN carries.
func (a *Answer) dates(now time.Time) {
	for _, e := range a.Elements {
		switch e.AI {
		case "17":
			a.Expiry = lastDay(e.Value, now)
		case "11":
			a.Manufactured = lastDay(e.Value, now)
		}
	}
}
