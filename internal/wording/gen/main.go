// Command gen packs the tables of sentences into the one file that the program
// embeds: a third of their size. Its result depends on the tables alone.
//
//	go run ./internal/wording/gen   from the repository's root
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	tables = "internal/wording/words/*.tsv"
	result = "internal/wording/words.zip"
)

func main() {
	if err := pack(); err != nil {
		fmt.Fprintln(os.Stderr, "wording/gen:", err)
		os.Exit(1)
	}
}

func pack() error {
	names, err := filepath.Glob(tables) // sorted
	if err != nil || len(names) == 0 {
		return fmt.Errorf("no tables at %s: %w", tables, err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: "words/" + filepath.Base(name), Method: zip.Deflate}) // no time of change
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(result, out.Bytes(), 0o644)
}
