package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// facts describes a schema as lines that are the same in both dialects when the
// schemas are: one for each column, key, foreign key, check, index and trigger.
type facts map[string]bool

func (f facts) addf(format string, args ...any) { f[fmt.Sprintf(format, args...)] = true }

// only lists the facts of f that other lacks.
func (f facts) only(other facts) []string {
	var lines []string
	for line := range f {
		if !other[line] {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// families maps declared types to what they keep. A type that is not here is
// not allowed in the schema.
var families = map[string]string{
	"TEXT": "text", "text": "text",
	"BIGINT": "integer", "INTEGER": "integer", "bigint": "integer",
	"BOOLEAN": "boolean", "boolean": "boolean",
	"BLOB": "bytes", "bytea": "bytes",
}

func (f facts) addColumn(table, column, declared string, notNull bool, fallback sql.NullString) {
	family := families[declared]
	if family == "" {
		family = "the unknown type " + declared
	}
	f.addf("column %s.%s: %s, not null %v, default %q", table, column, family, notNull, plain(fallback.String))
}

func (f facts) addIndex(name, table, columns string, unique bool, where string) {
	f.addf("index %s on %s (%s), unique %v, where %q", name, table, columns, unique, plain(where))
}

var (
	casts   = regexp.MustCompile(`::[a-z]+(\[\])?`)
	between = regexp.MustCompile(`(\w+) between (\d+) and (\d+)`)
	anyOf   = regexp.MustCompile(`= any array\[([^\]]*)\]`)
	blanks  = regexp.MustCompile(`\s+`)
)

// plain writes an expression without what PostgreSQL adds to it or puts in
// other words: parentheses, casts, IN lists and BETWEEN.
func plain(expression string) string {
	s := casts.ReplaceAllString(strings.ToLower(expression), "")
	s = strings.NewReplacer("(", " ", ")", " ", ",", ", ").Replace(s)
	s = strings.TrimSpace(blanks.ReplaceAllString(s, " "))
	s = between.ReplaceAllString(s, "$1 >= $2 and $1 <= $3")
	s = anyOf.ReplaceAllString(s, "in $1")
	return strings.ReplaceAll(blanks.ReplaceAllString(s, " "), " ,", ",")
}

// database is a connection pool or a transaction on it.
type database interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// each runs a query and hands its rows to scan.
func each(t *testing.T, db database, query string, scan func(rows *sql.Rows) error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			t.Fatalf("%v in %s", err, query)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v in %s", err, query)
	}
}

const sqliteTables = `(SELECT name, sql FROM sqlite_master
	WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'goose_db_version')`

func sqliteFacts(t *testing.T, db database) facts {
	f := facts{}
	f.addSQLiteColumns(t, db)
	f.addSQLiteIndexes(t, db)
	f.addSQLiteRules(t, db)
	return f
}

func (f facts) addSQLiteColumns(t *testing.T, db database) {
	var table, a, b string
	var text sql.NullString
	var notNull bool
	each(t, db, `SELECT t.name, c.name, c.type, c."notnull" OR c.pk > 0, c.dflt_value
		FROM `+sqliteTables+` t JOIN pragma_table_info(t.name) c`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a, &b, &notNull, &text)
		f.addColumn(table, a, b, notNull, text)
		return err
	})
	each(t, db, `SELECT name, group_concat(column, ',') FROM (
			SELECT t.name, c.name AS column FROM `+sqliteTables+` t JOIN pragma_table_info(t.name) c WHERE c.pk > 0 ORDER BY t.name, c.pk)
		GROUP BY name`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a)
		f.addf("primary key of %s (%s)", table, a)
		return err
	})
}

func (f facts) addSQLiteIndexes(t *testing.T, db database) {
	var table, a, b, c string
	var text sql.NullString
	var unique bool
	each(t, db, `SELECT t.name, i.name, i.origin, i."unique",
			(SELECT group_concat(coalesce(name, '?'), ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)),
			(SELECT sql FROM sqlite_master WHERE name = i.name)
		FROM `+sqliteTables+` t JOIN pragma_index_list(t.name) i WHERE i.origin <> 'pk'`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a, &b, &unique, &c, &text)
		if b == "u" {
			f.addf("unique %s (%s)", table, c)
			return err
		}
		_, where, _ := strings.Cut(text.String, " WHERE ")
		f.addIndex(a, table, c, unique, where)
		return err
	})
}

// addSQLiteRules adds foreign keys, checks and triggers.
func (f facts) addSQLiteRules(t *testing.T, db database) {
	var table, a, b, c string
	each(t, db, `SELECT t.name, k."table", k.on_delete, group_concat(k."from", ','), coalesce(group_concat(k."to", ','), 'id')
		FROM `+sqliteTables+` t JOIN pragma_foreign_key_list(t.name) k GROUP BY t.name, k.id`, func(rows *sql.Rows) error {
		var to string
		err := rows.Scan(&table, &a, &b, &c, &to)
		f.addf("foreign key of %s (%s) to %s (%s), on delete %s", table, c, a, to, b)
		return err
	})
	each(t, db, "SELECT name, sql FROM "+sqliteTables, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a)
		for _, check := range checksIn(a) {
			f.addf("check on %s: %s", table, plain(check))
		}
		return err
	})
	each(t, db, "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'", func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a, &b)
		words := strings.Fields(b)
		f.addf("trigger %s on %s %s", a, table, strings.Join(words[3:5], " "))
		return err
	})
}

// checksIn cuts the CHECK expressions out of a CREATE TABLE statement.
func checksIn(statement string) []string {
	var lines []string
	for line := range strings.Lines(statement) {
		line, _, _ = strings.Cut(line, "--")
		lines = append(lines, line)
	}
	var checks []string
	for i, part := range strings.Split(strings.Join(lines, " "), "CHECK (") {
		depth := 1
		for end, r := range part {
			switch r {
			case '(':
				depth++
			case ')':
				depth--
			}
			if depth == 0 && i > 0 {
				checks = append(checks, part[:end])
				break
			}
		}
	}
	return checks
}

const (
	postgresTables = `(SELECT oid, relname FROM pg_class
		WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'goose_db_version')`
	postgresColumns = `(SELECT string_agg(a.attname, ',' ORDER BY k.ord) FROM unnest(%s) WITH ORDINALITY k (num, ord)
		JOIN pg_attribute a ON a.attrelid = %s AND a.attnum = k.num)`
)

func postgresFacts(t *testing.T, db database) facts {
	f := facts{}
	f.addPostgresColumns(t, db)
	f.addPostgresIndexes(t, db)
	f.addPostgresRules(t, db)
	return f
}

func (f facts) addPostgresColumns(t *testing.T, db database) {
	var table, a, b string
	var text sql.NullString
	var flag bool
	each(t, db, `SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
		FROM `+postgresTables+` t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a, &b, &flag, &text)
		f.addColumn(table, a, b, flag, text)
		return err
	})
	each(t, db, `SELECT t.relname, c.contype::text, `+fmt.Sprintf(postgresColumns, "c.conkey", "c.conrelid")+`
		FROM `+postgresTables+` t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype IN ('p', 'u')`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a, &b)
		f.addf("%s (%s)", map[string]string{"p": "primary key of " + table, "u": "unique " + table}[a], b)
		return err
	})
}

func (f facts) addPostgresIndexes(t *testing.T, db database) {
	var table, a, b string
	var text sql.NullString
	var flag bool
	each(t, db, `SELECT t.relname, r.relname, i.indisunique,
			(SELECT string_agg(pg_get_indexdef(i.indexrelid, n::int, true), ',' ORDER BY n) FROM generate_series(1, i.indnkeyatts) n),
			pg_get_expr(i.indpred, i.indrelid)
		FROM `+postgresTables+` t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class r ON r.oid = i.indexrelid
		WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a, &flag, &b, &text)
		f.addIndex(a, table, b, flag, text.String)
		return err
	})
}

// addPostgresRules adds foreign keys, checks and triggers.
func (f facts) addPostgresRules(t *testing.T, db database) {
	var table, a, b, c string
	each(t, db, `SELECT t.relname, `+fmt.Sprintf(postgresColumns, "c.conkey", "c.conrelid")+`, c.confrelid::regclass::text, `+
		fmt.Sprintf(postgresColumns, "c.confkey", "c.confrelid")+`, CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT'
			WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END || CASE WHEN c.condeferrable THEN ', deferrable' ELSE '' END
		FROM `+postgresTables+` t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype = 'f'`, func(rows *sql.Rows) error {
		var then string
		err := rows.Scan(&table, &a, &b, &c, &then)
		f.addf("foreign key of %s (%s) to %s (%s), on delete %s", table, a, b, c, then)
		return err
	})
	each(t, db, `SELECT t.relname, pg_get_expr(c.conbin, c.conrelid)
		FROM `+postgresTables+` t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype = 'c'`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a)
		f.addf("check on %s: %s", table, plain(a))
		return err
	})
	each(t, db, `SELECT t.relname, g.tgname, CASE WHEN g.tgtype & 2 = 2 THEN 'BEFORE ' ELSE 'AFTER ' END ||
			CASE WHEN g.tgtype & 8 = 8 THEN 'DELETE' WHEN g.tgtype & 16 = 16 THEN 'UPDATE' WHEN g.tgtype & 32 = 32 THEN 'TRUNCATE' ELSE 'INSERT' END
		FROM `+postgresTables+` t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'`, func(rows *sql.Rows) error {
		err := rows.Scan(&table, &a, &b)
		if b != "BEFORE TRUNCATE" { // SQLite has no such statement
			f.addf("trigger %s on %s %s", a, table, b)
		}
		return err
	})
}
