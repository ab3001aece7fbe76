package billing

import (
	"strings"

	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
)

// POState says how far a line has come on the way to its order.
type POState string

// The states of a line's order.
const (
	PONotNeeded POState = "not_needed"
	POAwaiting  POState = "awaiting"
	PORequested POState = "requested" // the hospital was asked for it
	POAttached  POState = "attached"
	POMismatch  POState = "mismatch"  // attached, and says otherwise than the line
	POConfirmed POState = "confirmed" // attached, and the order itself names item and price
)

// Word returns the state as people read it.
func (s POState) Word() string {
	switch s {
	case POAwaiting:
		return "Awaiting PO"
	case PORequested:
		return "PO requested"
	case POAttached:
		return "PO attached"
	case POMismatch:
		return "PO does not fit"
	case POConfirmed:
		return "PO confirmed"
	}
	return "No PO needed"
}

// Settled reports whether an invoice may be made under a PO rule.
func (s POState) Settled(rule consign.PORule) bool {
	return rule == consign.PONone || s == POAttached || s == POConfirmed
}

// OrderID is a UUIDv7 text.
type OrderID string

// OrderKind says how an order is used up.
type OrderKind string

// The kinds of order.
const (
	SingleOrder    OrderKind = "order"
	BlanketOrder   OrderKind = "blanket"
	BuyerReference OrderKind = "buyer_reference" // a name for the books, not an order
)

// PurchaseOrder is a hospital's order to a vendor. AmountMinor and Quantity bound it;
// zero of one means it is not bounded by that.
type PurchaseOrder struct {
	ID OrderID
	Parties
	Number       string
	Kind         OrderKind
	Currency     money.Currency
	AmountMinor  int64
	Quantity     int64
	UsedMinor    int64
	UsedQuantity int64
	ValidFrom    string // YYYY-MM-DD, both inclusive; empty for no bound
	ValidTo      string
	Closed       bool
	CreatedBy    access.PersonID
	Lines        []OrderLine
}

// OrderLine is what an order says about one item.
type OrderLine struct {
	Position  int
	DI        string
	Quantity  int64
	UnitMinor int64
}

// RemainingMinor is what may still be used of a bounded amount.
func (o PurchaseOrder) RemainingMinor() int64 { return max(o.AmountMinor-o.UsedMinor, 0) }

// RemainingQuantity is what may still be used of a bounded quantity.
func (o PurchaseOrder) RemainingQuantity() int64 { return max(o.Quantity-o.UsedQuantity, 0) }

// OrderPart is the part of a line that one position of an order pays for.
// Position 0 means the order as a whole.
type OrderPart struct {
	Order    PurchaseOrder
	Position int
	Quantity int64
	NetMinor int64
}

// OrderCheck is what holding a line against its order found.
type OrderCheck struct {
	State  POState
	Reason string // of a mismatch, with what to do
}

// CheckOrder holds a part of a line against the order: the parties' currency,
// the days, what is left, and item and price where the order names them. on is
// the day of use at the site.
func CheckOrder(p OrderPart, di string, currency money.Currency, on civil.Date, tolerance consign.Tolerance) OrderCheck {
	o, day := p.Order, on.String()
	mismatch := func(words string) OrderCheck {
		return OrderCheck{POMismatch, "Order " + o.Number + " " + words}
	}
	switch {
	case o.Closed:
		return mismatch("is closed. Attach another, or have it opened.")
	case o.Kind != BuyerReference && o.Currency != currency:
		return mismatch("is in " + string(o.Currency) + ", the price in " + string(currency) + ". Ask for an order in the agreed currency.")
	case o.ValidFrom != "" && day < o.ValidFrom, o.ValidTo != "" && day > o.ValidTo:
		return mismatch("does not cover the day of use. Attach one that does.")
	case o.Quantity > 0 && p.Quantity > o.RemainingQuantity():
		return mismatch("has no quantity left for this. Attach another, or have it raised.")
	case o.AmountMinor > 0 && p.NetMinor > o.RemainingMinor():
		return mismatch("has no amount left for this. Attach another, or have it raised.")
	}
	return checkOrderLine(p, di, currency, tolerance)
}

func checkOrderLine(p OrderPart, di string, currency money.Currency, tolerance consign.Tolerance) OrderCheck {
	if len(p.Order.Lines) == 0 {
		return OrderCheck{State: POAttached}
	}
	named := false
	for _, l := range p.Order.Lines {
		if p.Position != 0 && l.Position != p.Position || l.DI != di {
			continue
		}
		named = true
		asked, err := money.Mul(l.UnitMinor, p.Quantity)
		if err == nil && Within(asked, p.NetMinor, tolerance) {
			return OrderCheck{State: POConfirmed}
		}
	}
	if !named {
		return OrderCheck{POMismatch, "Order " + p.Order.Number + " does not name this item. Attach another, or have it added."}
	}
	net := money.Amount{Minor: p.NetMinor, Currency: currency}
	return OrderCheck{POMismatch, "Order " + p.Order.Number + " names another price than the agreed " + net.Format("en") + ". Have the order or the agreement corrected."}
}

// Within reports whether a claim differs from what was agreed by no more than
// the tolerance: of amount and percentage the smaller binds, and one that is
// not set does not.
func Within(agreed, claimed int64, t consign.Tolerance) bool {
	off := claimed - agreed
	if off < 0 {
		off = -off
	}
	limit := t.Minor
	if t.BP > 0 {
		share, err := money.MulDiv(max(agreed, -agreed), int64(t.BP), 10_000)
		if err != nil {
			return false
		}
		if t.Minor == 0 || share < limit {
			limit = share
		}
	}
	return off <= limit
}

// CleanOrderNumber is a number as it is compared: capitals, no blanks.
func CleanOrderNumber(number string) string {
	return strings.ToUpper(strings.Join(strings.Fields(number), ""))
}

// SplitNet shares the net of a line among parts by quantity, to the last minor
// unit.
func SplitNet(net int64, quantities []int64) ([]int64, error) {
	return money.Distribute(net, quantities)
}
