package export

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/ubl"
	"trueward/internal/standard/x12"
)

// Writer makes the files of the export centre.
type Writer struct{}

// Columns names the columns that a table of the format may have, in their
// usual order; nothing for documents.
func (Writer) Columns(f billing.ExportFormat) []string {
	switch f {
	case billing.InvoicesCSV, billing.InvoicesXLSX:
		return names(invoiceColumns)
	case billing.LinesCSV, billing.LinesXLSX:
		return names(lineColumns)
	case billing.JournalCSV:
		return names(journalColumns)
	case billing.XeroCSV:
		return names(xeroColumns)
	case billing.QuickBooksCSV:
		return names(quickBooksColumns)
	case billing.StatementCSV:
		return names(statementColumns)
	}
	return nil
}

// Table writes a table in the columns asked for, or all of them. Refusals:
// Invalid (a column that is not on the list).
func (Writer) Table(w io.Writer, f billing.ExportFormat, columns []string, at time.Time, rows billing.ExportRows) error {
	var t Table
	var err error
	switch f {
	case billing.InvoicesCSV, billing.InvoicesXLSX:
		t, err = Invoices(columns, rows.Invoices)
	case billing.LinesCSV, billing.LinesXLSX:
		t, err = Lines(columns, rows.Lines)
	case billing.JournalCSV:
		t, err = Journal(columns, rows.Journal)
	case billing.XeroCSV:
		t, err = Xero(columns, rows.Lines)
	case billing.QuickBooksCSV:
		t, err = QuickBooks(columns, rows.Lines)
	default:
		err = fault.At("format", "This format is no table.")
	}
	switch {
	case err != nil:
		return err
	case strings.HasSuffix(string(f), ".xlsx"):
		return XLSX(w, t, at)
	}
	return CSV(w, t)
}

// Document writes one document. The control number is used by interchanges
// alone. Refusals: Invalid, naming the rule or element that the document
// breaks.
func (Writer) Document(f billing.ExportFormat, doc billing.Document, control int64) ([]byte, error) {
	var content []byte
	var err error
	switch f {
	case billing.DocumentsPDF:
		return PDF{}.Invoice(doc)
	case billing.DocumentsUBL:
		content, err = UBL(doc)
	case billing.DocumentsX12:
		content, err = X12(doc, control)
	default:
		return nil, fault.At("format", "This format is no document.")
	}
	var broken *ubl.Error
	var element *x12.Error
	switch {
	case errors.As(err, &broken):
		return nil, fault.Wrap(fault.Invalid, doc.Invoice.Number+" cannot be sent as UBL. "+rulesBroken(broken), err)
	case errors.As(err, &element):
		return nil, fault.Wrap(fault.Invalid, doc.Invoice.Number+" cannot be sent as X12. "+element.Segment+element.Element+": "+element.Sentence, err)
	}
	return content, err
}

// rulesBroken names each broken rule with its words and, where a person can do
// something, what.
func rulesBroken(e *ubl.Error) string {
	var parts []string
	for _, v := range e.Violations {
		words := v.Rule + ": " + v.Words
		if remedy := remedies[v.Rule]; remedy != "" {
			words += " " + remedy
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, " ")
}

// remedies say where a person sets what a rule asks for.
var remedies = map[string]string{
	"PEPPOL-EN16931-R010": "Set the hospital's electronic address among its document details.",
	"PEPPOL-EN16931-R020": "Set the vendor's electronic address among its document details.",
	"DE-R-006":            "Set the vendor's telephone among its document details.",
	"BR-CO-26":            "Set the vendor's tax id or registration.",
	"BR-S-02":             "Set the vendor's tax id.",
}

// Renderer names what makes the documents of a format.
func (Writer) Renderer(f billing.ExportFormat) string {
	switch f {
	case billing.DocumentsUBL:
		return RendererUBL
	case billing.DocumentsX12:
		return RendererX12
	}
	return Renderer
}

// Bundle begins a zip of files.
func (Writer) Bundle(w io.Writer, date time.Time) billing.Bundle { return NewBundle(w, date) }

// Again makes a stored document again: with the renderer that is named, if it
// is still the present one, and with the control number that the stored bytes
// carry. It returns false when the renderer is another.
func (w Writer) Again(render, renderer string, doc billing.Document, stored []byte) ([]byte, bool, error) {
	for _, f := range billing.ExportFormats() {
		if name, _ := f.Single(); name != render || w.Renderer(f) != renderer {
			continue
		}
		content, err := w.Document(f, doc, controlOf(stored))
		return content, true, err
	}
	return nil, false, nil
}

// controlOf reads the control number (ISA13) of an interchange; zero for
// anything else.
func controlOf(stored []byte) int64 {
	if len(stored) < 106 || string(stored[:3]) != "ISA" {
		return 0
	}
	n, err := strconv.ParseInt(string(stored[90:99]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
