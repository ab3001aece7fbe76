package gs1

import "strings"

// ParseBracketed reads the human readable form (01)…(10)…, in which \( is an
// opening bracket that belongs to the value.
func ParseBracketed(s string) (Message, error) {
	if len(s) > MaxScan {
		return Message{}, refuse(CodeOversize, "", MaxScan, "element string is too long")
	}
	if s == "" {
		return Message{}, refuse(CodeMissing, "", 0, "no data")
	}
	var r reader
	for pos := 0; pos < len(s); {
		next, err := r.bracketed(s, pos)
		if err != nil {
			return Message{}, err
		}
		pos = next
	}
	return r.finish(len(s))
}

// bracketed reads "(AI)value" at pos and returns the position behind it.
func (r *reader) bracketed(s string, pos int) (int, error) {
	if err := r.full(pos); err != nil {
		return 0, err
	}
	if s[pos] != '(' {
		return 0, refuse(CodeMalformed, "", pos, "expected an opening bracket")
	}
	width := strings.IndexByte(s[pos+1:], ')')
	if width < 0 {
		return 0, refuse(CodeMalformed, "", pos, "AI without closing bracket")
	}
	ai := s[pos+1 : pos+1+width]
	row := exactRow(ai)
	if row == nil {
		return 0, refuse(CodeUnsupported, "", pos, "unknown AI")
	}
	start := pos + width + 2
	value, end := bracketedValue(s, start)
	if f := checkValue(row, value); f != nil {
		return 0, refuse(f.code, ai, start+f.offset, f.detail)
	}
	r.add(Element{AI: ai, Value: value}, row, pos)
	return end, nil
}

// bracketedValue returns the value that begins at start, without escapes, and
// where it ends in s.
func bracketedValue(s string, start int) (string, int) {
	value, from := "", start
	for {
		i := strings.IndexByte(s[from:], '(')
		if i < 0 {
			return value + s[from:], len(s)
		}
		if i == 0 || s[from+i-1] != '\\' {
			return value + s[from:from+i], from + i
		}
		value += s[from:from+i-1] + "("
		from += i + 1
	}
}
