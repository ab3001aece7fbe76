package isbt128

import (
	"strings"

	"trueward/internal/standard/civil"
)

// MaxScan bounds a scan, in bytes.
const MaxScan = 4096

// structure is one entry of the table of known data structures.
type structure struct {
	identifier string
	field      string
	width      int // of the data behind the identifier
}

var (
	di           = structure{"=/", "di", 16}
	serial       = structure{"=,", "serial", 6}
	expiry       = structure{"=>", "expiry", 6}
	manufactured = structure{"=}", "manufactured", 6}
	donation     = structure{"=", "donation", 15}
	lot          = structure{"&,1", "lot", 18}
)

// identify returns the structure that s begins with, or nil.
func identify(s string) *structure {
	if strings.HasPrefix(s, lot.identifier) {
		return &lot
	}
	if s[0] != '=' {
		return nil
	}
	if len(s) == 1 {
		return &donation
	}
	switch s[1] {
	case '/':
		return &di
	case ',':
		return &serial
	case '>':
		return &expiry
	case '}':
		return &manufactured
	}
	if isAlphanumeric(s[1]) {
		return &donation
	}
	return nil
}

// Parse reads one structure, several in a row, or a compound message ("=+", the
// number of structures, three digits of reference), in any order. Every structure
// may appear once.
func Parse(s string) (Message, error) {
	if len(s) > MaxScan {
		return Message{}, refuse(CodeOversize, "scan", MaxScan, "scan is too long")
	}
	pos, announced, err := header(s)
	if err != nil {
		return Message{}, err
	}
	var m Message
	n := 0
	for ; pos < len(s); n++ {
		next, err := one(&m, s, pos)
		if err != nil {
			return Message{}, err
		}
		pos = next
	}
	if n == 0 || n < announced {
		return Message{}, refuse(CodeMissing, "scan", pos, "fewer structures than there should be")
	}
	if announced > 0 && n > announced {
		return Message{}, refuse(CodeMalformed, "compound", 2, "more structures than announced")
	}
	return m, nil
}

// header reads the compound message header, if there is one, and returns how
// many structures it announces; 0 leaves the number open.
func header(s string) (pos, announced int, err error) {
	const width = 5
	if !strings.HasPrefix(s, "=+") {
		return 0, 0, nil
	}
	if len(s) > 2 && !isDigit(s[2]) {
		return 2, 0, nil
	}
	if len(s) < 2+width {
		return 0, 0, refuse(CodeMalformed, "compound", len(s), "header is too short")
	}
	for i := 2; i < 2+width; i++ {
		if !isDigit(s[i]) {
			return 0, 0, refuse(CodeMalformed, "compound", i, "not a digit")
		}
	}
	return 2 + width, number(s[2:4]), nil
}

// one reads the structure at pos and returns where it ends.
func one(m *Message, s string, pos int) (int, error) {
	d := identify(s[pos:])
	if d == nil {
		return 0, refuse(CodeUnsupported, "structure", pos, "unknown structure")
	}
	start := pos + len(d.identifier)
	end := start + d.width
	if end > len(s) {
		return 0, refuse(CodeMalformed, d.field, start, "structure is too short")
	}
	code, detail := m.set(d, s[start:end])
	switch code {
	case "":
		return end, nil
	case CodeConflict:
		return 0, refuse(code, d.field, pos, detail)
	}
	return 0, refuse(code, d.field, start, detail)
}

// set checks and stores the data of a structure.
func (m *Message) set(d *structure, data string) (Code, string) {
	switch d {
	case &di:
		return setText(&m.DI, data)
	case &serial:
		return setText(&m.Serial, data)
	case &lot:
		return setText(&m.Lot, data)
	case &expiry:
		return setDate(&m.Expiry, data)
	case &manufactured:
		return setDate(&m.Manufactured, data)
	}
	return setDonation(&m.DonationID, data)
}

const repeated = "structure is repeated"

// setText stores letters and digits.
func setText(into *string, data string) (Code, string) {
	if *into != "" {
		return CodeConflict, repeated
	}
	for i := range len(data) {
		if !isAlphanumeric(data[i]) {
			return CodeMalformed, "neither letter nor digit"
		}
	}
	*into = data
	return "", ""
}

// setDonation stores a donation identification number: facility 5, year 2,
// number 6, flags 2.
func setDonation(into *string, data string) (Code, string) {
	if !numeric(data[5:13]) {
		return CodeMalformed, "year and number are not numeric"
	}
	return setText(into, data)
}

// setDate stores a date of century digit, year and day of the year. The digit 9
// means the twentieth century, 0 and up the twenty-first and those after it.
func setDate(into *Date, data string) (Code, string) {
	if !into.IsZero() {
		return CodeConflict, repeated
	}
	if !numeric(data) {
		return CodeMalformed, "not a digit"
	}
	year := 2000 + number(data[:3])
	if data[0] == '9' {
		year -= 1000
	}
	d, ok := civil.OrdinalDay(year, number(data[3:]))
	if !ok {
		return CodeRange, "no such day in this year"
	}
	*into = d
	return "", ""
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isAlphanumeric(c byte) bool { return isDigit(c) || c-'A' <= 'Z'-'A' }

func numeric(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// number reads digits that were checked before.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
