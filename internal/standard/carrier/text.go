package carrier

import (
	"strings"
	"time"

	"trueward/internal/standard/epc"
	"trueward/internal/standard/gs1"
)

const groupSeparator = 0x1D

// identifySymbol reads a scan that begins with an AIM symbology identifier
// (ISO/IEC 15424).
func identifySymbol(s string, now time.Time) (Answer, error) {
	if len(s) < 3 {
		return Answer{}, refuse(Unknown, CodeMissing, "symbology", 0, "the symbology identifier is cut off")
	}
	id, data := s[:3], s[3:]
	var a Answer
	var err error
	switch {
	case id == "]C1" || id == "]d2" || id == "]e0" || id == "]J1" || id == "]Q3":
		a, err = fromScan(s, GS1, now)
	case id == "]E0" || id == "]E4":
		a, err = fromScan(s, GTIN, now)
	case strings.IndexByte(plainSymbologies, id[1]) < 0:
		err = refuse(Unknown, CodeUnsupported, "symbology", 0, "the symbology is not supported")
	case selfDescribing(data):
		a, err = identifyText(data, now)
	case id == "]d1" || id == "]Q1" || id == "]J0":
		a = Answer{Kind: Text}
	default:
		err = refuse(Unknown, CodeUnsupported, "symbology", 0, "the symbol holds no identity that is known")
	}
	if err != nil {
		return Answer{}, err
	}
	a.Symbology = id
	return a, nil
}

// plainSymbologies carry HIBC, ISBT 128, links or any text: Code 39, Code 128,
// Data Matrix, QR, Aztec, PDF417, Code 93.
const plainSymbologies = "ACdQJzLG"

// selfDescribing says whether the beginning of plain text names its standard.
func selfDescribing(s string) bool {
	return s != "" && (s[0] == '+' || s[0] == '=' || s[0] == '&') ||
		hasFold(s, "http://") || hasFold(s, "https://") || strings.HasPrefix(s, "urn:epc:")
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// identifyText reads text without symbology identifier. Its first characters
// name the standard; only digits need more thought.
func identifyText(s string, now time.Time) (Answer, error) {
	switch s[0] {
	case '(', '^', groupSeparator:
		return fromElements(s, now)
	case '+':
		return fromHIBC(s, now)
	case '=', '&':
		return fromISBT(s)
	case 'h', 'H':
		if hasFold(s, "http://") || hasFold(s, "https://") {
			return fromURL(s, now)
		}
	case 'u':
		if strings.HasPrefix(s, "urn:epc:") {
			return fromEPCURI(s)
		}
	}
	shape := shapeOf(s)
	switch {
	case shape == digits && retailLength(len(s)):
		return fromRetail(s)
	case shape != other:
		return fromHex(s, shape, now)
	case strings.IndexByte(s, groupSeparator) >= 0:
		return fromElements(s, now)
	}
	return recovered(s, now, refuse(Unknown, CodeUnsupported, "scan", 0, "the text belongs to no known standard"))
}

// shape is the alphabet of a text.
type shape uint8

const (
	other shape = iota
	hexadecimal
	digits
)

func shapeOf(s string) shape {
	found := digits
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c-'0' < 10:
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			found = hexadecimal
		default:
			return other
		}
	}
	return found
}

func fromElements(s string, now time.Time) (Answer, error) {
	m, err := gs1.ParseElementString(s)
	if err != nil {
		return Answer{}, wrap(GS1, err)
	}
	return answer(GS1, m, now), nil
}

// fromScan reads a scan whose identifier says that it holds AI data or a retail
// number.
func fromScan(s string, kind Kind, now time.Time) (Answer, error) {
	scan, err := gs1.ParseScan(s)
	if err != nil {
		return Answer{}, wrap(kind, err)
	}
	a := answer(kind, scan.Message, now)
	a.GTIN, a.DI = scan.GTIN, scan.GTIN
	return a, nil
}

// answer takes over what a GS1 message says.
func answer(kind Kind, m gs1.Message, now time.Time) Answer {
	a := Answer{Kind: kind, Elements: m.Elements}
	for _, e := range m.Elements {
		switch e.AI {
		case "01":
			a.GTIN, a.DI = e.Value, e.Value
		case "10":
			a.Lot = e.Value
		case "21":
			a.Serial = e.Value
		case "17":
			a.Expiry, _ = m.Expiry(now)
		case "11":
			a.Manufactured, _ = m.Manufactured(now)
		}
	}
	for _, w := range m.Warnings {
		a.Warnings = append(a.Warnings, Warning{Code: WarningCode(w.Code), Field: w.Field})
	}
	return a
}

// recovered reads a device label that lost all its separators, as scanners set
// to plain text send it. Without a single reading it returns the refusal given.
func recovered(s string, now time.Time, refusal error) (Answer, error) {
	if len(s) < 16 || s[:2] != "01" || !checked(s[2:16]) {
		return Answer{}, refusal
	}
	m, err := gs1.Recover(s, gs1.DeviceLabel())
	if err != nil {
		return Answer{}, wrap(GS1, err)
	}
	a := answer(GS1, m, now)
	a.Warnings = append(a.Warnings, Warning{Code: MissingSeparator})
	return a, nil
}

func retailLength(n int) bool { return n == 8 || n == 12 || n == 13 || n == 14 }

// checked verifies the check digit of a number with all its digits.
func checked(s string) bool {
	c, ok := gs1.CheckDigit(s[:len(s)-1])
	return ok && c == s[len(s)-1]
}

func fromRetail(s string) (Answer, error) {
	if !checked(s) {
		if a, ok := chipNumber(s); ok {
			return a, nil
		}
		return Answer{}, refuse(GTIN, CodeCheckDigit, "gtin", len(s)-1, "the check digit is wrong")
	}
	gtin := "00000000000000"[len(s):] + s
	return Answer{Kind: GTIN, GTIN: gtin, DI: gtin}, nil
}

func fromEPCURI(s string) (Answer, error) {
	parse := epc.ParseTagURI
	if strings.HasPrefix(s, "urn:epc:id:") {
		parse = epc.ParseEPCURI
	}
	tag, err := parse(s)
	if err != nil {
		return Answer{}, wrap(EPCURI, err)
	}
	return fromTag(EPCURI, tag), nil
}

func fromTag(kind Kind, tag epc.Tag) Answer {
	a := Answer{Kind: kind, EPC: tag, Elements: tag.Elements(), Serial: tag.Serial()}
	if len(a.Elements) > 0 && a.Elements[0].AI == "01" {
		a.GTIN = a.Elements[0].Value
	} else {
		a.GTIN = tag.GTIN()
	}
	a.DI = a.GTIN
	return a
}
