package store_test

import (
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/testkit/ward"
)

// TestStockCheckFindsEditsPastTheWritePath shows that the nightly check is able
// to fail: what is changed by SQL alone is found.
func TestStockCheckFindsEditsPastTheWritePath(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w := ward.New(t, s, ward.Terms())
		unit := w.Stents(1)[0]
		w.CheckStock()
		for _, edit := range []string{
			"UPDATE units SET place_id = '" + string(w.Room) + "'",
			"UPDATE units SET owner_id = hospital_id",
			"UPDATE units SET state = 'used', quantity_left = 0",
			"UPDATE units SET quantity_total = 2, quantity_left = 2",
		} {
			restore := w.Unit(unit)
			plant(t, s, edit)
			err := s.Read(t.Context(), access.Everything()).WalkStock(custody.CheckUnit)
			if _, found := err.(*custody.Breach); !found {
				t.Errorf("%s: not found, %v", edit, err)
			}
			plant(t, s, "UPDATE units SET place_id = '"+string(restore.Place)+"', owner_id = '"+string(restore.Owner)+
				"', state = 'available', quantity_total = 1, quantity_left = 1")
		}
	})
}

// TestMovementsAreAppendOnly holds the database's own refusal in both dialects.
func TestMovementsAreAppendOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		ward.New(t, s, ward.Terms()).Stents(1)
		for _, statement := range []string{"UPDATE movements SET reason = 'x'", "DELETE FROM movements"} {
			err := storetest.Behind(t.Context(), s, statement)
			if err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

func plant(t *testing.T, s *store.Store, statement string) {
	t.Helper()
	if err := storetest.Behind(t.Context(), s, statement); err != nil {
		t.Fatal(err)
	}
}

// TestListsPageByKey walks lists in parts and finds each row once.
func TestListsPageByKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w := ward.New(t, s, ward.Terms())
		want := map[custody.UnitID]bool{}
		for _, id := range w.Stents(23) {
			want[id] = true
		}
		q := s.Read(t.Context(), w.Amy.Scope())
		page := store.Page{Limit: 5}
		for {
			part, err := q.Units(store.UnitFilter{Text: "coronary", States: []custody.State{custody.Available}}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range part.Rows {
				if !want[r.ID] || r.Product == "" || r.Place == "" || r.Hospital == "" {
					t.Fatalf("row %+v", r)
				}
				delete(want, r.ID)
			}
			if part.Next == "" {
				break
			}
			page.After = part.Next
		}
		if len(want) > 0 {
			t.Errorf("%d rows were never listed", len(want))
		}
		if n, err := q.CountUnits(store.UnitFilter{Text: "SN000"}, 10); err != nil || n != 10 {
			t.Errorf("bounded count: %d %v", n, err)
		}
		shelves, err := q.Shelves("3.0", "", "2027-03-03", 10)
		if err != nil || len(shelves) != 1 || shelves[0].Count != 23 || shelves[0].First != "2028-01-31" {
			t.Errorf("shelves %+v %v", shelves, err)
		}
		other := w.Rob
		other.Organisation = w.OtherVendor
		if part, err := s.Read(t.Context(), other.Scope()).Units(store.UnitFilter{}, store.Page{}); err != nil || len(part.Rows) > 0 {
			t.Errorf("another vendor sees %d units, %v", len(part.Rows), err)
		}
	})
}

// TestCountsByTotalsAreCounts compares the counts that maintained totals answer
// with the rows of the list itself, after units went different ways.
func TestCountsByTotalsAreCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w := ward.New(t, s, ward.Terms())
		for i, id := range w.Stents(7) {
			err := s.Write(t.Context(), w.Amy, func(tx *store.Tx) error {
				tx.Audit(audit.Change{Chain: audit.SiteChain(string(w.Site)), Action: "unit.removed", Kind: "unit", Object: string(id)})
				if i%3 > 0 {
					return nil
				}
				_, _, err := tx.Record(w.Unit(id), custody.Fact{Kind: custody.Taken})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		narrowed := w.Amy.Scope()
		narrowed.Sites = []access.SiteID{w.Site}
		for who, scope := range map[string]access.Scope{"nurse": w.Amy.Scope(), "one site's nurse": narrowed, "rep": w.Rob.Scope(), "all": access.Everything()} {
			for _, f := range []store.UnitFilter{
				{}, {States: []custody.State{custody.Removed}}, {States: []custody.State{custody.Available, custody.Removed}},
				{Hospital: w.Hospital}, {Hospital: w.Hospital, States: []custody.State{custody.Available}}, {Hospital: w.Vendor},
				{Vendor: w.OtherVendor}, {Lot: "none"}, {States: []custody.State{custody.Removed, custody.Removed}},
			} {
				q := s.Read(t.Context(), scope)
				list, err := q.Units(f, store.Page{})
				if err != nil {
					t.Fatal(err)
				}
				if n, err := q.CountUnits(f, 1000); err != nil || n != int64(len(list.Rows)) {
					t.Errorf("%s: %+v counts %d, lists %d, %v", who, f, n, len(list.Rows), err)
				}
				if n, err := q.CountUnits(f, 2); err != nil || n != int64(min(2, len(list.Rows))) {
					t.Errorf("%s: %+v counts %d up to 2, %v", who, f, n, err)
				}
			}
		}
	})
}
