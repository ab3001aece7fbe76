package store

import "trueward/internal/domain/custody"

// Expiring is how many usable units expire in a span of days.
type Expiring struct {
	Until string // last day, YYYY-MM-DD; the first span ends yesterday: expired
	Units int64
}

// Expiring counts the units of the scope that lie ready for use, by the span in
// which they expire. The days rise; a unit counts in the first span that holds
// its expiry, and not at all behind the last.
func (q Queries) Expiring(days []string) ([]Expiring, error) {
	out := make([]Expiring, len(days))
	before := ""
	for i, until := range days {
		out[i].Until = until
		err := q.from("units").Where("units.state = ? AND units.expiry > ? AND units.expiry <= ?", string(custody.Available), before, until).
			Count(&out[i].Units).Error
		if err != nil {
			return nil, err
		}
		before = until
	}
	return out, nil
}
