package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/app/exporting"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

type exportCmd struct {
	Invoices exportInvoicesCmd `cmd:"" help:"Write invoices and credit notes as files, or a table of them."`
}

type exportInvoicesCmd struct {
	dataFlags
	Vendor  string   `help:"Only of this vendor: its name or id." placeholder:"V"`
	Period  string   `help:"Only issued in this month, or from one to another: 2026-10, 2026-01..2026-03." placeholder:"MONTH"`
	Status  string   `help:"Only invoices in this state: open, sent, paid, void or uncollectible." placeholder:"S"`
	Format  string   `help:"One file per document: pdf, ubl, x12. One table: csv, xlsx, gl, xero, quickbooks." enum:"pdf,ubl,x12,csv,xlsx,gl,xero,quickbooks" required:""`
	Columns []string `help:"Columns of a table, in this order; all when absent." placeholder:"NAME"`
	Out     string   `help:"Folder for documents, file for a table." required:"" placeholder:"DIR|FILE"`
}

// exportFormats are the formats by their short names.
var exportFormats = map[string]billing.ExportFormat{
	"pdf": billing.DocumentsPDF, "ubl": billing.DocumentsUBL, "x12": billing.DocumentsX12, "csv": billing.LinesCSV, "xlsx": billing.LinesXLSX,
	"gl": billing.JournalCSV, "xero": billing.XeroCSV, "quickbooks": billing.QuickBooksCSV,
}

// Run writes what is asked for and ends with exit code 1 when a document was
// kept back by the rules of its format.
func (e exportInvoicesCmd) Run(ctx context.Context, std streams) (err error) {
	s, err := e.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	in, err := e.input(s.Read(ctx, access.Everything()))
	if err != nil {
		return err
	}
	desk := &exporting.Desk{Store: s, Writer: export.Writer{}}
	if _, extension := in.Format.Single(); extension != "" {
		return e.documents(ctx, std, desk, in)
	}
	var table bytes.Buffer
	if err := desk.Table(ctx, access.System("command line"), in, &table); err != nil {
		return err
	}
	path := e.Out
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, string(in.Format))
	}
	if err := place(path, table.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s\n", path)
	return nil
}

func (e exportInvoicesCmd) input(q store.Queries) (exporting.Input, error) {
	in := exporting.Input{Format: exportFormats[e.Format], Filter: exporting.Filter{Status: billing.InvoiceState(e.Status), Columns: e.Columns}}
	var err error
	if in.Filter.From, in.Filter.To, err = months(e.Period); err != nil {
		return in, err
	}
	if e.Vendor == "" {
		return in, nil
	}
	vendors, err := q.Organisations(access.Vendor)
	if err != nil {
		return in, err
	}
	for _, v := range vendors {
		if string(v.ID) == e.Vendor || strings.EqualFold(v.Name, e.Vendor) || strings.EqualFold(v.LegalName, e.Vendor) {
			in.Filter.Vendor = v.ID
			return in, nil
		}
	}
	return in, fault.Newf(fault.NotFound, "There is no vendor %q. Give its name or id as the list of vendors shows it.", e.Vendor)
}

// months turns 2026-10 or 2026-01..2026-03 into the first and the last day.
func months(period string) (from, to string, err error) {
	if period == "" {
		return "", "", nil
	}
	first, last, between := strings.Cut(period, "..")
	if !between {
		last = first
	}
	start, err := time.Parse("2006-01", first)
	end, err2 := time.Parse("2006-01", last)
	if err != nil || err2 != nil || end.Before(start) {
		return "", "", fault.At("period", "--period takes a month as 2026-10, or two as 2026-01..2026-03.")
	}
	return start.Format(time.DateOnly), end.AddDate(0, 1, -1).Format(time.DateOnly), nil
}

func (e exportInvoicesCmd) documents(ctx context.Context, std streams, desk *exporting.Desk, in exporting.Input) error {
	err := os.MkdirAll(e.Out, 0o755) // #nosec G301 -- documents to be handed on, where the operator says
	if err != nil {
		return fault.Wrap(fault.Unavailable, fmt.Sprintf("The folder %s cannot be made. Choose another with --out.", e.Out), err)
	}
	count := 0
	refused, err := desk.Files(ctx, access.System("command line"), in, func(f billing.File) error {
		count++
		return place(filepath.Join(e.Out, f.Name), f.Bytes)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d documents in %s\n", count, e.Out)
	for _, sentence := range refused {
		fmt.Fprintln(std.err, "trueward: not written:", sentence)
	}
	if len(refused) > 0 {
		return errFailed
	}
	return nil
}

// place writes a file that is not there yet, whole or not at all. The same
// file again is no trouble; another one under its name is refused, never
// overwritten.
func place(path string, content []byte) error {
	switch old, err := os.ReadFile(path); {
	case err == nil && bytes.Equal(old, content):
		return nil
	case err == nil:
		return fault.Newf(fault.Conflict, "%s is there already and says something else. Move it away or choose another name with --out.", path)
	case !errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(fault.Unavailable, fmt.Sprintf("%s cannot be read. Choose another name with --out.", path), err)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err == nil {
		_, err = part.Write(content)
		err = errors.Join(err, part.Chmod(0o644), part.Close())
		if err == nil {
			err = os.Rename(part.Name(), path)
		} else {
			err = errors.Join(err, os.Remove(part.Name()))
		}
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, fmt.Sprintf("%s cannot be written. Choose another place with --out.", path), err)
	}
	return nil
}
