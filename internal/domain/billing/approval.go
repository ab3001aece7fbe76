package billing

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Deed is a step that a person answers for. Nobody does two of the three
// kinds – price, approve, book money – for the same invoice.
type Deed string

// The deeds of approval.
const (
	ApproveInvoice Deed = "invoice"
	ApproveCredit  Deed = "credit_note"
	ApproveEnd     Deed = "end" // void or uncollectible
)

// Limit is up to which amount a person approves.
type Limit struct {
	Organisation access.OrganisationID
	Person       access.PersonID
	Amount       money.Amount
}

// Delegation lets somebody approve in another's stead for a time.
type Delegation struct {
	ID           string
	Organisation access.OrganisationID
	From, To     access.PersonID
	Limit        money.Amount
	ValidFrom    time.Time
	ValidTo      time.Time // exclusive
	Reason       string
	EndedAt      time.Time // zero while it stands
}

// At reports whether the delegation holds at an instant.
func (d Delegation) At(t time.Time) bool {
	return d.EndedAt.IsZero() && !t.Before(d.ValidFrom) && t.Before(d.ValidTo)
}

// Check refuses a delegation to oneself, without end, limit or reason.
func (d Delegation) Check(now time.Time) error {
	var refused fault.Refusals
	if d.From == d.To {
		refused.At("to", "Choose somebody else: nobody delegates to themselves.")
	}
	if d.Limit.Minor <= 0 {
		refused.At("limit", "Enter up to which amount, above zero.")
	}
	if !d.ValidTo.After(d.ValidFrom) || !d.ValidTo.After(now) {
		refused.At("until", "Enter a last day that is not before the first, and not past.")
	}
	if d.ValidTo.Sub(d.ValidFrom) > 366*24*time.Hour {
		refused.At("until", "A delegation lasts at most a year.")
	}
	if d.Reason == "" || len(d.Reason) > 200 {
		refused.At("reason", "Say in one sentence (up to 200 characters) why.")
	}
	return refused.Err()
}

// Authority is what an approver brings: own limits, what was delegated, and
// the part they had in the invoice already.
type Authority struct {
	// Limited says that the organisation limits approvals at all; in one that
	// does not, nobody is limited.
	Limited bool
	Own     *Limit // nil without one in the currency
	// Delegated are the delegations in force, each with the delegator's own limit.
	Delegated []DelegatedLimit
	Priced    bool // set a price that the invoice uses
	Booked    bool // booked a payment on the invoice
}

// DelegatedLimit is a delegation and what the delegator may approve themselves.
type DelegatedLimit struct {
	Delegation
	FromLimit *Limit
	// FromPriced and FromBooked say the same of the delegator: a delegation
	// hands on a right, never a way around the rule.
	FromPriced, FromBooked bool
}

// Approve decides whether an amount may be approved, and under which
// delegation (empty for the person's own right). Refusals: Forbidden.
func (a Authority) Approve(amount money.Amount) (delegation string, err error) {
	switch {
	case a.Priced:
		return "", fault.New(fault.Forbidden, "You set a price on this invoice. Somebody else approves it: who prices does not approve.")
	case a.Booked:
		return "", fault.New(fault.Forbidden, "You booked a payment on this invoice. Somebody else approves: who books money does not approve.")
	case !a.Limited || a.Own != nil && amount.Minor <= a.Own.Amount.Minor:
		return "", nil
	}
	for _, d := range a.Delegated {
		within := amount.Minor <= d.Limit.Minor && d.FromLimit != nil && amount.Minor <= d.FromLimit.Amount.Minor
		if within && !d.FromPriced && !d.FromBooked {
			return d.ID, nil
		}
	}
	if a.Own == nil {
		return "", fault.New(fault.Forbidden, "You have no approval limit in "+string(amount.Currency)+". An administrator sets one, or somebody with one delegates to you.")
	}
	return "", fault.New(fault.Forbidden, amount.Format("en")+" is over your limit of "+a.Own.Amount.Format("en")+". Ask somebody with a higher limit to approve, or to delegate.")
}
