package agreeing_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/agreeing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type table struct {
	t                *testing.T
	desk             *agreeing.Desk
	clk              *clock.Fake
	vendor, hospital access.Actor
}

func each(t *testing.T, body func(t *testing.T, w table)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := table{t: t, desk: &agreeing.Desk{Store: s}, clk: clk}
		w.vendor = side(t, s, access.Vendor, "Norvane", access.VendorOffice)
		w.hospital = side(t, s, access.Hospital, "St. Brannoc's", access.Finance)
		body(t, w)
	})
}

func side(t *testing.T, s *store.Store, kind access.OrganisationKind, name string, role access.Role) access.Actor {
	t.Helper()
	a := access.Actor{Kind: kind, Name: name, Grants: []access.Grant{{Role: role}}}
	err := s.Write(t.Context(), access.System("test"), func(tx *store.Tx) (err error) {
		a.Organisation, err = tx.CreateOrganisation(access.Organisation{Kind: kind, Name: name, Currency: "EUR"})
		a.Person = access.PersonID(tx.NewID())
		tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(a.Organisation)), Action: "organisation.created", Kind: "organisation", Object: name})
		if err == nil && kind == access.Hospital {
			_, err = tx.CreateSite(custody.Site{Hospital: a.Organisation, Name: "Main", TimeZone: "Europe/Dublin"})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func draft(from string) agreeing.Draft {
	terms := consign.UsualTerms("EUR")
	terms.TitleEvent, terms.WastePayer = consign.TitleUsed, consign.VendorPays
	return agreeing.Draft{Hospital: "st. brannoc's", Number: "NV-1", StartsOn: from, Terms: terms, Wording: "As discussed."}
}

func (w table) propose(d agreeing.Draft) consign.ProposalID {
	w.t.Helper()
	id, err := w.desk.Propose(w.t.Context(), store.Command{Actor: w.vendor}, d)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w table) inForce(at time.Time) consign.Version {
	w.t.Helper()
	v, err := w.desk.Store.Read(w.t.Context(), w.hospital.Scope()).VersionBetween(w.vendor.Organisation, w.hospital.Organisation, at)
	if err != nil && !fault.Is(err, fault.NotFound) {
		w.t.Fatal(err)
	}
	return v
}

func TestTermsHoldOnceBothSaidYes(t *testing.T) {
	each(t, func(t *testing.T, w table) {
		id := w.propose(draft("2027-04-01"))
		seen, err := w.desk.Store.Read(t.Context(), w.hospital.Scope()).AgreementProposals(true)
		if err != nil || len(seen) != 1 || seen[0].VendorName != "Norvane" || seen[0].Terms.UndoMinutes != 10 {
			t.Fatalf("the hospital sees %+v, %v", seen, err)
		}
		start := time.Date(2027, time.March, 31, 23, 0, 0, 0, time.UTC) // midnight of Dublin's summer time
		if v := w.inForce(start); v.ID != "" {
			t.Fatal("a proposal is in force")
		}
		if _, err := w.desk.Accept(t.Context(), store.Command{Actor: w.vendor}, id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the vendor accepts its own proposal: %v", err)
		}
		cmd := store.Command{Actor: w.hospital, Key: "k", BodySHA256: "b"}
		version, err := w.desk.Accept(t.Context(), cmd, id)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.desk.Accept(t.Context(), cmd, id); err != nil || again != version {
			t.Errorf("accepted twice by one form: %s, %v", again, err)
		}
		if _, err := w.desk.Accept(t.Context(), store.Command{Actor: w.hospital}, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("accepted by two forms: %v", err)
		}
		if v := w.inForce(start.Add(-time.Microsecond)); v.ID != "" {
			t.Error("in force before its first day")
		}
		if v := w.inForce(start); v.ID != version || v.Version != 1 || v.TitleEvent != consign.TitleUsed {
			t.Errorf("in force: %+v", v)
		}
	})
}

func TestNextVersionRulesFromItsStart(t *testing.T) {
	each(t, func(t *testing.T, w table) {
		first, err := w.desk.Accept(t.Context(), store.Command{Actor: w.hospital}, w.propose(draft("2027-03-01")))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.desk.Propose(t.Context(), store.Command{Actor: w.vendor}, draft("2027-03-01")); len(fault.All(err)) != 1 || fault.All(err)[0].Field != "starts_on" {
			t.Errorf("a second version from the same day: %v", err)
		}
		next := draft("2027-06-01")
		next.Terms.DiscountBP = 500
		id := w.propose(next)
		if _, err := w.desk.Propose(t.Context(), store.Command{Actor: w.vendor}, next); len(fault.All(err)) != 1 || fault.All(err)[0].Field != "number" {
			t.Errorf("two proposals at once: %v", err)
		}
		second, err := w.desk.Accept(t.Context(), store.Command{Actor: w.hospital}, id)
		if err != nil {
			t.Fatal(err)
		}
		if v := w.inForce(time.Date(2027, time.May, 31, 0, 0, 0, 0, time.UTC)); v.ID != first {
			t.Errorf("before the start rules version %d", v.Version)
		}
		if v := w.inForce(time.Date(2027, time.June, 1, 0, 0, 0, 0, time.UTC)); v.ID != second || v.Version != 2 || v.DiscountBP != 500 {
			t.Errorf("from the start rules %+v", v)
		}
	})
}

func TestDeclinedAndWithdrawnBindNobody(t *testing.T) {
	each(t, func(t *testing.T, w table) {
		id := w.propose(draft("2027-04-01"))
		if _, err := w.desk.Decline(t.Context(), store.Command{Actor: w.hospital}, id, " "); len(fault.All(err)) != 1 || fault.All(err)[0].Field != "reason" {
			t.Errorf("declined without a reason: %v", err)
		}
		if _, err := w.desk.Decline(t.Context(), store.Command{Actor: w.hospital}, id, "The discount is missing."); err != nil {
			t.Fatal(err)
		}
		if _, err := w.desk.Accept(t.Context(), store.Command{Actor: w.hospital}, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("accepted after it was declined: %v", err)
		}
		again := w.propose(draft("2027-04-01"))
		if _, err := w.desk.Withdraw(t.Context(), store.Command{Actor: w.vendor}, again); err != nil {
			t.Fatal(err)
		}
		if v := w.inForce(time.Date(2027, time.May, 1, 0, 0, 0, 0, time.UTC)); v.ID != "" {
			t.Error("in force without a yes")
		}
		stranger := side(t, w.desk.Store, access.Hospital, "Westmoor", access.Admin)
		if _, err := w.desk.Accept(t.Context(), store.Command{Actor: stranger}, w.propose(draft("2027-04-01"))); !fault.Is(err, fault.NotFound) {
			t.Errorf("another hospital accepts: %v", err)
		}
	})
}

func TestMistakesAreNamedAtTheirFields(t *testing.T) {
	each(t, func(t *testing.T, w table) {
		_, err := w.desk.Propose(t.Context(), store.Command{Actor: w.vendor}, agreeing.Draft{Terms: consign.Terms{TaxCategory: "Z", TaxRateBP: 100}})
		fields := map[string]bool{}
		for _, f := range fault.All(err) {
			fields[f.Field] = true
		}
		for _, want := range []string{"hospital", "number", "starts_on", "title_event", "waste_payer", "currency", "removed_minutes", "tax_rate"} {
			if !fields[want] {
				t.Errorf("no refusal at %s: %v", want, err)
			}
		}
		d := draft("2027-04-01")
		d.Hospital = "Nowhere General"
		if _, err := w.desk.Propose(t.Context(), store.Command{Actor: w.vendor}, d); len(fault.All(err)) != 1 || fault.All(err)[0].Field != "hospital" {
			t.Errorf("an unknown hospital: %v", err)
		}
	})
}
