// Package engine is the database under Trueward: one write path and one read
// path over SQLite (the embedded default) and PostgreSQL 15 or later.
//
// It promises:
//   - Write is the only way to change data. A closure's changes are stored as
//     a whole or not at all, and Write answers only after they are durable
//     (fsync). A closure that fails, panics or swallows a failed statement
//     leaves nothing behind and its neighbours whole, alike in both dialects.
//   - Read hands out a session that cannot write: the database itself refuses.
//     It sees everything whose Write was answered.
//   - No SQL text, no parameter and no row ever reaches a log from here.
//
// It does not promise that a closure runs only once: on PostgreSQL a closure is
// run again after a serialization failure or a deadlock, so it changes nothing
// outside its transaction. Closures are short and do no network or file I/O: on
// SQLite every writer of the program waits for them. The engine knows no table
// of the product; which rows belong to whom is decided by the guard the store
// registers.
package engine

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"trueward/internal/clock"
	"trueward/migrations"
)

// Dialect names the database language spoken.
type Dialect string

// The dialects.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// Config says which database to open and how. Exactly one of SQLitePath and
// PostgresURL is set; every other field has a sensible zero value.
type Config struct {
	// SQLitePath is the database file; it is made with mode 0600 if missing.
	SQLitePath string
	// PostgresURL is a connection URL or keyword string as libpq knows it.
	PostgresURL string

	// Readers bounds the connections of the reader pool (0: 4, or the number
	// of processors if that is more).
	Readers int
	// Writers bounds the connections that write to PostgreSQL (0: 16). SQLite
	// always has one.
	Writers int
	// WriteTimeout bounds one run of a closure with its COMMIT on PostgreSQL
	// (0: 30 s), so that a lost network never holds a caller for good.
	WriteTimeout time.Duration
	// SlowClosure is the time over which a closure is logged by its function
	// name (0: 5 ms on SQLite, where it stops everybody, and 250 ms else).
	SlowClosure time.Duration

	// Logger receives slow closures and lost batches (nil: nothing is logged).
	Logger *slog.Logger
	// Clock measures closures and batches (nil: the machine's clock).
	Clock clock.Clock
	// Jitter returns a number in [0,1) that spreads retries (nil: random).
	Jitter func() float64
	// Sleep waits between retries and ends early with the context's error
	// (nil: a timer).
	Sleep func(context.Context, time.Duration) error
	// Protect returns the statements that bind tables to their tenants on
	// PostgreSQL; Migrate runs them behind its last step, in one transaction
	// (nil: none).
	Protect func() []string
	// Followed says that another part of the program copies SQLite's log and
	// moves it into the file (checkpoints); the writer then leaves that to it.
	Followed bool
	// Migrations replaces the product's schema; for tests of the engine.
	Migrations fs.FS

	pragmas []string // further SQLite pragmas of the writer, for tests
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	cfg     Config
	dialect Dialect
	base    *gorm.DB // on the reader pool; every session is made from it
	readers *sql.DB
	writer  writer
	guard   atomic.Pointer[GuardFunc]
	close   sync.Once
}

// writer runs closures durably; one implementation per dialect.
type writer interface {
	write(ctx context.Context, fn func(*gorm.DB) error) error
	close() error
}

// Open opens the database that cfg names and checks that it answers. The schema
// is left as it is: see Migrate.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	cfg = cfg.withDefaults()
	switch {
	case cfg.SQLitePath != "" && cfg.PostgresURL != "":
		return nil, errors.New("engine: SQLitePath and PostgresURL exclude each other")
	case cfg.SQLitePath != "":
		return openSQLite(ctx, cfg)
	case cfg.PostgresURL != "":
		return openPostgres(ctx, cfg)
	}
	return nil, errors.New("engine: no database is named")
}

func (c Config) withDefaults() Config {
	c.Readers = cmp.Or(c.Readers, max(4, runtime.NumCPU()))
	c.Writers = cmp.Or(c.Writers, 16)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 30*time.Second)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Jitter == nil {
		c.Jitter = rand.Float64
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Migrations == nil {
		c.Migrations = migrations.Files()
	}
	return c
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// attach finishes a DB: the ORM over the reader pool, and its callbacks.
func (db *DB) attach(dialector gorm.Dialector) error {
	base, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true, // a statement inside Write has its transaction already
		TranslateError:         true,
		DisableAutomaticPing:   true,
		Logger:                 quiet{},
		NowFunc:                db.cfg.Clock.Now,
	})
	if err != nil {
		return fmt.Errorf("engine: open %s: %w", db.dialect, err)
	}
	db.base = base
	return db.registerCallbacks()
}

// Dialect tells which database is under it.
func (db *DB) Dialect() Dialect { return db.dialect }

// Read returns a session on the reader pool. A write attempted through it fails
// with ErrReadOnly. Several statements that must see one state are put into its
// Transaction.
func (db *DB) Read(ctx context.Context) *gorm.DB { return db.base.WithContext(ctx) }

// Write runs fn in a transaction and returns when its changes are durable.
//
// ctx counts until fn starts: once it runs, its outcome is awaited and told,
// whether the caller is still there or not. Its deadline goes on counting:
// past it no statement begins; a closure that still wanted one stores nothing,
// and the error is context.DeadlineExceeded. PostgreSQL stops the statement under way, too, and
// a deadline during COMMIT leaves ErrOutcomeUnknown; on SQLite the statement
// under way is awaited, for it cannot be stopped without its neighbours.
// The errors are fn's own, unwrapped; ErrSwallowed with the statement's error
// if fn answered nil after a failed statement; *PanicError; ErrBatchLost when
// the transaction was lost under fn's feet (nothing stored, another try may
// succeed); ErrOutcomeUnknown when the answer to COMMIT was lost; ErrNested
// when called from inside a closure; ErrClosed.
//
// Inside fn only tx is used, and only until fn returns. Commit, Rollback, Row
// and Rows are refused (scan into values); tx.Transaction nests by savepoint.
func (db *DB) Write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if insideClosure() {
		return ErrNested
	}
	return db.writer.write(ctx, fn)
}

// Close waits for the writes under way and closes every connection.
func (db *DB) Close() error {
	var err error
	db.close.Do(func() { err = errors.Join(db.writer.close(), db.readers.Close()) })
	return err
}
