// Package exporting takes invoices, credit notes, their lines and the journal
// out as files: tables, the documents themselves in several formats, and
// bundles of them.
//
// It promises that a file holds nothing outside the asker's scope, that its
// bytes are kept, and that taking the same export again gives the same bytes.
// A document in a format is made once and kept for ever. What a receiver's
// rules would refuse does not leave: it is named with the rule.
package exporting

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Writer makes the bytes of files: equal input, equal bytes.
type Writer interface {
	// Columns names the columns that a table of the format may have.
	Columns(f billing.ExportFormat) []string
	Table(w io.Writer, f billing.ExportFormat, columns []string, at time.Time, rows billing.ExportRows) error
	// Document fails with fault.Invalid when the format's rules refuse the document.
	Document(f billing.ExportFormat, doc billing.Document, control int64) ([]byte, error)
	// Statement writes the statement of one account as a table in the columns
	// asked for, or as a document.
	Statement(w io.Writer, f billing.ExportFormat, columns []string, s billing.Statement) error
	Renderer(f billing.ExportFormat) string
	Bundle(w io.Writer, date time.Time) billing.Bundle
}

// Filter says which issued documents to take. Empty fields narrow nothing.
type Filter struct {
	Vendor   access.OrganisationID `json:"vendor,omitempty"`
	Hospital access.OrganisationID `json:"hospital,omitempty"`
	From     string                `json:"from,omitempty"` // date of issue, YYYY-MM-DD, inclusive
	To       string                `json:"to,omitempty"`
	Status   billing.InvoiceState  `json:"status,omitempty"`
	Columns  []string              `json:"columns,omitempty"` // of a table; all when empty
	// Currency is that of a statement; empty where there is one alone.
	Currency money.Currency `json:"currency,omitempty"`
	// ChangedSince keeps what changed after that instant (RFC 3339).
	ChangedSince string `json:"changed_since,omitempty"`
}

// MostDocuments is how many documents a bundle holds that is made at once;
// more are made in the background.
const MostDocuments = 200

// mostInvoices bounds what one export may hold.
const mostInvoices = 20_000

// Desk exports.
type Desk struct {
	Store  *store.Store
	Writer Writer
	// AtOnce is how many documents a bundle holds that is made at once;
	// MostDocuments when zero.
	AtOnce int
}

// Input asks for an export.
type Input struct {
	Format billing.ExportFormat
	Filter Filter
	// SinceLast keeps what changed since the last export of this format.
	SinceLast bool
}

var errForbidden = fault.New(fault.Forbidden, "Exports are for finance, auditors and the vendor's office.")

// Take makes a new export of what stands now and keeps its bytes; of more than
// MostDocuments documents it is made in the background. It returns the id of
// the run, or of the job. Refusals: Forbidden, Invalid (format, columns, dates,
// a document that breaks a rule of its format), TooLarge, NotFound (nothing
// matches). A statement wants two parties, one of which is the actor's own.
func (d *Desk) Take(ctx context.Context, cmd store.Command, in Input) (string, error) {
	if !cmd.Actor.May(access.Export) {
		return "", errForbidden
	}
	if err := d.check(in); err != nil {
		return "", err
	}
	if in.Format.IsStatement() {
		return d.state(ctx, cmd, in)
	}
	q := d.Store.Read(ctx, cmd.Actor.Scope())
	if in.SinceLast {
		last, err := q.LastExport(string(in.Format))
		if err != nil {
			return "", err
		}
		if !last.IsZero() {
			in.Filter.ChangedSince = last.UTC().Format(time.RFC3339Nano)
		}
	}
	items, err := d.items(q, in)
	if err != nil {
		return "", err
	}
	if _, extension := in.Format.Single(); extension != "" && len(items) > cmp.Or(d.AtOnce, MostDocuments) {
		return d.later(ctx, cmd, in, len(items))
	}
	asOf := d.Store.Now()
	file := &memory{}
	refused, err := d.produce(ctx, file, in, items, asOf, cmd.Actor, func(int) error { return nil })
	if err != nil {
		return "", err
	}
	if len(refused) == len(items) && len(refused) > 0 {
		return "", refused[0].err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		run, err := tx.AddExport(store.ExportRun{Format: string(in.Format), Filter: in.asked(), AsOf: asOf, Name: name(in, asOf), Bytes: file.Bytes()})
		tx.Audit(taken(cmd.Actor, run, in, len(items)))
		return run.ID, err
	})
}

func taken(actor access.Actor, run store.ExportRun, in Input, count int) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "export.taken", Kind: "export", Object: run.ID,
		New:      map[string]string{"format": string(in.Format), "filter": in.asked(), "invoices": strconv.Itoa(count)},
		Evidence: run.SHA256,
	}
}

func (in Input) asked() string {
	raw, err := json.Marshal(in.Filter)
	if err != nil {
		panic(err) // texts alone
	}
	return string(raw)
}

func (d *Desk) check(in Input) error {
	var refused fault.Refusals
	if !in.Format.IsStatement() && !slices.Contains(billing.ExportFormats(), in.Format) {
		refused.At("format", "Choose one of the formats.")
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
	known := d.Writer.Columns(in.Format)
	for _, c := range in.Filter.Columns {
		if !slices.Contains(known, c) {
			refused.At("columns", "This format has no column "+c+".")
		}
	}
	return refused.Err()
}

func name(in Input, at time.Time) string {
	return "trueward-" + at.UTC().Format("20060102-150405") + "-" + string(in.Format)
}

// Open returns an export taken before, to be read in parts, byte for byte.
// Refusals: Forbidden, NotFound; Internal when the bytes of a small one no longer
// match their digest.
func (d *Desk) Open(ctx context.Context, actor access.Actor, id string) (store.ExportRun, func(func([]byte) error) error, error) {
	if !actor.May(access.Export) {
		return store.ExportRun{}, nil, errForbidden
	}
	q := d.Store.Read(ctx, actor.Scope())
	run, err := q.Export(id)
	if err == nil && run.Parts == 0 {
		err = intact(run.Bytes, run.SHA256)
	}
	return run, func(part func([]byte) error) error { return q.ExportBytes(run, part) }, err
}

// Get returns an export taken before with all its bytes. Refusals: Forbidden,
// NotFound; Internal when the stored bytes no longer match their digest.
func (d *Desk) Get(ctx context.Context, actor access.Actor, id string) (store.ExportRun, error) {
	run, parts, err := d.Open(ctx, actor, id)
	if err != nil {
		return run, err
	}
	var content []byte
	err = parts(func(part []byte) error {
		content = append(content, part...)
		return nil
	})
	run.Bytes = content
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
