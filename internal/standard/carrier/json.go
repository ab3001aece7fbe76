package carrier

import (
	"unicode/utf8"

	"trueward/internal/standard/gs1"
)

// MarshalJSON writes the fields in their fixed order.
func (i Inspection) MarshalJSON() ([]byte, error) { return i.AppendJSON(nil), nil }

// AppendJSON appends the inspection as one JSON object without line breaks.
func (i *Inspection) AppendJSON(dst []byte) []byte {
	dst = appendString(append(dst, `{"input":`...), i.Input)
	dst = appendString(append(dst, `,"kind":`...), string(i.Kind))
	if i.Valid {
		dst = append(dst, `,"valid":true`...)
	} else {
		dst = append(dst, `,"valid":false`...)
	}
	if i.Problem != nil {
		dst = appendString(append(dst, `,"error":{"code":`...), string(i.Problem.Code))
		dst = appendString(append(dst, `,"message":`...), i.Problem.Message)
		dst = append(dst, '}')
	}
	if len(i.Elements) > 0 {
		dst = appendElements(append(dst, `,"elements":`...), i.Elements)
	}
	dst = appendField(dst, `,"element_string":`, i.ElementString)
	dst = appendField(dst, `,"gtin":`, i.GTIN)
	dst = appendField(dst, `,"lot":`, i.Lot)
	dst = appendField(dst, `,"serial":`, i.Serial)
	dst = appendField(dst, `,"expiry":`, i.Expiry)
	if i.EPC != nil {
		dst = appendString(append(dst, `,"epc":{"scheme":`...), i.EPC.Scheme)
		dst = appendField(dst, `,"tag_uri":`, i.EPC.TagURI)
		dst = appendField(dst, `,"epc_uri":`, i.EPC.EPCURI)
		dst = appendField(dst, `,"digital_link":`, i.EPC.DigitalLink)
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

func appendField(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendString(append(dst, name...), value)
}

// appendElements writes an object. An AI may be repeated with the same value;
// it is written once.
func appendElements(dst []byte, elements []gs1.Element) []byte {
	divider := byte('{')
	for k, e := range elements {
		if repeated(elements[:k], e.AI) {
			continue
		}
		dst = appendString(append(dst, divider), e.AI)
		dst = appendString(append(dst, ':'), e.Value)
		divider = ','
	}
	return append(dst, '}')
}

func repeated(elements []gs1.Element, ai string) bool {
	for _, e := range elements {
		if e.AI == ai {
			return true
		}
	}
	return false
}

// bare marks the bytes that stand for themselves in a JSON string.
var bare = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

const lowerHex = "0123456789abcdef"

// appendString writes a JSON string (RFC 8259 §7). Bytes that are not UTF-8
// become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for k := 0; k < len(s); {
		c := s[k]
		if bare[c] {
			k++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[k:]); r != utf8.RuneError || size > 1 {
				k += size
				continue
			}
		}
		dst = append(dst, s[from:k]...)
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
		default:
			dst = append(dst, "\uFFFD"...)
		}
		k += size
		from = k
	}
	return append(append(dst, s[from:]...), '"')
}
