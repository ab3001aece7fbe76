package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"trueward/internal/domain/billing"
)

// Step names one changing call to the service.
type Step string

// The steps, in the order of a document's life.
const (
	MakeCustomer Step = "customer"
	MakeDraft    Step = "invoice"
	AddItem      Step = "item"
	SetTax       Step = "line_tax"
	SetNumber    Step = "number"
	Finalize     Step = "finalize"
	SendOut      Step = "send"
	DropItem     Step = "drop_item"
	DropDraft    Step = "drop_draft"
	MakeCredit   Step = "credit"
	VoidInvoice  Step = "void"
	PayElsewhere Step = "pay"
	WriteOff     Step = "uncollectible"
)

// OpState is where an operation stands.
type OpState string

// The states of an operation. Sent is committed before the call: the service
// may or may not know of it. Unknown must be looked up before anything else.
const (
	OpSent    OpState = "sent"
	OpDone    OpState = "done"
	OpUnknown OpState = "unknown"
	OpFailed  OpState = "failed"
)

// OpID is a UUIDv7 text.
type OpID string

// Op is a changing call, written down before it is made.
type Op struct {
	ID         OpID
	Connection ConnectionID
	billing.Parties
	Invoice billing.InvoiceID // empty for what belongs to no invoice
	Step    Step
	// Subject is what the step is about: an invoice, a line, a customer.
	Subject string
	// Epoch counts the keys of a step and subject: a new one only after a
	// look that found nothing.
	Epoch       int
	Key         string
	Target      string // what the call is about where it is no new thing
	Params      string // JSON, as sent, verbatim
	FirstSentAt time.Time
	State       OpState
	HTTPStatus  int
	Code        string // of the service's error
	RequestID   string
	Object      string // what the call made or changed
}

// KeyOf is the idempotency key of an operation: the same step on the same
// subject has the same key for as long as its epoch lasts.
func KeyOf(mode Mode, step Step, subject string, epoch int) string {
	return fmt.Sprintf("tw-%s:%s:%s:e%d", mode, step, subject, epoch)
}

// ParamsSHA256 is the digest (hex) of an operation's parameters.
func (o Op) ParamsSHA256() string {
	sum := sha256.Sum256([]byte(o.Params))
	return hex.EncodeToString(sum[:])
}

// keyLife is how long a key is trusted: the service may forget it after 24 h.
const keyLife = 20 * time.Hour

// Next says what to do with an operation.
type Next string

// What may be next.
const (
	SendNew   Next = "send"       // there is none yet: write it down and send
	SendAgain Next = "send_again" // same key, same parameters
	LookFirst Next = "look"       // read back; only if absent, a new epoch
	Nothing   Next = "nothing"    // it is done
)

// After says what is next for an operation that was written down before.
func (o Op) After(now time.Time) Next {
	switch {
	case o.State == OpDone:
		return Nothing
	case o.State == OpSent && now.Sub(o.FirstSentAt) < keyLife:
		return SendAgain
	}
	return LookFirst
}

// Outcome is what an answer means for its operation.
type Outcome string

// The outcomes of a call.
const (
	Done      Outcome = "done"
	AgainSoon Outcome = "again_soon" // same key after a while
	Look      Outcome = "look"       // not known whether it was done
	Refused   Outcome = "refused"    // a person must do something
)

// Answer is what came back from a changing call.
type Answer struct {
	Outcome    Outcome
	HTTPStatus int // 0 when no answer came
	Code       string
	RequestID  string
	Object     string // id of what was made or changed
	// Reason is the service's own words on a refusal, cut to one line; they
	// name parameters and ids, never a person.
	Reason string
}

// StateAfter is the operation's state after an answer.
func (a Answer) StateAfter() OpState {
	switch a.Outcome {
	case Done:
		return OpDone
	case AgainSoon:
		return OpSent
	case Refused:
		return OpFailed
	}
	return OpUnknown
}

// Classify says what an answer means, by status and error code alone: a 429 may
// come with any type of error. status 0 means that no answer came, readable
// that it was the service's own form.
func Classify(status int, code string, readable bool) Outcome {
	switch {
	case status == 0 || status == 503 || status == 409:
		return AgainSoon
	case !readable:
		return Look
	case status >= 200 && status < 300:
		return Done
	case status == 429 && code == "lock_timeout":
		return Look
	case status == 429:
		return AgainSoon
	case status >= 500:
		return Look
	}
	return Refused
}
