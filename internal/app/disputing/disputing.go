// Package disputing settles disagreements on single lines of issued invoices.
// The hospital disputes an amount of a line, the vendor answers in time, and
// both end it: by a credit note, by withdrawal, or by escalating it.
//
// It promises that the rest of the invoice stays payable, that the disputed
// amount stands apart in the vendor's book until it ends, and that a line has
// one live dispute at a time. It does not give money back by itself: an agreed
// dispute proposes a credit note, see package crediting.
package disputing

import (
	"context"
	"slices"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Desk settles disputes.
type Desk struct{ Store *store.Store }

// OpenInput disputes an amount of a line. Amount includes tax, as people write
// it; empty disputes all that is left of the line.
type OpenInput struct {
	Invoice billing.InvoiceID
	Line    string
	Amount  string
	Reason  string
}

// Open begins a dispute. Refusals: Forbidden (the hospital's finance alone),
// NotFound, Invalid (amount, reason), Conflict (not issued, or disputed already).
func (d *Desk) Open(ctx context.Context, cmd store.Command, in OpenInput) (billing.DisputeID, error) {
	if cmd.Actor.Kind != access.Hospital || !cmd.Actor.May(access.HoldLines) {
		return "", fault.New(fault.Forbidden, "A line is disputed by the hospital's finance.")
	}
	reason, err := sentence(in.Reason, "reason", "what is wrong with this line")
	if err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.DisputeID, error) {
		i, err := tx.LockInvoice(in.Invoice)
		if err != nil {
			return "", err
		}
		l, before, err := line(tx, i, in.Line)
		if err != nil {
			return "", err
		}
		rest := before.Rest(l)
		amount := i.Amount(rest.NetMinor + rest.TaxMinor)
		if in.Amount != "" {
			if amount, err = money.Parse(in.Amount, string(i.Currency), "en"); err != nil {
				return "", fault.At("amount", "Enter the disputed amount in "+string(i.Currency)+" as a number, such as 1,480.00.")
			}
		}
		if err := i.Disputable(l, before, amount); err != nil {
			return "", err
		}
		return open(tx, i, billing.Dispute{
			Invoice: i.ID, Line: l.ID, Parties: i.Parties, Amount: amount, State: billing.DisputeOpened, Reason: reason,
			AnswerDueAt: tx.Now().Add(billing.DisputeClock),
		})
	})
}

func line(tx *store.Tx, i billing.Invoice, id string) (billing.InvoiceLine, billing.Credited, error) {
	lines, err := tx.InvoiceLines(i.ID)
	if err != nil {
		return billing.InvoiceLine{}, billing.Credited{}, err
	}
	n := slices.IndexFunc(lines, func(l billing.InvoiceLine) bool { return l.ID == id })
	if n < 0 {
		return billing.InvoiceLine{}, billing.Credited{}, fault.New(fault.NotFound, "There is no such line on this invoice.")
	}
	before, err := tx.Credited(i.ID, false)
	return lines[n], before[id], err
}

func open(tx *store.Tx, i billing.Invoice, d billing.Dispute) (billing.DisputeID, error) {
	d, err := tx.AddDispute(d)
	if err != nil {
		return "", err
	}
	if err := tx.Post(billing.DisputeEntries(d, tx.Now())); err != nil {
		return "", err
	}
	i.DisputedMinor += d.Amount.Minor
	_, err = tx.SaveInvoice(i.State, i)
	tx.Audit(note(d, "dispute.opened", d.Reason))
	return d.ID, err
}

// Answer is the vendor's word on a dispute; the hospital goes on from it.
// Refusals: Forbidden, NotFound, Invalid (no answer), Conflict.
func (d *Desk) Answer(ctx context.Context, cmd store.Command, id billing.DisputeID, answer string) (billing.DisputeID, error) {
	answer, err := sentence(answer, "answer", "what you answer")
	if err != nil {
		return "", err
	}
	return d.step(ctx, cmd, id, access.Vendor, billing.DisputeAnswered, "dispute.answered", answer, func(_ *store.Tx, x *billing.Dispute) error {
		x.Answer = answer
		return nil
	})
}

// Agree accepts a dispute: a credit note over its amount is proposed and waits
// for its approval. Refusals: Forbidden (the vendor's office alone), NotFound,
// Conflict.
func (d *Desk) Agree(ctx context.Context, cmd store.Command, id billing.DisputeID) (billing.DisputeID, error) {
	return d.step(ctx, cmd, id, access.Vendor, billing.DisputeAgreed, "dispute.agreed", "", func(tx *store.Tx, x *billing.Dispute) error {
		i, err := tx.Invoice(x.Invoice)
		if err != nil {
			return err
		}
		l, before, err := line(tx, i, x.Line)
		if err != nil {
			return err
		}
		lines, err := tx.InvoiceLines(i.ID)
		if err != nil {
			return err
		}
		net, err := netOf(l, before, x.Amount.Minor)
		if err != nil {
			return err
		}
		c, err := billing.ProposeCredit(i, lines, map[string]billing.Credited{l.ID: before}, billing.WrongPrice, x.Reason,
			[]billing.CreditPart{{Line: l.ID, NetMinor: net}})
		if err != nil {
			return err
		}
		c, err = tx.AddCredit(c)
		x.Credit = c.ID
		return err
	})
}

// netOf returns the amount before tax of a disputed amount with tax.
func netOf(l billing.InvoiceLine, before billing.Credited, gross int64) (int64, error) {
	rest := before.Rest(l)
	if gross >= rest.NetMinor+rest.TaxMinor || rest.NetMinor <= 0 {
		return rest.NetMinor, nil
	}
	net, err := money.MulDiv(gross, l.NetMinor, l.NetMinor+l.TaxMinor)
	return min(max(net, 1), rest.NetMinor), err
}

// Withdraw ends a dispute without effect: the line is owed. Refusals:
// Forbidden (the hospital's finance alone), NotFound, Conflict.
func (d *Desk) Withdraw(ctx context.Context, cmd store.Command, id billing.DisputeID) (billing.DisputeID, error) {
	return d.step(ctx, cmd, id, access.Hospital, billing.DisputeWithdrawn, "dispute.withdrawn", "", func(tx *store.Tx, x *billing.Dispute) error {
		i, err := tx.LockInvoice(x.Invoice)
		if err != nil {
			return err
		}
		i.DisputedMinor -= x.Amount.Minor
		if _, err := tx.SaveInvoice(i.State, i); err != nil {
			return err
		}
		return tx.ReverseEntries(string(x.ID), billing.DisputeEntry, billing.DisputeEndedEntry, "dispute", string(x.ID))
	})
}

// Escalate hands a dispute to people outside the product: it stays open and
// stands at the top. Either side may. Refusals: Forbidden, NotFound, Conflict.
func (d *Desk) Escalate(ctx context.Context, cmd store.Command, id billing.DisputeID) (billing.DisputeID, error) {
	return d.step(ctx, cmd, id, cmd.Actor.Kind, billing.DisputeEscalated, "dispute.escalated", "", nil)
}

func (d *Desk) step(ctx context.Context, cmd store.Command, id billing.DisputeID, side access.OrganisationKind, to billing.DisputeState,
	action, reason string, change func(*store.Tx, *billing.Dispute) error,
) (billing.DisputeID, error) {
	if !cmd.Actor.May(access.HoldLines) || cmd.Actor.Kind != side {
		return "", fault.New(fault.Forbidden, "This step of a dispute is for the other side.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.DisputeID, error) {
		x, err := tx.Dispute(id)
		if err != nil {
			return "", err
		}
		if _, err := tx.LockInvoice(x.Invoice); err != nil {
			return "", err
		}
		from := x.State
		if !from.MayBecome(to) {
			return "", fault.Newf(fault.Conflict, "This dispute is %q; that step is not open any more.", from.Word())
		}
		x.State = to
		if change != nil {
			if err := change(tx, &x); err != nil {
				return "", err
			}
		}
		tx.Audit(note(x, action, reason))
		_, err = tx.SaveDispute(from, x)
		return x.ID, err
	})
}

func sentence(text, field, what string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 200 {
		return "", fault.At(field, "Say in a sentence or two (up to 200 characters) "+what+". Both sides read it.")
	}
	return text, nil
}

func note(d billing.Dispute, action, reason string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(d.Vendor)), Action: action, Kind: "invoice", Object: string(d.Invoice), Reason: reason,
		New: map[string]string{"dispute": string(d.ID), "amount": d.Amount.String(), "state": string(d.State)},
	}
}
