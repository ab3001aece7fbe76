package invoicing

import (
	"context"
	"fmt"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
)

// advance carries one invoice as far as it goes by itself. Each step is a
// transaction of its own over the version that was read, so a second worker
// that comes late changes nothing.
func (d *Desk) advance(ctx context.Context, job store.Job) error {
	doc, err := d.document(ctx, billing.InvoiceID(job.Subject))
	if err != nil {
		return err
	}
	for !doc.Invoice.Parked {
		step, known := d.steps()[doc.Invoice.State]
		if !known {
			break
		}
		next, err := step(ctx, doc)
		if err != nil {
			return err
		}
		if next.State == doc.Invoice.State {
			break // waits for a person
		}
		doc.Invoice = next
	}
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		tx.Audit(note(doc.Invoice, "invoice.advanced", map[string]string{"state": string(doc.Invoice.State)}))
		return tx.FinishJob(job)
	})
}

type step func(context.Context, billing.Document) (billing.Invoice, error)

// steps names what follows each state. States that are not here wait for a
// person or are an end.
func (d *Desk) steps() map[billing.InvoiceState]step {
	return map[billing.InvoiceState]step{
		billing.Frozen:      d.approve,
		billing.Approved:    d.draft,
		billing.DraftRemote: d.verify,
		billing.Verified:    d.number,
		billing.Numbered:    d.issue,
		billing.Open:        d.deliver,
	}
}

// document reads everything a document shows.
func (d *Desk) document(ctx context.Context, id billing.InvoiceID) (billing.Document, error) {
	q := d.Store.Read(ctx, access.Everything())
	var doc billing.Document
	var err error
	if doc.Invoice, err = q.Invoice(id); err != nil {
		return doc, err
	}
	if doc.Seller, err = q.Organisation(doc.Invoice.Vendor); err != nil {
		return doc, err
	}
	if doc.Payer, err = q.Organisation(doc.Invoice.Hospital); err != nil {
		return doc, err
	}
	doc.Lines, err = q.InvoiceLines(id)
	return doc, err
}

// approve passes an invoice on whose agreement issues by itself.
func (d *Desk) approve(ctx context.Context, doc billing.Document) (billing.Invoice, error) {
	return d.save(ctx, doc.Invoice, "invoice.approved", func(tx *store.Tx, i *billing.Invoice) error {
		terms, err := tx.InvoiceTerms(i.ID)
		if err == nil && terms.IssueMode == consign.IssueAuto {
			i.State = billing.Approved
		}
		return err
	})
}

func (d *Desk) draft(ctx context.Context, doc billing.Document) (billing.Invoice, error) {
	provider, err := d.Provider.Draft(ctx, doc)
	if err != nil {
		return doc.Invoice, err
	}
	return d.save(ctx, doc.Invoice, "invoice.drafted", func(_ *store.Tx, i *billing.Invoice) error {
		i.State, i.Provider = billing.DraftRemote, provider
		return nil
	})
}

// verify compares what the provider holds with the frozen lines. A difference
// is never sent out.
func (d *Desk) verify(ctx context.Context, doc billing.Document) (billing.Invoice, error) {
	held, err := d.Provider.ReadBack(ctx, doc)
	if err != nil {
		return doc.Invoice, err
	}
	i := doc.Invoice
	want := billing.Held{
		Lines: len(doc.Lines), Currency: string(i.Currency), NetMinor: i.NetMinor, TaxMinor: i.TaxMinor, TotalMinor: i.TotalMinor,
	}
	if held != want {
		return i, fault.Newf(fault.Conflict, "The provider holds %d lines and %s in total; frozen are %d lines and %s. Nothing was issued.",
			held.Lines, i.Amount(held.TotalMinor).Format("en"), want.Lines, i.Total().Format("en"))
	}
	return d.save(ctx, i, "invoice.verified", func(_ *store.Tx, i *billing.Invoice) error {
		i.State = billing.Verified
		return nil
	})
}

// number takes the next number of the vendor's series in the transaction that
// enters numbered, and fixes the dates.
func (d *Desk) number(ctx context.Context, doc billing.Document) (billing.Invoice, error) {
	if doc.Seller.InvoicePrefix == "" {
		return doc.Invoice, fault.New(fault.Invalid, "The vendor has no prefix for invoice numbers. Set it in the vendor's details, then release this invoice.")
	}
	issuedAs, err := d.Provider.IssuedNumber(ctx, doc)
	if err != nil {
		return doc.Invoice, err
	}
	return d.save(ctx, doc.Invoice, "invoice.numbered", func(tx *store.Tx, i *billing.Invoice) error {
		terms, err := tx.InvoiceTerms(i.ID)
		if err != nil {
			return err
		}
		zone, err := time.LoadLocation(terms.TimeZone)
		if err != nil {
			return err
		}
		issued := civil.Of(tx.Now().In(zone))
		if i.Number, err = takeNumber(tx, doc, issued.Year, issuedAs); err != nil {
			return err
		}
		i.State = billing.Numbered
		i.PaymentReference = billing.PaymentReference(i.Number)
		i.IssuedOn, i.DueOn = issued.String(), billing.DueDate(issued, i.PaymentDays).String()
		return nil
	})
}

// takeNumber is the next number of the series, or the one under which the
// provider has issued the document before the database was restored.
func takeNumber(tx *store.Tx, doc billing.Document, year int, issuedAs string) (string, error) {
	prefix := doc.Seller.InvoicePrefix
	if issuedAs != "" {
		year, n, ours := billing.NumberParts(prefix, issuedAs)
		if !ours {
			return "", fault.Newf(fault.Invalid, "The provider has issued this invoice as %q, which is no number of the series %q.", issuedAs, prefix)
		}
		return issuedAs, tx.RaiseNumber(doc.Invoice.Parties, "invoice", year, prefix, n)
	}
	n, err := tx.NextNumber(doc.Invoice.Parties, "invoice", year, prefix)
	return billing.DocumentNumber(prefix, year, n), err
}

// issue makes the document valid: its bytes are stored and both books posted
// with the state, or nothing is.
func (d *Desk) issue(ctx context.Context, doc billing.Document) (billing.Invoice, error) {
	if err := d.Provider.Finalize(ctx, doc); err != nil {
		return doc.Invoice, err
	}
	shown := doc
	shown.Invoice.State = billing.Open
	bytes, err := d.Renderer.Invoice(shown)
	if err != nil {
		return doc.Invoice, fmt.Errorf("render invoice %s: %w", doc.Invoice.ID, err)
	}
	return d.save(ctx, doc.Invoice, "invoice.issued", func(tx *store.Tx, i *billing.Invoice) error {
		_, err := tx.AddRender(store.Render{
			Invoice: i.ID, Parties: i.Parties, Format: "pdf", Renderer: d.Renderer.Name(), Bytes: bytes,
		})
		if err != nil {
			return err
		}
		i.State = billing.Open
		return tx.Post(billing.IssueEntries(*i, tx.Now()))
	})
}

// deliver shows the invoice to the hospital. A document over nothing is paid
// with its issue.
func (d *Desk) deliver(ctx context.Context, doc billing.Document) (billing.Invoice, error) {
	if err := d.Provider.Deliver(ctx, doc); err != nil {
		return doc.Invoice, err
	}
	return d.save(ctx, doc.Invoice, "invoice.sent", func(_ *store.Tx, i *billing.Invoice) error {
		i.State = billing.Sent
		return nil
	})
}

// save runs one step over the version of the invoice that was read. A step
// that leaves the state as it is changes nothing.
func (d *Desk) save(ctx context.Context, read billing.Invoice, action string, change func(*store.Tx, *billing.Invoice) error) (billing.Invoice, error) {
	var saved billing.Invoice
	err := d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		next := read
		if err := change(tx, &next); err != nil {
			return err
		}
		if next.State == read.State {
			saved = read
			return nil
		}
		var err error
		if saved, err = tx.SaveInvoice(read.State, next); err != nil {
			return err
		}
		tx.Audit(note(saved, action, map[string]string{"number": saved.Number, "state": string(saved.State)}))
		return nil
	})
	return saved, err
}
