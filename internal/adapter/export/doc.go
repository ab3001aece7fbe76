// Package export writes documents and tables as files: CSV by RFC 4180 and
// invoices as PDF.
//
// It promises that equal input gives equal bytes, that a cell of text is never
// a formula to a spreadsheet, and that a number stays a number. It reads
// nothing and decides nothing: what may be exported is its caller's business.
package export
