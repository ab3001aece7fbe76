package billing

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// PaymentMethod is how money came.
type PaymentMethod string

// The methods recorded by hand.
const (
	BankTransfer PaymentMethod = "bank_transfer"
	Cheque       PaymentMethod = "cheque"
	Card         PaymentMethod = "card"
	OtherMethod  PaymentMethod = "other"
)

// PaymentMethods returns every method.
func PaymentMethods() []PaymentMethod {
	return []PaymentMethod{BankTransfer, Cheque, Card, OtherMethod}
}

// Word returns the method as people read it.
func (m PaymentMethod) Word() string {
	switch m {
	case BankTransfer:
		return "Bank transfer"
	case Cheque:
		return "Cheque"
	case Card:
		return "Card"
	}
	return "Other"
}

// Payment is money received for an invoice or, with a negative amount and
// Reverses set, a wrong payment taken back. It is never changed.
type Payment struct {
	ID      PaymentID
	Invoice InvoiceID
	Parties
	Amount     money.Amount
	ReceivedOn string // YYYY-MM-DD
	Method     PaymentMethod
	Reference  string
	Reverses   PaymentID
	Reason     string
	Actor      access.PersonID
	RecordedAt time.Time
}

// Accept decides whether a payment may be booked on the invoice: it is
// payable, the currency fits, and the amount is above zero and at most what is
// due.
func (i Invoice) Accept(amount money.Amount) error {
	switch {
	case i.State == Paid:
		return fault.New(fault.Conflict, "This invoice is already paid in full. Look at its payments before booking another.")
	case !i.State.Payable():
		return fault.Newf(fault.Conflict, "This invoice is %q: a payment can be booked once it is issued.", i.State.Word())
	case amount.Currency != i.Currency:
		return fault.At("amount", "The invoice is in "+string(i.Currency)+". Enter the amount in that currency.")
	case amount.Minor <= 0:
		return fault.At("amount", "Enter an amount above zero.")
	case amount.Minor > i.Due().Minor:
		return fault.At("amount", "Only "+i.Due().Format("en")+" is due. Enter at most that amount; return the rest to the payer.")
	}
	return nil
}
