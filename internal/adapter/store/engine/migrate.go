package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migration is one numbered step of the schema and whether it was taken.
type Migration struct {
	Version   int64
	Name      string // file name
	Applied   bool
	AppliedAt time.Time // zero unless Applied
}

// Migrate brings the schema up to this program's. Each step is a transaction of
// its own; on PostgreSQL an advisory lock keeps several starting programs apart.
// A database that is further on than this program is left alone.
func (db *DB) Migrate(ctx context.Context) error {
	err := db.migrating(ctx, func(p *goose.Provider) error {
		_, err := p.Up(ctx)
		return err
	})
	if err != nil || db.dialect == SQLite || db.cfg.Protect == nil {
		return err
	}
	return db.protect(ctx)
}

// protect makes the application's role and binds it to the tenants' rows. The
// role belongs to the whole server, so two databases may make it at once.
func (db *DB) protect(ctx context.Context) error {
	pool, _, err := db.schemaPool()
	if err != nil {
		return err
	}
	defer pool.Close()
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("engine: row-level security: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range append([]string{`SELECT pg_advisory_xact_lock(7236014)`, makeRole}, db.cfg.Protect()...) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("engine: row-level security: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("engine: row-level security: %w", err)
	}
	if w, ok := db.writer.(*plainWriter); ok {
		w.refresh()
	}
	return nil
}

// makeRole makes the application's role unless another database of the server
// did, and lets the one who migrates become it.
const makeRole = `DO $$ BEGIN
	IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '` + AppRole + `') THEN
		BEGIN
			CREATE ROLE ` + AppRole + ` NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
		END;
	END IF;
	IF NOT pg_has_role(session_user, '` + AppRole + `', 'MEMBER') THEN
		EXECUTE format('GRANT ` + AppRole + ` TO %I', session_user);
	END IF;
END $$`

// MigrationStatus lists this program's steps in order.
func (db *DB) MigrationStatus(ctx context.Context) ([]Migration, error) {
	var steps []Migration
	err := db.migrating(ctx, func(p *goose.Provider) error {
		states, err := p.Status(ctx)
		for _, s := range states {
			steps = append(steps, Migration{
				Version:   s.Source.Version,
				Name:      path.Base(s.Source.Path),
				Applied:   s.State == goose.StateApplied,
				AppliedAt: s.AppliedAt,
			})
		}
		return err
	})
	return steps, err
}

// PendingMigrations counts the steps that Migrate would take.
func (db *DB) PendingMigrations(ctx context.Context) (int, error) {
	steps, err := db.MigrationStatus(ctx)
	pending := 0
	for _, s := range steps {
		if !s.Applied {
			pending++
		}
	}
	return pending, err
}

// migrating opens a connection pool for schema work, apart from the writer,
// whose one connection is taken, and closes it afterwards.
func (db *DB) migrating(ctx context.Context, work func(*goose.Provider) error) error {
	pool, options, err := db.schemaPool()
	if err != nil {
		return err
	}
	dialect := goose.DialectPostgres
	if db.dialect == SQLite {
		dialect = goose.DialectSQLite3
	}
	folder, err := fs.Sub(db.cfg.Migrations, string(db.dialect))
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	provider, err := goose.NewProvider(dialect, pool, folder,
		append(options, goose.WithDisableGlobalRegistry(true), goose.WithSlog(db.cfg.Logger))...)
	if err == nil {
		err = work(provider)
	}
	if err != nil {
		err = fmt.Errorf("engine: schema: %w", err)
	}
	return errors.Join(err, pool.Close())
}

func (db *DB) schemaPool() (*sql.DB, []goose.ProviderOption, error) {
	if db.dialect == SQLite {
		pool, err := openSQLiteWriter(db.cfg.SQLitePath, false, nil)
		return pool, nil, err
	}
	config, err := pgx.ParseConfig(db.cfg.PostgresURL)
	if err != nil {
		return nil, nil, fmt.Errorf("engine: PostgreSQL address: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks each second, for 5 minutes
	if err != nil {
		return nil, nil, fmt.Errorf("engine: schema lock: %w", err)
	}
	return stdlib.OpenDB(*config), []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}
