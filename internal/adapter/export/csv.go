package export

import (
	"bufio"
	"io"
	"strings"
)

// CSV writes the table by RFC 4180: CRLF, UTF-8 without byte order mark, every
// row ended. Text that a spreadsheet would take for a formula gets a leading
// apostrophe.
func CSV(w io.Writer, t Table) error {
	b := bufio.NewWriterSize(w, 64<<10)
	for i, h := range t.Columns {
		writeField(b, i, h.Name)
	}
	_, _ = b.WriteString("\r\n") // a bufio.Writer keeps its error for Flush
	err := t.Each(func(row []Cell) error {
		for i, c := range row {
			if c.kind == text {
				writeField(b, i, harmless(c.text))
			} else {
				writeField(b, i, c.text)
			}
		}
		_, err := b.WriteString("\r\n")
		return err
	})
	if err != nil {
		return err
	}
	return b.Flush()
}

func writeField(b *bufio.Writer, position int, text string) {
	if position > 0 {
		_ = b.WriteByte(',')
	}
	if strings.ContainsAny(text, "\",\r\n;\t") || strings.TrimSpace(text) != text {
		_ = b.WriteByte('"')
		_, _ = b.WriteString(strings.ReplaceAll(text, `"`, `""`))
		_ = b.WriteByte('"')
		return
	}
	_, _ = b.WriteString(text)
}

// harmless keeps a spreadsheet from reading text as a formula: the signs that
// begin one in any of the common programs, also behind blanks and also in full
// width, get an apostrophe before them. A NUL ends the text for some programs
// and is dropped.
func harmless(text string) string {
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
