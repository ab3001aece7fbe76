package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	slowOnPostgres = 250 * time.Millisecond

	// A closure is run this often at most when PostgreSQL asks for it.
	pgAttempts   = 8
	pgRetryFirst = 2 * time.Millisecond // doubles each time, then jittered
)

// postgresDialector is the ORM's PostgreSQL dialect with our error translation.
type postgresDialector struct{ postgres.Dialector }

// Translate implements gorm.ErrorTranslator.
func (postgresDialector) Translate(err error) error { return translate(err) }

// openPostgres opens a pool that may write and one that may not.
func openPostgres(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.SlowClosure == 0 {
		cfg.SlowClosure = slowOnPostgres
	}
	writers, err := openPostgresPool(ctx, cfg, cfg.Writers, false)
	if err != nil {
		return nil, err
	}
	readers, err := openPostgresPool(ctx, cfg, cfg.Readers, true)
	if err != nil {
		_ = writers.Close()
		return nil, err
	}
	db := &DB{cfg: cfg, dialect: PostgreSQL, readers: readers}
	db.writer = &plainWriter{db: db, pool: writers}
	if err := db.attach(&postgresDialector{*postgres.New(postgres.Config{Conn: readers}).(*postgres.Dialector)}); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// openPostgresPool opens one pool. Its sessions wait no longer for a lock or a
// statement than the write timeout, even when this program has gone away.
func openPostgresPool(ctx context.Context, cfg Config, size int, readOnly bool) (*sql.DB, error) {
	conn, err := pgx.ParseConfig(cfg.PostgresURL)
	if err != nil {
		return nil, fmt.Errorf("engine: PostgreSQL address: %w", err) // pgx leaves the password out
	}
	milliseconds := strconv.FormatInt(cfg.WriteTimeout.Milliseconds(), 10)
	for key, value := range map[string]string{
		"application_name":                    "trueward",
		"timezone":                            "UTC",
		"lock_timeout":                        milliseconds,
		"idle_in_transaction_session_timeout": milliseconds,
	} {
		if _, given := conn.RuntimeParams[key]; !given {
			conn.RuntimeParams[key] = value
		}
	}
	if readOnly {
		conn.RuntimeParams["default_transaction_read_only"] = "on"
	}
	pool := sql.OpenDB(newTenantConnector(*conn))
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("engine: connect to PostgreSQL: %w", err)
	}
	return pool, nil
}

// plainWriter gives every closure a transaction of its own: PostgreSQL groups
// commits by itself.
type plainWriter struct {
	db   *DB
	pool *sql.DB
}

// close implements writer.
func (w *plainWriter) close() error { return w.pool.Close() }

// refresh lets go of the idle connections, so that new ones find the role and
// the policies that a migration has made.
func (w *plainWriter) refresh() {
	for _, pool := range []*sql.DB{w.pool, w.db.readers} {
		idle := pool.Stats().MaxOpenConnections
		pool.SetMaxIdleConns(0)
		pool.SetMaxIdleConns(idle)
	}
}

// write implements writer. A closure is run again when PostgreSQL gave it up
// for another transaction's sake, or when the connection was found broken
// before anything began.
func (w *plainWriter) write(ctx context.Context, fn func(*gorm.DB) error) error {
	for attempt := 0; ; attempt++ {
		again, err := w.once(ctx, fn)
		if !again || attempt+1 == pgAttempts {
			return err
		}
		pause := pgRetryFirst << attempt
		pause = pause/2 + time.Duration(w.db.cfg.Jitter()*float64(pause))
		if w.db.cfg.Sleep(ctx, pause) != nil {
			return err
		}
	}
}

// once runs fn in one transaction and tells whether another try may help.
func (w *plainWriter) once(ctx context.Context, fn func(*gorm.DB) error) (again bool, err error) {
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		return false, w.unavailable(ctx, err)
	}
	defer conn.Close()
	bound, cancel := w.bound(ctx)
	defer cancel()
	tx, err := conn.BeginTx(bound, nil)
	if err != nil {
		return errors.Is(err, driver.ErrBadConn), fmt.Errorf("engine: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // also when the closure ends the goroutine; after COMMIT it does nothing

	h := &handle{pool: tx, ctx: bound, tenant: tenantOf(bound), asked: ctx}
	defer h.over.Store(true)
	if err := w.db.call(ctx, h, fn); err != nil {
		return isRetryable(err) || isRetryable(h.failed), err
	}
	err = tx.Commit()
	return isRetryable(err), commitError(err)
}

// bound limits a closure with its COMMIT to the write timeout and to the
// caller's deadline, whichever is first. A caller that goes away ends nothing.
func (w *plainWriter) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	until := time.Now().Add(w.db.cfg.WriteTimeout) // a context's deadline is the machine's time
	if asked, ok := ctx.Deadline(); ok && asked.Before(until) {
		until = asked
	}
	return context.WithDeadline(context.WithoutCancel(ctx), until)
}

func (w *plainWriter) unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err.Error() == "sql: database is closed" { // database/sql keeps that error to itself
		return ErrClosed
	}
	return fmt.Errorf("engine: connect to PostgreSQL: %w", err)
}

// commitError tells a COMMIT that was refused, and so stored nothing, from one
// whose answer never came.
func commitError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrTxCommitRollback) {
		return fmt.Errorf("%w: %w", ErrSwallowed, err)
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Severity == "ERROR" {
		return fmt.Errorf("%w: %w", ErrBatchLost, translate(err))
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}
