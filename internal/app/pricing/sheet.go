package pricing

import (
	"context"
	"strconv"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// mostSigned bounds the usages that are confirmed at once.
const mostSigned = 500

// Confirm says for the actor's side that usages happened as they are written.
// One that its agreement wants confirmed, or that the side contested before,
// goes on. It returns how many were confirmed. Refusals: Forbidden, NotFound,
// Invalid (none chosen), Conflict (on a document already).
func (d *Desk) Confirm(ctx context.Context, cmd store.Command, lines []billing.LineID) (int, error) {
	switch {
	case !cmd.Actor.May(access.SignSheets):
		return 0, errSign
	case len(lines) == 0 || len(lines) > mostSigned:
		return 0, fault.At("lines", "Choose between one and "+strconv.Itoa(mostSigned)+" usages to confirm.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int, error) {
		for _, id := range lines {
			if err := confirm(tx, id); err != nil {
				return 0, err
			}
		}
		return len(lines), nil
	})
}

var errSign = fault.New(fault.Forbidden, "Usage sheets are signed by the ward's nurses and by the vendor's people.")

func confirm(tx *store.Tx, id billing.LineID) error {
	line, err := onSheet(tx, id)
	if err != nil {
		return err
	}
	before, _, err := tx.Sheet(id)
	if err != nil {
		return err
	}
	if err := mark(tx, line, billing.Confirmed, ""); err != nil {
		return err
	}
	after, rule, err := tx.Sheet(id)
	if err != nil || after.Missing(rule) != "" {
		return err
	}
	if line.State == billing.LineHeld && before.Contested() {
		decision, err := tx.Unbounded().Decision(line.Usage)
		if err != nil {
			return err
		}
		return resume(tx, line, decision)
	}
	if line.State == billing.LineWaiting || line.State == billing.LineBillable {
		if err := tx.NoteLine(line, ""); err != nil || line.CapPending {
			return err
		}
		return tx.Enqueue(billing.TopicLine, string(id), string(line.Hospital), string(line.Vendor), laterOf(line.BillableFrom, tx.Now()), struct{}{})
	}
	return nil
}

// Contest says for the actor's side that a usage did not happen as it is
// written: it is held until that side confirms it, or the ward corrects it.
// Refusals: Forbidden, NotFound, Invalid (no reason), Conflict (on a document,
// or held for another reason).
func (d *Desk) Contest(ctx context.Context, cmd store.Command, id billing.LineID, reason string) (billing.LineID, error) {
	if !cmd.Actor.May(access.SignSheets) {
		return "", errSign
	}
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > 200 {
		return "", fault.At("reason", "Say in one sentence (up to 200 characters) what is wrong. Both sides read it.")
	}
	if id == "" {
		return "", fault.At("line", "Choose the usage that is not right.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.LineID, error) {
		line, err := onSheet(tx, id)
		if err != nil {
			return "", err
		}
		if line.State == billing.LineHeld {
			return "", fault.New(fault.Conflict, "This usage is held already: "+line.Reason)
		}
		if err := mark(tx, line, billing.Contested, reason); err != nil {
			return "", err
		}
		if line.State == billing.LineCollected {
			if err := tx.TakeOffInvoice(line); err != nil {
				return "", err
			}
		}
		if err := tx.CancelJob(billing.TopicLine, string(id)); err != nil {
			return "", err
		}
		return id, tx.MoveLine(line, billing.LineHeld, "Contested by the "+string(tx.Actor().Kind)+": "+reason, "")
	})
}

// onSheet returns a line of the actor's that is not on a frozen document.
func onSheet(tx *store.Tx, id billing.LineID) (billing.Line, error) {
	line, err := tx.Line(id)
	if err != nil {
		return line, err
	}
	switch line.State {
	case billing.LineInvoiced:
		return line, fault.New(fault.Conflict, "A chosen usage is on an invoice already. Dispute it there.")
	case billing.LineCancelled, billing.LineNoCharge:
		return line, fault.New(fault.Conflict, "A chosen usage is not billed, so there is nothing to sign.")
	}
	return line, nil
}

func mark(tx *store.Tx, line billing.Line, m billing.Mark, reason string) error {
	side := tx.Actor().Kind
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(line.Site)), Action: "line." + string(m), Kind: "line", Object: string(line.ID), Reason: reason,
		New: map[string]string{"side": string(side)},
	})
	return tx.AddSheetMark(billing.SheetMark{Line: line.ID, Parties: line.Parties, Side: side, Mark: m, Reason: reason})
}
