package store

import "trueward/internal/adapter/store/engine"

// where is condition for a hand-written statement on one table: it is never
// empty, so that more can be added to it.
func (q Queries) where(table string) (string, []any) {
	condition, args := q.condition(table, table)
	if condition == "" {
		condition = "1 = 1"
	}
	return condition, args
}

// exec runs a hand-written statement of a hot write and returns how many rows
// it changed. They count as changes to be audited.
func (tx *Tx) exec(statement string, args ...any) (int64, error) {
	n, err := engine.Exec(tx.db, statement, args...)
	tx.counter.rows += n
	return n, err
}
