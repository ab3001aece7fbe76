package upgrade

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"trueward/internal/adapter/export"
	"trueward/internal/app/auditing"
)

// movesInPlace names what a migration changes on purpose in rows that were
// there, with its reason.
var movesInPlace = map[string]string{
	"goose_db_version": "the list of migrations itself",
	"sessions":         "the signed-in of then sign in again",
}

// TestUpgradeFromTheEarliestDatabase takes the earliest kept database through
// every migration since. What stood in its rows stands there still, the whole
// record holds, and people of then sign in and find their pages.
func TestUpgradeFromTheEarliestDatabase(t *testing.T) {
	eachDump(t, func(t *testing.T, d *dump) {
		before := d.rows(t, nil)
		if before.count() < 5000 {
			t.Fatalf("only %d rows in the dump", before.count())
		}
		p := d.open(t)
		after := d.rows(t, before)
		for _, difference := range before.differences(after) {
			t.Error(difference)
		}
		for _, broken := range verify(t, p.Store) {
			t.Error(broken)
		}
		for _, email := range []string{"amy@brannoc.example", "maria@brannoc.example", "helen@brannoc.example", "ines@norvane.example"} {
			seen := d.visit(t, p, email)
			t.Logf("%s saw %d pages", email, seen)
		}
	})
}

// TestUpgradeFindsPlantedFaults damages the database of then, before and
// behind the migrations.
func TestUpgradeFindsPlantedFaults(t *testing.T) {
	eachDump(t, func(t *testing.T, d *dump) {
		before := d.rows(t, nil)
		d.exec(t, "DELETE FROM postings WHERE entry_id = (SELECT min(entry_id) FROM postings)", "postings")
		p := d.open(t)
		if len(verify(t, p.Store)) == 0 {
			t.Error("an entry without its postings is not found")
		}
		d.exec(t, "UPDATE places SET name = 'moved' WHERE id = (SELECT min(id) FROM places)", "")
		differences := strings.Join(before.differences(d.rows(t, before)), "\n")
		if !strings.Contains(differences, "places") || !strings.Contains(differences, "postings") {
			t.Errorf("rows that changed are not named: %s", differences)
		}
	})
}

// content is what tables hold in given columns.
type content map[string]table

type table struct {
	columns []string
	rows    []string // sorted
}

func (c content) count() (n int) {
	for _, t := range c {
		n += len(t.rows)
	}
	return n
}

// differences names tables whose rows are not what they were.
func (c content) differences(after content) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if movesInPlace[name] != "" {
			continue
		}
		was, is := c[name].rows, after[name].rows
		if len(is) < len(was) {
			found = append(found, fmt.Sprintf("%s had %d rows and has %d", name, len(was), len(is)))
		}
		for _, row := range was {
			if _, there := slices.BinarySearch(is, row); !there {
				found = append(found, fmt.Sprintf("%s: a row is not what it was", name))
				break
			}
		}
	}
	return found
}

// rows reads every table, or with like the tables and columns that it has.
func (d *dump) rows(t *testing.T, like content) content {
	t.Helper()
	all := content{}
	db := d.raw(t)
	names := slices.Collect(maps.Keys(like))
	if like == nil {
		names = column(t, db, d.listTables)
	}
	for _, name := range names {
		columns := like[name].columns
		if like == nil {
			columns = column(t, db, fmt.Sprintf(d.listColumns, name))
		}
		all[name] = table{columns, render(t, db, `SELECT "`+strings.Join(columns, `", "`)+`" FROM `+name)}
	}
	return all
}

func column(t *testing.T, db *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// render returns each row as text, sorted.
func render(t *testing.T, db *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, targets := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values { // SQLite keeps truth as a number
			if v == true {
				values[i] = int64(1)
			} else if v == false {
				values[i] = int64(0)
			}
		}
		lines = append(lines, fmt.Sprintf("%q", values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// verify returns what does not hold.
func verify(t *testing.T, s storeOf) (broken []string) {
	t.Helper()
	err := auditing.Desk{Store: s, Renderer: export.Writer{}}.Verify(t.Context(), nil, func(sum auditing.Summary) {
		if sum.Finding != nil {
			broken = append(broken, fmt.Sprintf("%s does not hold at %s %s: %s", sum.Check, sum.Finding.Kind, sum.Finding.ID, sum.Finding.Sentence))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return broken
}
