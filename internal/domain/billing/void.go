package billing

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// EndKind is a way in which an invoice ends without being paid.
type EndKind string

// The ways. Both need two people.
const (
	EndVoid          EndKind = "void"
	EndUncollectible EndKind = "uncollectible"
)

// Word returns the way as people read it.
func (k EndKind) Word() string {
	if k == EndVoid {
		return "Void"
	}
	return "Uncollectible"
}

// State is the state an invoice ends in.
func (k EndKind) State() InvoiceState {
	if k == EndVoid {
		return Void
	}
	return Uncollectible
}

// EndRequest is one person's demand to end an invoice, until another decides.
type EndRequest struct {
	ID      string
	Invoice InvoiceID
	Parties
	Kind      EndKind
	Reason    string
	State     string // "asked", "done", "refused"
	AskedBy   access.PersonID
	AskedAt   time.Time
	DecidedBy access.PersonID
	DecidedAt time.Time
}

// MayEnd decides whether the invoice can end that way. A numbered invoice
// keeps its number when it is void; an issued one is void only while nothing
// was paid, credited or disputed on it: after that a credit note corrects it.
func (i Invoice) MayEnd(kind EndKind) error {
	switch {
	case !i.State.MayBecome(kind.State()):
		return fault.Newf(fault.Conflict, "This invoice is %q and cannot become %s.", i.State.Word(), lower(kind.Word()))
	case kind == EndVoid && (i.PaidMinor != 0 || i.CreditedMinor != 0):
		return fault.New(fault.Conflict, "Something was paid or credited on this invoice. Write a credit note over the rest instead.")
	case i.DisputedMinor != 0:
		return fault.New(fault.Conflict, "A dispute on this invoice is open. Settle it first.")
	}
	return nil
}

func lower(word string) string { return string(word[0]|0x20) + word[1:] }

// BadDebt is what the vendor gave up hope for.
const BadDebt Account = "bad_debt"

// The kinds of entry of invoices that end unpaid.
const (
	VoidEntry    EntryKind = "void"
	BadDebtEntry EntryKind = "uncollectible"
)

// BadDebtEntries posts what is left of an uncollectible invoice as a loss of
// the vendor. The hospital still owes it, so its book stays.
func BadDebtEntries(i Invoice, at time.Time) []Entry {
	return both(Entry{
		Key: "uncollectible:" + string(i.ID), Kind: BadDebtEntry, SourceKind: "invoice", SourceID: string(i.ID),
		Parties: i.Parties, EffectiveAt: at,
	}, move(i.Due(), BadDebt, Receivable), nil)
}
