package charging

import (
	"context"
	"log/slog"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// kindStep is the finding of a call that Stripe refused and that no parked
// invoice shows. While it is open, the call is not tried again.
const kindStep = "step"

// rest is how long nothing more is brought to Stripe after a failure.
const rest = time.Minute

// mirror brings to Stripe what ended here: drafts that are nobody's any more,
// documents paid elsewhere, void or written off, and credit notes.
func (d *Desk) mirror(ctx context.Context) (int, error) {
	if d.Store.Now().UnixMicro() < d.restUntil.Load() {
		return 0, nil
	}
	drafts, err := d.all(ctx).AbandonedDrafts(batch)
	if err != nil {
		return 0, err
	}
	ends, err := d.all(ctx).UnmirroredEnds(batch)
	if err != nil {
		return 0, err
	}
	credits, err := d.all(ctx).UnmirroredCredits(batch)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, row := range drafts {
		done += d.tried(ctx, row, string(row.Invoice), (*held).drop)
	}
	for _, row := range ends {
		done += d.tried(ctx, row, string(row.Invoice), (*held).end)
	}
	for _, id := range credits {
		n, err := d.creditOnce(ctx, id)
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, ctx.Err()
}

// tried does one piece and notes a refusal as a finding; anything else is
// tried again by the next look.
func (d *Desk) tried(ctx context.Context, row store.RemoteInvoice, subject string, piece func(*held, context.Context) error) int {
	waits, err := d.all(ctx).HasFinding(row.Connection, kindStep, subject)
	if err != nil || waits {
		return 0
	}
	h, err := d.take(ctx, row)
	if err != nil {
		return 0
	}
	defer h.release(ctx)
	err = piece(h, ctx)
	if err == nil {
		return 1
	}
	d.restUntil.Store(d.Store.Now().Add(rest).UnixMicro())
	switch {
	case fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden):
		err = d.find(ctx, h.conn, store.Finding{Invoice: row.Invoice, Kind: kindStep, Subject: subject, Sentence: words(err)})
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Warn("stripe is behind for a while", slog.String("invoice", string(row.Invoice)), slog.String("kind", string(fault.KindOf(err))))
	}
	return 0
}

// end ends a document at Stripe as it ended here.
func (h *held) end(ctx context.Context) error {
	i, err := h.desk.all(ctx).Invoice(h.row.Invoice)
	if err != nil {
		return err
	}
	step, status := map[billing.InvoiceState]remote.Step{
		billing.Paid: remote.PayElsewhere, billing.Void: remote.VoidInvoice, billing.Uncollectible: remote.WriteOff,
	}[i.State], remote.PaidStatus
	switch i.State {
	case billing.Void:
		status = remote.VoidStatus
	case billing.Uncollectible:
		status = remote.UncollectibleStatus
	}
	known, err := h.journal(ctx, step)
	if err != nil {
		return err
	}
	_, err = h.run(ctx, known, work{
		step: step, subject: string(h.row.Invoice), target: h.row.Remote, params: struct{}{}, lookAlways: true,
		look: h.lookFor(func(there remote.Invoice) bool { return there.Status == status || there.Status != remote.OpenStatus }),
	})
	if err != nil {
		return err
	}
	there, err := h.desk.Gateway.Invoice(ctx, h.in, h.row.Remote)
	if err != nil {
		return err
	}
	h.seen(there)
	return h.save(ctx)
}

// creditOnce makes the credit note at Stripe that was issued here.
func (d *Desk) creditOnce(ctx context.Context, id billing.CreditID) (int, error) {
	note, err := d.all(ctx).Credit(id)
	if err != nil {
		return 0, err
	}
	row, err := d.all(ctx).RemoteInvoice(note.Invoice)
	if err != nil {
		return 0, err
	}
	return d.tried(ctx, row, string(id), func(h *held, ctx context.Context) error { return h.credit(ctx, note) }), nil
}

// reasonAtStripe is Stripe's nearest word for our reason.
func reasonAtStripe(r billing.CreditReason) string {
	switch r {
	case billing.DuplicateBilled:
		return "duplicate"
	case billing.ReturnedUnused, billing.OpenedDefective, billing.Recalled:
		return "product_unsatisfactory"
	}
	return "order_change"
}

func (h *held) credit(ctx context.Context, note billing.CreditNote) error {
	there, err := h.desk.Gateway.Invoice(ctx, h.in, h.row.Remote)
	if err != nil {
		return err
	}
	params, err := h.creditParams(ctx, note, there)
	if err != nil {
		return err
	}
	known, err := h.journal(ctx, remote.MakeCredit)
	if err != nil {
		return err
	}
	object, err := h.run(ctx, known, work{
		step: remote.MakeCredit, subject: string(note.ID), params: params, lookAlways: true,
		look: func(ctx context.Context) (string, bool, error) {
			notes, err := h.desk.Gateway.CreditNotes(ctx, h.in, h.row.Remote)
			for _, n := range notes {
				if n.Ours == string(note.ID) && !n.Void {
					return n.ID, true, err
				}
			}
			return "", false, err
		},
	})
	if err != nil {
		return err
	}
	made, err := h.desk.Gateway.CreditNote(ctx, h.in, object)
	if err != nil {
		return err
	}
	return h.desk.Store.Write(ctx, worker, func(tx *store.Tx) error {
		if err := h.keep(tx); err != nil {
			return err
		}
		tx.Audit(noteConnection(h.conn, "credit_note.at_stripe"))
		return tx.SetProviderNumber(note.ID, made.Number)
	})
}

// creditParams copies the note's amounts line by line. What was paid through
// Stripe is given back there, the rest outside of it; never as a balance,
// which would change the next invoice.
func (h *held) creditParams(ctx context.Context, note billing.CreditNote, there remote.Invoice) (remote.CreditParams, error) {
	p := remote.CreditParams{Invoice: h.row.Remote, Note: string(note.ID), Memo: note.Number, Reason: reasonAtStripe(note.Reason)}
	lines, err := h.remoteLines(ctx)
	if err != nil {
		return p, err
	}
	total := int64(0)
	for _, l := range note.Lines {
		net, err := remote.Units(money.Amount{Minor: l.NetMinor, Currency: note.Currency})
		if err != nil {
			return p, err
		}
		tax, err := remote.Units(money.Amount{Minor: l.TaxMinor, Currency: note.Currency})
		if err != nil {
			return p, err
		}
		line := lines[l.Line]
		if line.ID == "" {
			return p, fault.New(fault.Invalid, "A line of this credit note is not on the invoice at Stripe. Credit it there by hand.")
		}
		p.Lines = append(p.Lines, remote.CreditLine{Line: line.ID, Amount: net, Tax: tax, TaxRate: line.TaxRate})
		total += net + tax
	}
	if there.Status == remote.PaidStatus {
		p.Refund = max(0, min(total, h.row.Paid-h.row.Refunded))
		p.Elsewhere = total - p.Refund
	}
	return p, nil
}

// remoteLines returns the lines at Stripe by the ids of our invoice lines.
func (h *held) remoteLines(ctx context.Context) (map[string]remote.Line, error) {
	ours, err := h.desk.all(ctx).InvoiceLines(h.row.Invoice)
	if err != nil {
		return nil, err
	}
	there, err := h.desk.Gateway.Lines(ctx, h.in, h.row.Remote)
	if err != nil {
		return nil, err
	}
	byMark := map[string]remote.Line{}
	for _, l := range there {
		byMark[l.Ours] = l
	}
	out := map[string]remote.Line{}
	for _, l := range ours {
		out[l.ID] = byMark[string(l.Line)]
	}
	return out, nil
}
