package export

import (
	"archive/zip"
	"io"
	"time"

	"trueward/internal/domain/billing"
)

// Bundle writes files into one zip as they come. Every entry carries the same
// date, so that equal files make equal bundles.
type Bundle struct {
	zip  *zip.Writer
	date time.Time
}

// NewBundle begins a bundle.
func NewBundle(w io.Writer, date time.Time) *Bundle {
	return &Bundle{zip.NewWriter(w), date.UTC().Truncate(2 * time.Second)}
}

// Add appends a file. What is compressed already is stored as it is.
func (b *Bundle) Add(f billing.File) error {
	method := zip.Deflate
	if len(f.Name) > 4 && f.Name[len(f.Name)-4:] == ".pdf" {
		method = zip.Store
	}
	entry, err := b.zip.CreateHeader(&zip.FileHeader{Name: f.Name, Method: method, Modified: b.date})
	if err != nil {
		return err
	}
	_, err = entry.Write(f.Bytes)
	return err
}

// Close ends the bundle; what it was written to stays open.
func (b *Bundle) Close() error { return b.zip.Close() }
