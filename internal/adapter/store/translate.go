package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/fault"
)

// errOutOfScope is a fault of the program: an unbounded walk was asked for
// with a bounded scope.
var errOutOfScope = errors.New("store: this needs a scope without bound")

// absent is the one answer for rows that do not exist and rows of others.
func absent(what string) error {
	return fault.Newf(fault.NotFound, "There is no such %s, or it is not yours to see.", what)
}

// translate turns what the database said into a refusal where it means one.
// Faults pass as they are; what is left stays unclassified on purpose.
func translate(err error) error {
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, engine.ErrOutcomeUnknown):
		return fault.Wrap(fault.Unavailable, "The connection to the database broke while this was stored. Look whether it was done before you repeat it.", err)
	case engine.IsUnique(err):
		return fault.Wrap(fault.Conflict, "Somebody else changed this at the same moment. Look again and repeat if it is still needed.", err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.Wrap(fault.Unavailable, "This took too long and was not done. Try again.", err)
	case engine.IsDamaged(err):
		return fault.Wrap(fault.Unavailable, "The database file is damaged. Whoever runs the server must restore it; what you see may be incomplete.", err)
	case unavailable(err):
		return fault.Wrap(fault.Unavailable, "The database cannot take this right now. Nothing was changed; try again in a moment.", err)
	}
	return err
}

// unavailable reports whether trying later may help.
func unavailable(err error) bool {
	return engine.IsDiskFull(err) || engine.IsUnreachable(err) || engine.IsBusy(err) || errors.Is(err, engine.ErrBatchLost) || errors.Is(err, engine.ErrClosed)
}

// first scans at most one row into T; absence is answered as NotFound of what.
func first[T any](db *gorm.DB, what string) (T, error) {
	var rows []T
	if err := db.Limit(1).Find(&rows).Error; err != nil {
		return *new(T), err
	}
	if len(rows) == 0 {
		return *new(T), absent(what)
	}
	return rows[0], nil
}

// micros and instant carry instants over the border of the database.
func micros(t time.Time) int64 { return t.UnixMicro() }

func instant(us int64) time.Time { return time.UnixMicro(us).UTC() }

func microsOrNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	us := t.UnixMicro()
	return &us
}

func instantOrZero(us *int64) time.Time {
	if us == nil {
		return time.Time{}
	}
	return instant(*us)
}

// postgres reports whether the statement goes to PostgreSQL.
func (q Queries) postgres() bool { return q.db.Name() == "postgres" }
