package store

import (
	"database/sql"

	"trueward/internal/adapter/store/engine"
)

// where is condition for a hand-written statement on one table: it is never
// empty, so that more can be added to it.
func (q Queries) where(table string) (string, []any) {
	condition, args := q.condition(table, table)
	if condition == "" {
		condition = "1 = 1"
	}
	return condition, args
}

// one reads the only row that a hand-written query finds; when it finds none,
// that is NotFound of what.
func (q Queries) one(what, statement string, args []any, into ...any) error {
	found, err := q.maybe(statement, args, into...)
	if err == nil && !found {
		return absent(what)
	}
	return err
}

// maybe reads the only row that a hand-written query finds, if it finds one.
func (q Queries) maybe(statement string, args []any, into ...any) (found bool, err error) {
	err = engine.Query(q.db, statement, args, func(r *sql.Rows) error {
		found = true
		return r.Scan(into...)
	})
	return found && err == nil, err
}

// exec runs a hand-written statement of a hot write and returns how many rows
// it changed. They count as changes to be audited.
func (tx *Tx) exec(statement string, args ...any) (int64, error) {
	n, err := engine.Exec(tx.db, statement, args...)
	tx.counter.rows += n
	return n, err
}
