package engine

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"gorm.io/gorm"
)

// openSQLite opens one writer and a pool of readers on the same file.
func openSQLite(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.SlowClosure == 0 {
		cfg.SlowClosure = slowOnSQLite
	}
	path, err := sqliteFile(cfg.SQLitePath)
	if err != nil {
		return nil, err
	}
	cfg.SQLitePath = path
	db := &DB{cfg: cfg, dialect: SQLite}
	// The writer comes first: it turns the file to write-ahead logging, which
	// a reader may not.
	group, err := newGroupWriter(ctx, db)
	if err != nil {
		return nil, err
	}
	db.writer = group
	if err := db.openSQLiteReaders(ctx); err != nil {
		_ = group.close()
		return nil, err
	}
	return db, nil
}

func (db *DB) openSQLiteReaders(ctx context.Context) error {
	readers, err := sql.Open("sqlite", sqliteDSN(db.cfg.SQLitePath, url.Values{"_query_only": {"1"}}))
	if err != nil {
		return fmt.Errorf("engine: open SQLite readers: %w", err)
	}
	readers.SetMaxOpenConns(db.cfg.Readers)
	readers.SetMaxIdleConns(db.cfg.Readers)
	db.readers = readers
	if err = readers.PingContext(ctx); err == nil {
		err = db.attach(sqliteDialector{pool: newPrepared(readers)})
	}
	if err != nil {
		_ = readers.Close()
		return fmt.Errorf("engine: open SQLite readers: %w", err)
	}
	return nil
}

// openSQLiteWriter opens a pool of one connection that may write.
func openSQLiteWriter(path string, followed bool, pragmas []string) (*sql.DB, error) {
	checkpoint := "wal_autocheckpoint(2000)" // pages
	if followed {
		checkpoint = "wal_autocheckpoint(0)"
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path, url.Values{
		"_txlock": {"immediate"}, // a transaction that reads first could not write later (SQLITE_BUSY_SNAPSHOT)
		"_pragma": append([]string{
			"journal_mode(wal)",
			"synchronous(full)",            // fsync at every COMMIT
			"journal_size_limit(67108864)", // give back the space of a log that a long reader let grow
			checkpoint,
			"recursive_triggers(1)", // REPLACE fires DELETE triggers: append-only holds for it too
			"trusted_schema(0)",
			"temp_store(memory)", // the undo of a savepoint costs no system call a page
		}, pragmas...),
	}))
	if err != nil {
		return nil, fmt.Errorf("engine: open SQLite writer: %w", err)
	}
	pool.SetMaxOpenConns(1)
	return pool, nil
}

// sqliteDSN spells the data source name that every connection shares.
func sqliteDSN(path string, more url.Values) string {
	values := url.Values{
		"_busy_timeout": {"10000"}, // ms; another process may hold the lock
		"_foreign_keys": {"1"},
		"_dqs":          {"0"}, // a misspelt "column" is an error, as on PostgreSQL, not a string
	}
	for key, value := range more {
		values[key] = value
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	return file.String() + "?" + values.Encode()
}

// sqliteFile makes sure the file exists and only its owner may read it; SQLite
// gives its log files the same mode.
func sqliteFile(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("engine: database file: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fmt.Errorf("engine: database file: %w", err)
	}
	defer file.Close()
	if err := file.Chmod(0o600); err != nil {
		return "", fmt.Errorf("engine: database file: %w", err)
	}
	return path, nil
}

var _ gorm.ErrorTranslator = sqliteDialector{}
