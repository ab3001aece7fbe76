package billing

import (
	"time"

	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
)

// InvoiceState is where an invoice stands. Paid, credited and disputed are
// amounts, not states; parked is a flag beside the state, so that a release
// returns to it.
type InvoiceState string

// The states of an invoice.
const (
	Collecting    InvoiceState = "collecting"
	Frozen        InvoiceState = "frozen"
	Approved      InvoiceState = "approved"
	DraftRemote   InvoiceState = "draft_remote"
	Verified      InvoiceState = "verified"
	Numbered      InvoiceState = "numbered"
	Open          InvoiceState = "open"
	Sent          InvoiceState = "sent"
	Paid          InvoiceState = "paid"
	Void          InvoiceState = "void"
	Uncollectible InvoiceState = "uncollectible"
)

// invoiceMoves is the state machine. Paid leads back to sent only by a
// reversed payment.
var invoiceMoves = map[InvoiceState][]InvoiceState{
	Collecting:  {Frozen},
	Frozen:      {Approved, Collecting},
	Approved:    {DraftRemote, Collecting},
	DraftRemote: {Verified, Frozen},
	Verified:    {Numbered, Frozen},
	Numbered:    {Open, Void},
	Open:        {Sent, Paid, Uncollectible, Void},
	Sent:        {Paid, Uncollectible, Void},
	Paid:        {Sent},
}

// InvoiceStates returns every state in the order of an invoice's life.
func InvoiceStates() []InvoiceState {
	return []InvoiceState{
		Collecting, Frozen, Approved, DraftRemote, Verified, Numbered, Open, Sent, Paid, Void, Uncollectible,
	}
}

// MayBecome reports whether an invoice may go from one state to the other.
func (s InvoiceState) MayBecome(next InvoiceState) bool {
	for _, allowed := range invoiceMoves[s] {
		if allowed == next {
			return true
		}
	}
	return false
}

// Issued reports whether the document is out: it never changes any more.
func (s InvoiceState) Issued() bool {
	switch s {
	case Open, Sent, Paid, Void, Uncollectible:
		return true
	}
	return false
}

// Payable reports whether money may be booked against the document.
func (s InvoiceState) Payable() bool { return s == Open || s == Sent }

// Word returns the state as people read it.
func (s InvoiceState) Word() string {
	switch s {
	case Collecting:
		return "Collecting"
	case Frozen:
		return "Waiting for approval"
	case Approved, DraftRemote, Verified, Numbered:
		return "Being issued"
	case Open:
		return "Open"
	case Sent:
		return "Sent"
	case Paid:
		return "Paid"
	case Void:
		return "Void"
	case Uncollectible:
		return "Uncollectible"
	}
	return string(s)
}

// Invoice is a document of one vendor to one hospital in one currency.
type Invoice struct {
	ID InvoiceID
	Parties
	Currency         money.Currency
	State            InvoiceState
	Parked           bool
	ParkedReason     string
	Window           Window
	Part             int // 1 for the first document of its window
	Number           string
	NetMinor         int64
	TaxMinor         int64
	TotalMinor       int64
	PaidMinor        int64
	CreditedMinor    int64
	DisputedMinor    int64     // of what is due, what the hospital disagrees with
	RebillOf         InvoiceID // the credited invoice that this one bills again; may be empty
	VoidReason       string    // why it ended void or uncollectible
	TaxCategory      string
	TaxRateBP        int
	PaymentDays      int
	PaymentReference string
	BuyerReference   string
	OrderReference   string // number of the purchase order, where one invoice answers one order
	IssuedOn         string // YYYY-MM-DD in the calendar of the site; empty before issue
	DueOn            string
	Provider         string
	Sample           bool // of a demo organisation: marked on every document
	Version          int64
	CreatedAt        time.Time
	ChangedAt        time.Time
}

// Amount makes an amount in the invoice's currency.
func (i Invoice) Amount(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: i.Currency}
}

// Net, Tax, Total and Due are the document's amounts; Due is what is still to pay.
func (i Invoice) Net() money.Amount { return i.Amount(i.NetMinor) }

// Tax is the tax of the whole document.
func (i Invoice) Tax() money.Amount { return i.Amount(i.TaxMinor) }

// Total is net plus tax.
func (i Invoice) Total() money.Amount { return i.Amount(i.TotalMinor) }

// Due is the total less payments and credits; below zero when paid money is
// owed back. Nothing is due of a void invoice.
func (i Invoice) Due() money.Amount {
	if i.State == Void {
		return i.Amount(0)
	}
	return i.Amount(i.TotalMinor - i.PaidMinor - i.CreditedMinor)
}

// Refundable is what was paid and then credited: it goes back to the hospital.
func (i Invoice) Refundable() money.Amount { return i.Amount(max(0, -i.Due().Minor)) }

// Overdue reports whether something is due after its due date.
func (i Invoice) Overdue(today civil.Date) bool {
	return i.State.Payable() && i.DueOn != "" && i.DueOn < today.String() && i.Due().Minor > 0
}

// StateAfterPayment returns the state that the amounts ask for: paid when
// nothing is left, back to sent when a payment was reversed.
func (i Invoice) StateAfterPayment() InvoiceState {
	switch {
	case i.State.Payable() && i.Due().Minor <= 0:
		return Paid
	case i.State == Paid && i.Due().Minor > 0:
		return Sent
	}
	return i.State
}

// DueDate adds payment days to the date of issue.
func DueDate(issued civil.Date, days int) civil.Date {
	t := time.Date(issued.Year, issued.Month, issued.Day, 12, 0, 0, 0, time.UTC)
	return civil.Of(t.AddDate(0, 0, days))
}
