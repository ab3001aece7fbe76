package viewing_test

import (
	"fmt"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/viewing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// people are two colleagues and somebody of another house.
func people(t *testing.T, s *store.Store) (amy, ben, eve access.Actor) {
	t.Helper()
	err := s.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "organisation", Object: "all"})
		for i, who := range []*access.Actor{&amy, &ben, &eve} {
			if i != 1 {
				id, err := tx.CreateOrganisation(access.Organisation{Kind: access.Vendor, Name: fmt.Sprintf("House %d", i), Country: "IE", Currency: "EUR"})
				if err != nil {
					return err
				}
				who.Organisation = id
			} else {
				who.Organisation = amy.Organisation
			}
			id, err := tx.CreatePerson(access.Person{Organisation: who.Organisation, Email: fmt.Sprintf("p%d@house.example", i), Name: "P"})
			if err != nil {
				return err
			}
			who.Person, who.Kind = id, access.Vendor
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return amy, ben, eve
}

// A view is one person's alone: it is kept, replaced by its name, bounded in
// number, and neither shown to others nor theirs to remove.
func TestViewsAreAPersonsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		amy, ben, eve := people(t, s)
		d := viewing.Desk{Store: s}
		save := func(who access.Actor, name, query string) error {
			return d.Save(t.Context(), store.Command{Actor: who}, store.SavedView{List: "stock", Name: name, Query: query})
		}
		of := func(who access.Actor) []store.SavedView {
			views, err := s.Read(t.Context(), who.Scope()).SavedViews(who.Person, "stock")
			if err != nil {
				t.Fatal(err)
			}
			return views
		}
		for _, query := range []string{"state=used", "state=available"} {
			if err := save(amy, " Mine ", query); err != nil {
				t.Fatal(err)
			}
		}
		views := of(amy)
		if len(views) != 1 || views[0].Name != "Mine" || views[0].Query != "state=available" {
			t.Fatalf("kept: %+v", views)
		}
		if len(of(ben))+len(of(eve)) > 0 {
			t.Error("others see a person's view")
		}
		for _, who := range []access.Actor{ben, eve} {
			if _, err := d.Remove(t.Context(), store.Command{Actor: who}, views[0].ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("somebody else removes a view: %v", err)
			}
		}
		if err := save(amy, "  ", ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("a view without a name: %v", err)
		}
		for i := range 19 {
			if err := save(amy, fmt.Sprintf("View %d", i), ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := save(amy, "One more", ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("the 21st view: %v", err)
		}
		if err := save(amy, "Mine", "q=x"); err != nil {
			t.Errorf("replacing one of twenty: %v", err)
		}
		if gone, err := d.Remove(t.Context(), store.Command{Actor: amy}, views[0].ID); err != nil || gone.Name != "Mine" || len(of(amy)) != 19 {
			t.Errorf("removed %+v (%v), %d left", gone, err, len(of(amy)))
		}
	})
}

// A list turned round is the same list from its end, part by part.
func TestListsTurnRound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		people(t, s)
		all := func(reverse bool) (names []string) {
			page := store.Page{Limit: 1, Reverse: reverse}
			for {
				part, err := s.Read(t.Context(), access.Everything()).People(store.PeopleFilter{}, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range part.Rows {
					names = append(names, string(p.ID))
				}
				if page.After = part.Next; part.Next == "" {
					return names
				}
			}
		}
		there, back := all(false), all(true)
		if len(there) < 3 || len(there) != len(back) {
			t.Fatalf("%d there, %d back", len(there), len(back))
		}
		for i := range there {
			if there[i] != back[len(back)-1-i] {
				t.Fatalf("there %v, back %v", there, back)
			}
		}
	})
}
