package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Why a move was not begun.
var (
	// ErrNotEmpty means that the target holds rows, or tables that are not the
	// product's.
	ErrNotEmpty = errors.New("engine: the target database is not empty")
	// ErrInUse means that another program has the database file open.
	ErrInUse = errors.New("engine: another program has the database file open")
	// ErrVersions means that the file's schema is not this program's.
	ErrVersions = errors.New("engine: the database file has another version of the schema")
)

// AlteredError names a table whose rows did not arrive as they were sent. The
// move was undone.
type AlteredError struct {
	Table         string
	Sent, Arrived int64 // rows
}

// Error implements error.
func (e *AlteredError) Error() string {
	return fmt.Sprintf("engine: table %s: %d rows were sent, %d arrived, and they are not the same", e.Table, e.Sent, e.Arrived)
}

// Moved says that a table arrived whole.
type Moved struct {
	Table string
	Rows  int64
}

// TakeOver fills this empty PostgreSQL database with all rows of the SQLite
// database at path, and tells each table when its rows were sent.
//
// All rows arrive in one transaction, or none do: each table is read back and
// compared with what was read from the file, by number and digest, before
// COMMIT, and every foreign key is checked anew. The file is held alone
// meanwhile and not changed. What does not arrive are the schema's own list of
// versions and the tables of a replica.
//
// The errors are ErrNotEmpty, ErrInUse and ErrVersions, before anything is
// written; *AlteredError; and ErrOutcomeUnknown when the answer to COMMIT was
// lost.
func (db *DB) TakeOver(ctx context.Context, path string, told func(Moved)) error {
	if db.dialect != PostgreSQL {
		return errors.New("engine: rows are moved into PostgreSQL only")
	}
	from, err := openSource(ctx, path)
	if err != nil {
		return err
	}
	defer from.close()
	conn, err := pgx.Connect(ctx, db.cfg.PostgresURL)
	if err != nil {
		return fmt.Errorf("engine: connect to PostgreSQL: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := vacant(ctx, conn, from.tables); err != nil { // before the schema is put into somebody else's database
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	if err := sameVersion(ctx, conn, from); err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("engine: begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after COMMIT it does nothing
	m := &move{from: from, tx: tx, told: told, protect: db.cfg.Protect}
	if err := m.run(ctx); err != nil {
		return err
	}
	return commitError(tx.Commit(context.WithoutCancel(ctx)))
}

// vacant refuses a database that holds tables of somebody else, or rows.
func vacant(ctx context.Context, conn *pgx.Conn, ours []string) error {
	there, err := texts(ctx, conn, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'`)
	if err != nil {
		return err
	}
	for _, table := range there {
		if !slices.Contains(ours, table) {
			return fmt.Errorf("%w: there is a table %s", ErrNotEmpty, table)
		}
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("engine: begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it was for looking only
	for _, table := range there {
		if _, err := tx.Exec(ctx, `ALTER TABLE `+quoted(table)+` NO FORCE ROW LEVEL SECURITY`); err != nil { // rows may be hidden from their owner
			return fmt.Errorf("engine: move: %w", translate(err))
		}
	}
	return empty(ctx, tx, there)
}

// empty looks for a row in any of the tables.
func empty(ctx context.Context, conn queryer, tables []string) error {
	for _, table := range tables {
		found, err := texts(ctx, conn, `SELECT 'a row' FROM `+quoted(table)+` LIMIT 1`)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return fmt.Errorf("%w: table %s has rows", ErrNotEmpty, table)
		}
	}
	return nil
}

// sameVersion compares the steps that made the two schemas.
func sameVersion(ctx context.Context, conn queryer, from *source) error {
	const steps = `SELECT CAST(version_id AS TEXT) FROM goose_db_version WHERE is_applied ORDER BY 1`
	target, err := texts(ctx, conn, steps)
	if err != nil {
		return err
	}
	here, err := firstColumn(ctx, from.pool, steps)
	if err != nil {
		return fmt.Errorf("engine: versions of the database file: %w", err)
	}
	if !slices.Equal(slices.Compact(here), slices.Compact(target)) {
		return ErrVersions
	}
	return nil
}

// queryer is a connection or a transaction.
type queryer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// texts returns the first column of a query.
func texts(ctx context.Context, conn queryer, query string) ([]string, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, translate(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return values, translate(err)
}

func quoted(names ...string) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = pgx.Identifier{name}.Sanitize()
	}
	return strings.Join(parts, ", ")
}
