// Package rfc4180 writes comma-separated values by RFC 4180: CRLF, UTF-8
// without byte order mark, every row ended. Text that a spreadsheet would take
// for a formula can be made harmless first; what is a number is for the caller
// to say.
package rfc4180

import (
	"bufio"
	"io"
	"strings"
)

// Writer writes rows of fields. An error is kept for Flush.
type Writer struct {
	b     *bufio.Writer
	begun bool // the row has a field
}

// New returns a writer.
func New(w io.Writer) *Writer { return &Writer{b: bufio.NewWriterSize(w, 64<<10)} }

// Field adds a field to the row, as it is.
func (w *Writer) Field(text string) {
	if w.begun {
		_ = w.b.WriteByte(',') // a bufio.Writer keeps its error for Flush
	}
	w.begun = true
	if strings.ContainsAny(text, "\",\r\n;\t") || strings.TrimSpace(text) != text {
		_ = w.b.WriteByte('"')
		_, _ = w.b.WriteString(strings.ReplaceAll(text, `"`, `""`))
		_ = w.b.WriteByte('"')
		return
	}
	_, _ = w.b.WriteString(text)
}

// Text adds a field of text that was made harmless.
func (w *Writer) Text(text string) { w.Field(Harmless(text)) }

// End ends the row.
func (w *Writer) End() error {
	w.begun = false
	_, err := w.b.WriteString("\r\n")
	return err
}

// Flush writes what is left and tells the first error.
func (w *Writer) Flush() error { return w.b.Flush() }

// Harmless keeps a spreadsheet from reading text as a formula: the signs that
// begin one in any of the common programs, also behind blanks and also in full
// width, get an apostrophe before them. A NUL ends the text for some programs
// and is dropped.
func Harmless(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if text == "" {
		return text
	}
	if strings.ContainsRune("\t\r\n", rune(text[0])) {
		return "'" + text
	}
	for _, r := range strings.TrimLeft(text, " \u00a0\u3000\ufeff\u200b") {
		if strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
			return "'" + text
		}
		break
	}
	return text
}
