package billing

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/standard/money"
)

// StatementKind says what a line of a statement is.
type StatementKind string

// The kinds of line.
const (
	StatementInvoice  StatementKind = "invoice"
	StatementVoid     StatementKind = "void"
	StatementCredit   StatementKind = "credit_note"
	StatementPayment  StatementKind = "payment"
	StatementRefund   StatementKind = "refund"
	StatementReversed StatementKind = "reversed"
)

// Word returns the kind as people read it.
func (k StatementKind) Word() string {
	switch k {
	case StatementInvoice:
		return "Invoice"
	case StatementVoid:
		return "Voided invoice"
	case StatementCredit:
		return "Credit note"
	case StatementPayment:
		return "Payment"
	case StatementRefund:
		return "Refund"
	}
	return "Taken back"
}

// StatementLine is one fact of an account. Minor is above zero where the
// hospital owes more by it; Balance is what it owes after it.
type StatementLine struct {
	Date       string // YYYY-MM-DD: of issue, or the day on which it was booked
	Kind       StatementKind
	Document   string // number of the invoice or credit note; of a payment, the invoice it is for
	Corrects   string // of a credit note: number of the invoice
	DueOn      string // of an invoice
	Method     PaymentMethod
	Reference  string // of a payment
	ReceivedOn string // of a payment: the day the money moved
	Minor      int64
	Balance    int64

	at time.Time // orders the facts of a day
}

// OpenItem is an invoice that is not settled at a statement's last day.
// OpenMinor is below zero where money is owed back; DisputedMinor is the part
// of it that is disagreed on.
type OpenItem struct {
	Number        string
	IssuedOn      string
	DueOn         string
	DaysLate      int // 0 until the day after the due date
	GivenUp       bool
	OpenMinor     int64
	DisputedMinor int64
}

// LateBucket is how late an open item is.
type LateBucket string

// The buckets, as the report on what is due has them.
const (
	NotYetDue LateBucket = "not yet due"
	Late30    LateBucket = "1–30 days late"
	Late60    LateBucket = "31–60 days late"
	LateMore  LateBucket = "over 60 days late"
	OwedBack  LateBucket = "owed back"
)

// LateBuckets returns the buckets in their order.
func LateBuckets() []LateBucket { return []LateBucket{NotYetDue, Late30, Late60, LateMore, OwedBack} }

// Bucket returns where an item belongs.
func (o OpenItem) Bucket() LateBucket {
	switch {
	case o.OpenMinor < 0:
		return OwedBack
	case o.DaysLate == 0:
		return NotYetDue
	case o.DaysLate <= 30:
		return Late30
	case o.DaysLate <= 60:
		return Late60
	}
	return LateMore
}

// Statement is the account between one vendor and one hospital in one currency
// over a period. The closing balance is the sum of what is open.
type Statement struct {
	Vendor, Hospital access.Organisation
	Currency         money.Currency
	From, To         string // YYYY-MM-DD, both inclusive
	Opening, Closing int64
	Lines            []StatementLine
	Open             []OpenItem // by due date
}

// Amount makes an amount in the statement's currency.
func (s Statement) Amount(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: s.Currency}
}

// Invoices is how many invoices the statement names among its facts.
func (s Statement) Invoices() (count int) {
	for _, l := range s.Lines {
		if l.Kind == StatementInvoice {
			count++
		}
	}
	return count
}

// Disputed is the part of the closing balance that is disagreed on.
func (s Statement) Disputed() (minor int64) {
	for _, o := range s.Open {
		minor += o.DisputedMinor
	}
	return minor
}

// GivenUp is the part of the closing balance that the vendor wrote off. The
// hospital still owes it.
func (s Statement) GivenUp() (minor int64) {
	for _, o := range s.Open {
		if o.GivenUp {
			minor += o.OpenMinor
		}
	}
	return minor
}

// Aged sums what is open by how late it is.
func (s Statement) Aged() map[LateBucket]int64 {
	out := map[LateBucket]int64{}
	for _, o := range s.Open {
		out[o.Bucket()] += o.OpenMinor
	}
	return out
}
