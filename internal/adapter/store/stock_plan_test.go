package store_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
)

// TestStockPagesAreNotSorted asks SQLite how it would find a page of all units
// of an organisation: in the order of an index, not by sorting everything on
// hand. Without the index the plan has a sorter, which shows that the test
// would see one.
func TestStockPagesAreNotSorted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.db")
	s, err := store.Open(t.Context(), store.Config{SQLitePath: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Engine().Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for side, index := range map[string]string{"vendor_id": "units_by_vendor_expiry", "hospital_id": "units_by_hospital_expiry"} {
		if sorts(t, raw, side) {
			t.Errorf("a page of units by %s sorts the stock", side)
		}
		if _, err := raw.Exec("DROP INDEX " + index); err != nil {
			t.Fatal(err)
		}
		if !sorts(t, raw, side) {
			t.Errorf("without %s nothing is sorted: the test proves nothing", index)
		}
	}
}

func sorts(t *testing.T, raw *sql.DB, side string) bool {
	t.Helper()
	rows, err := raw.Query(`EXPLAIN QUERY PLAN SELECT units.*, products.name FROM units JOIN products ON products.id = units.product_id
		WHERE units.` + side + ` = 'x' ORDER BY units.expiry, units.id LIMIT 51`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(detail, "TEMP B-TREE") {
			return true
		}
	}
	return false
}
