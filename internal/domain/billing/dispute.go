package billing

import (
	"slices"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// DisputeID is a UUIDv7 text.
type DisputeID string

// DisputeState is where a dispute stands.
type DisputeState string

// The states of a dispute. Credited and withdrawn are ends.
const (
	DisputeOpened    DisputeState = "opened"
	DisputeAnswered  DisputeState = "vendor_answered"
	DisputeAgreed    DisputeState = "agreed" // a credit note is proposed
	DisputeCredited  DisputeState = "credited"
	DisputeWithdrawn DisputeState = "withdrawn"
	DisputeEscalated DisputeState = "escalated"
)

var disputeMoves = map[DisputeState][]DisputeState{
	DisputeOpened:    {DisputeAnswered, DisputeAgreed, DisputeWithdrawn, DisputeEscalated},
	DisputeAnswered:  {DisputeAgreed, DisputeWithdrawn, DisputeEscalated},
	DisputeEscalated: {DisputeAnswered, DisputeAgreed, DisputeWithdrawn},
	DisputeAgreed:    {DisputeCredited, DisputeAnswered},
}

// MayBecome reports whether a dispute may go from one state to the other.
func (s DisputeState) MayBecome(next DisputeState) bool {
	return slices.Contains(disputeMoves[s], next)
}

// Live reports whether the dispute still stops its amount.
func (s DisputeState) Live() bool { return len(disputeMoves[s]) > 0 }

// Word returns the state as people read it.
func (s DisputeState) Word() string {
	switch s {
	case DisputeOpened:
		return "Waits for the vendor"
	case DisputeAnswered:
		return "Waits for the hospital"
	case DisputeAgreed:
		return "Agreed, credit note due"
	case DisputeCredited:
		return "Credited"
	case DisputeWithdrawn:
		return "Withdrawn"
	}
	return "Escalated"
}

// DisputeClock is how long the vendor has to answer, where no agreement says
// otherwise.
const DisputeClock = 21 * 24 * time.Hour

// Dispute is a disagreement on one line of an issued invoice. Amount includes
// tax; the rest of the invoice stays payable.
type Dispute struct {
	ID      DisputeID
	Invoice InvoiceID
	Line    string // id of the invoice line
	Parties
	Amount      money.Amount
	State       DisputeState
	Reason      string
	Answer      string
	Credit      CreditID
	OpenedBy    access.PersonID
	OpenedAt    time.Time
	AnswerDueAt time.Time
	ChangedAt   time.Time
	Version     int64
}

// Late reports whether the vendor's time to answer is over.
func (d Dispute) Late(now time.Time) bool {
	return d.State == DisputeOpened && now.After(d.AnswerDueAt)
}

// Disputable decides whether amount may be disputed on a line: the invoice is
// issued and not settled, and the amount is within what is left of the line.
func (i Invoice) Disputable(l InvoiceLine, before Credited, amount money.Amount) error {
	rest := before.Rest(l)
	switch {
	case !i.State.Payable():
		return fault.Newf(fault.Conflict, "This invoice is %q: a dispute is for an issued, unpaid one. Ask for a credit note instead.", i.State.Word())
	case amount.Currency != i.Currency || amount.Minor <= 0:
		return fault.At("amount", "Enter the disputed amount in "+string(i.Currency)+", above zero.")
	case amount.Minor > rest.NetMinor+rest.TaxMinor:
		return fault.At("amount", "This line has "+i.Amount(rest.NetMinor+rest.TaxMinor).Format("en")+" left, tax included. Enter at most that.")
	case amount.Minor > i.Due().Minor-i.DisputedMinor:
		return fault.At("amount", "Only "+i.Amount(i.Due().Minor-i.DisputedMinor).Format("en")+" of this invoice is due and undisputed.")
	}
	return nil
}

// DisputedReceivable is what is owed and disagreed on.
const DisputedReceivable Account = "disputed_receivable"

// The kinds of entry of a dispute.
const (
	DisputeEntry      EntryKind = "dispute"
	DisputeEndedEntry EntryKind = "dispute_ended"
)

// DisputeEntries sets the disputed amount apart in the vendor's book; for the
// hospital it stays what it owes until both agree.
func DisputeEntries(d Dispute, at time.Time) []Entry {
	return both(Entry{
		Key: "dispute:" + string(d.ID), Kind: DisputeEntry, SourceKind: "dispute", SourceID: string(d.ID), Parties: d.Parties, EffectiveAt: at,
	}, move(d.Amount, DisputedReceivable, Receivable), nil)
}
