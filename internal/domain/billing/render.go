package billing

import "trueward/internal/domain/access"

// TopicLine is the outbox topic of a vendor line whose undo time ends;
// TopicInvoice that of an invoice that goes on by itself.
const (
	TopicLine    = "line.billable"
	TopicInvoice = "invoice.advance"
)

// DocumentKind says what a document does to what is owed.
type DocumentKind string

// The kinds. A document without one is an invoice.
const (
	InvoiceDocument    DocumentKind = "invoice"
	CreditNoteDocument DocumentKind = "credit_note"
)

// DocumentReference names an earlier document.
type DocumentReference struct {
	Number   string
	IssuedOn string // YYYY-MM-DD
}

// Document is everything that a rendered invoice or credit note shows. Equal
// documents render to equal bytes. The amounts of a credit note are positive,
// as those of its lines: its kind says that they are taken off.
type Document struct {
	Kind     DocumentKind
	Original *DocumentReference // the invoice that a credit note corrects
	Invoice  Invoice            // of a credit note: its own number, dates and sums
	Seller   access.Organisation
	Payer    access.Organisation
	// SellerDetails and PayerDetails are for electronic documents.
	SellerDetails PartyDetails
	PayerDetails  PartyDetails
	Lines         []InvoiceLine
}

// IsCredit reports whether the document takes off what an invoice asked for.
func (d Document) IsCredit() bool { return d.Kind == CreditNoteDocument }

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
