// Package providers joins the ways in which a document is issued: by Trueward
// itself, or over a payment service. It decides by what the vendor chose and
// by what the invoice began with, and knows nothing else.
package providers

import (
	"context"

	"trueward/internal/app/charging"
	"trueward/internal/app/invoicing"
	"trueward/internal/domain/billing"
)

// Door sends a document over Stripe where its vendor chose so and there
// is something to pay, and issues it locally otherwise.
type Door struct {
	invoicing.Local
	Stripe *charging.Desk
}

func (p Door) remote(doc billing.Document) bool { return doc.Invoice.Provider == charging.Name }

// Draft implements invoicing.Provider.
func (p Door) Draft(ctx context.Context, doc billing.Document) (string, error) {
	takes, err := p.Stripe.Takes(ctx, doc)
	if err != nil {
		return "", err
	}
	if !takes {
		return p.Local.Draft(ctx, doc)
	}
	return charging.Name, p.Stripe.Draft(ctx, doc)
}

// ReadBack implements invoicing.Provider.
func (p Door) ReadBack(ctx context.Context, doc billing.Document) (billing.Held, error) {
	if !p.remote(doc) {
		return p.Local.ReadBack(ctx, doc)
	}
	return p.Stripe.ReadBack(ctx, doc)
}

// IssuedNumber implements invoicing.Provider.
func (p Door) IssuedNumber(ctx context.Context, doc billing.Document) (string, error) {
	if !p.remote(doc) {
		return p.Local.IssuedNumber(ctx, doc)
	}
	return p.Stripe.IssuedNumber(ctx, doc)
}

// Finalize implements invoicing.Provider.
func (p Door) Finalize(ctx context.Context, doc billing.Document) error {
	if !p.remote(doc) {
		return p.Local.Finalize(ctx, doc)
	}
	return p.Stripe.Finalize(ctx, doc)
}

// Deliver implements invoicing.Provider.
func (p Door) Deliver(ctx context.Context, doc billing.Document) error {
	if !p.remote(doc) {
		return p.Local.Deliver(ctx, doc)
	}
	return p.Stripe.Deliver(ctx, doc)
}
