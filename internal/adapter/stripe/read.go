package stripe

import (
	"context"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v76"

	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// Invoice returns one document.
func (g *Gateway) Invoice(ctx context.Context, e remote.Entry, id string) (remote.Invoice, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.Invoice{}, err
	}
	i, err := c.Invoices.Get(id, &api.InvoiceParams{Params: params(ctx, e)})
	if err != nil {
		return remote.Invoice{}, refusal(err)
	}
	if i.Deleted {
		return remote.Invoice{}, fault.New(fault.NotFound, "This draft was deleted at Stripe.")
	}
	return invoiceOf(i), nil
}

// InvoicesSince visits the documents made since an instant, newest first, of
// one customer or of all (empty), until visit says stop.
func (g *Gateway) InvoicesSince(ctx context.Context, e remote.Entry, customer string, since time.Time, visit func(remote.Invoice) bool) error {
	c, err := g.enter(ctx, e)
	if err != nil {
		return err
	}
	p := &api.InvoiceListParams{ListParams: listParams(ctx, e), CreatedRange: &api.RangeQueryParams{GreaterThanOrEqual: since.Unix()}}
	if customer != "" {
		p.Customer = api.String(customer)
	}
	list := c.Invoices.List(p)
	for list.Next() {
		if !visit(invoiceOf(list.Invoice())) {
			return nil
		}
	}
	return refusal(list.Err())
}

// Lines returns the lines of a document.
func (g *Gateway) Lines(ctx context.Context, e remote.Entry, id string) ([]remote.Line, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return nil, err
	}
	list := c.Invoices.ListLines(&api.InvoiceListLinesParams{ListParams: listParams(ctx, e), Invoice: api.String(id)})
	var out []remote.Line
	for list.Next() {
		out = append(out, lineOf(list.InvoiceLineItem()))
	}
	return out, refusal(list.Err())
}

// Customers visits the payers made at an account, newest first.
func (g *Gateway) Customers(ctx context.Context, e remote.Entry, visit func(remote.Customer) bool) error {
	c, err := g.enter(ctx, e)
	if err != nil {
		return err
	}
	list := c.Customers.List(&api.CustomerListParams{ListParams: listParams(ctx, e)})
	for list.Next() {
		cu := list.Customer()
		if !visit(remote.Customer{ID: cu.ID, Ours: cu.Metadata[markHospital], Balance: cu.Balance}) {
			return nil
		}
	}
	return refusal(list.Err())
}

// CreditNotes returns the credit notes of a document.
func (g *Gateway) CreditNotes(ctx context.Context, e remote.Entry, id string) ([]remote.CreditNote, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return nil, err
	}
	list := c.CreditNotes.List(&api.CreditNoteListParams{ListParams: listParams(ctx, e), Invoice: api.String(id)})
	var out []remote.CreditNote
	for list.Next() {
		n := list.CreditNote()
		out = append(out, remote.CreditNote{
			ID: n.ID, Ours: n.Metadata[markCredit], Invoice: id, Number: n.Number, Amount: n.Amount, Void: n.Status == "void",
		})
	}
	return out, refusal(list.Err())
}

// WasSent reports whether a document was mailed since an instant.
func (g *Gateway) WasSent(ctx context.Context, e remote.Entry, id string, since time.Time) (bool, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return false, err
	}
	list := c.Events.List(&api.EventListParams{
		ListParams: listParams(ctx, e), Type: api.String("invoice.sent"), CreatedRange: &api.RangeQueryParams{GreaterThanOrEqual: since.Unix()},
	})
	for list.Next() {
		if object := list.Event().Data; object != nil && object.Object["id"] == id {
			return true, nil
		}
	}
	return false, refusal(list.Err())
}

// Charge returns one payment.
func (g *Gateway) Charge(ctx context.Context, e remote.Entry, id string) (remote.Charge, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.Charge{}, err
	}
	ch, err := c.Charges.Get(id, &api.ChargeParams{Params: params(ctx, e)})
	if err != nil {
		return remote.Charge{}, refusal(err)
	}
	out := remote.Charge{ID: ch.ID, Amount: ch.Amount, Refunded: ch.AmountRefunded, Disputed: ch.Disputed, Paid: ch.Paid}
	if ch.Invoice != nil {
		out.Invoice = ch.Invoice.ID
	}
	return out, nil
}

// Disputes returns the disputes of a payment.
func (g *Gateway) Disputes(ctx context.Context, e remote.Entry, charge string) ([]remote.Dispute, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return nil, err
	}
	list := c.Disputes.List(&api.DisputeListParams{ListParams: listParams(ctx, e), Charge: api.String(charge)})
	var out []remote.Dispute
	for list.Next() {
		out = append(out, disputeOf(list.Dispute()))
	}
	return out, refusal(list.Err())
}

// Dispute returns one dispute.
func (g *Gateway) Dispute(ctx context.Context, e remote.Entry, id string) (remote.Dispute, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.Dispute{}, err
	}
	d, err := c.Disputes.Get(id, &api.DisputeParams{Params: params(ctx, e)})
	if err != nil {
		return remote.Dispute{}, refusal(err)
	}
	return disputeOf(d), nil
}

// Payout returns one payout.
func (g *Gateway) Payout(ctx context.Context, e remote.Entry, id string) (remote.Payout, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.Payout{}, err
	}
	po, err := c.Payouts.Get(id, &api.PayoutParams{Params: params(ctx, e)})
	if err != nil {
		return remote.Payout{}, refusal(err)
	}
	return remote.Payout{ID: po.ID, Currency: strings.ToUpper(string(po.Currency)), Amount: po.Amount, Status: string(po.Status)}, nil
}

// Movements visits the movements of the balance since an instant, or those of
// one payout.
func (g *Gateway) Movements(ctx context.Context, e remote.Entry, payout string, since time.Time, visit func(remote.Movement) bool) error {
	c, err := g.enter(ctx, e)
	if err != nil {
		return err
	}
	p := &api.BalanceTransactionListParams{ListParams: listParams(ctx, e)}
	p.AddExpand("data.source")
	if payout != "" {
		p.Payout = api.String(payout)
	} else {
		p.CreatedRange = &api.RangeQueryParams{GreaterThanOrEqual: since.Unix()}
	}
	list := c.BalanceTransactions.List(p)
	for list.Next() {
		if !visit(movement(list.BalanceTransaction())) {
			return nil
		}
	}
	return refusal(list.Err())
}

func movement(t *api.BalanceTransaction) remote.Movement {
	m := remote.Movement{
		ID: t.ID, Type: string(t.Type), Currency: strings.ToUpper(string(t.Currency)), Amount: t.Amount, Fee: t.Fee, Net: t.Net,
		CreatedAt: time.Unix(t.Created, 0).UTC(),
	}
	if t.Source != nil {
		m.Source, m.Charge = t.Source.ID, chargeOf(t.Source)
	}
	return m
}

// chargeOf is the payment that an expanded source belongs to.
func chargeOf(s *api.BalanceTransactionSource) string {
	switch {
	case s.Charge != nil:
		return s.Charge.ID
	case s.Refund != nil && s.Refund.Charge != nil:
		return s.Refund.Charge.ID
	case s.Dispute != nil && s.Dispute.Charge != nil:
		return s.Dispute.Charge.ID
	}
	return ""
}

func disputeOf(d *api.Dispute) remote.Dispute {
	out := remote.Dispute{ID: d.ID, Amount: d.Amount, Currency: strings.ToUpper(string(d.Currency)), Status: string(d.Status)}
	if d.Charge != nil {
		out.Charge = d.Charge.ID
	}
	return out
}

func invoiceOf(i *api.Invoice) remote.Invoice {
	out := remote.Invoice{
		ID: i.ID, Ours: i.Metadata[markInvoice], Status: remote.InvoiceStatus(i.Status), Number: i.Number,
		Currency: strings.ToUpper(string(i.Currency)), Subtotal: i.Subtotal, Tax: i.Tax, Total: i.Total, Paid: i.AmountPaid,
		Remaining: i.AmountRemaining, Credited: i.PrePaymentCreditNotesAmount + i.PostPaymentCreditNotesAmount,
		Elsewhere: i.PaidOutOfBand, Starting: i.StartingBalance, HostedURL: i.HostedInvoiceURL, PDF: i.InvoicePDF,
		CreatedAt: time.Unix(i.Created, 0).UTC(),
	}
	if i.Customer != nil {
		out.Customer = i.Customer.ID
	}
	if i.Charge != nil {
		out.Charge = i.Charge.ID
	}
	if t := i.StatusTransitions; t != nil && t.PaidAt > 0 {
		out.PaidAt = time.Unix(t.PaidAt, 0).UTC()
	}
	return out
}

func lineOf(l *api.InvoiceLineItem) remote.Line {
	out := remote.Line{ID: l.ID, Ours: l.Metadata[markLine], Amount: l.Amount}
	if l.InvoiceItem != nil {
		out.Item = l.InvoiceItem.ID
	}
	for _, t := range l.TaxAmounts {
		out.Tax += t.Amount
		out.Taxed = true
		if t.TaxRate != nil {
			out.TaxRate = t.TaxRate.ID
		}
	}
	return out
}

// CreditNote returns one credit note.
func (g *Gateway) CreditNote(ctx context.Context, e remote.Entry, id string) (remote.CreditNote, error) {
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.CreditNote{}, err
	}
	n, err := c.CreditNotes.Get(id, &api.CreditNoteParams{Params: params(ctx, e)})
	if err != nil {
		return remote.CreditNote{}, refusal(err)
	}
	out := remote.CreditNote{ID: n.ID, Ours: n.Metadata[markCredit], Number: n.Number, Amount: n.Amount, Void: n.Status == "void"}
	if n.Invoice != nil {
		out.Invoice = n.Invoice.ID
	}
	return out, nil
}
