package engine

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// The engine's own refusals and failures.
var (
	// ErrClosed means the database was closed before the closure could start.
	ErrClosed = errors.New("engine: the database is closed")
	// ErrReadOnly means a write was tried outside Write.
	ErrReadOnly = errors.New("engine: writing is possible inside Write only")
	// ErrNested means Write was called from inside a closure of Write, which
	// on SQLite would wait for itself for ever.
	ErrNested = errors.New("engine: Write inside Write")
	// ErrRefused means a closure tried to end its transaction itself (COMMIT,
	// ROLLBACK, BEGIN) or to open a cursor (Row, Rows).
	ErrRefused = errors.New("engine: not allowed inside Write")
	// ErrEnded means a session was used after its closure had returned.
	ErrEnded = errors.New("engine: the closure of this session has returned")
	// ErrPoisoned answers every statement after a failed one, until the
	// savepoint before it is restored.
	ErrPoisoned = errors.New("engine: an earlier statement of this closure failed")
	// ErrSwallowed means a closure answered nil though a statement had failed.
	// It wraps the statement's error. Nothing was stored.
	ErrSwallowed = errors.New("engine: a failed statement was passed over")
	// ErrBatchLost means the transaction was lost while a closure was part of
	// it. Nothing of it was stored.
	ErrBatchLost = errors.New("engine: the transaction was lost, nothing was stored")
	// ErrOutcomeUnknown means the connection broke during COMMIT: the changes
	// are stored whole or not at all, and only reading tells which.
	ErrOutcomeUnknown = errors.New("engine: the outcome of COMMIT is unknown")
)

// PanicError is a panic inside a closure, turned into an error. Its text leaves
// the value out, because a value may hold what no log may hold.
type PanicError struct {
	Value any
	Stack []byte
}

// Error implements error.
func (e *PanicError) Error() string { return fmt.Sprintf("engine: a closure panicked (%T)", e.Value) }

// Unwrap returns the value if it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// SQLite result codes, https://www.sqlite.org/rescode.html. The driver answers
// with extended codes; the lower byte is the primary one.
const (
	sqliteBusy             = 5
	sqliteReadOnly         = 8
	sqliteIOError          = 10
	sqliteCorrupt          = 11
	sqliteFull             = 13
	sqliteNotADatabase     = 26
	sqliteConstraintCheck  = 275
	sqliteConstraintFK     = 787
	sqliteConstraintPK     = 1555
	sqliteConstraintUnique = 2067
	sqliteConstraintRowID  = 2579
)

// PostgreSQL error codes, appendix A of its manual.
const (
	pgReadOnlyTransaction  = "25006"
	pgForeignKeyViolation  = "23503"
	pgUniqueViolation      = "23505"
	pgCheckViolation       = "23514"
	pgSerializationFailure = "40001"
	pgDeadlockDetected     = "40P01"
	pgDiskFull             = "53100"
	pgLockNotAvailable     = "55P03"
)

// IsUnique reports whether err is a breach of a unique or primary key.
func IsUnique(err error) bool {
	return is(err, gorm.ErrDuplicatedKey, pgUniqueViolation,
		sqliteConstraintUnique, sqliteConstraintPK, sqliteConstraintRowID)
}

// IsForeignKey reports whether err is a breach of a foreign key.
func IsForeignKey(err error) bool {
	return is(err, gorm.ErrForeignKeyViolated, pgForeignKeyViolation, sqliteConstraintFK)
}

// IsCheck reports whether err is a breach of a CHECK constraint.
func IsCheck(err error) bool {
	return is(err, gorm.ErrCheckConstraintViolated, pgCheckViolation, sqliteConstraintCheck)
}

// IsDiskFull reports whether the database had no room left.
func IsDiskFull(err error) bool { return is(err, nil, pgDiskFull, sqliteFull) }

// IsDamaged reports whether a database file is not what SQLite wrote.
func IsDamaged(err error) bool {
	_, found := errors.AsType[*CorruptError](err)
	return found || is(err, nil, "", sqliteCorrupt, sqliteNotADatabase)
}

// IsBusy reports whether a lock was not to be had in time; trying later helps.
func IsBusy(err error) bool { return is(err, nil, pgLockNotAvailable, sqliteBusy) }

// IsUnreachable reports whether the connection to the database broke, or could
// not be made, before COMMIT was asked for: nothing was stored, and trying
// later may help.
func IsUnreachable(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Class 08 is connection exception, 57P0x operator intervention.
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P0")
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok || pgconn.SafeToRetry(err) {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// is looks for the ORM's error, PostgreSQL's code or one of SQLite's codes in
// err's chain. Primary SQLite codes (below 256) match all their extensions.
func is(err, orm error, pgCode string, sqliteCodes ...int) bool {
	if err == nil {
		return false
	}
	if orm != nil && errors.Is(err, orm) {
		return true
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == pgCode
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	for _, code := range sqliteCodes {
		if lite.Code() == code || code < 256 && lite.Code()&0xff == code {
			return true
		}
	}
	return false
}

// isRetryable reports whether PostgreSQL asked for the transaction to be run
// again: nothing of it was stored.
func isRetryable(err error) bool {
	return is(err, nil, pgSerializationFailure) || is(err, nil, pgDeadlockDetected)
}

// fromDatabase reports whether a statement failed in the database or on the way
// to it, as opposed to a refusal by the ORM that never reached it.
func fromDatabase(err error) bool {
	if _, ok := errors.AsType[*sqlite.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*pgconn.PgError](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, context.DeadlineExceeded)
}

// translate puts the ORM's error in front of a driver's error, so that both can
// be found in the chain. The drivers' own translations are not used: SQLite's
// does not know this driver and PostgreSQL's takes a detour through JSON.
func translate(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []struct {
		meaning error
		found   func(error) bool
	}{
		{gorm.ErrDuplicatedKey, IsUnique},
		{gorm.ErrForeignKeyViolated, IsForeignKey},
		{gorm.ErrCheckConstraintViolated, IsCheck},
		{ErrReadOnly, isReadOnly},
	} {
		if known.found(err) && !errors.Is(err, known.meaning) {
			return fmt.Errorf("%w: %w", known.meaning, err)
		}
	}
	return err
}

func isReadOnly(err error) bool { return is(err, nil, pgReadOnlyTransaction, sqliteReadOnly) }
