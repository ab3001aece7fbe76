// Package invoicing carries vendor lines to issued invoices: it collects what
// is billable, cuts windows off, freezes, has the vendor approve where the
// agreement says so, lets a payment provider make and confirm the document,
// numbers it without gaps, stores its bytes and delivers it.
//
// It promises that every step is one transaction that can be done again: a
// worker may be killed anywhere and the next one goes on, with one invoice per
// line and one number per invoice. What cannot go on is parked where people
// see it. It does not decide prices and does not book payments.
package invoicing

import (
	"context"
	"log/slog"
	_ "time/tzdata" // windows follow the sites' zones on machines without zone data

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
)

// Provider is the door to whoever makes the payable document: the product
// itself ("local"), or a payment service. Each call may come again after a
// crash and must then find what it did before.
type Provider interface {
	// Draft makes the document and all its lines, not yet valid, and returns
	// the name that is stored with the invoice.
	Draft(ctx context.Context, doc billing.Document) (string, error)
	// ReadBack returns what the provider holds for the document.
	ReadBack(ctx context.Context, doc billing.Document) (billing.Held, error)
	// IssuedNumber is the number under which the provider has issued the
	// document already: empty, but after a restore of the database.
	IssuedNumber(ctx context.Context, doc billing.Document) (string, error)
	// Finalize makes the numbered document valid.
	Finalize(ctx context.Context, doc billing.Document) error
	// Deliver tells the payer of the valid document.
	Deliver(ctx context.Context, doc billing.Document) error
}

// ProviderTotals is what a provider holds for a document.
type ProviderTotals = billing.Held

// Renderer makes the bytes of a document: equal documents, equal bytes.
type Renderer interface {
	Name() string
	Invoice(doc billing.Document) ([]byte, error)
}

// Desk invoices.
type Desk struct {
	Store    *store.Store
	Provider Provider
	Renderer Renderer
	Log      *slog.Logger
}

// Local is the provider that needs nobody else: the product's own document is
// the payable one, and payments are booked by hand.
type Local struct{}

// Draft implements Provider: the frozen lines are the draft.
func (Local) Draft(context.Context, billing.Document) (string, error) { return "local", nil }

// IssuedNumber implements Provider: what is issued here is numbered here.
func (Local) IssuedNumber(context.Context, billing.Document) (string, error) { return "", nil }

// Deliver implements Provider: the hospital sees the document in the product.
func (Local) Deliver(context.Context, billing.Document) error { return nil }

// ReadBack implements Provider by summing the lines, independently of the
// document's stored totals.
func (Local) ReadBack(_ context.Context, doc billing.Document) (ProviderTotals, error) {
	t := ProviderTotals{Lines: len(doc.Lines), Currency: string(doc.Invoice.Currency)}
	for _, l := range doc.Lines {
		t.NetMinor += l.NetMinor
		t.TaxMinor += l.TaxMinor
		t.TotalMinor += l.NetMinor + l.TaxMinor
	}
	return t, nil
}

// Finalize implements Provider: the number is all it takes.
func (Local) Finalize(context.Context, billing.Document) error { return nil }
