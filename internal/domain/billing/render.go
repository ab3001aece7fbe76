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

// NamedInvoice is an invoice with the names of its parties, as lists show it.
type NamedInvoice struct {
	Invoice
	VendorName   string
	HospitalName string
	Case         string // pseudonym, of an invoice per case
}

// NamedLine is a document's line with its invoice.
type NamedLine struct {
	NamedInvoice
	Line InvoiceLine
}

// File is a file's name and bytes.
type File struct {
	Name  string
	Bytes []byte
}
