// Package ward furnishes a store with a small hospital and its vendors, so that
// tests of use cases begin with people, places, terms and units. Tests only.
package ward

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
)

// StentDI is the product every ward has; its units bear lot, serial and expiry.
const StentDI = "09506000134352"

// Ward is a furnished store. Amy and Ben are nurses, Mia is of materials, Rob
// is the vendor's rep.
type Ward struct {
	Store     *store.Store
	Receiving *receiving.Desk

	Hospital, Vendor, OtherVendor access.OrganisationID
	Site                          access.SiteID
	Room, Cabinet, Transit, Trunk custody.PlaceID
	Stent                         catalog.ProductID
	Agreement                     consign.AgreementID
	Version                       consign.VersionID
	Amy, Ben, Mia, Rob            access.Actor

	t testing.TB
	n int
}

// Terms are those of New unless changed: title at use, undo for ten minutes,
// the vendor bears waste.
func Terms() consign.Terms {
	return consign.Terms{
		TitleEvent: consign.TitleUsed, WastePayer: consign.VendorPays, RemovedMinutes: 30, UndoMinutes: 10,
		SheetRule: consign.SheetNone, PORule: consign.PONone, Consolidation: consign.PerCase, IssueMode: consign.IssueAuto,
		Currency: "EUR", DiscountBP: 750, PaymentDays: 30, TrunkAllowed: true, TaxCategory: "S", TaxRateBP: 2000,
	}
}

// New furnishes an empty store under terms.
func New(t testing.TB, s *store.Store, terms consign.Terms) *Ward {
	t.Helper()
	w := &Ward{Store: s, Receiving: &receiving.Desk{Store: s}, t: t}
	w.must(s.Write(t.Context(), access.System("ward"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "ward.furnished", Kind: "ward", Object: "ward"})
		for _, step := range []func(*store.Tx) error{w.organisations, w.places, w.people} {
			if err := step(tx); err != nil {
				return err
			}
		}
		return w.trade(tx, terms)
	}))
	return w
}

func (w *Ward) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("ward: %v", err)
	}
}

func (w *Ward) organisations(tx *store.Tx) error {
	for _, o := range []struct {
		id   *access.OrganisationID
		kind access.OrganisationKind
		name string
	}{
		{&w.Hospital, access.Hospital, "St. Brannoc's"}, {&w.Vendor, access.Vendor, "Norvane"}, {&w.OtherVendor, access.Vendor, "Calder"},
	} {
		id, err := tx.CreateOrganisation(access.Organisation{
			Kind: o.kind, Name: o.name, LegalName: o.name + " Ltd", Country: "IE", Currency: "EUR", InvoicePrefix: o.name[:2], Sample: true,
		})
		if err != nil {
			return err
		}
		*o.id = id
	}
	return nil
}

func (w *Ward) places(tx *store.Tx) error {
	var err error
	w.Site, err = tx.CreateSite(custody.Site{Hospital: w.Hospital, Name: "Main", Address: "1 Quay", TimeZone: "Europe/Dublin"})
	if err != nil {
		return err
	}
	for _, p := range []struct {
		id     *custody.PlaceID
		kind   custody.PlaceKind
		name   string
		vendor access.OrganisationID
	}{
		{&w.Room, custody.Room, "Cath Lab 2", ""}, {&w.Cabinet, custody.Cabinet, "Cath Lab 2 cabinet A", ""},
		{&w.Transit, custody.Transit, "In transit", ""}, {&w.Trunk, custody.Trunk, "Norvane trunk", w.Vendor},
	} {
		if *p.id, err = tx.CreatePlace(custody.Place{Hospital: w.Hospital, Site: w.Site, Vendor: p.vendor, Name: p.name, Kind: p.kind}); err != nil {
			return err
		}
	}
	return nil
}

func (w *Ward) people(tx *store.Tx) error {
	for _, p := range []struct {
		actor *access.Actor
		name  string
		org   access.OrganisationID
		kind  access.OrganisationKind
		role  access.Role
	}{
		{&w.Amy, "Amy Okafor", w.Hospital, access.Hospital, access.Nurse},
		{&w.Ben, "Ben Lindqvist", w.Hospital, access.Hospital, access.Nurse},
		{&w.Mia, "Mia Duarte", w.Hospital, access.Hospital, access.Materials},
		{&w.Rob, "Rob Tanaka", w.Vendor, access.Vendor, access.Rep},
	} {
		grants := []access.Grant{{Role: p.role}}
		id, err := tx.CreatePerson(access.Person{Organisation: p.org, Email: strings.ToLower(p.name[:3]) + "@sample.test", Name: p.name, Grants: grants})
		if err != nil {
			return err
		}
		*p.actor = access.Actor{Person: id, Name: p.name, Organisation: p.org, Kind: p.kind, Grants: grants, Authenticator: "test", Device: "desk 1"}
	}
	return nil
}

func (w *Ward) trade(tx *store.Tx, terms consign.Terms) error {
	var err error
	w.Stent, err = tx.CreateProduct(catalog.Product{
		Vendor: w.Vendor, DI: StentDI, Name: "Norvane coronary stent", Maker: "Norvane", Family: "Stents", Size: "3.0 × 18 mm",
		Sterile: true, Implantable: true, SingleUse: true, Needs: catalog.Needs{Lot: true, Serial: true, Expiry: true},
	})
	if err != nil {
		return err
	}
	w.Agreement, err = tx.CreateAgreement(consign.Agreement{Vendor: w.Vendor, Hospital: w.Hospital, Number: "A-12"})
	if err != nil {
		return err
	}
	w.Version, err = tx.CreateVersion(consign.Version{
		Agreement: w.Agreement, Vendor: w.Vendor, Hospital: w.Hospital, Version: 1,
		ValidFrom: tx.Now().AddDate(-1, 0, 0), Terms: terms,
	}, "terms of the sample agreement")
	return err
}

// Stents brings in stents with fresh serials at the cabinet and returns them.
func (w *Ward) Stents(n int) []custody.UnitID {
	w.t.Helper()
	in := receiving.Brought{Agreement: w.Agreement, Place: w.Cabinet}
	for range n {
		w.n++
		in.Units = append(in.Units, receiving.UnitInput{DI: StentDI, Lot: "LT4471", Serial: fmt.Sprintf("SN%05d", w.n), Expiry: "2028-01-31"})
	}
	ids, err := w.Receiving.BringIn(w.t.Context(), w.Cmd(w.Mia), in)
	w.must(err)
	return ids
}

// Cmd is a command of an actor with a fresh key.
func (w *Ward) Cmd(a access.Actor) store.Command {
	w.n++
	key := fmt.Sprintf("key-%d", w.n)
	return store.Command{Actor: a, Key: key, BodySHA256: "body-" + key}
}

// Unit reads a unit as it is stored.
func (w *Ward) Unit(id custody.UnitID) custody.Unit {
	w.t.Helper()
	u, err := w.Store.Read(w.t.Context(), access.Everything()).Unit(id)
	w.must(err)
	return u
}

// CheckStock fails the test when stock, movements or totals disagree.
func (w *Ward) CheckStock() {
	w.t.Helper()
	q := w.Store.Read(w.t.Context(), access.Everything())
	byState := map[custody.State]int64{}
	w.must(q.WalkStock(func(u custody.Unit, movements []custody.Movement) error {
		byState[u.State]++
		return custody.CheckUnit(u, movements)
	}))
	w.must(q.CheckHoldings())
	for _, org := range []access.OrganisationID{w.Hospital, w.Vendor} {
		totals, err := q.Totals(org, "units/")
		w.must(err)
		for _, s := range []custody.State{custody.Expected, custody.Available, custody.Removed, custody.Opened, custody.Used, custody.Wasted} {
			if totals[store.UnitsTotal(s)] != byState[s] {
				w.t.Errorf("total %s is %d, %d are stored", store.UnitsTotal(s), totals[store.UnitsTotal(s)], byState[s])
			}
		}
	}
}

// Later is an instant after the undo time of Terms.
func Later(now time.Time) time.Time { return now.Add(time.Hour) }
