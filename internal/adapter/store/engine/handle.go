package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"gorm.io/gorm"
)

// handle is the connection a closure sees. It gives both databases the same
// manners: after a failed statement every further one is refused until a
// savepoint is restored (PostgreSQL's rule; SQLite would go on), the
// transaction cannot be ended from inside, and nothing works after the closure
// has returned. It is used by one goroutine at a time.
type handle struct {
	pool gorm.ConnPool
	// ctx replaces every statement's context. A statement cancelled half-way
	// makes SQLite roll back the whole transaction, neighbours included, so
	// no caller's deadline reaches the driver.
	ctx    context.Context
	tenant Tenant // told in ctx
	// asked is the caller's context: past its deadline no further statement
	// begins. That it is cancelled changes nothing.
	asked  context.Context
	failed error // of the first failed statement since the last restored savepoint
	over   atomic.Bool
}

var _ gorm.TxCommitter = (*handle)(nil) // makes tx.Transaction nest by savepoint

func (h *handle) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	return nil, h.refuse("Prepare")
}

func (h *handle) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := h.admit(query); err != nil {
		return nil, err
	}
	result, err := h.pool.ExecContext(h.onBehalf(ctx), query, args...)
	h.note(err)
	if err == nil && isRestore(query) {
		h.failed = nil
	}
	return result, err
}

func (h *handle) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := h.admit(query); err != nil {
		return nil, err
	}
	rows, err := h.pool.QueryContext(h.onBehalf(ctx), query, args...)
	h.note(err)
	return rows, err
}

// onBehalf carries the tenant of a statement's context over to the handle's own.
func (h *handle) onBehalf(ctx context.Context) context.Context {
	if t := tenantOf(ctx); t != h.tenant {
		h.tenant, h.ctx = t, WithTenant(h.ctx, t)
	}
	return h.ctx
}

// QueryRowContext is never reached through the ORM, whose Row is refused. A
// refused row carries a context error, the only one database/sql lets in.
func (h *handle) QueryRowContext(_ context.Context, query string, args ...any) *sql.Row {
	ctx, cancel := context.WithCancel(h.ctx)
	if h.admit(query) != nil || h.refuse("Row") != nil {
		cancel()
	}
	defer cancel()
	return h.pool.QueryRowContext(ctx, query, args...)
}

// Commit implements gorm.TxCommitter by refusing: it would store half a batch.
func (h *handle) Commit() error { return h.refuse("Commit") }

// Rollback implements gorm.TxCommitter by refusing: a closure fails by its error.
func (h *handle) Rollback() error { return h.refuse("Rollback") }

func (h *handle) refuse(what string) error {
	err := fmt.Errorf("%w: %s", ErrRefused, what)
	h.note(err)
	return err
}

// admit decides whether a statement may be run now.
func (h *handle) admit(query string) error {
	if h.over.Load() {
		return ErrEnded
	}
	if word := controlWord(query); word != "" {
		return h.refuse(word)
	}
	if h.failed != nil && !isRestore(query) {
		return ErrPoisoned
	}
	if err := h.asked.Err(); errors.Is(err, context.DeadlineExceeded) && !isRestore(query) {
		h.note(err)
		return err
	}
	return nil
}

// note remembers the first failure.
func (h *handle) note(err error) {
	if h.failed == nil {
		h.failed = err
	}
}

// outcome joins what the closure answered with what its statements did.
func (h *handle) outcome(err error) error {
	if err == nil && h.failed != nil {
		return fmt.Errorf("%w: %w", ErrSwallowed, translate(h.failed))
	}
	return err
}

// isRestore recognises the statement by which a nested transaction is undone.
func isRestore(query string) bool { return hasFold(query, "ROLLBACK TO ") }

// controlWord returns the word by which a statement would end, begin or leave
// the transaction, or nothing. It looks at the first word only; a script that
// hides one further on is found by the batch when its savepoint is gone.
func controlWord(query string) string {
	query = strings.TrimLeft(query, " \t\r\n;")
	if query == "" || !strings.ContainsRune("aAbBcCeEpPrRsS", rune(query[0])) || isRestore(query) {
		return ""
	}
	for _, word := range [...]string{
		"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "RELEASE", "ATTACH", "PRAGMA", "PREPARE",
	} {
		if hasFold(query, word) && (len(query) == len(word) || !isLetter(query[len(word)])) {
			return word
		}
	}
	return ""
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
