// Package ordering joins usages to the orders that pay for them: what waits for
// a purchase order and for how long, orders and what is left of them, and the
// attaching of one line, many, or a file of them.
//
// It promises that no line leaves the queue unaccounted, that two lines never
// share the last of a blanket order, and that an order which says otherwise
// than the line stops that line alone. It does not place orders with anybody.
package ordering

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
)

// Desk works on orders.
type Desk struct{ Store *store.Store }

func mayOrder(actor access.Actor) error {
	if actor.May(access.HoldLines) {
		return nil
	}
	return fault.New(fault.Forbidden, "Orders are for finance and the vendor's office.")
}

// mostAttached bounds the lines of one attachment.
const mostAttached = 500

// Attachment says which order pays for which lines. Parts splits a single line
// over positions; without it the order pays for each line whole.
type Attachment struct {
	Lines  []billing.LineID
	Number string
	Parts  []Part
}

// Part is what one position of an order takes of a line.
type Part struct {
	Number   string
	Position int
	Quantity int64
}

// Attached is what became of an attachment.
type Attached struct {
	Lines      int // go on to an invoice
	Mismatches []string
}

// Attach gives lines their order. A number that is not known yet becomes an
// order of its own: the hospital's papers come before its data. Lines that the
// order does not fit stay in the queue with the reason. Refusals: Forbidden,
// NotFound, Invalid (number, parts), Conflict (a line waits no more).
func (d *Desk) Attach(ctx context.Context, cmd store.Command, in Attachment) (Attached, error) {
	if err := mayOrder(cmd.Actor); err != nil {
		return Attached{}, err
	}
	switch {
	case len(in.Lines) == 0:
		return Attached{}, fault.At("lines", "Choose the lines that the order pays for.")
	case len(in.Lines) > mostAttached:
		return Attached{}, fault.At("lines", "Attach at most 500 lines at once.")
	case len(in.Parts) > 0 && len(in.Lines) > 1:
		return Attached{}, fault.At("lines", "One line at a time can be split over orders.")
	}
	if len(in.Parts) == 0 {
		in.Parts = []Part{{Number: in.Number}}
	}
	for i, p := range in.Parts {
		number, err := checkNumber(p.Number)
		if err != nil {
			return Attached{}, err
		}
		in.Parts[i].Number = number
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Attached, error) {
		var out Attached
		for _, id := range in.Lines {
			check, err := attach(tx, id, in.Parts)
			switch {
			case err != nil:
				return out, err
			case check.State == billing.POMismatch:
				out.Mismatches = append(out.Mismatches, check.Reason)
			default:
				out.Lines++
			}
		}
		return out, nil
	})
}

func checkNumber(number string) (string, error) {
	number = billing.CleanOrderNumber(number)
	if number == "" || len(number) > 35 || strings.ContainsAny(number, "#|\\\"<>") {
		return "", fault.At("number", "Enter the number of the order: up to 35 letters, digits and marks.")
	}
	return number, nil
}

// attach gives one line its order or orders.
func attach(tx *store.Tx, id billing.LineID, parts []Part) (billing.OrderCheck, error) {
	line, err := tx.Line(id)
	if err != nil {
		return billing.OrderCheck{}, err
	}
	if line.State != billing.LineAwaitingPO {
		return billing.OrderCheck{}, fault.Newf(fault.Conflict, "A chosen line is %q, so it waits for no order. Reload and choose again.", line.State.Word())
	}
	terms, err := tx.OrderTerms(id)
	if err != nil {
		return billing.OrderCheck{}, err
	}
	if err := tx.DetachOrders(id); err != nil {
		return billing.OrderCheck{}, err
	}
	resolved, err := resolve(tx, line, terms, parts)
	if err != nil {
		return billing.OrderCheck{}, err
	}
	check, err := take(tx, line, terms, resolved)
	if err != nil {
		return check, err
	}
	numbers := numbersOf(resolved)
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(line.Site)), Action: "line.order_attached", Kind: "line", Object: string(id), Reason: check.Reason,
		Old: map[string]string{"po": line.PONumber}, New: map[string]string{"po": numbers, "state": string(check.State)},
	})
	return check, goOn(tx, line, check, numbers)
}

// resolve finds or makes the orders and gives each its share of the amount.
func resolve(tx *store.Tx, line billing.Line, terms store.OrderTerms, parts []Part) ([]billing.OrderPart, error) {
	if len(parts) == 1 && parts[0].Quantity == 0 {
		parts = []Part{{parts[0].Number, parts[0].Position, terms.Quantity}}
	}
	quantities := make([]int64, len(parts))
	var sum int64
	for i, p := range parts {
		if p.Quantity <= 0 {
			return nil, fault.At("parts", "Each part of a line has a quantity.")
		}
		quantities[i], sum = p.Quantity, sum+p.Quantity
	}
	if sum != terms.Quantity {
		return nil, fault.At("parts", "The parts come to "+strconv.FormatInt(sum, 10)+" units, the line has "+strconv.FormatInt(terms.Quantity, 10)+".")
	}
	nets, err := billing.SplitNet(line.Net.Minor, quantities)
	if err != nil {
		return nil, err
	}
	out := make([]billing.OrderPart, len(parts))
	for i, p := range parts {
		order, err := orderOf(tx, line, terms, p.Number)
		if err != nil {
			return nil, err
		}
		out[i] = billing.OrderPart{Order: order, Position: p.Position, Quantity: p.Quantity, NetMinor: nets[i]}
	}
	// A fixed order of orders, so that two writers never wait in a circle.
	slices.SortStableFunc(out, func(a, b billing.OrderPart) int { return cmp.Compare(a.Order.ID, b.Order.ID) })
	return out, nil
}

func orderOf(tx *store.Tx, line billing.Line, terms store.OrderTerms, number string) (billing.PurchaseOrder, error) {
	order, err := tx.Order(line.Parties, number)
	if !fault.Is(err, fault.NotFound) {
		return order, err
	}
	kind := billing.SingleOrder
	if terms.Rule == consign.POBuyerReference {
		kind = billing.BuyerReference
	}
	return tx.AddOrder(billing.PurchaseOrder{Parties: line.Parties, Number: number, Kind: kind, Currency: line.Net.Currency})
}

// take holds each part against its order and takes it from what is left; a
// mismatch of one part takes nothing of any.
func take(tx *store.Tx, line billing.Line, terms store.OrderTerms, parts []billing.OrderPart) (billing.OrderCheck, error) {
	zone, err := time.LoadLocation(terms.TimeZone)
	if err != nil {
		return billing.OrderCheck{}, fault.Newf(fault.Invalid, "The site's time zone %q is not known. Correct it first.", terms.TimeZone)
	}
	worst := billing.OrderCheck{State: billing.POConfirmed}
	for _, p := range parts {
		check := billing.CheckOrder(p, terms.DI, line.Net.Currency, civil.Of(line.EffectiveAt.In(zone)), terms.Tolerance)
		if check.State == billing.POMismatch {
			return check, nil
		}
		if check.State == billing.POAttached {
			worst = check
		}
	}
	for _, p := range parts {
		taken, err := tx.UseOrder(p)
		if err != nil {
			return worst, err
		}
		if !taken { // somebody took the last of it at the same moment
			return billing.OrderCheck{State: billing.POMismatch, Reason: "Order " + p.Order.Number + " has nothing left for this. Attach another, or have it raised."}, tx.DetachOrders(line.ID)
		}
		if err := tx.AttachOrder(line, p); err != nil {
			return worst, err
		}
	}
	return worst, nil
}

func numbersOf(parts []billing.OrderPart) string {
	var numbers []string
	for _, p := range parts {
		if len(numbers) == 0 || numbers[len(numbers)-1] != p.Order.Number {
			numbers = append(numbers, p.Order.Number)
		}
	}
	return strings.Join(numbers, ", ")
}

// goOn lets a line with its order go on to an invoice, or keeps it in the queue
// with the reason.
func goOn(tx *store.Tx, line billing.Line, check billing.OrderCheck, numbers string) error {
	if err := tx.SetLinePO(line.ID, check.State, numbers); err != nil {
		return err
	}
	if check.State == billing.POMismatch {
		return tx.NoteLine(line, check.Reason)
	}
	if err := tx.MoveLine(line, billing.LineBillable, "", ""); err != nil {
		return err
	}
	at := tx.Now()
	if line.BillableFrom.After(at) {
		at = line.BillableFrom
	}
	return tx.Enqueue(billing.TopicLine, string(line.ID), string(line.Hospital), string(line.Vendor), at, struct{}{})
}

// Ask marks lines for which the other side was asked for an order, so that
// both see it and nobody asks twice in a day. It returns how many were marked.
func (d *Desk) Ask(ctx context.Context, cmd store.Command, lines []billing.LineID) (int, error) {
	if err := mayOrder(cmd.Actor); err != nil {
		return 0, err
	}
	if len(lines) == 0 || len(lines) > mostAttached {
		return 0, fault.At("lines", "Choose up to 500 lines to ask about.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int, error) {
		for _, id := range lines {
			line, err := tx.Line(id)
			if err != nil {
				return 0, err
			}
			if line.State != billing.LineAwaitingPO {
				return 0, fault.New(fault.Conflict, "A chosen line waits for no order any more. Reload and choose again.")
			}
			if err := tx.SetLinePO(id, billing.PORequested, line.PONumber); err != nil {
				return 0, err
			}
			if err := tx.NoteLine(line, "The order was asked for on "+tx.Now().UTC().Format("2 Jan 2006")+"."); err != nil {
				return 0, err
			}
			tx.Audit(audit.Change{
				Chain: audit.SiteChain(string(line.Site)), Action: "line.order_requested", Kind: "line", Object: string(id),
				Old: map[string]string{"state": string(line.PO)},
			})
		}
		return len(lines), nil
	})
}
