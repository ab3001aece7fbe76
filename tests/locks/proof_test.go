// Package locks_test holds the product to what keeps people out and lets them
// in: proofs, sessions, workstations, passkeys, the house's own sign-in.
package locks_test

import (
	"context"
	"testing"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/paying"
	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// open loads the sample into a product of its own.
func open(t *testing.T) *product.Product {
	t.Helper()
	cfg := product.In(t.TempDir())
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}
	p, err := product.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := p.LoadSample(context.WithoutCancel(t.Context()), "sample-ward-2026", "http://localhost", nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// A payment above the limit is refused in the use case itself when the last
// proof of the person is old, or a badge alone let them in, and booked when it
// is fresh. Little money needs none.
func TestMoneyNeedsAFreshProof(t *testing.T) {
	p := open(t)
	q := p.Store.Read(t.Context(), access.Everything())
	c, ok, err := q.CredentialByEmail("tom@brannoc.example")
	if err != nil || !ok {
		t.Fatalf("%v %v", ok, err)
	}
	list, err := p.Store.Read(t.Context(), c.Actor.Scope()).Invoices(store.InvoiceFilter{}, store.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var large billing.InvoiceID
	for _, i := range list.Rows {
		if i.Due().Minor >= 200_000 && i.State.Payable() {
			large = i.ID
		}
	}
	if large == "" {
		t.Fatalf("none of %d issued invoices is large", len(list.Rows))
	}
	pay := func(amount string, proven time.Time) error {
		actor := c.Actor
		actor.Sitting = &access.Sitting{Proven: proven}
		_, err := p.Paying.Record(t.Context(), store.Command{Actor: actor}, paying.RecordInput{
			Invoice: large, Amount: amount, ReceivedOn: p.Store.Now().Format(time.DateOnly), Method: billing.BankTransfer, Reference: "R-1",
		})
		return err
	}
	now := p.Store.Now()
	for name, proven := range map[string]time.Time{"a badge alone": {}, "an hour ago": now.Add(-time.Hour)} {
		err := pay("1,000.00", proven)
		all := fault.All(err)
		if len(all) != 1 || all[0].Field != access.ProofField {
			t.Errorf("%s: %v", name, err)
		}
		if err := pay("10.00", proven); err != nil {
			t.Errorf("%s, little money: %v", name, err)
		}
	}
	if err := pay("1,000.00", now); err != nil {
		t.Errorf("right after a proof: %v", err)
	}
}
