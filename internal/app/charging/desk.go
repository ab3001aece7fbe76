// Package charging carries issued documents to Stripe and what happens there
// back into the books: drafts, numbers, delivery, payments, refunds, disputes,
// fees and payouts.
//
// It promises that every changing call is written down and committed before it
// is made, that one invoice never becomes two at Stripe whatever is lost,
// repeated or restored, and that a notice has one effect however often and in
// whatever order it comes. What it cannot decide it leaves to people with a
// sentence: a parked invoice, or a finding. It sends nothing of a patient, and
// it issues, prices and numbers nothing by itself.
package charging

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// Name is what invoices that go over Stripe carry as their provider.
const Name = "stripe"

// Gateway is the door to Stripe.
type Gateway interface {
	Do(ctx context.Context, e remote.Entry, call remote.Call) (remote.Answer, error)

	Invoice(ctx context.Context, e remote.Entry, id string) (remote.Invoice, error)
	InvoicesSince(ctx context.Context, e remote.Entry, customer string, since time.Time, visit func(remote.Invoice) bool) error
	Lines(ctx context.Context, e remote.Entry, id string) ([]remote.Line, error)
	Customers(ctx context.Context, e remote.Entry, visit func(remote.Customer) bool) error
	CreditNotes(ctx context.Context, e remote.Entry, invoice string) ([]remote.CreditNote, error)
	CreditNote(ctx context.Context, e remote.Entry, id string) (remote.CreditNote, error)
	WasSent(ctx context.Context, e remote.Entry, invoice string, since time.Time) (bool, error)

	Charge(ctx context.Context, e remote.Entry, id string) (remote.Charge, error)
	Dispute(ctx context.Context, e remote.Entry, id string) (remote.Dispute, error)
	Disputes(ctx context.Context, e remote.Entry, charge string) ([]remote.Dispute, error)
	Payout(ctx context.Context, e remote.Entry, id string) (remote.Payout, error)
	Movements(ctx context.Context, e remote.Entry, payout string, since time.Time, visit func(remote.Movement) bool) error

	Account(ctx context.Context, e remote.Entry, id string) (remote.Account, error)
	NewAccount(ctx context.Context, e remote.Entry, key, vendor, email, country string) (remote.Account, error)
	SetUpLink(ctx context.Context, e remote.Entry, account, back string) (string, error)

	// Open checks a notice's signature and reads it; it returns which secret
	// fitted.
	Open(body []byte, header string, secrets []remote.Secret, now time.Time) (remote.Event, int, error)
}

// Secrets keeps keys and signing secrets, sealed.
type Secrets interface {
	PutSecret(ref, text string) error
	Secret(ref string) (string, error)
}

// Platform is what the installation itself has at Stripe, per mode: its key,
// for vendors' connected accounts, and the signing secrets of its endpoint.
type Platform struct {
	Keys  map[remote.Mode]remote.Secret
	Hooks map[remote.Mode][]remote.Secret
}

// Desk charges.
type Desk struct {
	Store    *store.Store
	Gateway  Gateway
	Secrets  Secrets
	Platform Platform
	Log      *slog.Logger

	// restUntil (microseconds) keeps what failed from being tried again before a
	// while: trying itself wakes the worker.
	restUntil atomic.Int64
}

var worker = access.System("charging")

// entry is what it takes to speak for a connection.
func (d *Desk) entry(c remote.Connection) (remote.Entry, error) {
	if c.KeyRef == "" {
		key := d.Platform.Keys[c.Mode]
		if key == "" {
			return remote.Entry{}, fault.New(fault.Invalid, "This server has no key for its own Stripe account in this mode. Whoever runs it sets one; see docs/stripe.md.")
		}
		return remote.Entry{Key: key, Account: c.Account}, nil
	}
	key, err := d.Secrets.Secret(c.KeyRef)
	if err != nil {
		return remote.Entry{}, fault.Wrap(fault.Invalid, "The vendor's Stripe key is not in the vault. Enter it again on the Stripe page.", err)
	}
	return remote.Entry{Key: remote.Secret(key), Account: c.Account}, nil
}

func (d *Desk) all(ctx context.Context) store.Queries { return d.Store.Read(ctx, access.Everything()) }
