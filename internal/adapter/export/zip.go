package export

import (
	"archive/zip"
	"bytes"
	"time"

	"trueward/internal/domain/billing"
)

// Writer makes the files of the export centre.
type Writer struct{}

// Invoices writes the table of invoices as CSV.
func (Writer) Invoices(rows []billing.NamedInvoice) []byte { return Invoices(rows).CSV() }

// Lines writes the table of lines as CSV.
func (Writer) Lines(rows []billing.NamedLine) []byte { return Lines(rows).CSV() }

// Bundle writes files into one zip.
func (Writer) Bundle(files []billing.File, date time.Time) ([]byte, error) { return Zip(files, date) }

// Zip bundles files in their order. Every entry carries the same given date,
// so that equal files make equal bundles.
func Zip(files []billing.File, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: date.UTC().Truncate(2 * time.Second)})
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.Bytes); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
