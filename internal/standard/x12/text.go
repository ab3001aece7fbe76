package x12

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// spelled are signs that ASCII writes in several.
var spelled = map[rune]string{
	'ß': "ss", 'æ': "ae", 'Æ': "AE", 'ø': "o", 'Ø': "O", 'œ': "oe", 'Œ': "OE", 'ł': "l", 'Ł': "L", 'đ': "d", 'þ': "th", 'ð': "d",
	'×': "x", '–': "-", '—': "-", '→': "->", '€': "EUR ", '£': "GBP ", '¥': "JPY ", '’': "'", '‘': "'", '“': "\"", '”': "\"", '…': "...",
	'\u00a0': " ", '·': "-", '®': "(R)", '™': "(TM)", 'µ': "u", 'μ': "u", '°': " deg",
}

// plain writes text in printable ASCII without the delimiters: letters lose
// their marks, other signs become a question mark, a delimiter a blank.
func (w *writer) plain(text string) string {
	d := w.partner.Delimiters
	var b strings.Builder
	put := func(r rune) {
		switch {
		case byte(r) == d.Element || byte(r) == d.Component || byte(r) == d.Segment:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	for _, r := range norm.NFD.String(text) {
		switch {
		case r >= ' ' && r <= '~':
			put(r)
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r < ' ' || r == 0x7f || r >= 0x300 && r <= 0x36f: // control signs and marks
		case spelled[r] != "":
			for _, s := range spelled[r] {
				put(s)
			}
		default:
			put('?')
		}
	}
	return strings.TrimSpace(b.String())
}
