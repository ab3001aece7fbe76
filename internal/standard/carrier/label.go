package carrier

import (
	"time"

	"trueward/internal/standard/gs1"
	"trueward/internal/standard/hibc"
	"trueward/internal/standard/isbt128"
)

// fromHIBC reads a HIBC label. Secondary data alone have no device identifier.
func fromHIBC(s string, now time.Time) (Answer, error) {
	m, err := hibc.Parse(s)
	if err != nil {
		return Answer{}, wrap(HIBC, err)
	}
	a := Answer{Kind: HIBC, DI: m.DI(), Lot: m.Lot, Serial: m.Serial}
	a.Expiry, _ = m.Expiry(now)
	a.Manufactured, _ = m.Manufactured()
	return a, nil
}

// fromISBT reads one or several ISBT 128 data structures.
func fromISBT(s string) (Answer, error) {
	m, err := isbt128.Parse(s)
	if err != nil {
		return Answer{}, wrap(ISBT128, err)
	}
	return Answer{Kind: ISBT128, DI: m.DI, Lot: m.Lot, Serial: m.Serial, DonationID: m.DonationID,
		Expiry: m.Expiry, Manufactured: m.Manufactured}, nil
}

// dates takes over the date that a DSGTIN carries.
func (a *Answer) dates(now time.Time) {
	for _, e := range a.Elements {
		d, err := gs1.ParseDate(e.Value, now)
		if err != nil {
			continue
		}
		switch e.AI {
		case "17":
			a.Expiry = d.End()
		case "11":
			a.Manufactured = d.End()
		}
	}
}
