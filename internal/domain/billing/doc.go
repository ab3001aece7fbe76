// Package billing holds the rules by which a usage becomes money: the price
// decided at the moment of use with its reasons, the vendor's line, the
// invoice and its states, tax, numbers, payments, and the double-entry journal
// of both sides.
//
// It promises that every function is pure (time is an argument), that amounts
// are whole minor units, and that a document's total is the sum of its lines
// and of its postings. It does not store, number or send anything by itself.
package billing

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/usage"
)

// DecisionID, LineID, InvoiceID, PaymentID and EntryID are UUIDv7 texts.
type (
	DecisionID string
	LineID     string
	InvoiceID  string
	PaymentID  string
	EntryID    string
)

// Parties are the seller and the payer of an amount.
type Parties struct {
	Vendor   access.OrganisationID
	Hospital access.OrganisationID
}

// UsageID is the usage that money follows.
type UsageID = usage.ID
