package stripe

import (
	api "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/account"
	"github.com/stripe/stripe-go/v76/accountlink"
	"github.com/stripe/stripe-go/v76/balancetransaction"
	"github.com/stripe/stripe-go/v76/charge"
	"github.com/stripe/stripe-go/v76/creditnote"
	"github.com/stripe/stripe-go/v76/customer"
	"github.com/stripe/stripe-go/v76/dispute"
	"github.com/stripe/stripe-go/v76/event"
	"github.com/stripe/stripe-go/v76/invoice"
	"github.com/stripe/stripe-go/v76/invoiceitem"
	"github.com/stripe/stripe-go/v76/invoicelineitem"
	"github.com/stripe/stripe-go/v76/payout"
)

// resources are the parts of Stripe's API that are used, of one key. The
// library's own client holds all of it, and would bring every object of Stripe
// into the program.
type resources struct {
	Accounts            account.Client
	AccountLinks        accountlink.Client
	BalanceTransactions balancetransaction.Client
	Charges             charge.Client
	CreditNotes         creditnote.Client
	Customers           customer.Client
	Disputes            dispute.Client
	Events              event.Client
	Invoices            invoice.Client
	InvoiceItems        invoiceitem.Client
	InvoiceLineItems    invoicelineitem.Client
	Payouts             payout.Client
}

func newResources(key string, b api.Backend) *resources {
	return &resources{
		Accounts:            account.Client{B: b, Key: key},
		AccountLinks:        accountlink.Client{B: b, Key: key},
		BalanceTransactions: balancetransaction.Client{B: b, Key: key},
		Charges:             charge.Client{B: b, Key: key},
		CreditNotes:         creditnote.Client{B: b, Key: key},
		Customers:           customer.Client{B: b, Key: key},
		Disputes:            dispute.Client{B: b, Key: key},
		Events:              event.Client{B: b, Key: key},
		Invoices:            invoice.Client{B: b, Key: key},
		InvoiceItems:        invoiceitem.Client{B: b, Key: key},
		InvoiceLineItems:    invoicelineitem.Client{B: b, Key: key},
		Payouts:             payout.Client{B: b, Key: key},
	}
}
