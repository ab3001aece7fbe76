package paying

import (
	"context"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Refund books money paid back to the hospital: what it had paid and a credit
// note gave back. Refusals: Forbidden, NotFound, Invalid (amount, date, method;
// more than is owed back), Conflict (nothing is owed back).
func (d *Desk) Refund(ctx context.Context, cmd store.Command, in RecordInput) (Result, error) {
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
		switch owed := i.Refundable(); {
		case owed.Minor == 0:
			return Result{}, fault.New(fault.Conflict, "Nothing is owed back on this invoice.")
		case err != nil || amount.Minor <= 0:
			return Result{}, fault.At("amount", "Enter the amount in "+string(i.Currency)+" as a number, such as 1,480.00.")
		case amount.Minor > owed.Minor:
			return Result{}, fault.At("amount", "Only "+owed.Format("en")+" is owed back. Enter at most that.")
		}
		if err := apart(tx, i.ID); err != nil {
			return Result{}, err
		}
		back, err := amount.Neg()
		if err != nil {
			return Result{}, err
		}
		return book(tx, i, billing.Payment{
			Invoice: i.ID, Parties: i.Parties, Amount: back, ReceivedOn: in.ReceivedOn, Method: in.Method,
			Reference: strings.TrimSpace(in.Reference), Reason: "Refund of what was credited",
		})
	})
}
