package billing

import "io"

// ExportFormat is a kind of file that leaves the product.
type ExportFormat string

// The tables.
const (
	InvoicesCSV   ExportFormat = "invoices.csv"
	InvoicesXLSX  ExportFormat = "invoices.xlsx"
	LinesCSV      ExportFormat = "lines.csv"
	LinesXLSX     ExportFormat = "lines.xlsx"
	JournalCSV    ExportFormat = "journal.csv"
	XeroCSV       ExportFormat = "xero.csv"
	QuickBooksCSV ExportFormat = "quickbooks.csv"
)

// The documents, one file each; bundles hold many.
const (
	DocumentsPDF ExportFormat = "documents.zip"
	DocumentsUBL ExportFormat = "ubl.zip"
	DocumentsX12 ExportFormat = "x12.zip"
)

// The statement of one account, which needs to be told which.
const (
	StatementCSV ExportFormat = "statement.csv"
	StatementPDF ExportFormat = "statement.pdf"
)

// IsStatement reports whether the format states one account.
func (f ExportFormat) IsStatement() bool { return f == StatementCSV || f == StatementPDF }

// ExportFormats returns every format that takes many documents, tables first.
func ExportFormats() []ExportFormat {
	return []ExportFormat{
		InvoicesCSV, InvoicesXLSX, LinesCSV, LinesXLSX, JournalCSV, XeroCSV, QuickBooksCSV, DocumentsPDF, DocumentsUBL, DocumentsX12,
	}
}

// Single returns the name that a document's stored render of the format has
// and its file's extension; nothing for a table.
func (f ExportFormat) Single() (render, extension string) {
	switch f {
	case DocumentsPDF:
		return "pdf", ".pdf"
	case DocumentsUBL:
		return "ubl", ".xml"
	case DocumentsX12:
		return "x12", ".x12"
	}
	return "", ""
}

// ExportRows gives the rows of a table one at a time: whichever the format is
// made of.
type ExportRows struct {
	Invoices func(func(NamedInvoice) error) error
	Lines    func(func(NamedLine) error) error
	Journal  func(func(JournalLine) error) error
}

// Bundle is a file of files in the making.
type Bundle interface {
	io.Closer
	Add(File) error
}
