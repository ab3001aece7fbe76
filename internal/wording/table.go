package wording

import (
	"archive/zip"
	_ "embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

// packed are the tables in words/, put together by gen.
//
//go:embed words.zip
var packed string

// Entry is one sentence of the table in every language.
type Entry struct {
	File string // "words/ward.tsv"
	Line int
	Key  string // the English sentence, see Pattern
	Said [3]string
}

// In returns the entry's sentence in a language.
func (e Entry) In(t Tag) string {
	switch t {
	case German:
		return e.Said[0]
	case Spanish:
		return e.Said[1]
	case French:
		return e.Said[2]
	}
	return e.Key
}

// Entries returns the whole table. A line of its files holds the English, the
// German, the Spanish and the French sentence, with a tab between each; empty
// lines and lines that begin with "# " say something about the table.
func Entries() ([]Entry, error) { return entries() }

var entries = sync.OnceValues(func() ([]Entry, error) {
	files, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "words/*.tsv")
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		some, err := parseTable(name, string(text))
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
})

func parseTable(name, text string) ([]Entry, error) {
	var out []Entry
	for i, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 4 {
			return nil, fmt.Errorf("%s:%d has %d cells instead of 4", name, i+1, len(cells))
		}
		out = append(out, Entry{File: name, Line: i + 1, Key: cells[0], Said: [3]string(cells[1:])})
	}
	return out, nil
}
