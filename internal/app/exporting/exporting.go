// Package exporting takes invoices and their lines out as files: CSV tables,
// the stored PDF of an invoice, and bundles of them.
//
// It promises that a file holds nothing outside the asker's scope, that its
// bytes are kept, and that taking the same export again gives the same bytes.
package exporting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// Format is a kind of export.
type Format string

// The formats.
const (
	InvoiceTable Format = "invoices.csv"
	LineTable    Format = "lines.csv"
	Documents    Format = "documents.zip" // the stored PDFs
)

// Writer makes the bytes of files: equal input, equal bytes.
type Writer interface {
	Invoices(rows []billing.NamedInvoice) []byte
	Lines(lines []billing.NamedLine) []byte
	Bundle(files []billing.File, date time.Time) ([]byte, error)
}

// Filter says which issued invoices to take. Empty fields narrow nothing.
type Filter struct {
	Vendor   access.OrganisationID `json:"vendor,omitempty"`
	Hospital access.OrganisationID `json:"hospital,omitempty"`
	From     string                `json:"from,omitempty"` // date of issue, YYYY-MM-DD, inclusive
	To       string                `json:"to,omitempty"`
	Status   billing.InvoiceState  `json:"status,omitempty"`
}

// most bounds what one export may hold, so that it stays a file people open.
const (
	mostInvoices  = 20_000
	mostDocuments = 500
)

// Desk exports.
type Desk struct {
	Store  *store.Store
	Writer Writer
}

// Input asks for an export.
type Input struct {
	Format Format
	Filter Filter
}

// Take makes a new export of what stands now and keeps its bytes. Refusals:
// Forbidden, Invalid (format, dates), TooLarge, NotFound (nothing matches).
func (d *Desk) Take(ctx context.Context, cmd store.Command, in Input) (string, error) {
	if !cmd.Actor.May(access.Export) {
		return "", fault.New(fault.Forbidden, "Exports are for finance, auditors and the vendor's office.")
	}
	if err := in.check(); err != nil {
		return "", err
	}
	asked, err := json.Marshal(in.Filter)
	if err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		content, rows, err := d.produce(tx.Queries, in, tx.Now())
		if err != nil {
			return "", err
		}
		run, err := tx.AddExport(store.ExportRun{
			Format: string(in.Format), Filter: string(asked), AsOf: tx.Now(), Name: name(in, tx.Now()), Bytes: content,
		})
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "export.taken", Kind: "export", Object: run.ID,
			New:      map[string]string{"format": string(in.Format), "filter": string(asked), "invoices": strconv.Itoa(rows)},
			Evidence: run.SHA256,
		})
		return run.ID, err
	})
}

func (in Input) check() error {
	var refused fault.Refusals
	if in.Format != InvoiceTable && in.Format != LineTable && in.Format != Documents {
		refused.At("format", "Choose invoices, lines or documents.")
	}
	if in.Filter.Status != "" && !in.Filter.Status.Issued() {
		refused.At("status", "Only issued invoices can be taken out.")
	}
	for field, date := range map[string]string{"from": in.Filter.From, "to": in.Filter.To} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			refused.At(field, "Enter a date as 2026-10-31.")
		}
	}
	if in.Filter.From != "" && in.Filter.To != "" && in.Filter.To < in.Filter.From {
		refused.At("to", "The last day is before the first.")
	}
	return refused.Err()
}

func name(in Input, at time.Time) string {
	return "trueward-" + at.UTC().Format("20060102-150405") + "-" + string(in.Format)
}

// produce collects what matches, in the order of the invoices' ids, and has it
// written. Only issued invoices leave the house.
func (d *Desk) produce(q store.Queries, in Input, at time.Time) ([]byte, int, error) {
	var rows []billing.NamedInvoice
	err := q.AllInvoices(in.filter(), func(r store.InvoiceRow) error {
		if len(rows) == mostInvoices || in.Format == Documents && len(rows) == mostDocuments {
			return fault.New(fault.TooLarge, "This is more than one file should hold. Choose a shorter period or one vendor.")
		}
		rows = append(rows, r)
		return nil
	})
	switch {
	case err != nil:
		return nil, 0, err
	case len(rows) == 0:
		return nil, 0, fault.New(fault.NotFound, "No issued invoice matches. Widen the period or the status.")
	case in.Format == InvoiceTable:
		return d.Writer.Invoices(rows), len(rows), nil
	case in.Format == LineTable:
		lines, err := d.lines(q, rows)
		return d.Writer.Lines(lines), len(rows), err
	}
	files, err := documents(q, rows)
	if err != nil {
		return nil, 0, err
	}
	content, err := d.Writer.Bundle(files, at)
	return content, len(rows), err
}

func (in Input) filter() store.InvoiceFilter {
	f := store.InvoiceFilter{
		Vendor: in.Filter.Vendor, Hospital: in.Filter.Hospital, IssuedFrom: in.Filter.From, IssuedTo: in.Filter.To,
		States: []billing.InvoiceState{billing.Open, billing.Sent, billing.Paid, billing.Void, billing.Uncollectible},
	}
	if in.Filter.Status != "" {
		f.States = []billing.InvoiceState{in.Filter.Status}
	}
	if in.Filter.From == "" {
		f.IssuedFrom = "0001-01-01" // leaves out what is not issued
	}
	return f
}

func (d *Desk) lines(q store.Queries, rows []billing.NamedInvoice) ([]billing.NamedLine, error) {
	var out []billing.NamedLine
	for _, r := range rows {
		lines, err := q.InvoiceLines(r.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			out = append(out, billing.NamedLine{NamedInvoice: r, Line: l})
		}
	}
	return out, nil
}

func documents(q store.Queries, rows []billing.NamedInvoice) ([]billing.File, error) {
	files := make([]billing.File, len(rows))
	for i, r := range rows {
		render, err := q.Render(r.ID, "pdf")
		if err != nil {
			return nil, err
		}
		files[i] = billing.File{Name: r.Number + ".pdf", Bytes: render.Bytes}
	}
	return files, nil
}

// Get returns an export taken before, byte for byte. Refusals: Forbidden,
// NotFound; Internal when the stored bytes no longer match their digest.
func (d *Desk) Get(ctx context.Context, actor access.Actor, id string) (store.ExportRun, error) {
	if !actor.May(access.Export) {
		return store.ExportRun{}, fault.New(fault.Forbidden, "Exports are for finance, auditors and the vendor's office.")
	}
	run, err := d.Store.Read(ctx, actor.Scope()).Export(id)
	if err != nil {
		return run, err
	}
	return run, intact(run.Bytes, run.SHA256)
}

// Document returns the stored PDF of an issued invoice. Refusals: Forbidden,
// NotFound; Internal when the stored bytes no longer match their digest.
func (d *Desk) Document(ctx context.Context, actor access.Actor, id billing.InvoiceID) (billing.File, error) {
	if !actor.May(access.SeeInvoices) {
		return billing.File{}, fault.New(fault.Forbidden, "Invoices are shown to finance, auditors and the vendor's office.")
	}
	q := d.Store.Read(ctx, actor.Scope())
	i, err := q.Invoice(id)
	if err != nil {
		return billing.File{}, err
	}
	render, err := q.Render(id, "pdf")
	if err != nil {
		return billing.File{}, err
	}
	return billing.File{Name: i.Number + ".pdf", Bytes: render.Bytes}, intact(render.Bytes, render.SHA256)
}

func intact(content []byte, digest string) error {
	sum := sha256.Sum256(content)
	if hex.EncodeToString(sum[:]) != digest {
		return fault.New(fault.Internal, "The stored file is damaged. Tell an engineer to run the verification of exports.")
	}
	return nil
}
