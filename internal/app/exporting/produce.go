package exporting

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// memory is a file that is small enough to be held.
type memory struct{ bytes.Buffer }

// refusal is a document that the rules of a format keep back.
type refusal struct {
	number string
	err    error
}

// produce writes an export and returns the documents that were kept back. The
// number of items done is told as it goes.
func (d *Desk) produce(ctx context.Context, w io.Writer, in Input, items []item, asOf time.Time, actor access.Actor, tell func(done int) error) ([]refusal, error) {
	if _, extension := in.Format.Single(); extension != "" {
		return d.bundle(ctx, w, in, items, asOf, actor, tell)
	}
	q := d.Store.Read(ctx, actor.Scope())
	count := 0
	err := d.Writer.Table(w, in.Format, in.Filter.Columns, asOf, billing.ExportRows{
		Invoices: func(row func(billing.NamedInvoice) error) error {
			for _, i := range items {
				if err := row(i.invoice); err != nil {
					return err
				}
			}
			return nil
		},
		Lines: func(row func(billing.NamedLine) error) error { return lines(q, items, row) },
		Journal: func(row func(billing.JournalLine) error) error {
			return q.JournalLines(in.Filter.journal(), func(l billing.JournalLine) error {
				count++
				return row(l)
			})
		},
	})
	if err == nil && in.Format == billing.JournalCSV && count == 0 {
		err = fault.New(fault.NotFound, "Nothing was posted in this period. Widen it.")
	}
	return nil, err
}

// lines gives every line of every document; those of credit notes are
// negative, so that a column sums to what is owed.
func lines(q store.Queries, items []item, row func(billing.NamedLine) error) error {
	for _, i := range items {
		named, list, err := i.lines(q)
		if err != nil {
			return err
		}
		for _, l := range list {
			if err := row(billing.NamedLine{NamedInvoice: named, Line: l}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i item) lines(q store.Queries) (billing.NamedInvoice, []billing.InvoiceLine, error) {
	if !i.isCredit() {
		list, err := q.InvoiceLines(i.invoice.ID)
		return i.invoice, list, err
	}
	doc, err := q.CreditDocument(i.credit)
	named := i.invoice
	named.Invoice = doc.Invoice
	named.State = "credit_note"
	list := slices.Clone(doc.Lines)
	for n := range list {
		list[n].Quantity, list[n].NetMinor, list[n].TaxMinor = -list[n].Quantity, -list[n].NetMinor, -list[n].TaxMinor
	}
	return named, list, err
}

// bundle writes the documents into a zip, some at a time, and names those that
// were kept back in a table beside them.
func (d *Desk) bundle(ctx context.Context, w io.Writer, in Input, items []item, asOf time.Time, actor access.Actor, tell func(int) error) ([]refusal, error) {
	bundle := d.Writer.Bundle(w, asOf)
	r := d.renders(ctx, in.Format, actor)
	done := 0
	for part := range slices.Chunk(items, renderedAtOnce) {
		files, err := r.files(part)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if err := bundle.Add(f); err != nil {
				return nil, err
			}
		}
		done += len(part)
		if err := tell(done); err != nil {
			return nil, err
		}
	}
	if len(r.refused) > 0 {
		if err := bundle.Add(billing.File{Name: "refused.txt", Bytes: refusedText(r.refused)}); err != nil {
			return nil, err
		}
	}
	return r.refused, bundle.Close()
}

func refusedText(refused []refusal) []byte {
	var b strings.Builder
	b.WriteString("These documents are not in the bundle:\r\n")
	for _, r := range refused {
		b.WriteString(sentence(r.err) + "\r\n")
	}
	return []byte(b.String())
}

func sentence(err error) string {
	for _, f := range fault.All(err) {
		return f.Sentence
	}
	return err.Error()
}
