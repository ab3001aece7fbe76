// Package money_test drives the whole way of money over a real store: usage,
// price, line, invoice, number, payment, export. Tests only.
package money_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/approving"
	"trueward/internal/app/closing"
	"trueward/internal/app/crediting"
	"trueward/internal/app/disputing"
	"trueward/internal/app/exporting"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/paying"
	"trueward/internal/app/pricing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// world is one vendor, one hospital and what is between them.
type world struct {
	t         testing.TB
	s         *store.Store
	clk       *clock.Fake
	pricing   *pricing.Desk
	invoicing *invoicing.Desk
	paying    *paying.Desk
	exporting *exporting.Desk
	crediting *crediting.Desk
	approving *approving.Desk
	disputing *disputing.Desk
	closing   *closing.Desk

	vendor, hospital access.OrganisationID
	site             access.SiteID
	place            custody.PlaceID
	product          catalog.ProductID
	agreement        consign.AgreementID
	version          consign.VersionID
	nurse            access.Actor
	finance          access.Actor
	office           access.Actor
	second           access.Actor // of the vendor's office too
	admin            access.Actor // of the vendor
	units            int
}

func defaults() consign.Terms {
	return consign.Terms{
		TitleEvent: consign.TitleUsed, WastePayer: consign.VendorPays, UndoMinutes: 10, RemovedMinutes: 30,
		SheetRule: consign.SheetNone, PORule: consign.PONone, Consolidation: consign.PerCase, IssueMode: consign.IssueAuto,
		Currency: "EUR", DiscountBP: 750, PaymentDays: 30, TaxCategory: "S", TaxRateBP: 2100,
	}
}

func newWorld(t testing.TB, s *store.Store, clk *clock.Fake, terms consign.Terms) *world {
	log := slog.New(slog.DiscardHandler)
	w := &world{
		t: t, s: s, clk: clk, pricing: &pricing.Desk{Store: s}, paying: &paying.Desk{Store: s},
		invoicing: &invoicing.Desk{Store: s, Provider: invoicing.Local{}, Renderer: export.PDF{}, Log: log},
		exporting: &exporting.Desk{Store: s, Writer: export.Writer{}},
		approving: &approving.Desk{Store: s}, disputing: &disputing.Desk{Store: s}, closing: &closing.Desk{Store: s},
	}
	w.crediting = &crediting.Desk{Store: s, Renderer: export.PDF{}, Pricing: w.pricing}
	w.pricing.Crediting = w.crediting
	w.write(func(tx *store.Tx) error { return w.found(tx, terms) })
	return w
}

var auditTest = audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "test", Object: "x"}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	err := w.s.Write(w.t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "test", Object: "x"})
		return fn(tx)
	})
	if err != nil {
		w.t.Fatalf("write: %v", err)
	}
}

func (w *world) found(tx *store.Tx, terms consign.Terms) (err error) {
	w.vendor, err = tx.CreateOrganisation(access.Organisation{
		Kind: access.Vendor, Name: "Norvane", LegalName: "Norvane GmbH", Address: "Hafen 1", Country: "DE", Currency: "EUR", TaxID: "DE811234567",
		InvoicePrefix: "NV", BankAccount: "DE02120300000000202051", Sample: true,
	})
	if err != nil {
		return err
	}
	if w.hospital, err = tx.CreateOrganisation(access.Organisation{Kind: access.Hospital, Name: "St. Brannoc", LegalName: "St. Brannoc Trust", Country: "IE", Currency: "EUR", TaxID: "IE9876543W"}); err != nil {
		return err
	}
	if w.site, err = tx.CreateSite(custody.Site{Hospital: w.hospital, Name: "Main", TimeZone: "Europe/Dublin"}); err != nil {
		return err
	}
	if w.place, err = tx.CreatePlace(custody.Place{Hospital: w.hospital, Site: w.site, Name: "Cath Lab 2", Kind: custody.Room}); err != nil {
		return err
	}
	if err := w.people(tx); err != nil {
		return err
	}
	return w.agree(tx, terms)
}

func (w *world) people(tx *store.Tx) error {
	for n, p := range []struct {
		actor *access.Actor
		role  access.Role
		org   access.OrganisationID
		kind  access.OrganisationKind
	}{
		{&w.nurse, access.Nurse, w.hospital, access.Hospital},
		{&w.finance, access.Finance, w.hospital, access.Hospital},
		{&w.office, access.VendorOffice, w.vendor, access.Vendor},
		{&w.second, access.VendorOffice, w.vendor, access.Vendor},
		{&w.admin, access.Admin, w.vendor, access.Vendor},
	} {
		name := "Sample " + string(p.role)
		id, err := tx.CreatePerson(access.Person{Organisation: p.org, Email: fmt.Sprintf("%s%d@example.org", p.role, n), Name: name})
		if err != nil {
			return err
		}
		*p.actor = access.Actor{
			Person: id, Name: name, Organisation: p.org, Kind: p.kind, Grants: []access.Grant{{Role: p.role}}, Authenticator: "test",
		}
	}
	return nil
}

func (w *world) agree(tx *store.Tx, terms consign.Terms) (err error) {
	w.product, err = tx.CreateProduct(catalog.Product{
		Vendor: w.vendor, DI: "09506000134352", Name: "Coronary stent", Size: "3.0 × 18 mm", Maker: "Norvane", Family: "Stents",
		Needs: catalog.Needs{Lot: true, Serial: true, Expiry: true},
	})
	if err != nil {
		return err
	}
	if w.agreement, err = tx.CreateAgreement(consign.Agreement{Vendor: w.vendor, Hospital: w.hospital, Number: "A-12"}); err != nil {
		return err
	}
	w.version, err = tx.CreateVersion(consign.Version{
		Agreement: w.agreement, Vendor: w.vendor, Hospital: w.hospital, Version: 3, ValidFrom: w.clk.Now().Add(-365 * 24 * time.Hour), Terms: terms,
	}, "sample")
	return err
}

// listPrice gives the product a price from an instant on.
func (w *world) listPrice(minor int64, from time.Time) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		_, err := tx.AddListPrice(store.ListPrice{Vendor: w.vendor, Product: w.product, Price: money.Amount{Minor: minor, Currency: "EUR"}, ValidFrom: from})
		return err
	})
}

func (w *world) priced() *world {
	w.listPrice(160000, w.clk.Now().Add(-24*time.Hour))
	return w
}

// openCase makes a case; closeCase ends it.
func (w *world) openCase(pseudonym string) usage.CaseID {
	w.t.Helper()
	var c usage.Case
	err := w.s.Write(w.t.Context(), w.nurse, func(tx *store.Tx) (err error) {
		tx.Audit(audit.Change{Chain: audit.SiteChain(string(w.site)), Action: "case.opened", Kind: "case", Object: pseudonym})
		c, _, err = tx.CreateCase(usage.Case{Hospital: w.hospital, Site: w.site, Place: w.place, Pseudonym: pseudonym})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

func (w *world) closeCase(id usage.CaseID) {
	w.t.Helper()
	err := w.s.Write(w.t.Context(), w.nurse, func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SiteChain(string(w.site)), Action: "case.closed", Kind: "case", Object: string(id)})
		_, err := tx.CloseCase(id)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// use records a usage with its charge, as the ward does: one transaction.
func (w *world) use(c usage.CaseID, change func(*usage.Usage)) usage.Usage {
	w.t.Helper()
	u, err := w.tryUse(c, change)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

func (w *world) tryUse(c usage.CaseID, change func(*usage.Usage)) (usage.Usage, error) {
	w.units++
	return w.useSerial(c, fmt.Sprintf("SN%05d", w.units), change)
}

func (w *world) useSerial(c usage.CaseID, serial string, change func(*usage.Usage)) (usage.Usage, error) {
	var u usage.Usage
	err := w.s.Write(w.t.Context(), w.nurse, func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SiteChain(string(w.site)), Action: "unit.used", Kind: "unit", Object: serial})
		unit, err := tx.CreateUnit(custody.Unit{
			Vendor: w.vendor, QuantityTotal: 1, QuantityLeft: 1, Key: custody.Key{
				Hospital: w.hospital, Site: w.site, Place: w.place, Owner: w.vendor, Possessor: w.hospital, Agreement: w.agreement,
				Product: w.product, DI: "09506000134352", Lot: "LT4471", Serial: serial, Expiry: "2029-01-31", State: custody.Available,
			},
		}, custody.Fact{Kind: custody.BroughtIn, FactAt: tx.Now()})
		if err != nil {
			return err
		}
		unit, movements, err := tx.Record(unit, custody.Fact{Kind: custody.Consumed, FactAt: tx.Now(), Case: string(c)})
		if err != nil {
			return err
		}
		u = usage.Usage{
			ID: usage.ID(tx.NewID()), Hospital: w.hospital, Site: w.site, Place: w.place, Vendor: w.vendor, AgreementVersion: w.version,
			Unit: unit.ID, Product: w.product, Case: c, Outcome: usage.Used, Quantity: 1, Verdict: authentic.Verdict{Level: authentic.Genuine},
			Actor: w.nurse.Person, Movement: movements[0].ID, FactAt: tx.Now(), RecordedAt: tx.Now(), UndoUntil: tx.Now().Add(10 * time.Minute),
		}
		if change != nil {
			change(&u)
		}
		if err := tx.AddUsage(u); err != nil {
			return err
		}
		return w.pricing.Charge(tx, u)
	})
	return u, err
}

func (w *world) undo(u usage.Usage) {
	w.t.Helper()
	err := w.s.Write(w.t.Context(), w.nurse, func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SiteChain(string(w.site)), Action: "usage.undone", Kind: "usage", Object: string(u.ID)})
		if _, err := tx.Correct(usage.Correction{Usage: u.ID, Hospital: u.Hospital, Vendor: u.Vendor, Kind: usage.Undone, Actor: w.nurse.Person}); err != nil {
			return err
		}
		return w.pricing.Reverse(tx, u, "wrong unit")
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// drain lets the worker do everything that is due.
func (w *world) drain() {
	w.t.Helper()
	if _, err := w.invoicing.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) all() store.Queries { return w.s.Read(w.t.Context(), access.Everything()) }

func (w *world) line(u usage.Usage) billing.Line {
	w.t.Helper()
	l, err := w.all().LiveLine(u.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *world) invoices() []billing.NamedInvoice {
	w.t.Helper()
	var out []billing.NamedInvoice
	err := w.all().AllInvoices(store.InvoiceFilter{}, func(i billing.NamedInvoice) error {
		out = append(out, i)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) one() billing.NamedInvoice {
	w.t.Helper()
	all := w.invoices()
	if len(all) != 1 {
		w.t.Fatalf("%d invoices, want one", len(all))
	}
	return all[0]
}

func cmd(actor access.Actor, key string) store.Command {
	return store.Command{Actor: actor, Key: key, BodySHA256: key}
}

// issued is a world with one issued invoice of n usages.
func issued(t testing.TB, s *store.Store, clk *clock.Fake, n int) (*world, billing.NamedInvoice) {
	w := newWorld(t, s, clk, defaults()).priced()
	c := w.openCase("C-7Q4M")
	for range n {
		w.use(c, nil)
	}
	clk.Advance(11 * time.Minute)
	w.closeCase(c)
	w.drain()
	return w, w.one()
}

// shelve puts an unused unit on the shelf.
func (w *world) shelve(serial string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		_, err := tx.CreateUnit(custody.Unit{
			Vendor: w.vendor, QuantityTotal: 1, QuantityLeft: 1, Key: custody.Key{
				Hospital: w.hospital, Site: w.site, Place: w.place, Owner: w.vendor, Possessor: w.hospital, Agreement: w.agreement,
				Product: w.product, DI: "09506000134352", Lot: "LT4471", Serial: serial, Expiry: "2029-01-31", State: custody.Available,
			},
		}, custody.Fact{Kind: custody.BroughtIn, FactAt: tx.Now()})
		return err
	})
}

// atField reports whether a refusal stands at a field.
func atField(err error, field string) bool {
	for _, f := range fault.All(err) {
		if f.Field == field {
			return true
		}
	}
	return false
}
