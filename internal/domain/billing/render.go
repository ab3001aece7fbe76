package billing

import "trueward/internal/domain/access"

// TopicLine is the outbox topic of a vendor line whose undo time ends;
// TopicInvoice that of an invoice that goes on by itself.
const (
	TopicLine    = "line.billable"
	TopicInvoice = "invoice.advance"
)

// Document is everything that a rendered invoice shows. Equal documents render
// to equal bytes.
type Document struct {
	Invoice Invoice
	Seller  access.Organisation
	Payer   access.Organisation
	Lines   []InvoiceLine
}
