// Package paying books money against issued invoices by hand: in full, in
// part, and taken back when it was wrong. Both books are posted in the same
// transaction as the payment.
//
// It promises that an invoice is never overpaid, that a payment is never
// edited or deleted, and that the same form sent twice books once.
package paying

import (
	"context"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Desk books payments.
type Desk struct{ Store *store.Store }

// RecordInput is a payment as a person read it from a bank statement.
type RecordInput struct {
	Invoice    billing.InvoiceID
	Amount     string // as people write it in English locale: "1,480.00"
	ReceivedOn string // YYYY-MM-DD
	Method     billing.PaymentMethod
	Reference  string
}

// Result is what a payment left on the invoice.
type Result struct {
	Payment billing.PaymentID
	Invoice billing.InvoiceID
	Paid    bool // in full
	Due     money.Amount
}

// Record books a payment. Refusals: Forbidden (who priced or approved books no
// money), NotFound, Invalid (amount, date, method, reference; more than is
// due), Conflict (not issued, or paid).
func (d *Desk) Record(ctx context.Context, cmd store.Command, in RecordInput) (Result, error) {
	if err := allowed(cmd.Actor); err != nil {
		return Result{}, err
	}
	if err := in.check(d.Store.Now()); err != nil {
		return Result{}, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Result, error) {
		i, err := tx.Invoice(in.Invoice)
		if err != nil {
			return Result{}, err
		}
		amount, err := money.Parse(in.Amount, string(i.Currency), "en")
		if err != nil {
			return Result{}, fault.At("amount", "Enter the amount in "+string(i.Currency)+" as a number, such as 1,480.00.")
		}
		if err := i.Accept(amount); err != nil {
			return Result{}, err
		}
		if err := apart(tx, i.ID); err != nil {
			return Result{}, err
		}
		return book(tx, i, billing.Payment{
			Invoice: i.ID, Parties: i.Parties, Amount: amount, ReceivedOn: in.ReceivedOn, Method: in.Method,
			Reference: strings.TrimSpace(in.Reference),
		})
	})
}

func (in RecordInput) check(now time.Time) error {
	var refused fault.Refusals
	date, err := time.Parse(time.DateOnly, in.ReceivedOn)
	switch {
	case err != nil:
		refused.At("received_on", "Enter the date on which the money came, as 2026-10-31.")
	case date.After(now.Add(24 * time.Hour)):
		refused.At("received_on", "This date is in the future. Enter the date on which the money came.")
	case date.Year() < 2000:
		refused.At("received_on", "This date is too long ago. Enter the date on which the money came.")
	}
	if !known(in.Method) {
		refused.At("method", "Choose how the money came.")
	}
	if len(in.Reference) > 140 {
		refused.At("reference", "Shorten the reference to 140 characters.")
	}
	return refused.Err()
}

func known(method billing.PaymentMethod) bool {
	for _, m := range billing.PaymentMethods() {
		if m == method {
			return true
		}
	}
	return false
}

// UndoInput takes a wrong payment back.
type UndoInput struct {
	Payment billing.PaymentID
	Reason  string
}

// Undo takes a wrong payment back by a reversing payment and reversing
// entries. Refusals: Forbidden, NotFound, Invalid (no reason), Conflict (is a
// reversal, or is taken back already).
func (d *Desk) Undo(ctx context.Context, cmd store.Command, in UndoInput) (Result, error) {
	if err := allowed(cmd.Actor); err != nil {
		return Result{}, err
	}
	reason := strings.TrimSpace(in.Reason)
	if reason == "" || len(reason) > 200 {
		return Result{}, fault.At("reason", "Say in one sentence (up to 200 characters) what was wrong with this payment.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Result, error) {
		wrong, err := tx.Payment(in.Payment)
		if err != nil {
			return Result{}, err
		}
		i, err := tx.Invoice(wrong.Invoice)
		if err != nil {
			return Result{}, err
		}
		if err := reversible(tx, wrong); err != nil {
			return Result{}, err
		}
		back, err := wrong.Amount.Neg()
		if err != nil {
			return Result{}, err
		}
		return book(tx, i, billing.Payment{
			Invoice: i.ID, Parties: i.Parties, Amount: back, ReceivedOn: wrong.ReceivedOn, Method: wrong.Method,
			Reference: wrong.Reference, Reverses: wrong.ID, Reason: reason,
		})
	})
}

func reversible(tx *store.Tx, wrong billing.Payment) error {
	if wrong.Reverses != "" {
		return fault.New(fault.Conflict, "This entry itself takes a payment back. Record the payment again instead.")
	}
	all, err := tx.Payments(wrong.Invoice)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Reverses == wrong.ID {
			return fault.New(fault.Conflict, "This payment was already taken back on "+p.RecordedAt.Format("2 Jan 2006")+".")
		}
	}
	return nil
}

// book stores the payment, the invoice's new amounts and both books' entries.
func book(tx *store.Tx, i billing.Invoice, p billing.Payment) (Result, error) {
	if err := tx.RequireProof(p.Amount); err != nil {
		return Result{}, err
	}
	p, err := tx.AddPayment(p)
	if err != nil {
		return Result{}, err
	}
	from := i.State
	if i.PaidMinor, err = money.Add(i.PaidMinor, p.Amount.Minor); err != nil {
		return Result{}, err
	}
	i.State = i.StateAfterPayment()
	if i, err = tx.SaveInvoice(from, i); err != nil {
		return Result{}, err
	}
	if err := post(tx, p); err != nil {
		return Result{}, err
	}
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(tx.Actor().Organisation)), Action: action(p), Kind: "invoice", Object: string(i.ID),
		Old:    map[string]string{"state": string(from)},
		New:    map[string]string{"state": string(i.State), "payment": string(p.ID), "amount": p.Amount.String(), "due": i.Due().String()},
		Reason: p.Reason,
	})
	return Result{Payment: p.ID, Invoice: i.ID, Paid: i.State == billing.Paid, Due: i.Due()}, nil
}

// post books a payment, a refund, or the way back of either.
func post(tx *store.Tx, p billing.Payment) error {
	switch {
	case p.Reverses != "":
		if err := tx.ReverseEntries(string(p.Reverses), billing.PaymentEntry, billing.ReversalEntry, "payment", string(p.ID)); err != nil {
			return err
		}
		return tx.ReverseEntries(string(p.Reverses), billing.RefundEntry, billing.ReversalEntry, "payment", string(p.ID))
	case p.Amount.Minor < 0:
		back, err := p.Amount.Neg()
		if err != nil {
			return err
		}
		return tx.Post(billing.RefundEntries(p.ID, p.Parties, back, tx.Now()))
	}
	return tx.Post(billing.PaymentEntries(p.ID, p.Parties, p.Amount, tx.Now()))
}

// apart refuses whoever set a price on the invoice or approved something on it:
// who prices or approves books no money.
func apart(tx *store.Tx, id billing.InvoiceID) error {
	if tx.Actor().IsSystem() {
		return nil
	}
	priced, err := tx.Priced(id, tx.Actor().Person)
	if err != nil {
		return err
	}
	if priced {
		return fault.New(fault.Forbidden, "You set a price on this invoice. Somebody else books its money: who prices does not book payments.")
	}
	approved, err := tx.Approved(id, tx.Actor().Person)
	if err == nil && approved {
		err = fault.New(fault.Forbidden, "You approved something on this invoice. Somebody else books its money: who approves does not book payments.")
	}
	return err
}

func action(p billing.Payment) string {
	switch {
	case p.Reverses != "":
		return "payment.reversed"
	case p.Amount.Minor < 0:
		return "payment.refunded"
	}
	return "payment.recorded"
}

func allowed(actor access.Actor) error {
	if !actor.May(access.RecordPayments) {
		return fault.New(fault.Forbidden, "Payments are recorded by finance or the vendor's office.")
	}
	return nil
}
