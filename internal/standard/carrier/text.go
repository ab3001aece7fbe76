package carrier

import (
	"strings"
	"time"

	"trueward/internal/standard/civil"
	"trueward/internal/standard/epc"
	"trueward/internal/standard/gs1"
)

const groupSeparator = 0x1D

// fromSymbol reads a scan that begins with an AIM symbology identifier
// (ISO/IEC 15424).
func (a *Answer) fromSymbol(s string, now time.Time) error {
	if len(s) < 3 {
		return refuse(Unknown, CodeMissing, "symbology", 0, "the symbology identifier is cut off")
	}
	id, data := s[:3], s[3:]
	a.Symbology = id
	switch {
	case id == "]C1" || id == "]d2" || id == "]e0" || id == "]J1" || id == "]Q3":
		return a.fromScan(s, GS1, now)
	case id == "]E0" || id == "]E4":
		return a.fromScan(s, GTIN, now)
	case strings.IndexByte(plainSymbologies, id[1]) < 0:
		return refuse(Unknown, CodeUnsupported, "symbology", 0, "the symbology is not supported")
	case selfDescribing(data):
		return a.fromText(data, now)
	case id == "]d1" || id == "]Q1" || id == "]J0":
		a.Kind = Text
		return nil
	}
	return refuse(Unknown, CodeUnsupported, "symbology", 0, "the symbol holds no identity that is known")
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

// fromText reads text without symbology identifier. Its first characters
// name the standard; only digits need more thought.
func (a *Answer) fromText(s string, now time.Time) error {
	switch s[0] {
	case '(', '^', groupSeparator:
		return a.fromElements(s, now)
	case '+':
		return a.fromHIBC(s, now)
	case '=', '&':
		return a.fromISBT(s)
	case 'h', 'H':
		if hasFold(s, "http://") || hasFold(s, "https://") {
			return a.fromURL(s, now)
		}
	case 'u':
		if strings.HasPrefix(s, "urn:epc:") {
			return a.fromEPCURI(s)
		}
	}
	shape := shapeOf(s)
	switch {
	case shape == digits && retailLength(len(s)):
		return a.fromRetail(s)
	case shape != other:
		return a.fromHex(s, shape, now)
	case strings.IndexByte(s, groupSeparator) >= 0:
		return a.fromElements(s, now)
	}
	return a.recovered(s, now, refuse(Unknown, CodeUnsupported, "scan", 0, "the text belongs to no known standard"))
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

func (a *Answer) fromElements(s string, now time.Time) error {
	m, err := gs1.ParseElementString(s)
	if err != nil {
		return wrap(GS1, err)
	}
	a.take(GS1, &m, now)
	return nil
}

// fromScan reads a scan whose identifier says that it holds AI data or a retail
// number.
func (a *Answer) fromScan(s string, kind Kind, now time.Time) error {
	scan, err := gs1.ParseScan(s)
	if err != nil {
		return wrap(kind, err)
	}
	a.take(kind, &scan.Message, now)
	a.GTIN, a.DI = scan.GTIN, scan.GTIN
	return nil
}

// take takes over what a GS1 message says.
func (a *Answer) take(kind Kind, m *gs1.Message, now time.Time) {
	a.Kind, a.Elements = kind, m.Elements
	for _, e := range m.Elements {
		switch e.AI {
		case "01":
			a.GTIN, a.DI = e.Value, e.Value
		case "10":
			a.Lot = e.Value
		case "21":
			a.Serial = e.Value
		case "17":
			a.Expiry = lastDay(e.Value, now)
		case "11":
			a.Manufactured = lastDay(e.Value, now)
		}
	}
	for _, w := range m.Warnings {
		a.Warnings = append(a.Warnings, Warning{Code: WarningCode(w.Code), Field: w.Field})
	}
}

// lastDay is the date YYMMDD, or the last of its month for day 00; zero if it
// is none.
func lastDay(yymmdd string, now time.Time) civil.Date {
	d, err := gs1.ParseDate(yymmdd, now)
	if err != nil {
		return civil.Date{}
	}
	return d.End()
}

// recovered reads a device label that lost all its separators, as scanners set
// to plain text send it. Without a single reading it returns the refusal given.
func (a *Answer) recovered(s string, now time.Time, refusal error) error {
	if len(s) < 16 || s[:2] != "01" || !checked(s[2:16]) {
		return refusal
	}
	m, err := gs1.Recover(s, gs1.DeviceLabel())
	if err != nil {
		return wrap(GS1, err)
	}
	a.take(GS1, &m, now)
	a.Warnings = append(a.Warnings, Warning{Code: MissingSeparator})
	return nil
}

func retailLength(n int) bool { return n == 8 || n == 12 || n == 13 || n == 14 }

// checked verifies the check digit of a number with all its digits.
func checked(s string) bool {
	c, ok := gs1.CheckDigit(s[:len(s)-1])
	return ok && c == s[len(s)-1]
}

func (a *Answer) fromRetail(s string) error {
	if !checked(s) {
		if a.chipNumber(s) {
			return nil
		}
		return refuse(GTIN, CodeCheckDigit, "gtin", len(s)-1, "the check digit is wrong")
	}
	gtin := "00000000000000"[len(s):] + s
	a.Kind, a.GTIN, a.DI = GTIN, gtin, gtin
	return nil
}

func (a *Answer) fromEPCURI(s string) (err error) {
	parse := epc.ParseTagURI
	if strings.HasPrefix(s, "urn:epc:id:") {
		parse = epc.ParseEPCURI
	}
	if a.EPC, err = parse(s); err != nil {
		return wrap(EPCURI, err)
	}
	a.takeTag(EPCURI)
	return nil
}

// takeTag takes over what the EPC says.
func (a *Answer) takeTag(kind Kind) {
	a.Kind, a.Elements, a.Serial = kind, a.EPC.Elements(), a.EPC.Serial()
	if len(a.Elements) > 0 && a.Elements[0].AI == "01" {
		a.GTIN = a.Elements[0].Value
	} else {
		a.GTIN = a.EPC.GTIN()
	}
	a.DI = a.GTIN
}
