package people_test

import (
	"fmt"
	"sync"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/people"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type house struct {
	desk             people.Desk
	operator         access.Actor
	hospital, vendor access.OrganisationID
	site             access.SiteID
}

func build(t *testing.T, s *store.Store) house {
	t.Helper()
	h := house{desk: people.Desk{Store: s}}
	h.operator = access.Actor{Person: "operator", Organisation: "it", Kind: access.Operator, Grants: []access.Grant{{Role: access.Admin}}}
	h.hospital = must(t)(h.desk.CreateOrganisation(t.Context(), h.by(h.operator), access.Organisation{
		Kind: access.Hospital, Name: " Holm ", Country: "ie", Currency: "eur",
	}))
	h.vendor = must(t)(h.desk.CreateOrganisation(t.Context(), h.by(h.operator), access.Organisation{
		Kind: access.Vendor, Name: "Norvane", Country: "DE", Currency: "EUR", InvoicePrefix: "nv-",
	}))
	site, err := h.desk.CreateSite(t.Context(), h.by(h.operator), custody.Site{Hospital: h.hospital, Name: "Main", TimeZone: "Europe/Dublin"})
	if err != nil {
		t.Fatal(err)
	}
	h.site = site
	return h
}

func must(t *testing.T) func(access.OrganisationID, error) access.OrganisationID {
	return func(id access.OrganisationID, err error) access.OrganisationID {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
}

func (house) by(a access.Actor) store.Command { return store.Command{Actor: a} }

// invite brings somebody in and returns them as an actor.
func (h house) invite(t *testing.T, by access.Actor, o access.OrganisationID, kind access.OrganisationKind, email string, grants ...access.Grant) access.Actor {
	t.Helper()
	link, err := h.desk.Invite(t.Context(), h.by(by), people.Invitation{Organisation: o, Name: "Person " + email, Email: email, Grants: grants})
	if err != nil {
		t.Fatal(err)
	}
	if link.Token == "" {
		t.Fatal("an invitation without a link")
	}
	return access.Actor{Person: link.Person, Organisation: o, Kind: kind, Grants: grants}
}

var admin = access.Grant{Role: access.Admin}

func TestOperatorBringsInAdministratorsAndNobodyElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		boss := h.invite(t, h.operator, h.hospital, access.Hospital, "boss@holm.example", admin)
		for name, c := range map[string]struct {
			by   access.Actor
			org  access.OrganisationID
			with access.Grant
			want fault.Kind
		}{
			"operator invites a nurse":              {h.operator, h.hospital, access.Grant{Role: access.Nurse}, fault.Forbidden},
			"hospital invites into a vendor":        {boss, h.vendor, admin, fault.Forbidden},
			"hospital invites a rep":                {boss, h.hospital, access.Grant{Role: access.Rep}, fault.Invalid},
			"hospital invites to a foreign site":    {boss, h.hospital, access.Grant{Role: access.Nurse, Site: "elsewhere"}, fault.Invalid},
			"a nurse invites":                       {access.Actor{Person: "n", Organisation: h.hospital, Kind: access.Hospital, Grants: []access.Grant{{Role: access.Nurse}}}, h.hospital, admin, fault.Forbidden},
			"an administrator of one site invites":  {access.Actor{Person: "a", Organisation: h.hospital, Kind: access.Hospital, Grants: []access.Grant{{Role: access.Admin, Site: h.site}}}, h.hospital, admin, fault.Forbidden},
			"a hospital's administrator as is meet": {boss, h.hospital, access.Grant{Role: access.Nurse, Site: h.site}, ""},
		} {
			_, err := h.desk.Invite(t.Context(), h.by(c.by), people.Invitation{
				Organisation: c.org, Name: "X", Email: fmt.Sprintf("%d@x.example", len(name)), Grants: []access.Grant{c.with},
			})
			if fault.KindOf(err) != c.want {
				t.Errorf("%s: %v, want kind %q", name, err, c.want)
			}
		}
	})
}

func TestRepeatedInvitationShowsNoSecondLink(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		cmd := store.Command{Actor: h.operator, Key: "0197f3d0-0000-4000-8000-000000000001", BodySHA256: "a"}
		in := people.Invitation{Organisation: h.hospital, Name: "Boss", Email: "boss@holm.example", Grants: []access.Grant{admin}}
		first, err := h.desk.Invite(t.Context(), cmd, in)
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.desk.Invite(t.Context(), cmd, in)
		if err != nil || second.Person != first.Person || second.Token != "" {
			t.Errorf("the repetition answers %+v, %v; the first was %+v", second, err, first)
		}
		cmd.BodySHA256 = "b"
		if _, err := h.desk.Invite(t.Context(), cmd, in); !fault.Is(err, fault.Mismatch) {
			t.Errorf("same key, other body: %v", err)
		}
	})
}

func TestLastAdministratorStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		one := h.invite(t, h.operator, h.hospital, access.Hospital, "one@holm.example", admin)
		nurse := []access.Grant{{Role: access.Nurse}}
		if err := h.desk.SetRoles(t.Context(), h.by(one), one.Person, nurse); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last administrator became a nurse: %v", err)
		}
		two := h.invite(t, one, h.hospital, access.Hospital, "two@holm.example", admin)
		// Each takes the other's roles away at the same moment: one stays.
		var together sync.WaitGroup
		results := make(chan error, 2)
		together.Go(func() { results <- h.desk.SetRoles(t.Context(), h.by(one), two.Person, nurse) })
		together.Go(func() { results <- h.desk.SetRoles(t.Context(), h.by(two), one.Person, nurse) })
		together.Wait()
		if n, err := s.Read(t.Context(), one.Scope()).Administrators(h.hospital); n != 1 || err != nil {
			t.Errorf("%d administrators are left (%v); %v, %v", n, err, <-results, <-results)
		}
	})
}

func TestAdministratorReachesOwnPeopleAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		own := h.invite(t, h.operator, h.hospital, access.Hospital, "boss@holm.example", admin)
		foreign := h.invite(t, h.operator, h.vendor, access.Vendor, "boss@norvane.example", admin)
		const absent = access.PersonID("0197f3d0-0000-7000-8000-000000000000")
		for name, act := range map[string]func(access.PersonID) error{
			"look": func(id access.PersonID) error { _, err := h.desk.Person(t.Context(), own, id); return err },
			"roles": func(id access.PersonID) error {
				return h.desk.SetRoles(t.Context(), h.by(own), id, []access.Grant{admin})
			},
			"disable": func(id access.PersonID) error { return h.desk.Disable(t.Context(), h.by(own), id) },
			"enable":  func(id access.PersonID) error { return h.desk.Enable(t.Context(), h.by(own), id) },
			"reset":   func(id access.PersonID) error { _, err := h.desk.Reset(t.Context(), h.by(own), id); return err },
		} {
			a, b := act(foreign.Person), act(absent)
			if !fault.Is(a, fault.NotFound) || a.Error() != b.Error() {
				t.Errorf("%s: foreign %v, absent %v", name, a, b)
			}
		}
		if _, err := h.desk.CreateSite(t.Context(), h.by(foreign), custody.Site{Hospital: h.hospital, Name: "X", TimeZone: "UTC"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a vendor adds a site to a hospital: %v", err)
		}
	})
}

func TestDisabledPersonComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		h := build(t, s)
		boss := h.invite(t, h.operator, h.hospital, access.Hospital, "boss@holm.example", admin)
		amy := h.invite(t, boss, h.hospital, access.Hospital, "amy@holm.example", access.Grant{Role: access.Nurse})
		if err := h.desk.Disable(t.Context(), h.by(boss), boss.Person); !fault.Is(err, fault.Conflict) {
			t.Errorf("an administrator disabled themselves: %v", err)
		}
		if err := h.desk.Disable(t.Context(), h.by(boss), amy.Person); err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk.Reset(t.Context(), h.by(boss), amy.Person); !fault.Is(err, fault.Conflict) {
			t.Errorf("a link for a disabled person: %v", err)
		}
		if err := h.desk.Enable(t.Context(), h.by(boss), amy.Person); err != nil {
			t.Fatal(err)
		}
		link, err := h.desk.Reset(t.Context(), h.by(boss), amy.Person)
		if err != nil || link.Kind != access.InviteLink || link.Token == "" {
			t.Errorf("a new link after coming back: %+v, %v", link, err)
		}
		detail, err := h.desk.Person(t.Context(), boss, amy.Person)
		if err != nil || len(detail.Trail) != 4 {
			t.Errorf("the timeline has %d entries, want 4 (invited, disabled, enabled, link): %v", len(detail.Trail), err)
		}
	})
}

func TestFormsAreRefusedAtTheirFields(t *testing.T) {
	s, _ := storetest.SQLite(t)
	h := build(t, s)
	boss := h.invite(t, h.operator, h.hospital, access.Hospital, "boss@holm.example", admin)
	_, organisation := h.desk.CreateOrganisation(t.Context(), h.by(h.operator), access.Organisation{Kind: access.Vendor, Country: "Eire", Currency: "€", Email: "x"})
	_, taken := h.desk.CreateOrganisation(t.Context(), h.by(h.operator), access.Organisation{Kind: access.Hospital, Name: "HOLM", Country: "IE", Currency: "EUR"})
	_, site := h.desk.CreateSite(t.Context(), h.by(boss), custody.Site{Name: "Main", TimeZone: "Europe/Atlantis"})
	_, place := h.desk.CreatePlace(t.Context(), h.by(boss), custody.Place{Site: h.site, Name: " ", Kind: custody.Room})
	_, person := h.desk.Invite(t.Context(), h.by(boss), people.Invitation{Email: "Amy <amy@holm.example>"})
	for name, c := range map[string]struct {
		err    error
		fields []string
	}{
		"organisation": {organisation, []string{"name", "country", "currency", "email", "invoice_prefix"}},
		"taken name":   {taken, []string{"name"}},
		"site":         {site, []string{"time_zone"}},
		"place":        {place, []string{"name"}},
		"person":       {person, []string{"name", "email", "roles"}},
	} {
		var got []string
		for _, f := range fault.All(c.err) {
			got = append(got, f.Field)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.fields) {
			t.Errorf("%s: refused at %v, want %v", name, got, c.fields)
		}
	}
}

// Row 78: every change of people leaves its audit row, and the chain holds.
func TestEveryChangeIsAudited(t *testing.T) {
	s, _ := storetest.SQLite(t)
	h := build(t, s)
	boss := h.invite(t, h.operator, h.hospital, access.Hospital, "boss@holm.example", admin)
	if _, err := h.desk.CreatePlace(t.Context(), h.by(boss), custody.Place{Site: h.site, Name: "Cath Lab 2", Kind: custody.Room}); err != nil {
		t.Fatal(err)
	}
	actions := map[string]int{}
	last := map[audit.ChainID]*audit.Entry{}
	err := s.Read(t.Context(), access.Everything()).WalkAudit(func(e audit.Entry) error {
		actions[e.Action]++
		err := e.Check(last[e.Chain])
		last[e.Chain] = &e
		return err
	})
	if err != nil {
		t.Error(err)
	}
	want := map[string]int{"organisation.created": 2, "site.created": 1, "place.created": 1, "person.invited": 1}
	if fmt.Sprint(actions) != fmt.Sprint(want) {
		t.Errorf("audited %v, want %v", actions, want)
	}
}
