package export

import (
	"archive/zip"
	"bytes"
	"time"
)

// File is a file of a bundle.
type File struct {
	Name  string
	Bytes []byte
}

// Zip bundles files in their order. Every entry carries the same given date,
// so that equal files make equal bundles.
func Zip(files []File, date time.Time) ([]byte, error) {
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
