package billing

import (
	"time"

	"trueward/internal/standard/money"
)

// ThroughStripe is the method of money that came through Stripe; it is booked
// by the product, never by hand.
const ThroughStripe PaymentMethod = "stripe"

// Accounts of a vendor whose money comes through a payment service.
const (
	Fees         Account = "payment_fees"
	Bank         Account = "bank"
	ContestedNow Account = "contested_payments"
)

// The kinds of entry that a payment service causes.
const (
	FeeEntry     EntryKind = "payment_fee"
	PayoutEntry  EntryKind = "payout"
	ContestEntry EntryKind = "payment_contested"
)

// FeeEntries posts what the payment service keeps of a payment, or asks for a
// contested one. movement is the service's id, so that nothing posts twice.
func FeeEntries(movement string, i InvoiceID, p Parties, fee money.Amount, at time.Time) []Entry {
	return both(Entry{
		Key: "fee:" + movement, Kind: FeeEntry, SourceKind: "invoice", SourceID: string(i), Parties: p, EffectiveAt: at,
	}, move(fee, Fees, Clearing), nil)
}

// PayoutEntries posts what reached the vendor's bank of a hospital's money.
func PayoutEntries(payout string, p Parties, net money.Amount, at time.Time) []Entry {
	return both(Entry{
		Key: "payout:" + payout + ":" + string(p.Hospital), Kind: PayoutEntry, SourceKind: "payout", SourceID: payout, Parties: p, EffectiveAt: at,
	}, move(net, Bank, Clearing), nil)
}

// ContestEntries posts money that the payer's bank has taken back, and with a
// negative amount its return.
func ContestEntries(key string, i InvoiceID, p Parties, amount money.Amount, at time.Time) []Entry {
	return both(Entry{
		Key: key, Kind: ContestEntry, SourceKind: "invoice", SourceID: string(i), Parties: p, EffectiveAt: at,
	}, move(amount, ContestedNow, Clearing), nil)
}
