// Package isbt128 reads and writes the ISBT 128 data structures that device
// identifiers of human tissue and cells use (ICCBBA ST-001, ST-011): processor
// product identification, serial number, donation identification number, expiry
// and production date, MPHO lot number, alone or one behind another, with or
// without a compound message header.
//
// It promises exact lengths and only possible dates. No panic, no partial result
// beside an error, bounded input, no value in an error text. The standard's text
// was not at hand: the rules are those of public descriptions. Structures beyond
// the list are refused as unsupported, never skipped. Years carry their century
// digit, so that no clock is needed. The package does not check that facility
// or product codes are assigned.
package isbt128

import (
	"strconv"

	"trueward/internal/standard/civil"
)

// Date is a calendar date.
type Date = civil.Date

// Code classifies an [Error].
type Code string

// The codes of errors.
const (
	CodeMalformed   Code = "malformed"   // wrong alphabet or length
	CodeOversize    Code = "oversize"    // longer than the bound
	CodeUnsupported Code = "unsupported" // a structure that this package does not know
	CodeRange       Code = "range"       // well formed, but no such date
	CodeMissing     Code = "missing"     // no data, or fewer structures than announced
	CodeConflict    Code = "conflict"    // a structure is repeated
)

// Error tells why data were refused. Field names the structure, Offset is the
// byte where it or its fault begins. Detail is constant; no error ever contains
// a value that was read.
type Error struct {
	Code   Code
	Field  string
	Offset int
	Detail string
}

// Error returns a sentence with field, detail and position.
func (e *Error) Error() string {
	return "isbt128: " + e.Field + ": " + e.Detail + " (" + string(e.Code) + ", byte " + strconv.Itoa(e.Offset) + ")"
}

func refuse(code Code, field string, offset int, detail string) error {
	return &Error{Code: code, Field: field, Offset: offset, Detail: detail}
}

// Message is what the structures of one scan say; absent parts are empty. Only
// [Parse] makes one.
type Message struct {
	DI           string // =/ processor, product and description code, 16 characters
	Serial       string // =, 6 characters
	DonationID   string // = donation identification number with its flags, 15 characters
	Lot          string // &,1 18 characters
	Expiry       Date   // =>
	Manufactured Date   // =}
}

// String writes the structures in the order DI, serial, donation, expiry,
// production, lot. Two or more stand behind a compound message header.
func (m Message) String() string {
	s, n := "", 0
	for _, part := range []struct{ identifier, data string }{
		{"=/", m.DI},
		{"=,", m.Serial},
		{"=", m.DonationID},
		{"=>", julian(m.Expiry)},
		{"=}", julian(m.Manufactured)},
		{"&,1", m.Lot},
	} {
		if part.data != "" {
			s += part.identifier + part.data
			n++
		}
	}
	if n < 2 {
		return s
	}
	return "=+" + pad(n, 2) + "000" + s
}

// julian writes a date as century digit, year and day of the year.
func julian(d Date) string {
	if d.IsZero() {
		return ""
	}
	day := d.Day
	for m := d.Month - 1; m > 0; m-- {
		day += civil.DaysIn(d.Year, m)
	}
	return pad(d.Year%1000, 3) + pad(day, 3)
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
