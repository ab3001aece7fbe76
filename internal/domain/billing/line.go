package billing

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// LineState says where a usage stands on the way to an invoice.
type LineState string

// The states of a vendor line.
const (
	LineWaiting    LineState = "waiting"     // the undo time is not over
	LineBillable   LineState = "billable"    // may be collected
	LineUnpriced   LineState = "unpriced"    // no price could be decided
	LineHeld       LineState = "held"        // a person or a rule stopped it
	LineAwaitingPO LineState = "awaiting_po" // the agreement wants a PO first
	LineCollected  LineState = "collected"   // in an invoice that still collects
	LineInvoiced   LineState = "invoiced"    // in a frozen or issued invoice
	LineCancelled  LineState = "cancelled"   // its usage was corrected
	LineNoCharge   LineState = "no_charge"   // costs nothing, kept with its reason
)

// lineMoves lists the states that may follow each state.
var lineMoves = map[LineState][]LineState{
	LineWaiting:    {LineBillable, LineCollected, LineHeld, LineCancelled, LineAwaitingPO, LineNoCharge},
	LineBillable:   {LineCollected, LineHeld, LineCancelled, LineAwaitingPO},
	LineUnpriced:   {LineWaiting, LineHeld, LineNoCharge, LineCancelled},
	LineHeld:       {LineWaiting, LineUnpriced, LineNoCharge, LineCancelled},
	LineAwaitingPO: {LineBillable, LineHeld, LineCancelled},
	LineCollected:  {LineInvoiced, LineHeld, LineBillable, LineCancelled, LineAwaitingPO},
	LineInvoiced:   {LineCollected, LineHeld, LineNoCharge},
	LineNoCharge:   {LineCancelled},
}

// MayBecome reports whether a line may go from one state to the other.
func (s LineState) MayBecome(next LineState) bool {
	for _, allowed := range lineMoves[s] {
		if allowed == next {
			return true
		}
	}
	return false
}

// Word returns the state as people read it.
func (s LineState) Word() string {
	switch s {
	case LineWaiting:
		return "Draft until undo ends"
	case LineBillable:
		return "Ready to invoice"
	case LineUnpriced:
		return "Needs a price"
	case LineHeld:
		return "Held"
	case LineAwaitingPO:
		return "Awaiting PO"
	case LineCollected:
		return "Collected"
	case LineInvoiced:
		return "Invoiced"
	case LineCancelled:
		return "Cancelled"
	case LineNoCharge:
		return "No charge"
	}
	return string(s)
}

// Line is what a usage is worth to its vendor. A usage has at most one line
// that is not cancelled.
type Line struct {
	ID       LineID
	Usage    UsageID
	Decision DecisionID
	Parties
	Site         access.SiteID
	Case         usage.CaseID
	Net          money.Amount
	State        LineState
	Reason       string // why it is held, unpriced, cancelled or free
	Invoice      InvoiceID
	EffectiveAt  time.Time // when the usage happened
	BillableFrom time.Time // when its undo time ends
	ChangedAt    time.Time
	// CapPending says that the amount waits for the cap of its case.
	CapPending bool
	PO         POState
	PONumber   string
	HeldUntil  time.Time // a hold that ends by itself; zero for none
}

// FirstState says how the line of a fresh usage begins, and why.
func FirstState(u usage.Usage, d Decision) (LineState, string) {
	sentence := d.Steps.Sentence("en")
	switch {
	case u.Incomplete != "":
		return LineHeld, "Identifiers are missing: " + u.Incomplete + "."
	case u.OverrideReason != "":
		return LineHeld, "A stop was overridden on the ward; an incident is open."
	case d.Outcome == Unpriced:
		return LineUnpriced, sentence
	case d.Net.IsZero():
		return LineNoCharge, sentence
	}
	return LineWaiting, ""
}
