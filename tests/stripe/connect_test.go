package stripe_test

import (
	"slices"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/app/charging"
	"trueward/internal/app/crediting"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// A connected account of the platform: its owner sets it up at Stripe, a
// notice tells, a second person switches it on, an invoice goes over it, its
// owner disconnects it.
func TestConnectedAccountFromSetUpToDisconnection(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.charging.Platform = charging.Platform{
			Keys:  map[remote.Mode]remote.Secret{remote.Live: "sk_test_platform"},
			Hooks: map[remote.Mode][]remote.Secret{remote.Live: {hookSecret}},
		}
		colleague := w.colleague()
		start, err := w.charging.ConnectAccount(t.Context(), w.cmd(w.office), remote.Live, "http://localhost/stripe")
		w.must(err)
		if start.Link == "" {
			t.Fatal("no link to Stripe")
		}
		again, err := w.charging.ConnectAccount(t.Context(), w.cmd(w.office), remote.Live, "http://localhost/stripe")
		if err != nil || again.Connection != start.Connection {
			t.Fatalf("a second press made %v, %v", again, err)
		}
		if _, err := w.charging.Choose(t.Context(), w.cmd(colleague), start.Connection); !fault.Is(err, fault.Conflict) {
			t.Errorf("chosen before its set-up: %v", err)
		}
		conn, err := w.all().Connection(start.Connection)
		w.must(err)
		w.fake.Complete(conn.Account)
		if _, err := w.charging.Refresh(t.Context(), w.cmd(w.office), conn.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.charging.Choose(t.Context(), w.cmd(w.office), conn.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("chosen by who connected it: %v", err)
		}
		if _, err := w.charging.Choose(t.Context(), w.cmd(w.finance), conn.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("chosen by the hospital: %v", err)
		}
		if _, err := w.charging.Choose(t.Context(), w.cmd(colleague), conn.ID); err != nil {
			t.Fatal(err)
		}
		i := w.settle(w.used(1))
		row, err := w.all().RemoteInvoice(i.ID)
		if err != nil || row.Connection != conn.ID {
			t.Fatalf("%+v, %v", row, err)
		}
		if _, err := w.gateway.Invoice(t.Context(), w.entry(), row.Remote); !fault.Is(err, fault.NotFound) {
			t.Errorf("the vendor's other account knows the document: %v", err)
		}
	})
}

func (w *world) colleague() access.Actor {
	w.t.Helper()
	var a access.Actor
	w.write(func(tx *store.Tx) error {
		id, err := tx.CreatePerson(access.Person{Organisation: w.vendor, Email: "second@example.org", Name: "Second"})
		a = access.Actor{
			Person: id, Name: "Second", Organisation: w.vendor, Kind: access.Vendor,
			Grants: []access.Grant{{Role: access.VendorOffice}}, Authenticator: "test",
		}
		return err
	})
	return a
}

func TestKeysOfTheOtherModeAreRefused(t *testing.T) {
	s, clk := sqlite(t)
	w := newWorld(t, s, clk)
	for _, in := range []charging.KeyInput{
		{Mode: remote.Live, Key: "sk_test_x", Hook: "whsec_x"},
		{Mode: remote.Test, Key: "sk_live_x", Hook: "whsec_x"},
		{Mode: remote.Test, Key: "sk_test_x", Hook: "x"},
		{Mode: "rehearsal", Key: "sk_test_x", Hook: "whsec_x"},
	} {
		if _, err := w.charging.ConnectKey(t.Context(), w.cmd(w.office), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", in.Mode, err)
		}
	}
	if text := remote.Secret("sk_live_x").String() + w.charging.Platform.Keys[remote.Live].GoString(); text != "[secret][secret]" {
		t.Errorf("a key prints as %q", text)
	}
}

// A credit note issued here is made at Stripe, line by line: it lowers what is
// open, and gives back what was paid there.
func TestCreditNotesReachStripe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		i, id := w.issued(2)
		w.fake.Take()
		desk := &crediting.Desk{Store: w.s, Renderer: paper{}, Pricing: w.pricing}
		lines, err := w.all().InvoiceLines(i.ID)
		w.must(err)
		w.credit(desk, i.ID, lines[0])
		w.work()
		held, err := w.gateway.Invoice(t.Context(), w.entry(), id)
		credited := lines[0].NetMinor + lines[0].TaxMinor
		if err != nil || held.Credited != credited || held.Remaining != i.TotalMinor-credited {
			t.Fatalf("%+v, %v", held, err)
		}
		w.must(w.fake.Pay(id, 0))
		w.hear(w.fake.Take()...)
		if now, err := w.all().Invoice(i.ID); err != nil || now.State != billing.Paid || now.Due().Minor != 0 {
			t.Errorf("%+v, %v", now, err)
		}
		w.credit(desk, i.ID, lines[1])
		w.fake.Fail(&fake.Fault{Kind: fake.DropAfter, Match: "/v1/credit_notes"})
		before := len(w.fake.Requests())
		for range 10 { // as many wake-ups as there may be: what failed rests
			if _, err := w.charging.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if asked := len(w.fake.Requests()) - before; asked > 10 {
			t.Errorf("%d requests in one moment after a failure", asked)
		}
		w.work()
		w.hear(w.fake.Take()...)
		held, err = w.gateway.Invoice(t.Context(), w.entry(), id)
		if err != nil || held.Credited != i.TotalMinor {
			t.Errorf("%+v, %v", held, err)
		}
		now, err := w.all().Invoice(i.ID)
		if err != nil || now.PaidMinor != 0 || now.Due().Minor != 0 {
			t.Errorf("paid %d, due %v, %v", now.PaidMinor, now.Due(), err)
		}
		notes, err := w.all().CreditsOf(i.ID)
		if err != nil || slices.ContainsFunc(notes, func(n billing.CreditNote) bool { return n.ProviderNumber == "" }) {
			t.Errorf("%+v, %v", notes, err)
		}
		w.check()
	})
}
