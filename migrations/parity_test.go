package migrations_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/testkit/postgres"
	"trueward/migrations"
)

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// migrated opens a migrated database for looking behind the engine's back.
func migrated(t *testing.T, cfg engine.Config) *sql.DB {
	t.Helper()
	driver, source := "sqlite", cfg.SQLitePath
	if cfg.PostgresURL != "" {
		driver, source = "pgx", cfg.PostgresURL
	}
	db, err := engine.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1) // settings of the session hold for every statement
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

func sqlite(t *testing.T) *sql.DB {
	return migrated(t, engine.Config{SQLitePath: filepath.Join(t.TempDir(), "trueward.db")})
}

func postgreSQL(t *testing.T) *sql.DB {
	return migrated(t, engine.Config{PostgresURL: postgres.Start(t)})
}

func TestFilesAreTwins(t *testing.T) {
	names := func(folder string) []string {
		found, err := fs.Glob(migrations.Files(), folder+"/*.sql")
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %d files", folder, err, len(found))
		}
		for i := range found {
			found[i] = strings.TrimPrefix(found[i], folder+"/")
			// Numbers may leave gaps, for work that lands side by side; two of
			// the same number would run in an order nobody decided.
			if i > 0 && found[i][:5] <= found[i-1][:5] {
				t.Errorf("%s/%s does not follow %s", folder, found[i], found[i-1])
			}
		}
		return found
	}
	if lite, pg := names("sqlite"), names("postgres"); !slices.Equal(lite, pg) {
		t.Errorf("the folders differ:\n%v\n%v", lite, pg)
	}
}

func TestSchemasAreTheSame(t *testing.T) {
	lite := sqliteFacts(t, sqlite(t))
	if len(lite) < 100 {
		t.Fatalf("only %d facts were found: the test looks past the schema", len(lite))
	}
	if !postgres.Wanted(t) {
		return
	}
	db := postgreSQL(t)
	pg := postgresFacts(t, db)
	for _, fact := range lite.only(pg) {
		t.Errorf("only in SQLite: %s", fact)
	}
	for _, fact := range pg.only(lite) {
		t.Errorf("only in PostgreSQL: %s", fact)
	}
	t.Logf("%d facts compared", len(lite))
}

// TestDifferencesAreSeen plants one difference of every kind and expects the
// comparison to name it.
func TestDifferencesAreSeen(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	db := postgreSQL(t)
	before := postgresFacts(t, db)
	for _, planted := range []string{
		"ALTER TABLE units ADD COLUMN surplus TEXT",
		"ALTER TABLE units ALTER COLUMN lot DROP NOT NULL",
		"ALTER TABLE units ALTER COLUMN lot SET DEFAULT 'x'",
		"ALTER TABLE units ADD CONSTRAINT planted UNIQUE (id, lot)",
		"ALTER TABLE units ADD CHECK (lot <> 'x')",
		"CREATE INDEX planted ON units (lot, id)",
		"CREATE UNIQUE INDEX planted ON units (lot, id) WHERE lot = 'x'",
		"DROP INDEX invoices_by_number",
		"DROP TRIGGER audit_entries_no_update ON audit_entries",
		"ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_no_delete",
		"ALTER TABLE vendor_lines DROP CONSTRAINT vendor_lines_invoice_id_fkey",
		"ALTER TABLE outbox DROP CONSTRAINT outbox_state_check",
		"CREATE TABLE surplus (id TEXT PRIMARY KEY)",
	} {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, tx, planted)
		after := postgresFacts(t, tx)
		_ = tx.Rollback()
		if len(after.only(before))+len(before.only(after)) == 0 {
			t.Errorf("not seen: %s", planted)
		}
	}
}

var appendOnly = regexp.MustCompile(`(?i)(?m)((?:^--.*\n)+)CREATE TABLE (\w+)`)

// appendOnlyTables reads in the schema's own comments which tables promise it.
func appendOnlyTables(t *testing.T, folder string) []string {
	var tables []string
	files, _ := fs.Glob(migrations.Files(), folder+"/*.sql")
	for _, name := range files {
		content, err := fs.ReadFile(migrations.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range appendOnly.FindAllStringSubmatch(string(content), -1) {
			if strings.Contains(strings.ToLower(found[1]), "append-only") {
				tables = append(tables, found[2])
			}
		}
	}
	slices.Sort(tables)
	return tables
}

// TestAppendOnlyTablesRefuseChange puts a row into every table that promises to
// be append-only and tries to change and to delete it, on the bare database.
func TestAppendOnlyTablesRefuseChange(t *testing.T) {
	tables := appendOnlyTables(t, "sqlite")
	if len(tables) < 5 {
		t.Fatalf("only %v promise it: the comments were not found", tables)
	}
	t.Run("sqlite", func(t *testing.T) {
		db := sqlite(t)
		mustExec(t, db, "PRAGMA foreign_keys = 0")
		mustExec(t, db, "PRAGMA ignore_check_constraints = 1")
		tryToChange(t, db, sqliteFacts(t, db), tables)

		mustExec(t, db, "DROP TRIGGER audit_entries_no_delete")
		if err := change(t, db, "DELETE FROM audit_entries"); err != nil {
			t.Errorf("without its trigger the row still stays (%v): the test proves nothing", err)
		}
	})
	if !postgres.Wanted(t) {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		if twin := appendOnlyTables(t, "postgres"); !slices.Equal(twin, tables) {
			t.Errorf("the comments of PostgreSQL promise it of %v, those of SQLite of %v", twin, tables)
		}
		db := postgreSQL(t)
		var drops []string // the made-up rows obey nothing but the triggers
		each(t, db, `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
			FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace`, func(rows *sql.Rows) error {
			var drop string
			err := rows.Scan(&drop)
			drops = append(drops, drop)
			return err
		})
		for _, drop := range drops {
			mustExec(t, db, drop)
		}
		tryToChange(t, db, postgresFacts(t, db), tables)
	})
}

var columnFact = regexp.MustCompile(`^column (\w+)\.(\w+): (\w+),`)

// tryToChange fills each table with one made-up row and expects refusals.
func tryToChange(t *testing.T, db *sql.DB, schema facts, tables []string) {
	sample := map[string]string{"text": "'x'", "integer": "1", "boolean": "true", "bytes": "'x'"}
	for _, table := range tables {
		var columns, values []string
		for fact := range schema {
			if m := columnFact.FindStringSubmatch(fact); m != nil && m[1] == table {
				columns, values = append(columns, m[2]), append(values, sample[m[3]])
			}
		}
		mustExec(t, db, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(columns, ", "), strings.Join(values, ", ")))
		for _, statement := range []string{
			fmt.Sprintf("UPDATE %s SET %s = %s", table, columns[0], columns[0]),
			"DELETE FROM " + table,
		} {
			if err := change(t, db, statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s answered %v", statement, err)
			}
		}
	}
}

// change tries a statement and undoes it.
func change(t *testing.T, db *sql.DB, statement string) error {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.ExecContext(t.Context(), statement)
	return errors.Join(err, tx.Rollback())
}

func mustExec(t *testing.T, db database, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
}
