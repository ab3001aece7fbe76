package exporting

import (
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// item is one document of an export: an invoice or a credit note.
type item struct {
	invoice billing.NamedInvoice
	credit  billing.CreditNote // with an id for a credit note
}

func (i item) isCredit() bool { return i.credit.ID != "" }

func (i item) number() string {
	if i.isCredit() {
		return i.credit.Number
	}
	return i.invoice.Number
}

// mostXero is how many invoices one import of Xero takes.
const mostXero = 500

var errTooMany = fault.New(fault.TooLarge, "This is more than one export should hold. Choose a shorter period or one vendor.")

// items lists what the filter asks for: issued invoices, then – unless a state
// of invoices is asked for – issued credit notes.
func (d *Desk) items(q store.Queries, in Input) ([]item, error) {
	if in.Format == billing.JournalCSV {
		return nil, nil
	}
	var out []item
	err := q.AllInvoices(in.Filter.invoices(), func(r store.InvoiceRow) error {
		if !in.Filter.changed(r.ChangedAt) {
			return nil
		}
		if len(out) == mostInvoices {
			return errTooMany
		}
		out = append(out, item{invoice: r})
		return nil
	})
	if err == nil && in.Filter.Status == "" && in.Format != billing.InvoicesCSV && in.Format != billing.InvoicesXLSX {
		err = q.AllCredits(in.Filter.credits(), func(c store.NamedCredit) error {
			if !in.Filter.changed(c.DecidedAt) {
				return nil
			}
			if len(out) == mostInvoices {
				return errTooMany
			}
			named := billing.NamedInvoice{VendorName: c.VendorName, HospitalName: c.HospitalName}
			named.Parties, named.ID, named.Currency = c.Parties, c.Invoice, c.Currency
			out = append(out, item{invoice: named, credit: c.CreditNote})
			return nil
		})
	}
	if err == nil && in.Format == billing.XeroCSV && len(out) > mostXero {
		err = fault.New(fault.TooLarge, "Xero takes at most 500 invoices a file. Choose a shorter period or one vendor.")
	}
	if err == nil && len(out) == 0 {
		err = fault.New(fault.NotFound, "No issued invoice matches. Widen the period or the status.")
	}
	return out, err
}

// changed reports whether something of that instant is newer than what was
// taken before.
func (f Filter) changed(at time.Time) bool {
	since, err := time.Parse(time.RFC3339Nano, f.ChangedSince)
	return err != nil || at.After(since)
}

func (f Filter) invoices() store.InvoiceFilter {
	out := store.InvoiceFilter{
		Vendor: f.Vendor, Hospital: f.Hospital, IssuedFrom: f.From, IssuedTo: f.To,
		States: []billing.InvoiceState{billing.Open, billing.Sent, billing.Paid, billing.Void, billing.Uncollectible},
	}
	if f.Status != "" {
		out.States = []billing.InvoiceState{f.Status}
	}
	if f.From == "" {
		out.IssuedFrom = "0001-01-01" // leaves out what is not issued
	}
	return out
}

func (f Filter) credits() store.CreditFilter {
	return store.CreditFilter{
		Vendor: f.Vendor, Hospital: f.Hospital, IssuedFrom: f.From, IssuedTo: f.To, States: []billing.CreditState{billing.CreditIssued},
	}
}

// journal bounds facts by their day in UTC.
func (f Filter) journal() store.JournalFilter {
	out := store.JournalFilter{Parties: billing.Parties{Vendor: f.Vendor, Hospital: f.Hospital}}
	if t, err := time.Parse(time.DateOnly, f.From); err == nil {
		out.From = t
	}
	if t, err := time.Parse(time.DateOnly, f.To); err == nil {
		out.To = t.AddDate(0, 0, 1)
	}
	return out
}

// document reads everything that a document shows.
func (i item) document(q store.Queries, all store.Queries, details map[access.OrganisationID]billing.PartyDetails) (doc billing.Document, err error) {
	if i.isCredit() {
		doc, err = q.CreditDocument(i.credit)
	} else {
		doc, err = q.InvoiceDocument(i.invoice.ID)
	}
	if err != nil {
		return doc, err
	}
	for _, id := range []access.OrganisationID{doc.Seller.ID, doc.Payer.ID} {
		if _, known := details[id]; known {
			continue
		}
		if details[id], err = all.PartyDetails(id); err != nil {
			return doc, err
		}
	}
	doc.SellerDetails, doc.PayerDetails = details[doc.Seller.ID], details[doc.Payer.ID]
	return doc, nil
}
