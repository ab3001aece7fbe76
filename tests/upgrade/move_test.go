package upgrade

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/engine"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/testkit/postgres"
)

// TestMoveToPostgreSQL is row 88: an embedded database moves into PostgreSQL.
// Every row arrives as it was, the whole record holds, the rules of the new
// schema are those of any other, people sign in and work goes on. The file
// stays as it is. A move that was disturbed leaves nothing behind.
func TestMoveToPostgreSQL(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	old, was := embedded(t)
	file := digestOf(t, old.cfg.SQLitePath)
	next := &dump{cfg: old.cfg, driver: "pgx", dsn: postgres.Start(t), listTables: postgresTables, listColumns: postgresColumns}
	next.cfg.PostgresURL = next.dsn

	disturbMoves(t, old, next)
	if err := move(t.Context(), t, old, next, next.dsn, nil); err != nil {
		t.Fatal(err)
	}
	if digestOf(t, old.cfg.SQLitePath) != file {
		t.Error("the file that was moved is not what it was")
	}
	if err := move(t.Context(), t, old, next, next.dsn, nil); !errors.Is(err, engine.ErrNotEmpty) {
		t.Errorf("a second move answers %v", err)
	}
	is := next.rows(t, was)
	for _, difference := range append(was.differences(is), is.differences(was)...) {
		t.Error(difference)
	}
	for name, table := range was {
		if len(is[name].rows) != len(table.rows) && movesInPlace[name] == "" {
			t.Errorf("%s had %d rows and has %d", name, len(table.rows), len(is[name].rows))
		}
	}
	mustHaveRules(t, next)
	p := next.open(t)
	for _, broken := range verify(t, p.Store) {
		t.Error(broken)
	}
	t.Logf("%d rows moved; amy saw %d pages", was.count(), next.visit(t, p, "amy@brannoc.example"))
	useOne(t, p)
	for _, broken := range verify(t, p.Store) {
		t.Error(broken)
	}
}

const (
	postgresTables  = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	postgresColumns = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '%s'"
)

// embedded is the sample of then in an embedded database of today, closed, and
// its rows.
func embedded(t *testing.T) (d *dump, all content) {
	t.Helper()
	d = &dump{cfg: product.In(t.TempDir()), driver: "sqlite",
		listTables:  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
		listColumns: "SELECT name FROM pragma_table_info('%s')"}
	d.dsn = "file:" + d.cfg.SQLitePath
	t.Run("sample", func(t *testing.T) { // its connections end with it, so that the file is free
		d.unpack(t, "sqlite")
		d.open(t)
	})
	t.Run("its rows", func(t *testing.T) { all = d.rows(t, nil) })
	return d, all
}

func digestOf(t *testing.T, path string) [32]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}

// move moves the database of old through an address of next's.
func move(ctx context.Context, t *testing.T, old, next *dump, address string, told func(engine.Moved)) error {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{PostgresURL: address})
	if err != nil {
		t.Fatal(err)
	}
	if told == nil {
		told = func(engine.Moved) {}
	}
	return errors.Join(s.TakeOver(ctx, old.cfg.SQLitePath, told), s.Close())
}

// disturbMoves begins moves that must not succeed, each on the same target,
// which has no rows afterwards.
func disturbMoves(t *testing.T, old, next *dump) {
	t.Helper()
	t.Run("a table of somebody else", func(t *testing.T) {
		next.exec(t, "CREATE TABLE recipes (name TEXT)", "")
		if err := move(t.Context(), t, old, next, next.dsn, nil); !errors.Is(err, engine.ErrNotEmpty) {
			t.Errorf("answers %v", err)
		}
		if tables := column(t, next.raw(t), postgresTables); len(tables) != 1 {
			t.Errorf("a schema was put beside it: %d tables", len(tables))
		}
		next.exec(t, "DROP TABLE recipes", "")
	})
	t.Run("a server that runs", func(t *testing.T) {
		s, err := store.Open(t.Context(), store.Config{SQLitePath: old.cfg.SQLitePath})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := move(t.Context(), t, old, next, next.dsn, nil); !errors.Is(err, engine.ErrInUse) {
			t.Errorf("answers %v", err)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := move(ctx, t, old, next, next.dsn, func(done engine.Moved) {
			if done.Table == "invoices" {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("answers %v", err)
		}
		mustBeEmpty(t, next)
	})
	// The planted fault: a letter changes on its way.
	t.Run("a row altered in transit", func(t *testing.T) {
		address := newAlteringWire(t, next.dsn, "Norvane", "Norvame")
		err := move(t.Context(), t, old, next, address, nil)
		if altered, ok := errors.AsType[*engine.AlteredError](err); !ok || altered.Sent != altered.Arrived || altered.Sent == 0 {
			t.Errorf("answers %v", err)
		}
		mustBeEmpty(t, next)
	})
}

func mustBeEmpty(t *testing.T, d *dump) {
	t.Helper()
	db := d.raw(t)
	tables := column(t, db, postgresTables)
	if len(tables) < 50 {
		t.Fatalf("%d tables: the schema is not there", len(tables))
	}
	for _, table := range tables {
		if n := column(t, db, "SELECT COUNT(*) FROM "+table); n[0] != "0" && table != "goose_db_version" {
			t.Errorf("%s has %s rows", table, n[0])
		}
	}
}

// mustHaveRules compares constraints, triggers and policies with those of a
// database that was made by migrations alone.
func mustHaveRules(t *testing.T, moved *dump) {
	t.Helper()
	plain := &dump{driver: "pgx", dsn: postgres.Start(t)}
	s, err := store.Open(t.Context(), store.Config{PostgresURL: plain.dsn})
	if err == nil {
		err = errors.Join(s.Engine().Migrate(t.Context()), s.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	want, got := rules(t, plain.raw(t)), rules(t, moved.raw(t))
	if len(want) < 300 || !slices.Equal(want, got) {
		t.Errorf("%d rules of a fresh schema, %d after the move, or not the same", len(want), len(got))
	}
}

func rules(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return column(t, db, `SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated
			FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || ' ' || qual FROM pg_policies
		UNION ALL SELECT 'security ' || relname || ' ' || relrowsecurity || ' ' || relforcerowsecurity FROM pg_class
			WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
		ORDER BY 1`)
}

// useOne lets the sample's nurse use an available unit of her hospital.
func useOne(t *testing.T, p *product.Product) {
	t.Helper()
	ctx := t.Context()
	q := p.Store.Read(ctx, access.Everything())
	credential, known, err := q.CredentialByEmail("amy@brannoc.example")
	if err != nil || !known {
		t.Fatal(known, err)
	}
	actor := credential.Actor
	actor.Authenticator, actor.Device = "test", "desk 1"
	for n, unit := range available(t, q) {
		key := fmt.Sprint("use ", n)
		opened, err := p.Using.OpenCase(ctx, store.Command{Actor: actor, Key: "open " + key, BodySHA256: "open"}, unit.Place)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Using.Use(ctx, store.Command{Actor: actor, Key: key, BodySHA256: "use"}, using.Consumption{Case: opened.ID, Unit: unit.ID, Outcome: usage.Used})
		if fault.Is(err, fault.Conflict) { // recalled, perhaps
			continue
		}
		if now, read := q.Unit(unit.ID); err != nil || read != nil || now.State != custody.Used {
			t.Errorf("after a use the unit is %s, %v, %v", now.State, err, read)
		}
		return
	}
	t.Error("no unit can be used")
}

// available are units that may be used, as far as the stock says.
func available(t *testing.T, q store.Queries) (units []custody.Unit) {
	t.Helper()
	err := q.WalkStock(func(u custody.Unit, _ []custody.Movement) error {
		if u.State == custody.Available && u.Expiry > "2027-06" && u.QuantityLeft == 1 && len(units) < 50 {
			units = append(units, u)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return units
}
