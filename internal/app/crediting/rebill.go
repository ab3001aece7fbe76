package crediting

import (
	"context"
	"strconv"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Rebill bills the lines of an invoice that were credited in full again, on a
// new invoice of their own, at the price that is right now for the moment of
// use. Usages that were corrected stay out. Refusals: Forbidden, NotFound,
// Conflict (nothing is credited in full, or there is no price).
func (d *Desk) Rebill(ctx context.Context, cmd store.Command, id billing.InvoiceID) (billing.InvoiceID, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.InvoiceID, error) {
		old, err := tx.LockInvoice(id)
		if err != nil {
			return "", err
		}
		if err := old.Creditable(); err != nil {
			return "", err
		}
		credited, err := tx.CreditedLines(id)
		if err != nil {
			return "", err
		}
		lines, err := d.recharge(tx, credited)
		if err != nil {
			return "", err
		}
		if len(lines) == 0 {
			return "", fault.New(fault.Conflict, "No line of this invoice can be billed again: only lines that are credited in full, and whose usage stands, can.")
		}
		i, err := collectAgain(tx, old, lines)
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(i.Vendor)), Action: "invoice.rebilled", Kind: "invoice", Object: string(old.ID),
			New: map[string]string{"invoice": string(i.ID), "lines": strconv.Itoa(len(lines)), "net": i.Net().String()},
		})
		return i.ID, err
	})
}

func (d *Desk) recharge(tx *store.Tx, credited []billing.Line) ([]billing.Line, error) {
	var fresh []billing.Line
	for _, old := range credited {
		line, err := d.Pricing.Recharge(tx, old)
		if err != nil {
			return nil, err
		}
		if line.ID != "" {
			fresh = append(fresh, line)
		}
	}
	return fresh, nil
}

// collectAgain makes the invoice that bills lines again. Its window is over at
// once, so that the worker cuts it off next.
func collectAgain(tx *store.Tx, old billing.Invoice, lines []billing.Line) (billing.Invoice, error) {
	key := "rebill:" + string(old.ID)
	if err := tx.LockWindow(old.Parties, string(old.Currency), key); err != nil {
		return billing.Invoice{}, err
	}
	earlier, err := tx.WindowInvoices(old.Parties, string(old.Currency), key)
	if err != nil {
		return billing.Invoice{}, err
	}
	i := billing.Invoice{
		Parties: old.Parties, Currency: old.Currency, State: billing.Collecting, RebillOf: old.ID,
		Window: billing.Window{Key: key, Start: tx.Now(), End: tx.Now()}, Part: 1, BuyerReference: old.BuyerReference,
		PaymentDays: old.PaymentDays, TaxCategory: old.TaxCategory, TaxRateBP: old.TaxRateBP, Sample: old.Sample,
	}
	for _, e := range earlier {
		i.Part = max(i.Part, e.Part+1)
	}
	for _, l := range lines {
		if i.NetMinor, err = money.Add(i.NetMinor, l.Net.Minor); err != nil {
			return i, err
		}
	}
	if i, err = tx.AddInvoice(i); err != nil {
		return i, err
	}
	for _, l := range lines {
		if err := tx.MoveLine(l, billing.LineCollected, "", i.ID); err != nil {
			return i, err
		}
	}
	return i, nil
}
