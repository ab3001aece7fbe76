package approving

import (
	"context"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// EndInput asks to end an invoice without payment.
type EndInput struct {
	Invoice billing.InvoiceID
	Kind    billing.EndKind
	Reason  string
}

// AskToEnd demands that an invoice becomes void or uncollectible; another
// person decides. Refusals: Forbidden, NotFound, Invalid (no reason), Conflict
// (it cannot end that way, or a demand waits).
func (d *Desk) AskToEnd(ctx context.Context, cmd store.Command, in EndInput) (string, error) {
	if err := mayEnd(cmd.Actor); err != nil {
		return "", err
	}
	reason := strings.TrimSpace(in.Reason)
	if reason == "" || len(reason) > 200 {
		return "", fault.At("reason", "Say in one sentence (up to 200 characters) why. It stands in the report of numbers.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		i, err := tx.LockInvoice(in.Invoice)
		if err != nil {
			return "", err
		}
		if err := i.MayEnd(in.Kind); err != nil {
			return "", err
		}
		if _, err := tx.EndRequest(i.ID); !fault.Is(err, fault.NotFound) {
			if err == nil {
				err = fault.New(fault.Conflict, "Somebody asked for this invoice to end already. Decide that first.")
			}
			return "", err
		}
		tx.Audit(note(i, "invoice.end_asked", string(in.Kind), reason))
		return tx.AddEndRequest(i, in.Kind, reason)
	})
}

// Decide ends the invoice, or refuses to, as the second person. Refusals:
// Forbidden (the same person, limit, or a part in pricing or payment),
// NotFound, Conflict (it cannot end that way any more).
func (d *Desk) Decide(ctx context.Context, cmd store.Command, id billing.InvoiceID, yes bool) (billing.InvoiceID, error) {
	if err := mayEnd(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.InvoiceID, error) {
		i, err := tx.LockInvoice(id)
		if err != nil {
			return "", err
		}
		request, err := tx.EndRequest(id)
		if err != nil {
			return "", err
		}
		if !yes {
			tx.Audit(note(i, "invoice.end_refused", string(request.Kind), request.Reason))
			return id, tx.DecideEndRequest(request.ID, "refused")
		}
		if request.AskedBy == cmd.Actor.Person {
			return "", fault.New(fault.Forbidden, "You asked for this yourself. It takes a second person to decide.")
		}
		if err := tx.RequireProof(i.Total()); err != nil {
			return "", err
		}
		if err := approve(tx, i); err != nil {
			return "", err
		}
		if err := tx.DecideEndRequest(request.ID, "done"); err != nil {
			return "", err
		}
		return id, end(tx, i, request)
	})
}

func approve(tx *store.Tx, i billing.Invoice) error {
	authority, err := tx.Authority(i)
	if err != nil {
		return err
	}
	delegation, err := authority.Approve(i.Total())
	if err != nil {
		return err
	}
	return tx.AddApproval(i, billing.ApproveEnd, i.Total(), delegation)
}

// end writes the state, the books and what becomes of the lines. A number once
// given stays used, with the reason.
func end(tx *store.Tx, i billing.Invoice, request billing.EndRequest) error {
	if err := i.MayEnd(request.Kind); err != nil {
		return err
	}
	from := i.State
	var err error
	switch {
	case request.Kind == billing.EndUncollectible:
		err = tx.Post(billing.BadDebtEntries(i, tx.Now()))
	case from != billing.Numbered: // a numbered one was not posted yet
		if err = tx.ReverseEntries(string(i.ID), billing.IssueEntry, billing.VoidEntry, "invoice", string(i.ID)); err == nil {
			err = tx.ReverseEntries(string(i.ID), billing.MatchEntry, billing.VoidEntry, "invoice", string(i.ID))
		}
	}
	if err != nil {
		return err
	}
	if request.Kind == billing.EndVoid {
		if err := tx.CancelJob(billing.TopicInvoice, string(i.ID)); err != nil {
			return err
		}
		if err := tx.ReleaseLines(i, "Invoice "+i.Number+" was voided: "+request.Reason+" Release this line to bill it again."); err != nil {
			return err
		}
	}
	i.State, i.VoidReason, i.Parked, i.ParkedReason = request.Kind.State(), request.Reason, false, ""
	if i, err = tx.SaveInvoice(from, i); err != nil {
		return err
	}
	tx.Audit(note(i, "invoice."+string(request.Kind), string(request.Kind), request.Reason))
	return nil
}

func mayEnd(actor access.Actor) error {
	if !actor.May(access.FreezeInvoices) {
		return fault.New(fault.Forbidden, "Invoices are ended by the vendor's office.")
	}
	return nil
}

func note(i billing.Invoice, action, kind, reason string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: action, Kind: "invoice", Object: string(i.ID), Reason: reason,
		New: map[string]string{"kind": kind, "number": i.Number, "state": string(i.State)},
	}
}
