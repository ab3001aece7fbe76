package storetest

import (
	"fmt"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/engine"
)

// ForgetUpdates plants a fault into the database: updates of a column are
// accepted and forgotten, and an index that would notice is gone. A harness
// that counts winners of a race on that column must then find more than one,
// or it proves nothing.
func ForgetUpdates(t testing.TB, s *store.Store, table, column, index string) {
	t.Helper()
	statements := []string{
		`CREATE TABLE forgetting (now INTEGER)`, // while it holds a row, the trigger's own update is let through
		fmt.Sprintf(`CREATE TRIGGER %[1]s_forgets AFTER UPDATE OF %[2]s ON %[1]s
			WHEN NOT EXISTS (SELECT 1 FROM forgetting)
			BEGIN
				INSERT INTO forgetting VALUES (1);
				UPDATE %[1]s SET %[2]s = OLD.%[2]s WHERE rowid = NEW.rowid;
				DELETE FROM forgetting;
			END`, table, column),
	}
	if s.Engine().Dialect() == engine.PostgreSQL {
		statements = []string{
			fmt.Sprintf(`CREATE FUNCTION %[1]s_forgets() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN NEW.%[2]s := OLD.%[2]s; RETURN NEW; END $$`, table, column),
			fmt.Sprintf(`CREATE TRIGGER %[1]s_forgets BEFORE UPDATE ON %[1]s FOR EACH ROW EXECUTE FUNCTION %[1]s_forgets()`, table),
		}
	}
	statements = append(statements, `DROP INDEX `+index)
	if err := Behind(t.Context(), s, statements...); err != nil {
		t.Fatal(err)
	}
}
