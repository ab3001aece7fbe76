package crawl_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the marks are written behind the product's back
	_ "modernc.org/sqlite"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store/engine"
)

// database is a connection of the database's owner, past the product, to either
// dialect.
type database struct {
	*sql.DB
	postgres bool
}

// openDatabase opens a single connection: SQLite tells its version to each apart.
func openDatabase(t *testing.T, cfg product.Config) *database {
	t.Helper()
	driver, source := "sqlite", "file:"+cfg.SQLitePath+"?_pragma=busy_timeout(10000)"
	if cfg.PostgresURL != "" {
		driver, source = "pgx", cfg.PostgresURL
	}
	db, err := sql.Open(driver, source)
	check(t, err)
	db.SetMaxOpenConns(1)
	return &database{db, cfg.PostgresURL != ""}
}

var mark = regexp.MustCompile(`\?`)

// say writes a statement with ? for its values as the dialect wants it.
func (d *database) say(statement string) string {
	if !d.postgres {
		return statement
	}
	n := 0
	return mark.ReplaceAllStringFunc(statement, func(string) string { n++; return fmt.Sprintf("$%d", n) })
}

func (d *database) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := d.Exec(d.say(statement), args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// write is exec for a mark. A column that takes words of a list alone holds
// nothing that people wrote, and stays as it is.
func (d *database) write(t *testing.T, statement string) {
	t.Helper()
	if _, err := d.Exec(statement); err != nil && !engine.IsCheck(err) {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (d *database) column(t *testing.T, query string, args ...any) []string {
	t.Helper()
	rows, err := d.Query(d.say(query), args...)
	check(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		check(t, rows.Scan(&s))
		out = append(out, s)
	}
	check(t, rows.Err())
	return out
}

func (d *database) number(t *testing.T, query string) (n int64) {
	t.Helper()
	check(t, d.QueryRow(query).Scan(&n))
	return n
}

func (d *database) tables(t *testing.T) []string {
	if d.postgres {
		return d.column(t, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'")
	}
	return d.column(t, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'")
}

func (d *database) columns(t *testing.T, table string) []string {
	if d.postgres {
		return d.column(t, "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?", table)
	}
	return d.column(t, "SELECT name FROM pragma_table_info(?)", table)
}

func (d *database) textColumns(t *testing.T, table string) []string {
	if d.postgres {
		return d.column(t, "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ? AND data_type = 'text'", table)
	}
	return d.column(t, "SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'", table)
}

// dropTriggers lets the marks into append-only rows. The product never sees a
// database without them.
func (d *database) dropTriggers(t *testing.T) {
	drops := "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
	if d.postgres {
		drops = "SELECT format('DROP TRIGGER %I ON %I', tgname, relname) FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
	}
	for _, drop := range d.column(t, drops) {
		d.exec(t, drop)
	}
}

// countChanges makes the database count every change of a table's rows in facts.
func (d *database) countChanges(t *testing.T, table string) {
	for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
		trigger := "CREATE TRIGGER count_%[1]s_%[2]s AFTER %[2]s ON %[1]s BEGIN UPDATE facts SET n = n + 1; END"
		if d.postgres {
			trigger = "CREATE TRIGGER count_%[1]s_%[2]s AFTER %[2]s ON %[1]s FOR EACH ROW EXECUTE FUNCTION count_fact()"
		}
		d.exec(t, fmt.Sprintf(trigger, table, event))
	}
}

// makeFacts makes the counter of business changes. PostgreSQL counts with the
// owner's rights: the product's role has none on it.
func (d *database) makeFacts(t *testing.T) {
	d.exec(t, `CREATE TABLE facts (n BIGINT NOT NULL)`)
	d.exec(t, `INSERT INTO facts VALUES (0)`)
	if d.postgres {
		d.exec(t, `CREATE FUNCTION count_fact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
			$$ BEGIN UPDATE facts SET n = n + 1; RETURN NULL; END $$`)
	}
}

// version changes whenever anybody else has written: on SQLite anything at all,
// on PostgreSQL, which tells no such thing, a business row.
func (d *database) version(t *testing.T) int64 {
	if d.postgres {
		return d.number(t, "SELECT n FROM facts")
	}
	return d.number(t, "PRAGMA data_version")
}
