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
	if pos == len(s) {
		return Message{}, refuse(CodeMissing, "", pos, "no AI data")
	}
	m := Message{Elements: make([]Element, 0, 4)}
	var offsets [maxElements]uint16
	for pos < len(s) {
		if s[pos] == separator {
			m.warn(WarnStraySeparator, "", pos)
			pos++
			continue
		}
		if len(m.Elements) == maxElements {
			return Message{}, refuse(CodeOversize, "", pos, "too many elements")
		}
		offsets[len(m.Elements)] = uint16(pos)
		next, err := m.element(s, pos, separator)
		if err != nil {
			return Message{}, err
		}
		pos = next
	}
	return m.finish(&offsets)
}

// element reads one AI with its value and the separator behind it, and returns
// the position of the next AI.
func (m *Message) element(s string, pos int, separator byte) (int, error) {
	r := prefixRow(s[pos:])
	if r == nil {
		return 0, refuse(CodeUnsupported, "", pos, "no known AI")
	}
	ai := s[pos : pos+r.width]
	start := pos + r.width
	end := len(s)
	if i := strings.IndexByte(s[start:], separator); i >= 0 {
		end = start + i
	}
	if r.predefined {
		end = min(end, start+r.max)
	}
	if f := checkValue(r, s[start:end]); f.code != "" {
		return 0, refuse(f.code, ai, start+f.offset, f.detail)
	}
	m.Elements = append(m.Elements, Element{AI: ai, Value: s[start:end]})
	if end < len(s) && s[end] == separator {
		end++
	}
	return end, nil
}

// finish applies the rules for the message as a whole. offsets tell where each
// AI stood in the input.
func (m *Message) finish(offsets *[maxElements]uint16) (Message, error) {
	if len(m.Elements) == 0 {
		return Message{}, refuse(CodeMissing, "", int(offsets[0]), "no AI data")
	}
	if at, f := m.check(); f.code != "" {
		return Message{}, refuse(f.code, m.Elements[at].AI, int(offsets[at]), f.detail)
	}
	for i, e := range m.Elements {
		if at := swallowed(*m, e); at > 0 {
			m.warn(WarnPossibleSwallowedAI, e.AI, int(offsets[i])+len(e.AI)+at)
		}
	}
	return *m, nil
}

func (m *Message) warn(code WarningCode, field string, offset int) {
	m.Warnings = append(m.Warnings, Warning{Code: code, Field: field, Offset: offset})
}

// swallowed returns the position inside a lot or serial where an expiry or
// production date with its AI may begin, or 0.
func swallowed(m Message, e Element) int {
	const tail = 8 // AI and YYMMDD
	if (e.AI != "10" && e.AI != "21") || len(e.Value) <= tail {
		return 0
	}
	at := len(e.Value) - tail
	ai, date := e.Value[at:at+2], e.Value[at+2:]
	if (ai != "17" && ai != "11") || checkDateOrMonth(date).code != "" {
		return 0
	}
	if _, ok := m.Value(ai); ok {
		return 0
	}
	return at
}
