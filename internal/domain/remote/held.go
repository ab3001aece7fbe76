package remote

import (
	"time"
)

// InvoiceStatus is the service's word for where a document stands.
type InvoiceStatus string

// The statuses of a document at the service.
const (
	DraftStatus         InvoiceStatus = "draft"
	OpenStatus          InvoiceStatus = "open"
	PaidStatus          InvoiceStatus = "paid"
	VoidStatus          InvoiceStatus = "void"
	UncollectibleStatus InvoiceStatus = "uncollectible"
)

// Invoice is a document as the service holds it; amounts in its units.
type Invoice struct {
	ID        string
	Ours      string // our id, from its marks; empty when it is not ours
	Customer  string
	Status    InvoiceStatus
	Number    string
	Currency  string // upper case
	Subtotal  int64
	Tax       int64
	Total     int64
	Paid      int64
	Remaining int64
	Credited  int64 // before and after payment
	Elsewhere bool  // paid outside of the service
	Starting  int64 // customer balance that was drawn on
	HostedURL string
	PDF       string
	Charge    string // of its payment
	CreatedAt time.Time
	PaidAt    time.Time
}

// Line is a line of a document as the service holds it.
type Line struct {
	ID      string // of the document's line
	Item    string // of the item behind it
	Ours    string // our line's id, from its marks
	Amount  int64
	Tax     int64
	Taxed   bool
	TaxRate string
}

// Customer is a payer as the service holds it.
type Customer struct {
	ID      string
	Ours    string
	Balance int64
}

// CreditNote is a credit note as the service holds it.
type CreditNote struct {
	ID      string
	Ours    string
	Invoice string
	Number  string
	Amount  int64
	Void    bool
}

// Charge is a payment as the service holds it.
type Charge struct {
	ID       string
	Invoice  string
	Amount   int64
	Refunded int64
	Disputed bool
	Paid     bool
}

// Dispute is a payment that its payer contests.
type Dispute struct {
	ID       string
	Charge   string
	Amount   int64
	Currency string
	Status   string
}

// Open reports whether the money is with the payer's bank for now; lost, that
// it stays there.
func (d Dispute) Open() bool {
	switch d.Status {
	case "won", "lost", "warning_needs_response", "warning_under_review", "warning_closed":
		return false
	}
	return true
}

// Lost reports whether the payer's bank keeps the money.
func (d Dispute) Lost() bool { return d.Status == "lost" }

// Account is a connected account as the service holds it.
type Account struct {
	ID       string
	Charges  bool // may take payments
	Payouts  bool
	Complete bool // the owner has told everything
	Reason   string
}

// StatusOf is the connection's status that an account's facts ask for.
func (a Account) StatusOf() Status {
	switch {
	case a.Charges:
		return Active
	case a.Complete:
		return Restricted
	}
	return Onboarding
}

// Movement is a line of the account's balance; amounts in its units.
type Movement struct {
	ID        string
	Type      string // "charge", "payment", "refund", "payout", "adjustment" …
	Currency  string
	Amount    int64
	Fee       int64
	Net       int64
	Source    string
	Charge    string // the payment behind it; empty for none
	CreatedAt time.Time
}

// Payout is money on its way to the vendor's bank.
type Payout struct {
	ID       string
	Currency string
	Amount   int64
	Status   string
}

// Event is a notice of the service: something about an object changed. What
// changed is looked up, never taken from the notice.
type Event struct {
	ID         string
	Type       string
	Account    string // empty for the key's own account
	Live       bool
	APIVersion string
	ObjectKind string
	Object     string
	CreatedAt  time.Time
}

// Mode of the event.
func (e Event) Mode() Mode {
	if e.Live {
		return Live
	}
	return Test
}
