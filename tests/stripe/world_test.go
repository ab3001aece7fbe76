// Package stripe_test drives documents over a simulated Stripe from the use of
// a unit to the money in the books, with every way of failing on the way.
// Tests only.
package stripe_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"trueward/cmd/trueward/providers"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	gateway "trueward/internal/adapter/stripe"
	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/app/charging"
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
	"trueward/internal/domain/remote"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
	"trueward/internal/testkit/postgres"
	"trueward/internal/testkit/stripemock"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDatabase) != "" {
		os.Exit(child())
	}
	code := m.Run()
	stripemock.Stop()
	postgres.Stop()
	os.Exit(code)
}

// vaultInMemory keeps secrets for a test.
type vaultInMemory struct {
	mu    sync.Mutex
	texts map[string]string
}

func (v *vaultInMemory) PutSecret(ref, text string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.texts[ref] = text
	return nil
}

func (v *vaultInMemory) Secret(ref string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.texts[ref] == "" {
		return "", errors.New("no such secret")
	}
	return v.texts[ref], nil
}

// paper renders as little as a document needs.
type paper struct{}

func (paper) Name() string { return "test/1" }

func (paper) Invoice(doc billing.Document) ([]byte, error) {
	return fmt.Appendf(nil, "%s %s", doc.Invoice.Number, doc.Invoice.Total()), nil
}

// world is one vendor whose invoices go over Stripe, one hospital, and the
// service between them.
type world struct {
	t         testing.TB
	s         *store.Store
	clk       *clock.Fake
	fake      *fake.Server
	gateway   charging.Gateway
	charging  *charging.Desk
	invoicing *invoicing.Desk
	pricing   *pricing.Desk
	paying    *paying.Desk

	vendor, hospital access.OrganisationID
	site             access.SiteID
	place            custody.PlaceID
	product          catalog.ProductID
	agreement        consign.AgreementID
	version          consign.VersionID
	connection       remote.ConnectionID
	nurse, office    access.Actor
	finance          access.Actor
	n                int
	url              string
	restored         bool // from a copy: Stripe is ahead
}

const hookSecret = "whsec_of_the_vendor"

// newWorld makes a world whose every request to Stripe is judged.
func newWorld(t testing.TB, s *store.Store, clk *clock.Fake) *world {
	w := &world{t: t, s: s, clk: clk, pricing: &pricing.Desk{Store: s}, paying: &paying.Desk{Store: s}}
	w.fake = fake.New(fake.Config{Clock: clk, HookSecret: hookSecret, PageSize: 3, Judge: stripemock.Start(t)})
	server := httptest.NewServer(w.fake)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		for _, c := range w.fake.Complaints() {
			t.Error("the judge says:", c)
		}
	})
	w.url = server.URL
	g, err := gateway.New(gateway.Config{BaseURL: server.URL, PerSecond: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	w.gateway = g
	w.restart(g)
	w.write(w.found)
	return w
}

// restart makes the desks anew, as a new process would.
func (w *world) restart(g charging.Gateway) {
	log := slog.New(slog.DiscardHandler)
	secrets := &vaultInMemory{texts: map[string]string{"stripe/key": "sk_test_vendor", "stripe/hook": hookSecret}}
	w.charging = &charging.Desk{Store: w.s, Gateway: g, Secrets: secrets, Log: log}
	w.invoicing = &invoicing.Desk{Store: w.s, Provider: providers.Door{Stripe: w.charging}, Renderer: paper{}, Log: log}
}

func (w *world) write(fn func(*store.Tx) error) { w.t.Helper(); w.writeAs(access.System("test"), fn) }

func (w *world) writeAs(actor access.Actor, fn func(*store.Tx) error) {
	w.t.Helper()
	err := w.s.Write(w.t.Context(), actor, func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "test", Object: "x"})
		return fn(tx)
	})
	if err != nil {
		w.t.Fatalf("write: %v", err)
	}
}

func (w *world) found(tx *store.Tx) error {
	var err error
	must := func(step error) { err = errors.Join(err, step) }
	var e error
	w.vendor, e = tx.CreateOrganisation(access.Organisation{
		Kind: access.Vendor, Name: "Norvane", LegalName: "Norvane GmbH", Address: "Hafen 1", Country: "DE", Currency: "EUR",
		InvoicePrefix: "NV", BankAccount: "DE02120300000000202051",
	})
	must(e)
	w.hospital, e = tx.CreateOrganisation(access.Organisation{
		Kind: access.Hospital, Name: "St. Brannoc", LegalName: "St. Brannoc Trust", Country: "IE", Currency: "EUR", Email: "ap@brannoc.example",
	})
	must(e)
	w.site, e = tx.CreateSite(custody.Site{Hospital: w.hospital, Name: "Main", TimeZone: "Europe/Dublin"})
	must(e)
	w.place, e = tx.CreatePlace(custody.Place{Hospital: w.hospital, Site: w.site, Name: "Cath Lab 2", Kind: custody.Room})
	must(e)
	w.nurse, e = w.person(tx, access.Nurse, w.hospital, access.Hospital)
	must(e)
	w.finance, e = w.person(tx, access.Finance, w.hospital, access.Hospital)
	must(e)
	w.office, e = w.person(tx, access.VendorOffice, w.vendor, access.Vendor)
	must(e)
	must(w.agree(tx))
	c, e := tx.AddConnection(remote.Connection{
		Vendor: w.vendor, Mode: remote.Test, KeyRef: "stripe/key", HookRef: "stripe/hook", Status: remote.Active, Chosen: true,
	})
	w.connection = c.ID
	must(e)
	return err
}

func (w *world) person(tx *store.Tx, role access.Role, org access.OrganisationID, kind access.OrganisationKind) (access.Actor, error) {
	name := "Sample " + string(role)
	id, err := tx.CreatePerson(access.Person{Organisation: org, Email: string(role) + "@example.org", Name: name})
	return access.Actor{
		Person: id, Name: name, Organisation: org, Kind: kind, Grants: []access.Grant{{Role: role}}, Authenticator: "test",
	}, err
}

func (w *world) agree(tx *store.Tx) (err error) {
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
		Agreement: w.agreement, Vendor: w.vendor, Hospital: w.hospital, Version: 3, ValidFrom: w.clk.Now().Add(-365 * 24 * time.Hour),
		Terms: consign.Terms{
			TitleEvent: consign.TitleUsed, WastePayer: consign.VendorPays, UndoMinutes: 10, RemovedMinutes: 30,
			SheetRule: consign.SheetNone, PORule: consign.PONone, Consolidation: consign.PerCase, IssueMode: consign.IssueAuto,
			Currency: "EUR", DiscountBP: 750, PaymentDays: 30, TaxCategory: "S", TaxRateBP: 2100,
		},
	}, "sample")
	if err != nil {
		return err
	}
	_, err = tx.AddListPrice(store.ListPrice{
		Vendor: w.vendor, Product: w.product, Price: money.Amount{Minor: 160000, Currency: "EUR"}, ValidFrom: w.clk.Now().Add(-24 * time.Hour),
	})
	return err
}

// used is a closed case of n usages whose undo time is over.
func (w *world) used(n int) usage.CaseID {
	w.t.Helper()
	var c usage.Case
	w.writeAs(w.nurse, func(tx *store.Tx) (err error) {
		w.n++
		c, _, err = tx.CreateCase(usage.Case{Hospital: w.hospital, Site: w.site, Place: w.place, Pseudonym: fmt.Sprintf("C-%06d", w.n)})
		return err
	})
	for range n {
		w.use(c.ID)
	}
	w.writeAs(w.nurse, func(tx *store.Tx) error { _, err := tx.CloseCase(c.ID); return err })
	w.clk.Advance(11 * time.Minute)
	return c.ID
}

func (w *world) use(c usage.CaseID) usage.Usage {
	w.t.Helper()
	w.n++
	var u usage.Usage
	err := w.s.Write(w.t.Context(), w.nurse, func(tx *store.Tx) error {
		serial := fmt.Sprintf("SN%05d", w.n)
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
		if err := tx.AddUsage(u); err != nil {
			return err
		}
		return w.pricing.Charge(tx, u)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

func (w *world) all() store.Queries { return w.s.Read(w.t.Context(), access.Everything()) }

// drain lets the worker do everything that is due.
func (w *world) drain() {
	w.t.Helper()
	if _, err := w.invoicing.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// settle works until the invoice is sent and fails t when it does not get
// there.
func (w *world) settle(c usage.CaseID) billing.Invoice {
	w.t.Helper()
	i, settled := w.goesOn(c)
	if !settled {
		w.t.Fatalf("the invoice does not go on: %s, parked %v: %s", i.State, i.Parked, i.ParkedReason)
	}
	return i
}

// goesOn works until nothing is left to wait for: time goes by, and a person
// releases what is parked.
func (w *world) goesOn(c usage.CaseID) (billing.Invoice, bool) {
	w.t.Helper()
	for range 12 {
		w.drain()
		i := w.invoice(c)
		if i.State == billing.Sent {
			return i, true
		}
		if i.Parked {
			if _, err := w.invoicing.Unpark(w.t.Context(), w.cmd(w.office), i.ID); err != nil {
				w.t.Fatal(err)
			}
			continue
		}
		w.clk.Advance(31 * time.Minute)
	}
	return w.invoice(c), false
}

func (w *world) cmd(actor access.Actor) store.Command {
	w.n++
	return store.Command{Actor: actor, Key: fmt.Sprintf("key-%d", w.n), BodySHA256: "b"}
}

// invoice is the one invoice of a case.
func (w *world) invoice(c usage.CaseID) billing.Invoice {
	w.t.Helper()
	var found []billing.Invoice
	err := w.s.Keep(w.t.Context(), func(tx *store.Tx) (err error) { // by its window: a soak has thousands of others
		found, err = tx.WindowInvoices(billing.Parties{Vendor: w.vendor, Hospital: w.hospital}, "EUR", "case:"+string(c))
		return err
	})
	if err != nil || len(found) != 1 {
		w.t.Fatalf("%d invoices of the case, %v", len(found), err)
	}
	return found[0]
}

// remotes are the documents at Stripe that carry an invoice's mark.
func (w *world) remotes(id billing.InvoiceID) []remote.Invoice {
	w.t.Helper()
	local, err := w.all().Invoice(id)
	if err != nil {
		w.t.Fatal(err)
	}
	row, err := w.all().RemoteInvoice(id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		w.t.Fatal(err)
	}
	since := local.CreatedAt.Add(-time.Hour)
	if row.Remote != "" && w.restored {
		since = since.Add(-48 * time.Hour)
	}
	var out []remote.Invoice
	err = w.gateway.InvoicesSince(w.t.Context(), w.entry(), "", since, func(i remote.Invoice) bool {
		if i.Ours == string(id) || i.ID == row.Remote {
			out = append(out, i)
		}
		return true
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) entry() remote.Entry { return remote.Entry{Key: "sk_test_vendor"} }

// once fails t unless Stripe holds exactly one document for an invoice, issued
// under its number, with its frozen lines, and the books hold.
func (w *world) once(i billing.Invoice) remote.Invoice {
	w.t.Helper()
	if wrong := w.wrong(i); wrong != "" {
		w.t.Fatal(wrong)
	}
	return w.remotes(i.ID)[0]
}

// wrong says what is not as once wants it; empty when all is.
func (w *world) wrong(i billing.Invoice) string {
	w.t.Helper()
	held := w.remotes(i.ID)
	if len(held) != 1 {
		return fmt.Sprintf("Stripe holds %d documents for the invoice", len(held))
	}
	if held[0].Status != remote.OpenStatus || held[0].Number != i.Number || held[0].Total != i.TotalMinor || held[0].Tax != i.TaxMinor {
		return fmt.Sprintf("at Stripe: %+v; here: %+v", held[0], i)
	}
	lines, err := w.gateway.Lines(w.t.Context(), w.entry(), held[0].ID)
	if err != nil {
		w.t.Fatal(err)
	}
	frozen, err := w.all().InvoiceLines(i.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	left := map[string]int64{}
	for _, l := range frozen {
		left[string(l.Line)] = l.NetMinor
	}
	for _, l := range lines {
		if left[l.Ours] != l.Amount {
			return fmt.Sprintf("line %s holds %d", l.Ours, l.Amount)
		}
		delete(left, l.Ours)
	}
	sent, err := w.gateway.WasSent(w.t.Context(), w.entry(), held[0].ID, held[0].CreatedAt.Add(-time.Hour))
	if err != nil {
		w.t.Fatal(err)
	}
	if !sent {
		return "nobody was told of the invoice"
	}
	if len(left) != 0 || len(lines) != len(frozen) {
		return fmt.Sprintf("%d lines at Stripe, %d frozen", len(lines), len(frozen))
	}
	return ""
}

// check runs the ledger's own check.
func (w *world) check() {
	w.t.Helper()
	breach, err := w.all().CheckLedger()
	if err != nil || breach != nil {
		w.t.Fatalf("%+v, %v", breach, err)
	}
}

// each runs body in a world of each dialect.
func each(t *testing.T, body func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) { body(t, newWorld(t, s, clk)) })
}
