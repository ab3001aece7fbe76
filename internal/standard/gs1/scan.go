package gs1

import "strings"

// Kind tells what a scan holds.
type Kind string

// The kinds of scans.
const (
	KindElements Kind = "elements" // an element string: Message
	KindLink     Kind = "link"     // a Digital Link URI: Message, and the URI in Text
	KindRetail   Kind = "retail"   // EAN or UPC: GTIN, its digits in Text, perhaps a composite Message
	KindPlain    Kind = "plain"    // not GS1 data: Text
)

// Scan is what one scanned symbol says.
type Scan struct {
	Kind    Kind
	Text    string
	GTIN    string // 14 digits, of AI 01 or of an EAN/UPC symbol; may be empty
	Message Message
}

// ParseScan reads a scan with its AIM symbology identifier (ISO/IEC 15424):
// ]C1 ]d2 ]e0 ]J1 ]Q3 carry AI data with an implicit FNC1 in front; ]d1 ]J0 ]Q1
// a Digital Link or plain text; ]E0 ]E4 an EAN symbol, perhaps with a composite
// component. Others, such as ]C0 of HIBC, are [CodeUnsupported].
func ParseScan(s string) (Scan, error) {
	if len(s) > MaxScan {
		return Scan{}, refuse(CodeOversize, "", MaxScan, "scan is too long")
	}
	if len(s) < 3 || s[0] != ']' {
		return Scan{}, refuse(CodeMissing, "symbology", 0, "no symbology identifier")
	}
	switch s[1:3] {
	case "C1", "d2", "e0", "J1", "Q3":
		m, err := parseElements(s, 3, groupSeparator)
		if err != nil {
			return Scan{}, err
		}
		return Scan{Kind: KindElements, GTIN: m.GTIN(), Message: m}, nil
	case "d1", "J0", "Q1":
		return parsePlain(s, 3)
	case "E0":
		return parseRetail(s, 13)
	case "E4":
		return parseRetail(s, 8)
	}
	return Scan{}, refuse(CodeUnsupported, "symbology", 0, "symbology is not supported")
}

// ParseText reads text whose symbology is unknown, as typed, pasted or sent by a
// scanner without identifiers: a scan with identifier, bracketed text, an
// element string with FNC1, a Digital Link or plain text.
func ParseText(s string) (Scan, error) {
	if len(s) > MaxScan {
		return Scan{}, refuse(CodeOversize, "", MaxScan, "text is too long")
	}
	switch {
	case s != "" && s[0] == ']':
		return ParseScan(s)
	case schemeLength(s) > 0:
		return parsePlain(s, 0)
	}
	m, err := ParseElementString(s)
	if err == nil {
		return Scan{Kind: KindElements, GTIN: m.GTIN(), Message: m}, nil
	}
	if s == "" || (s[0] != '(' && s[0] != '^' && strings.IndexByte(s, groupSeparator) < 0) {
		return Scan{Kind: KindPlain, Text: s}, nil
	}
	return Scan{}, err
}

// parsePlain reads a Digital Link or plain text from pos.
func parsePlain(s string, pos int) (Scan, error) {
	text := s[pos:]
	if schemeLength(text) == 0 {
		return Scan{Kind: KindPlain, Text: text}, nil
	}
	m, err := ParseDigitalLink(text)
	if err != nil {
		return Scan{}, shift(err, pos)
	}
	return Scan{Kind: KindLink, Text: text, GTIN: m.GTIN(), Message: m}, nil
}

// parseRetail reads an EAN symbol with so many digits, and behind |]e0 a
// composite component.
func parseRetail(s string, width int) (Scan, error) {
	primary, composite, hasComposite := strings.Cut(s[3:], "|")
	switch {
	case len(primary) < width:
		return Scan{}, refuse(CodeTruncated, "EAN", 3, "too few digits")
	case len(primary) > width:
		return Scan{}, refuse(CodeOversize, "EAN", 3+width, "too many digits")
	}
	if f := checkSum(primary); f != nil {
		return Scan{}, refuse(f.code, "EAN", 3+f.offset, f.detail)
	}
	scan := Scan{Kind: KindRetail, Text: primary, GTIN: "00000000000000"[width:] + primary}
	if !hasComposite {
		return scan, nil
	}
	if !strings.HasPrefix(composite, "]e0") {
		return Scan{}, refuse(CodeMalformed, "composite", 4+width, "expected a composite component")
	}
	m, err := parseElements(s, 3+width+1+3, groupSeparator)
	scan.Message = m
	if err != nil {
		return Scan{}, err
	}
	return scan, nil
}

// shift moves the offset of an error that was found in a part of the input.
func shift(err error, by int) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	moved := *e
	moved.Offset += by
	return &moved
}
