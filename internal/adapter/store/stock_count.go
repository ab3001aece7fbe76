package store

import (
	"database/sql"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/custody"
)

var unitStates = []custody.State{
	custody.Expected, custody.Available, custody.Removed, custody.Opened, custody.Used, custody.Wasted,
	custody.Missing, custody.Outbound, custody.Closed,
}

// keptCount counts what a filter finds by the maintained totals; kept is false
// when no total answers that question and the units must be counted.
func (q Queries) keptCount(f UnitFilter) (n int64, kept bool, err error) {
	behind, kept := q.totalBehind(f)
	if !kept {
		return 0, false, nil
	}
	states := f.States
	if len(states) == 0 {
		states = unitStates
	}
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = UnitsTotal(s) + behind
	}
	err = engine.Query(q.db, `SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM totals WHERE organisation_id = ? AND name IN ?`,
		[]any{string(q.scope.Organisation), distinct(names)}, func(r *sql.Rows) error { return r.Scan(&n) })
	return n, true, err
}

// totalBehind returns what follows the state in the names of the totals that
// count a filter's units; false when there are no such totals.
func (q Queries) totalBehind(f UnitFilter) (string, bool) {
	if f.Vendor != "" || f.Site != "" || f.Place != "" || f.Product != "" || f.Lot != "" || f.Serial != "" || f.ExpiresBy != "" || f.Text != "" {
		return "", false
	}
	if vendor, ok := q.scope.Vendor(); ok && vendor != "" {
		if f.Hospital != "" {
			return "/hospital/" + string(f.Hospital), true
		}
		return "", true
	}
	hospital, ok := q.scope.Hospital()
	return "", ok && len(q.scope.Sites) == 0 && (f.Hospital == "" || f.Hospital == hospital)
}
