package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// house is two hospitals and a vendor with an administrator each.
type house struct {
	organisations map[string]access.OrganisationID
	admins        map[string]access.Actor
}

func build(t *testing.T, s *store.Store) house {
	t.Helper()
	h := house{map[string]access.OrganisationID{}, map[string]access.Actor{}}
	for name, kind := range map[string]access.OrganisationKind{
		"St. Brannoc": access.Hospital, "Holm": access.Hospital, "Norvane": access.Vendor,
	} {
		change(t, s, func(tx *store.Tx) error {
			org, err := tx.CreateOrganisation(access.Organisation{Kind: kind, Name: name, Currency: "EUR", Country: "IE"})
			if err != nil {
				return err
			}
			id, err := tx.CreatePerson(access.Person{
				Organisation: org, Email: fmt.Sprintf("admin@%d.example", len(h.admins)), Name: "Admin of " + name,
				Grants: []access.Grant{{Role: access.Admin}},
			})
			h.organisations[name] = org
			h.admins[name] = access.Actor{Person: id, Organisation: org, Kind: kind, Grants: []access.Grant{{Role: access.Admin}}}
			return err
		})
	}
	return h
}

func change(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := tryChange(t, s, access.System("test"), fn); err != nil {
		t.Fatal(err)
	}
}

func tryChange(t *testing.T, s *store.Store, actor access.Actor, fn func(*store.Tx) error) error {
	t.Helper()
	return s.Write(t.Context(), actor, func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.changed", Kind: "test", Object: "1"})
		return fn(tx)
	})
}

func TestMain(m *testing.M) { storetest.Main(m) }

func TestPeopleAreSeenByTheirOwnOrganisationAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		own, foreign := h.admins["Holm"], h.admins["Norvane"]
		if _, err := s.Read(t.Context(), own.Scope()).Person(own.Person); err != nil {
			t.Fatalf("own person: %v", err)
		}
		_, errForeign := s.Read(t.Context(), own.Scope()).Person(foreign.Person)
		_, errAbsent := s.Read(t.Context(), own.Scope()).Person("0197f3d0-0000-7000-8000-000000000000")
		if !fault.Is(errForeign, fault.NotFound) || errForeign.Error() != errAbsent.Error() {
			t.Errorf("foreign %v and absent %v differ", errForeign, errAbsent)
		}
		err := tryChange(t, s, own, func(tx *store.Tx) error { return tx.SetDisabled(foreign.Person, tx.Now()) })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("disabling a foreign person: %v", err)
		}
		list, err := s.Read(t.Context(), own.Scope()).People(store.PeopleFilter{}, store.Page{})
		if err != nil || len(list.Rows) != 1 {
			t.Errorf("list of own people: %d, %v", len(list.Rows), err)
		}
	})
}

func TestPeopleArePagedWithoutGapOrRepeat(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		org := h.organisations["Holm"]
		change(t, s, func(tx *store.Tx) error {
			for i := range 11 {
				name := fmt.Sprintf("Person %02d", i/2) // equal names: the id decides
				if _, err := tx.CreatePerson(access.Person{Organisation: org, Email: fmt.Sprintf("p%d@holm.example", i), Name: name}); err != nil {
					return err
				}
			}
			return nil
		})
		var seen []access.PersonID
		page := store.Page{Limit: 4}
		for {
			part, err := s.Read(t.Context(), h.admins["Holm"].Scope()).People(store.PeopleFilter{Text: "PERSON"}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range part.Rows {
				seen = append(seen, p.ID)
			}
			if page.After = part.Next; page.After == "" {
				break
			}
		}
		slices.Sort(seen)
		if len(seen) != 11 || len(slices.Compact(seen)) != 11 {
			t.Errorf("paging showed %d people, want 11 once each", len(seen))
		}
		_, err := s.Read(t.Context(), h.admins["Holm"].Scope()).People(store.PeopleFilter{}, store.Page{After: "bm9uc2Vuc2U"})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a made-up cursor: %v", err)
		}
		part, err := s.Read(t.Context(), h.admins["Holm"].Scope()).People(store.PeopleFilter{Text: "%"}, store.Page{})
		if err != nil || len(part.Rows) != 0 {
			t.Errorf("a percent sign is a letter, not a wildcard: %d rows, %v", len(part.Rows), err)
		}
	})
}

func TestAddressIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		again := func(tx *store.Tx) error {
			_, err := tx.CreatePerson(access.Person{Organisation: h.organisations["Holm"], Email: "amy@holm.example", Name: "Amy"})
			return err
		}
		change(t, s, again)
		if err := tryChange(t, s, access.System("test"), again); !fault.Is(err, fault.Invalid) {
			t.Errorf("second person of one address: %v", err)
		}
	})
}

func TestChangesOfAccessEndSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		h := build(t, s)
		person := h.admins["Holm"].Person
		for name, alter := range map[string]func(*store.Tx) error{
			"disabled": func(tx *store.Tx) error { return tx.SetDisabled(person, tx.Now()) },
			"enabled":  func(tx *store.Tx) error { return tx.SetDisabled(person, time.Time{}) },
			"roles":    func(tx *store.Tx) error { return tx.SetGrants(person, []access.Grant{{Role: access.Nurse}}) },
			"password": func(tx *store.Tx) error { return tx.SetPassword(person, "$argon2id$…") },
		} {
			err := s.Keep(t.Context(), func(tx *store.Tx) error {
				return tx.SaveSession(store.SavedSession{Hash: "hash", Person: person, Data: []byte("data"), Expires: clk.Now().Add(time.Hour)})
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, ok, err := s.Read(t.Context(), access.Everything()).Session("hash", clk.Now()); !ok || err != nil {
				t.Fatalf("%s: the session was not kept: %v", name, err)
			}
			change(t, s, alter)
			if _, ok, err := s.Read(t.Context(), access.Everything()).Session("hash", clk.Now()); ok || err != nil {
				t.Errorf("%s: the session lives on (%v)", name, err)
			}
		}
	})
}

func TestSessionEndsAtItsTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		h := build(t, s)
		err := s.Keep(t.Context(), func(tx *store.Tx) error {
			return tx.SaveSession(store.SavedSession{Hash: "hash", Person: h.admins["Holm"].Person, Data: []byte("data"), Expires: clk.Now().Add(time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := s.Read(t.Context(), access.Scope{}).Session("hash", clk.Advance(59*time.Minute)); !ok {
			t.Error("the session ended early")
		}
		if _, ok, _ := s.Read(t.Context(), access.Scope{}).Session("hash", clk.Advance(time.Minute)); ok {
			t.Error("the session outlived its time")
		}
	})
}

func TestLinkOpensOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		h := build(t, s)
		link := access.Link{Kind: access.InviteLink, Person: h.admins["Holm"].Person, ExpiresAt: clk.Now().Add(time.Hour)}
		change(t, s, func(tx *store.Tx) error { return tx.CreateLink("first", link) })
		change(t, s, func(tx *store.Tx) error { return tx.CreateLink("second", link) })
		use := func(hash string) error {
			return tryChange(t, s, access.System("test"), func(tx *store.Tx) error { return tx.UseLink(hash) })
		}
		if err := use("first"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a replaced link: %v", err)
		}
		if err := use("second"); err != nil {
			t.Errorf("the newest link: %v", err)
		}
		if err := use("second"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a used link: %v", err)
		}
		change(t, s, func(tx *store.Tx) error { return tx.CreateLink("third", link) })
		clk.Advance(time.Hour)
		if err := use("third"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an old link: %v", err)
		}
	})
}

func TestSitesAndPlacesKeepToTheirHospital(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		var site access.SiteID
		change(t, s, func(tx *store.Tx) (err error) {
			if site, err = tx.CreateSite(custody.Site{Hospital: h.organisations["Holm"], Name: "Main", TimeZone: "Europe/Dublin"}); err != nil {
				return err
			}
			_, err = tx.CreatePlace(custody.Place{Hospital: h.organisations["Holm"], Site: site, Name: "Cath Lab 2", Kind: custody.Room})
			return err
		})
		for name, want := range map[string]int{"Holm": 1, "St. Brannoc": 0, "Norvane": 0} {
			q := s.Read(t.Context(), h.admins[name].Scope())
			sites, err := q.Sites("")
			places, errPlaces := q.Places(site)
			if len(sites) != want || len(places) != want || err != nil || errPlaces != nil {
				t.Errorf("%s sees %d sites and %d places, want %d; %v %v", name, len(sites), len(places), want, err, errPlaces)
			}
		}
	})
}

// A vendor has no site: its people read times in the zone its months are kept
// in, and before it chose one in that of the hospital it serves.
func TestVendorsPeopleHaveAZone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		vendor, hospital := h.organisations["Norvane"], h.organisations["Holm"]
		zone := func() string {
			c, ok, err := s.Read(t.Context(), access.Everything()).CredentialOf(h.admins["Norvane"].Person)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			return c.Zone
		}
		if got := zone(); got != "" {
			t.Errorf("a vendor that serves nobody has the zone %q", got)
		}
		change(t, s, func(tx *store.Tx) error {
			_, err := tx.CreateSite(custody.Site{Hospital: hospital, Name: "Main", TimeZone: "Europe/Dublin"})
			if err == nil {
				_, err = tx.CreateAgreement(consign.Agreement{Vendor: vendor, Hospital: hospital, Number: "NV-1"})
			}
			return err
		})
		if got := zone(); got != "Europe/Dublin" {
			t.Errorf("a vendor that has chosen no zone has %q", got)
		}
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		change(t, s, func(tx *store.Tx) error { return tx.SetBooksZone(vendor, berlin) })
		if got := zone(); got != "Europe/Berlin" {
			t.Errorf("a vendor that chose Berlin has %q", got)
		}
	})
}
