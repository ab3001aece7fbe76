package charging

import (
	"context"
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// ReadBack returns what Stripe holds for a document, line by line compared
// with what was frozen.
func (d *Desk) ReadBack(ctx context.Context, doc billing.Document) (billing.Held, error) {
	h, err := d.holdExisting(ctx, doc)
	if err != nil {
		return billing.Held{}, err
	}
	defer h.release(ctx)
	i, err := d.Gateway.Invoice(ctx, h.in, h.row.Remote)
	if err != nil {
		return billing.Held{}, err
	}
	lines, err := d.Gateway.Lines(ctx, h.in, h.row.Remote)
	if err != nil {
		return billing.Held{}, err
	}
	if i.Starting != 0 {
		return billing.Held{}, fault.New(fault.Invalid, "The hospital has a balance at Stripe that would change this invoice. Bring it to zero there, then release this.")
	}
	h.seen(i)
	if err := h.save(ctx); err != nil {
		return billing.Held{}, err
	}
	if err := h.compareLines(lines); err != nil {
		return billing.Held{}, err
	}
	c := money.Currency(i.Currency)
	return billing.Held{
		Lines: len(lines), Currency: i.Currency, NetMinor: remote.FromUnits(i.Subtotal, c).Minor,
		TaxMinor: remote.FromUnits(i.Tax, c).Minor, TotalMinor: remote.FromUnits(i.Total, c).Minor,
	}, nil
}

// compareLines refuses a document of which one line differs, even where the
// sums agree.
func (h *held) compareLines(lines []remote.Line) error {
	wanted := map[string]billing.InvoiceLine{}
	for _, l := range h.doc.Lines {
		wanted[string(l.Line)] = l
	}
	for _, there := range lines {
		l, ok := wanted[there.Ours]
		if !ok {
			return fault.New(fault.Invalid, "At Stripe there is a line that is not on this invoice. Nothing was issued. Let this invoice collect again; its draft at Stripe is deleted by itself.")
		}
		delete(wanted, there.Ours)
		net, err := h.units(l.NetMinor)
		if err != nil {
			return err
		}
		tax, err := h.units(l.TaxMinor)
		if err != nil {
			return err
		}
		if there.Amount != net || there.Tax != tax {
			return fault.Newf(fault.Invalid, "Line %d has another amount or tax at Stripe. Nothing was issued. Let this invoice collect again; its draft at Stripe is deleted by itself.", l.Position)
		}
	}
	return nil
}

// holdExisting holds a document that was drafted before.
func (d *Desk) holdExisting(ctx context.Context, doc billing.Document) (*held, error) {
	row, err := d.all(ctx).RemoteInvoice(doc.Invoice.ID)
	if err != nil {
		return nil, err
	}
	h, err := d.take(ctx, row)
	if err != nil {
		return nil, err
	}
	h.doc = doc
	return h, nil
}

// IssuedNumber is the number under which Stripe has issued a document already:
// empty, but for a document that went out before the database was restored.
func (d *Desk) IssuedNumber(ctx context.Context, doc billing.Document) (string, error) {
	row, err := d.all(ctx).RemoteInvoice(doc.Invoice.ID)
	if err != nil || row.Status == remote.DraftStatus {
		return "", err
	}
	return row.Number, nil
}

// Finalize gives the draft our number and makes it valid.
func (d *Desk) Finalize(ctx context.Context, doc billing.Document) error {
	h, err := d.holdExisting(ctx, doc)
	if err != nil {
		return err
	}
	defer h.release(ctx)
	if h.row.Status == remote.DraftStatus {
		if err := h.number(ctx); err != nil {
			return err
		}
		if err := h.finalize(ctx); err != nil {
			return err
		}
	}
	i, err := d.Gateway.Invoice(ctx, h.in, h.row.Remote)
	if err != nil {
		return err
	}
	if i.Status == remote.DraftStatus {
		return fault.New(fault.Unavailable, "Stripe still holds this invoice as a draft. It is tried again by itself.")
	}
	if i.Number != doc.Invoice.Number {
		return fault.Newf(fault.Invalid, "Stripe issued this invoice as %s, here it is %s. Void one of the two; see docs/stripe.md.", i.Number, doc.Invoice.Number)
	}
	h.seen(i)
	return h.save(ctx)
}

func (h *held) number(ctx context.Context) error {
	number := h.doc.Invoice.Number
	if !remote.FitsNumber(number) {
		return fault.Newf(fault.Invalid, "Stripe cannot take the number %q: at most 26 of A–Z, 0–9 and hyphen. Shorten the vendor's prefix.", number)
	}
	known, err := h.journal(ctx, remote.SetNumber)
	if err != nil {
		return err
	}
	_, err = h.run(ctx, known, work{
		step: remote.SetNumber, subject: string(h.row.Invoice), target: h.row.Remote, params: remote.NumberParams{Number: number},
		look: h.lookFor(func(i remote.Invoice) bool { return i.Number == number }),
	})
	return err
}

func (h *held) finalize(ctx context.Context) error {
	known, err := h.journal(ctx, remote.Finalize)
	if err != nil {
		return err
	}
	_, err = h.run(ctx, known, work{
		step: remote.Finalize, subject: string(h.row.Invoice), target: h.row.Remote, params: struct{}{},
		look: h.lookFor(func(i remote.Invoice) bool { return i.Status != remote.DraftStatus }), lookAlways: true,
	})
	return err
}

// lookFor finds out by the document itself whether a call was made.
func (h *held) lookFor(made func(remote.Invoice) bool) func(context.Context) (string, bool, error) {
	return func(ctx context.Context) (string, bool, error) {
		i, err := h.desk.Gateway.Invoice(ctx, h.in, h.row.Remote)
		return i.ID, err == nil && made(i), err
	}
}

// Deliver has Stripe send the hospital's finance the link to the payment page.
func (d *Desk) Deliver(ctx context.Context, doc billing.Document) error {
	h, err := d.holdExisting(ctx, doc)
	if err != nil {
		return err
	}
	defer h.release(ctx)
	if h.row.Status != remote.OpenStatus {
		return nil // paid or ended there meanwhile: nothing to ask for
	}
	known, err := h.journal(ctx, remote.SendOut)
	if err != nil {
		return err
	}
	since := h.row.CreatedAt.Add(-time.Hour)
	_, err = h.run(ctx, known, work{
		step: remote.SendOut, subject: string(h.row.Invoice), target: h.row.Remote, params: struct{}{},
		look: func(ctx context.Context) (string, bool, error) {
			sent, err := d.Gateway.WasSent(ctx, h.in, h.row.Remote, since)
			return h.row.Remote, sent, err
		},
		lookAlways: true,
		askFirst:   "It is not known whether Stripe mailed this invoice. Ask the hospital or look at Stripe; releasing this mails it again.",
	})
	return err
}
