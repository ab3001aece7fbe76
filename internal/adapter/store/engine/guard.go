package engine

import (
	"gorm.io/gorm"
)

// scopeKey is where Scoped puts its value among a statement's settings.
const scopeKey = "trueward:scope"

// GuardFunc judges a statement before it is run. table is the table the ORM
// builds it for, empty for hand-written SQL without a model. An error stops the
// statement and is its error.
type GuardFunc func(table string, stmt *gorm.Statement) error

// Guard registers the one judge of statements, in place of the one before. It
// sees every SELECT, UPDATE, DELETE and raw statement that goes through the
// ORM, on both paths; it does not see INSERTs built by the ORM, whose rows
// carry their organisation themselves, nor what triggers do.
func (db *DB) Guard(judge GuardFunc) { db.guard.Store(&judge) }

// Scoped returns a session whose statements carry scope for the guard to find.
func Scoped(tx *gorm.DB, scope any) *gorm.DB {
	return tx.Set(scopeKey, scope).Session(&gorm.Session{})
}

// ScopeOf returns what Scoped put on the statement's session.
func ScopeOf(stmt *gorm.Statement) (scope any, ok bool) { return stmt.Settings.Load(scopeKey) }

// registerCallbacks puts the engine's own checks around the ORM's statements.
func (db *DB) registerCallbacks() error {
	call := db.base.Callback()
	for _, register := range []func() error{
		func() error { return call.Create().Before("gorm:create").Register("trueward:writer", mustWrite) },
		func() error { return call.Update().Before("gorm:update").Register("trueward:writer", mustWrite) },
		func() error { return call.Delete().Before("gorm:delete").Register("trueward:writer", mustWrite) },
		func() error { return call.Row().Before("gorm:row").Register("trueward:cursor", refuseCursor) },

		func() error { return call.Query().Before("gorm:query").Register("trueward:guard", db.judge) },
		func() error { return call.Row().Before("gorm:row").Register("trueward:guard", db.judge) },
		func() error { return call.Update().Before("gorm:update").Register("trueward:guard", db.judge) },
		func() error { return call.Delete().Before("gorm:delete").Register("trueward:guard", db.judge) },
		func() error { return call.Raw().Before("gorm:raw").Register("trueward:guard", db.judge) },

		func() error { return call.Row().After("gorm:row").Register("trueward:translate", translateRow) },
		func() error { return call.Create().After("gorm:create").Register("trueward:note", noteFailure) },
		func() error { return call.Query().After("gorm:query").Register("trueward:note", noteFailure) },
		func() error { return call.Update().After("gorm:update").Register("trueward:note", noteFailure) },
		func() error { return call.Delete().After("gorm:delete").Register("trueward:note", noteFailure) },
	} {
		if err := register(); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) judge(tx *gorm.DB) {
	judge := db.guard.Load()
	if judge == nil || tx.Error != nil {
		return
	}
	if err := (*judge)(tx.Statement.Table, tx.Statement); err != nil {
		_ = tx.AddError(err)
	}
}

// mustWrite refuses the ORM's writes outside Write, before the database does.
func mustWrite(tx *gorm.DB) {
	if _, ok := tx.Statement.ConnPool.(*handle); !ok {
		_ = tx.AddError(ErrReadOnly)
	}
}

// refuseCursor refuses Row and Rows inside Write: a cursor left open would stop
// the writer for good. Scan takes the same way through the ORM and closes its
// cursor itself; it is known by the recorder it puts in the logger's place.
func refuseCursor(tx *gorm.DB) {
	h, ok := tx.Statement.ConnPool.(*handle)
	if !ok {
		return
	}
	if _, direct := tx.Logger.(quiet); direct {
		_ = tx.AddError(h.refuse("Row and Rows"))
	}
}

// noteFailure poisons the closure for a failure that came only while rows were
// read, after the statement itself had succeeded.
func noteFailure(tx *gorm.DB) {
	if h, ok := tx.Statement.ConnPool.(*handle); ok && tx.Error != nil && fromDatabase(tx.Error) {
		h.note(tx.Error)
	}
}

// translateRow does for Row, Rows and Scan what the ORM does for everything
// else: it sets their errors without asking the translator.
func translateRow(tx *gorm.DB) { tx.Error = translate(tx.Error) }
