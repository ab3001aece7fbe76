package invoicing

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// CutOffNow freezes a collecting invoice before its window ends. Refusals:
// Forbidden, NotFound, Conflict (not collecting, or nothing to bill).
func (d *Desk) CutOffNow(ctx context.Context, cmd store.Command, id billing.InvoiceID) (billing.InvoiceID, error) {
	return d.manage(ctx, cmd, id, "invoice.cut_off", func(tx *store.Tx, i billing.Invoice) error {
		documents, err := freeze(tx, i)
		if err == nil && documents == 0 {
			return fault.New(fault.Conflict, "Nothing on this invoice can be billed now. Look at its held lines.")
		}
		return err
	})
}

// Approve lets a frozen invoice be issued, within the person's limit or one
// delegated to them. Refusals: Forbidden (limit, or a part in pricing or
// payment), NotFound, Conflict (not waiting for approval).
func (d *Desk) Approve(ctx context.Context, cmd store.Command, id billing.InvoiceID) (billing.InvoiceID, error) {
	return d.manage(ctx, cmd, id, "invoice.approved", func(tx *store.Tx, i billing.Invoice) error {
		if i.State != billing.Frozen {
			return fault.Newf(fault.Conflict, "This invoice is %q, so it does not wait for approval.", i.State.Word())
		}
		if err := tx.RequireProof(i.Total()); err != nil {
			return err
		}
		authority, err := tx.Authority(i)
		if err != nil {
			return err
		}
		delegation, err := authority.Approve(i.Total())
		if err != nil {
			return err
		}
		if err := tx.AddApproval(i, billing.ApproveInvoice, i.Total(), delegation); err != nil {
			return err
		}
		i.State = billing.Approved
		if _, err := tx.SaveInvoice(billing.Frozen, i); err != nil {
			return err
		}
		return goOn(tx, i)
	})
}

// CollectAgain lets a frozen invoice without number collect again. Refusals:
// Forbidden, NotFound, Conflict (has gone further).
func (d *Desk) CollectAgain(ctx context.Context, cmd store.Command, id billing.InvoiceID) (billing.InvoiceID, error) {
	return d.manage(ctx, cmd, id, "invoice.released", func(tx *store.Tx, i billing.Invoice) error {
		switch i.State {
		case billing.Frozen, billing.Approved, billing.DraftRemote, billing.Verified:
		default:
			return fault.Newf(fault.Conflict, "This invoice is %q and cannot collect again.", i.State.Word())
		}
		if err := tx.CancelJob(billing.TopicInvoice, string(i.ID)); err != nil {
			return err
		}
		_, err := tx.ReopenInvoice(i)
		return err
	})
}

// Unpark lets a parked invoice go on after somebody dealt with the reason.
// Refusals: Forbidden, NotFound, Conflict (not parked).
func (d *Desk) Unpark(ctx context.Context, cmd store.Command, id billing.InvoiceID) (billing.InvoiceID, error) {
	return d.manage(ctx, cmd, id, "invoice.unparked", func(tx *store.Tx, i billing.Invoice) error {
		if !i.Parked {
			return fault.New(fault.Conflict, "This invoice is not parked.")
		}
		i.Parked, i.ParkedReason = false, ""
		if _, err := tx.SaveInvoice(i.State, i); err != nil {
			return err
		}
		if i.State == billing.Collecting {
			return nil
		}
		return goOn(tx, i)
	})
}

// RetryJob lets a parked piece of work be tried again. Refusals: Forbidden,
// NotFound.
func (d *Desk) RetryJob(ctx context.Context, cmd store.Command, jobID string) (string, error) {
	if !cmd.Actor.May(access.FreezeInvoices) && !cmd.Actor.May(access.SeeSystem) {
		return "", fault.New(fault.Forbidden, "Parked work is released by the vendor's office or an engineer.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "work.released", Kind: "job", Object: jobID,
		})
		return jobID, tx.ReleaseJob(jobID)
	})
}

func (d *Desk) manage(ctx context.Context, cmd store.Command, id billing.InvoiceID, action string, fn func(*store.Tx, billing.Invoice) error) (billing.InvoiceID, error) {
	if !cmd.Actor.May(access.FreezeInvoices) {
		return "", fault.New(fault.Forbidden, "Invoices are cut off, approved and released by the vendor's office.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.InvoiceID, error) {
		i, err := tx.Invoice(id)
		if err != nil {
			return "", err
		}
		tx.Audit(note(i, action, map[string]string{"from": string(i.State)}))
		return i.ID, fn(tx, i)
	})
}

func noteJob(job store.Job, reason string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(job.VendorID), Action: "work.parked", Kind: "job", Object: job.ID,
		New: map[string]string{"topic": job.Topic, "subject": job.Subject}, Reason: reason,
	}
}
