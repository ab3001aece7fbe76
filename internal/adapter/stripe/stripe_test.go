package stripe_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"trueward/internal/adapter/stripe"
	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/clock"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/testkit/stripemock"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stripemock.Stop()
	os.Exit(code)
}

// service is a simulated Stripe, judged, with a gateway to it.
type service struct {
	*testing.T
	*stripe.Gateway
	fake  *fake.Server
	clock *clock.Fake
	entry remote.Entry
}

func start(t *testing.T) *service {
	t.Helper()
	clk := clock.NewFake(time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC))
	f := fake.New(fake.Config{Clock: clk, HookSecret: "whsec_1", Judge: stripemock.Start(t), PageSize: 2})
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	g, err := stripe.New(stripe.Config{BaseURL: server.URL, PerSecond: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range f.Complaints() {
			t.Error("the judge says:", c)
		}
	})
	return &service{t, g, f, clk, remote.Entry{Key: "sk_test_own"}}
}

func (s *service) do(step remote.Step, key, object string, params any) remote.Answer {
	s.Helper()
	text, err := json.Marshal(params)
	if err != nil {
		s.Fatal(err)
	}
	a, err := s.Do(s.Context(), s.entry, remote.Call{Step: step, Key: key, Object: object, Params: string(text)})
	if err != nil {
		s.Fatal(err)
	}
	return a
}

func (s *service) must(step remote.Step, key, object string, params any) string {
	s.Helper()
	a := s.do(step, key, object, params)
	if a.Outcome != remote.Done {
		s.Fatalf("%s: %+v", step, a)
	}
	return a.Object
}

// draft makes a draft of n lines at 10.00 with 2.10 tax.
func (s *service) draft(n int) string {
	s.Helper()
	customer := s.must(remote.MakeCustomer, "c", "", remote.CustomerParams{Name: "St. Brannoc", Email: "ap@example.org", Hospital: "h1"})
	in := s.must(remote.MakeDraft, "i", "", remote.DraftParams{
		Customer: customer, Currency: "EUR", PaymentDays: 30, Invoice: "uuid-1", Fields: []remote.Field{{Name: "PO", Value: "77"}},
	})
	for i := range n {
		id := string(rune('a' + i))
		s.must(remote.AddItem, "l"+id, "", remote.ItemParams{
			Customer: customer, Draft: in, Currency: "EUR", Unit: 1000, Quantity: 1, Description: "Stent", Marks: map[string]string{"line_uuid": id},
		})
	}
	lines, err := s.Lines(s.Context(), s.entry, in)
	if err != nil || len(lines) != n {
		s.Fatalf("%d lines, %v", len(lines), err)
	}
	for _, l := range lines {
		s.must(remote.SetTax, "t"+l.Ours, l.ID, remote.TaxParams{Draft: in, Taxable: 1000, Amount: 210, RateBP: 2100, Name: "VAT"})
	}
	return in
}

func TestWholeWayOfADocument(t *testing.T) {
	s := start(t)
	in := s.draft(5) // more than two pages
	held, err := s.Invoice(t.Context(), s.entry, in)
	if err != nil || held.Total != 6050 || held.Tax != 1050 || held.Status != remote.DraftStatus || held.Ours != "uuid-1" || held.Currency != "EUR" {
		t.Fatalf("%+v, %v", held, err)
	}
	s.must(remote.SetNumber, "n", in, remote.NumberParams{Number: "NV-2027-000001"})
	s.must(remote.Finalize, "f", in, struct{}{})
	s.must(remote.SendOut, "s", in, struct{}{})
	if sent, err := s.WasSent(t.Context(), s.entry, in, s.clock.Now().Add(-time.Hour)); !sent || err != nil {
		t.Errorf("sent: %v, %v", sent, err)
	}
	if err := s.fake.Pay(in, 0); err != nil {
		t.Fatal(err)
	}
	held, err = s.Invoice(t.Context(), s.entry, in)
	if err != nil || held.Status != remote.PaidStatus || held.Paid != 6050 || held.Number != "NV-2027-000001" || held.HostedURL == "" {
		t.Errorf("%+v, %v", held, err)
	}
	again := 0
	if err := s.InvoicesSince(t.Context(), s.entry, held.Customer, s.clock.Now().Add(-time.Hour), func(remote.Invoice) bool { again++; return true }); err != nil || again != 1 {
		t.Errorf("listed %d, %v", again, err)
	}
}

// Each way of failing, the outcome it must have, and whether the work was done.
func TestAnswersAreToldApart(t *testing.T) {
	for _, c := range []struct {
		kind fake.Kind
		want remote.Outcome
		made int
	}{
		{fake.DropBefore, remote.AgainSoon, 0},
		{fake.DropAfter, remote.AgainSoon, 1},
		{fake.RateLimit, remote.AgainSoon, 0},
		{fake.InUse, remote.AgainSoon, 0},
		{fake.Away, remote.AgainSoon, 0},
		{fake.LockTimeout, remote.Look, 0},
		{fake.Saved500, remote.Look, 0},
		{fake.Done500, remote.Look, 1},
		{fake.HTML, remote.Look, 0},
		{fake.HTMLAfter, remote.Look, 1},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			s := start(t)
			s.fake.Fail(&fake.Fault{Kind: c.kind, Match: "/v1/customers"})
			in := remote.CustomerParams{Name: "A", Email: "a@example.org", Hospital: "h"}
			if a := s.do(remote.MakeCustomer, "k", "", in); a.Outcome != c.want {
				t.Errorf("%+v, want %s", a, c.want)
			}
			made := 0
			if err := s.Customers(t.Context(), s.entry, func(remote.Customer) bool { made++; return true }); err != nil || made != c.made {
				t.Errorf("%d made, %v", made, err)
			}
			if c.want == remote.AgainSoon {
				s.must(remote.MakeCustomer, "k", "", in)
			}
		})
	}
}

func TestRefusalsAndKeys(t *testing.T) {
	s := start(t)
	in := remote.CustomerParams{Name: "A", Email: "a@example.org", Hospital: "h"}
	first := s.must(remote.MakeCustomer, "k", "", in)
	if again := s.must(remote.MakeCustomer, "k", "", in); again != first {
		t.Errorf("the same key made %s and %s", first, again)
	}
	in.Name = "B"
	if a := s.do(remote.MakeCustomer, "k", "", in); a.Outcome != remote.Refused || a.HTTPStatus != 400 {
		t.Errorf("other parameters under one key: %+v", a)
	}
	in.Name = "A"
	s.clock.Advance(25 * time.Hour)
	if forgotten := s.must(remote.MakeCustomer, "k", "", in); forgotten == first {
		t.Error("the key was remembered for more than a day")
	}
	if a := s.do(remote.Finalize, "f", "in_none", struct{}{}); a.Outcome != remote.Refused || a.HTTPStatus != 404 {
		t.Errorf("unknown invoice: %+v", a)
	}
	s.entry.Key = "pk_wrong"
	if a := s.do(remote.Finalize, "f2", "in_none", struct{}{}); a.Outcome != remote.Refused || a.HTTPStatus != 401 {
		t.Errorf("wrong key: %+v", a)
	}
	if _, err := s.Invoice(t.Context(), s.entry, "in_none"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("read with a wrong key: %v", err)
	}
}

// A kept connection that breaks must not make the transport send a changing
// call again by itself: the journal decides that.
func TestNothingIsSentTwiceByItself(t *testing.T) {
	s := start(t)
	in := remote.CustomerParams{Name: "A", Email: "a@example.org", Hospital: "h"}
	s.must(remote.MakeCustomer, "k1", "", in) // the connection is kept
	before := len(s.fake.Requests())
	s.fake.Fail(&fake.Fault{Kind: fake.DropAfter})
	if a := s.do(remote.MakeCustomer, "k2", "", in); a.Outcome != remote.AgainSoon {
		t.Errorf("%+v", a)
	}
	if sent := len(s.fake.Requests()) - before; sent != 1 {
		t.Errorf("sent %d times", sent)
	}
}

func TestLieIsSeen(t *testing.T) {
	s := start(t)
	in := s.draft(1)
	s.fake.Fail(&fake.Fault{Kind: fake.Lie, Method: "GET", Match: "/v1/invoices/" + in})
	if held, err := s.Invoice(t.Context(), s.entry, in); err != nil || held.Total != 1211 {
		t.Errorf("%+v, %v", held, err)
	}
}

func TestConnectedAccount(t *testing.T) {
	s := start(t)
	a, err := s.NewAccount(t.Context(), s.entry, "k1", "vendor", "office@example.org", "DE")
	if err != nil || a.Charges || a.StatusOf() != remote.Onboarding {
		t.Fatalf("%+v, %v", a, err)
	}
	if link, err := s.SetUpLink(t.Context(), s.entry, a.ID, "https://trueward.example/stripe"); err != nil || link == "" {
		t.Fatalf("%q, %v", link, err)
	}
	s.fake.Complete(a.ID)
	if a, err = s.Account(t.Context(), s.entry, a.ID); err != nil || a.StatusOf() != remote.Active {
		t.Errorf("%+v, %v", a, err)
	}
	s.entry.Account = a.ID
	s.draft(1)
	s.entry.Account = ""
	s.fake.Revoke(a.ID)
	if _, err = s.Account(t.Context(), s.entry, a.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("after it was revoked: %v", err)
	}
}

func TestCreditRefundDisputeAndPayout(t *testing.T) {
	s := start(t)
	in := s.draft(2)
	s.must(remote.Finalize, "f", in, struct{}{})
	lines, err := s.Lines(t.Context(), s.entry, in)
	if err != nil {
		t.Fatal(err)
	}
	note := remote.CreditParams{Invoice: in, Note: "cn-1", Memo: "NVC-1", Reason: "duplicate", Lines: []remote.CreditLine{{Line: lines[0].ID, Amount: 1000, Tax: 210, TaxRate: lines[0].TaxRate}}}
	s.must(remote.MakeCredit, "c1", "", note)
	if err := s.fake.Pay(in, 0); err != nil {
		t.Fatal(err)
	}
	note.Note, note.Lines[0].Line, note.Refund = "cn-2", lines[1].ID, 1210
	s.must(remote.MakeCredit, "c2", "", note)
	notes, err := s.CreditNotes(t.Context(), s.entry, in)
	if err != nil || len(notes) != 2 || notes[0].Amount != 1210 {
		t.Fatalf("%+v, %v", notes, err)
	}
	held, err := s.Invoice(t.Context(), s.entry, in)
	if err != nil || held.Credited != 2420 || held.Paid != 1210 {
		t.Fatalf("%+v, %v", held, err)
	}
	if ch, err := s.Charge(t.Context(), s.entry, held.Charge); err != nil || ch.Refunded != 1210 || ch.Invoice != in {
		t.Errorf("%+v, %v", ch, err)
	}
	id, err := s.fake.Contest(in)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := s.Dispute(t.Context(), s.entry, id); err != nil || !d.Open() || d.Amount != 1210 {
		t.Errorf("%+v, %v", d, err)
	}
	var sum int64
	err = s.Movements(t.Context(), s.entry, "", s.clock.Now().Add(-time.Hour), func(m remote.Movement) bool { sum += m.Net; return true })
	if err != nil || sum != 1210-43-1210-1210-1500 {
		t.Errorf("balance %d, %v", sum, err)
	}
}

func TestSignatures(t *testing.T) {
	s := start(t)
	in := s.draft(1)
	s.must(remote.Finalize, "f", in, struct{}{})
	d := s.fake.Take()[0]
	open := func(secrets ...remote.Secret) (remote.Event, int, error) {
		return s.Open(d.Body, d.Header, secrets, s.clock.Now())
	}
	e, which, err := open("whsec_old", "whsec_1")
	if err != nil || which != 1 || e.Type != "invoice.finalized" || e.Object != in || e.ObjectKind != "invoice" {
		t.Fatalf("%+v, %d, %v", e, which, err)
	}
	if _, _, err := open("whsec_other"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("another secret: %v", err)
	}
	for _, by := range []time.Duration{301 * time.Second, -301 * time.Second} {
		if _, _, err := s.Open(d.Body, d.Header, []remote.Secret{"whsec_1"}, s.clock.Now().Add(by)); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%v away: %v", by, err)
		}
	}
	d.Body[len(d.Body)-2] ^= 1
	if _, _, err := open("whsec_1"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("altered: %v", err)
	}
}

func TestPaceRespectsContext(t *testing.T) {
	g, err := stripe.New(stripe.Config{BaseURL: "http://127.0.0.1:1", PerSecond: 1})
	if err != nil {
		t.Fatal(err)
	}
	entry := remote.Entry{Key: "sk_test_own"}
	_, _ = g.Invoice(t.Context(), entry, "in_1") // takes the turn of this second
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Do(ctx, entry, remote.Call{Step: remote.Finalize, Object: "in_1"}); err == nil {
		t.Error("a call went out after its context had ended")
	}
	if _, err := stripe.New(stripe.Config{BaseURL: "https://stripe.example"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a foreign address was taken: %v", err)
	}
}
