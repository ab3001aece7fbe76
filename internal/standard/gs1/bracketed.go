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
	m := Message{Elements: make([]Element, 0, 4)}
	var offsets [maxElements]uint16
	for pos := 0; pos < len(s); {
		if len(m.Elements) == maxElements {
			return Message{}, refuse(CodeOversize, "", pos, "too many elements")
		}
		offsets[len(m.Elements)] = uint16(pos)
		next, err := m.bracketed(s, pos)
		if err != nil {
			return Message{}, err
		}
		pos = next
	}
	return m.finish(&offsets)
}

// bracketed reads "(AI)value" at pos and returns the position behind it.
func (m *Message) bracketed(s string, pos int) (int, error) {
	if s[pos] != '(' {
		return 0, refuse(CodeMalformed, "", pos, "expected an opening bracket")
	}
	width := strings.IndexByte(s[pos+1:], ')')
	if width < 0 {
		return 0, refuse(CodeMalformed, "", pos, "AI without closing bracket")
	}
	ai := s[pos+1 : pos+1+width]
	r := exactRow(ai)
	if r == nil {
		return 0, refuse(CodeUnsupported, "", pos, "unknown AI")
	}
	start := pos + width + 2
	value, end := bracketedValue(s, start)
	if value == "" {
		return 0, refuse(CodeTruncated, ai, start, "no value")
	}
	if f := checkValue(r, value); f.code != "" {
		return 0, refuse(f.code, ai, start+f.offset, f.detail)
	}
	m.Elements = append(m.Elements, Element{AI: ai, Value: value})
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
