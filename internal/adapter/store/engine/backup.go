package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// ErrElsewhere means PostgreSQL's own tools do this (pg_dump, pg_basebackup,
// pg_amcheck): the program at the other end of a network connection cannot.
var ErrElsewhere = errors.New("engine: with PostgreSQL its own tools do this")

// CorruptError says that a database file is damaged. Findings are SQLite's own
// words; they name pages, tables and indexes, no content.
type CorruptError struct{ Findings []string }

// Error implements error.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("engine: the database file is damaged (%d findings)", len(e.Findings))
}

// Backup writes a consistent copy of the SQLite database to dest, which must
// not exist, while reading and writing go on. The copy is checked, fsynced and
// given mode 0600 before it gets its name: a file called dest is a good one.
func (db *DB) Backup(ctx context.Context, dest string) error {
	if db.dialect != SQLite {
		return ErrElsewhere
	}
	if _, err := os.Lstat(dest); err == nil {
		return fmt.Errorf("engine: backup: %w", os.ErrExist)
	}
	partial := dest + ".partial"
	if err := db.copyTo(ctx, partial); err != nil {
		return errors.Join(fmt.Errorf("engine: backup: %w", err), removeIfThere(partial))
	}
	err := os.Link(partial, dest) // unlike a rename it never replaces a file
	return errors.Join(err, removeIfThere(partial), syncPath(filepath.Dir(dest)))
}

// copyTo makes the copy under its passing name.
func (db *DB) copyTo(ctx context.Context, path string) error {
	if err := removeIfThere(path); err != nil {
		return err
	}
	if _, err := sqliteFile(path); err != nil { // SQLite fills an empty file and keeps its mode
		return err
	}
	source, err := sql.Open("sqlite", sqliteDSN(db.cfg.SQLitePath, nil))
	if err != nil {
		return err
	}
	defer source.Close()
	if _, err := source.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return err
	}
	if err := syncPath(path); err != nil {
		return err
	}
	return checkFile(ctx, path)
}

// CheckIntegrity reads the whole SQLite database and compares every index and
// foreign key with the rows. A damaged file answers *CorruptError.
func (db *DB) CheckIntegrity(ctx context.Context) error {
	if db.dialect != SQLite {
		return ErrElsewhere
	}
	return checkFile(ctx, db.cfg.SQLitePath)
}

// QuickCheck reads the SQLite database without comparing indexes with rows, for
// as long as ctx allows: a check that was not finished finds nothing. A damaged
// file answers *CorruptError.
func (db *DB) QuickCheck(ctx context.Context) error {
	if db.dialect != SQLite {
		return ErrElsewhere
	}
	findings, err := firstColumn(ctx, db.readers, "PRAGMA quick_check(1)")
	switch {
	case ctx.Err() != nil:
		return nil
	case is(err, nil, "", sqliteCorrupt, sqliteNotADatabase):
		return &CorruptError{Findings: append(findings, err.Error())}
	case err != nil:
		return fmt.Errorf("engine: quick check: %w", err)
	case len(findings) == 1 && findings[0] == "ok":
		return nil
	}
	return &CorruptError{Findings: findings}
}

func checkFile(ctx context.Context, path string) error {
	pool, err := sql.Open("sqlite", sqliteDSN(path, url.Values{"_query_only": {"1"}}))
	if err != nil {
		return err
	}
	defer pool.Close()
	findings, err := firstColumn(ctx, pool, "PRAGMA integrity_check(20)")
	if err == nil && len(findings) == 1 && findings[0] == "ok" {
		findings, err = firstColumn(ctx, pool,
			"SELECT 'foreign key of ' || \"table\" || ' to ' || parent FROM pragma_foreign_key_check LIMIT 20")
	}
	if is(err, nil, "", sqliteCorrupt, sqliteNotADatabase) {
		return &CorruptError{Findings: append(findings, err.Error())}
	}
	if err != nil {
		return fmt.Errorf("engine: integrity check: %w", err)
	}
	if len(findings) > 0 {
		return &CorruptError{Findings: findings}
	}
	return nil
}

func firstColumn(ctx context.Context, pool *sql.DB, query string) ([]string, error) {
	rows, err := pool.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return values, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// syncPath makes a file, or a folder's entries, survive a power cut.
func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Sync()
}
