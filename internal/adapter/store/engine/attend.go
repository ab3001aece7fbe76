package engine

import "gorm.io/gorm"

// attendant is what Attend registered, where every session of the ORM finds it.
type attendant struct{ before, after func() error }

const attendantName = "trueward:attendant"

// Name implements gorm.Plugin.
func (*attendant) Name() string { return attendantName }

// Initialize implements gorm.Plugin.
func (*attendant) Initialize(*gorm.DB) error { return nil }

// Attend registers what is asked around each statement of Query and Exec, as
// callbacks of the ORM are around those that it builds: before decides whether
// the statement runs, after (of Exec alone) whether its success is told. It is
// called once, before the first statement; tests plant failures with it.
func (db *DB) Attend(before, after func() error) error {
	return db.base.Use(&attendant{before, after})
}

var unattended = &attendant{
	before: func() error { return nil },
	after:  func() error { return nil },
}

func attending(tx *gorm.DB) *attendant {
	if a, ok := tx.Plugins[attendantName].(*attendant); ok {
		return a
	}
	return unattended
}
