package ordering

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/gs1"
)

// NewOrder stores an order before anything is attached to it. The hospital and
// the vendor are joined by an agreement. Refusals: Forbidden, Invalid, NotFound
// (the other side), Conflict (the number exists).
func (d *Desk) NewOrder(ctx context.Context, cmd store.Command, o billing.PurchaseOrder) (billing.OrderID, error) {
	if err := mayOrder(cmd.Actor); err != nil {
		return "", err
	}
	o, err := checkOrder(cmd.Actor, o)
	if err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.OrderID, error) {
		if _, err := tx.VersionBetween(o.Vendor, o.Hospital, tx.Now()); err != nil {
			return "", fault.At("party", "There is no agreement in force with this side.")
		}
		if _, err := tx.Order(o.Parties, o.Number); err == nil {
			return "", fault.At("number", "An order of this number exists already.")
		} else if !fault.Is(err, fault.NotFound) {
			return "", err
		}
		stored, err := tx.AddOrder(o)
		if err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(o.Hospital)), Action: "order.added", Kind: "order", Object: string(stored.ID),
			New: map[string]string{"number": o.Number, "kind": string(o.Kind)},
		})
		return stored.ID, nil
	})
}

func checkOrder(actor access.Actor, o billing.PurchaseOrder) (billing.PurchaseOrder, error) {
	if actor.Kind == access.Vendor {
		o.Vendor = actor.Organisation
	} else {
		o.Hospital = actor.Organisation
	}
	var refused fault.Refusals
	number, err := checkNumber(o.Number)
	if err != nil {
		refused.At("number", fault.All(err)[0].Sentence)
	}
	o.Number = number
	if o.Vendor == "" || o.Hospital == "" {
		refused.At("party", "Choose the other side of the order.")
	}
	if o.AmountMinor < 0 {
		refused.At("amount", "Enter the amount that the order covers, or leave it empty.")
	}
	if o.Quantity < 0 {
		refused.At("quantity", "Enter how many units the order covers, or leave it empty.")
	}
	if o.ValidFrom != "" && o.ValidTo != "" && o.ValidTo < o.ValidFrom {
		refused.At("to", "The last day lies before the first.")
	}
	if o.Kind == billing.BlanketOrder && o.AmountMinor == 0 && o.Quantity == 0 {
		refused.At("amount", "A blanket order covers an amount or a quantity.")
	}
	for i, l := range o.Lines {
		if !validDI(l.DI) || l.Quantity <= 0 || l.UnitMinor < 0 {
			refused.At("lines", "Position "+itoa(i+1)+" needs a GTIN, a quantity and a price.")
		}
	}
	return o, refused.Err()
}

// validDI reports whether the text is a GTIN of 14 digits whose check digit holds.
func validDI(di string) bool {
	if len(di) != 14 {
		return false
	}
	check, ok := gs1.CheckDigit(di[:13])
	return ok && di[13] == check
}

// CloseOrder ends an order; what is attached to it stays.
func (d *Desk) CloseOrder(ctx context.Context, cmd store.Command, id billing.OrderID) (billing.OrderID, error) {
	if err := mayOrder(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.OrderID, error) {
		o, err := tx.OrderByID(id)
		switch {
		case err != nil:
			return "", err
		case o.Closed:
			return "", fault.Newf(fault.Conflict, "Order %s is closed already.", o.Number)
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(o.Hospital)), Action: "order.closed", Kind: "order", Object: string(id),
			Old: map[string]string{"number": o.Number},
		})
		return id, tx.CloseOrder(id)
	})
}

// Ages sums what waits for an order by other side, currency and age, in days of
// each site's calendar.
func (d *Desk) Ages(ctx context.Context, actor access.Actor) ([]store.POAge, error) {
	days, err := d.Store.Read(ctx, actor.Scope()).AwaitingSince()
	if err != nil {
		return nil, err
	}
	var out []store.POAge
	for _, day := range days {
		n := len(out) - 1
		if n < 0 || out[n].Other != day.Other || out[n].Currency != day.Currency {
			out = append(out, store.POAge{Other: day.Other, Name: day.Name, Currency: day.Currency})
			n++
		}
		b := bucket(AgeInDays(day.Since, d.Store.Now(), day.TimeZone))
		out[n].Counts[b] += day.Count
		out[n].Buckets[b] += day.Minor
	}
	return out, nil
}

// AgeInDays counts the midnights of a site's calendar between two instants.
func AgeInDays(since, now time.Time, zoneName string) int {
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		zone = time.UTC
	}
	from, to := since.In(zone), now.In(zone)
	a := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	b := time.Date(to.Year(), to.Month(), to.Day(), 0, 0, 0, 0, time.UTC)
	return int(b.Sub(a) / (24 * time.Hour))
}

func bucket(days int) int {
	for i, first := range store.AgeDays {
		if days < first {
			return i
		}
	}
	return len(store.AgeDays)
}
