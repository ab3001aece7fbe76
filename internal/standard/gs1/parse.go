package gs1

import "strings"

const (
	// MaxScan bounds element strings, links and scans, in bytes.
	MaxScan = 4096
	// MaxQuery bounds the query of a Digital Link, in bytes.
	MaxQuery = 512

	maxElements    = 64
	groupSeparator = 0x1D
)

// ParseElementString reads an element string with separators, written ^ or GS
// (1Dh), or bracketed text. Raw text must show that it is AI data: by FNC1 in
// front or by a GS anywhere. Without, it is plain data ([CodeUnsupported]), even
// if its digits look like AIs; see [Splits]. Symbology identifiers belong to
// [ParseScan].
func ParseElementString(s string) (Message, error) {
	if len(s) > MaxScan {
		return Message{}, refuse(CodeOversize, "", MaxScan, "element string is too long")
	}
	switch {
	case s == "":
		return Message{}, refuse(CodeMissing, "", 0, "no data")
	case s[0] == '(':
		return ParseBracketed(s)
	case s[0] == '^':
		return parseElements(s, 1, '^')
	case s[0] == groupSeparator:
		return parseElements(s, 1, groupSeparator)
	case strings.IndexByte(s, groupSeparator) > 0:
		return parseElements(s, 0, groupSeparator)
	}
	return Message{}, refuse(CodeUnsupported, "", 0, "plain data, not AI data")
}

// parseElements reads s from pos, behind the leading FNC1.
func parseElements(s string, pos int, separator byte) (Message, error) {
	var r reader
	for pos < len(s) {
		if s[pos] == separator {
			r.warn(WarnStraySeparator, "", pos)
			pos++
			continue
		}
		next, err := r.element(s, pos, separator)
		if err != nil {
			return Message{}, err
		}
		pos = next
	}
	return r.finish(pos)
}

// element reads one AI with its value and the separator behind it, and returns
// the position of the next AI.
func (r *reader) element(s string, pos int, separator byte) (int, error) {
	if err := r.full(pos); err != nil {
		return 0, err
	}
	row := prefixRow(s[pos:])
	if row == nil {
		return 0, refuse(CodeUnsupported, "", pos, "no known AI")
	}
	start := pos + row.width
	end := valueEnd(s, start, row, separator)
	e := Element{AI: s[pos:start], Value: s[start:end]}
	if f := checkValue(row, e.Value); f != nil {
		return 0, refuse(f.code, e.AI, start+f.offset, f.detail)
	}
	r.add(e, row, pos)
	if end < len(s) && s[end] == separator {
		end++
	}
	return end, nil
}

// valueEnd returns where the value from start ends: at the separator, or after
// its predefined length.
func valueEnd(s string, start int, row *row, separator byte) int {
	end := len(s)
	if row.predefined {
		end = min(end, start+row.max)
	}
	if i := strings.IndexByte(s[start:end], separator); i >= 0 {
		return start + i
	}
	return end
}
