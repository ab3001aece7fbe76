package pricing

import (
	"context"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// HoldInput stops one line; Reason is read by both sides. With Until the hold
// ends by itself.
type HoldInput struct {
	Line   billing.LineID
	Reason string
	Until  time.Time
}

// Hold stops one line before it is frozen; everything else goes on. Refusals:
// Forbidden, NotFound, Invalid (no reason), Conflict (already on a document).
func (d *Desk) Hold(ctx context.Context, cmd store.Command, in HoldInput) (billing.LineID, error) {
	reason := strings.TrimSpace(in.Reason)
	if reason == "" || len(reason) > 200 {
		return "", fault.At("reason", "Say in one sentence (up to 200 characters) why this line is held. Both sides read it.")
	}
	if !in.Until.IsZero() && !in.Until.After(d.Store.Now()) {
		return "", fault.At("until", "A hold ends on a day to come. Leave it empty to hold the line until somebody releases it.")
	}
	return d.change(ctx, cmd, in.Line, "line.held", reason, func(tx *store.Tx, line billing.Line) error {
		if line.State == billing.LineInvoiced {
			return fault.New(fault.Conflict, "This line is on a frozen invoice. Release the invoice first, or ask for a credit note.")
		}
		if line.State == billing.LineCollected {
			if err := tx.TakeOffInvoice(line); err != nil {
				return err
			}
		}
		if err := tx.CancelJob(billing.TopicLine, string(line.ID)); err != nil {
			return err
		}
		if err := tx.MoveLine(line, billing.LineHeld, reason, ""); err != nil || in.Until.IsZero() {
			return err
		}
		if err := tx.SetHeldUntil(line.ID, in.Until); err != nil {
			return err
		}
		return tx.Enqueue(TopicHold, string(line.ID), string(line.Hospital), string(line.Vendor), in.Until, struct{}{})
	})
}

// endHold lets a line go on whose hold was for a time; one that was released,
// or held again without an end, is left as it is.
func endHold(tx *store.Tx, id billing.LineID) error {
	line, err := tx.Unbounded().Line(id)
	if err != nil || line.State != billing.LineHeld || line.HeldUntil.IsZero() || line.HeldUntil.After(tx.Now()) {
		return err
	}
	decision, err := tx.Unbounded().Decision(line.Usage)
	if err != nil {
		return err
	}
	return resume(tx, line, decision)
}

// Release lets a held line go on from where its price leaves it. Refusals:
// Forbidden, NotFound, Conflict (not held).
func (d *Desk) Release(ctx context.Context, cmd store.Command, id billing.LineID) (billing.LineID, error) {
	return d.change(ctx, cmd, id, "line.released", "", func(tx *store.Tx, line billing.Line) error {
		if line.State != billing.LineHeld {
			return fault.Newf(fault.Conflict, "This line is %q, so there is nothing to release.", line.State.Word())
		}
		u, err := tx.UsageOfLine(line.ID)
		if err != nil {
			return err
		}
		if u.Incomplete != "" {
			return fault.Newf(fault.Conflict, "The usage lacks its %s. Let the ward complete it first; then this line can go on.", u.Incomplete)
		}
		decision, err := tx.Unbounded().Decision(line.Usage)
		if err != nil {
			return err
		}
		return resume(tx, line, decision)
	})
}

// resume puts a line where its decision says, and arms its work.
func resume(tx *store.Tx, line billing.Line, decision billing.Decision) error {
	next, reason := billing.LineWaiting, ""
	switch {
	case decision.Outcome == billing.Unpriced:
		next, reason = billing.LineUnpriced, decision.Steps.Sentence("en")
	case decision.Net.IsZero():
		next, reason = billing.LineNoCharge, decision.Steps.Sentence("en")
	}
	if err := tx.SetHeldUntil(line.ID, time.Time{}); err != nil {
		return err
	}
	if err := tx.MoveLine(line, next, reason, ""); err != nil {
		return err
	}
	line.State, line.BillableFrom = next, laterOf(line.BillableFrom, tx.Now())
	return follow(tx, line)
}

func (d *Desk) change(ctx context.Context, cmd store.Command, id billing.LineID, action, reason string, fn func(*store.Tx, billing.Line) error) (billing.LineID, error) {
	if !cmd.Actor.May(access.HoldLines) {
		return "", fault.New(fault.Forbidden, "Holding and releasing lines is for finance and the vendor's office.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.LineID, error) {
		line, err := tx.Line(id)
		if err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(line.Site)), Action: action, Kind: "line", Object: string(line.ID),
			Old: map[string]string{"state": string(line.State)}, Reason: reason,
		})
		return line.ID, fn(tx, line)
	})
}
