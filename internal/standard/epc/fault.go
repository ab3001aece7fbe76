package epc

import "strconv"

// Code says what is wrong with an input. The set is closed.
type Code string

// The codes an Error may carry.
const (
	Malformed    Code = "malformed"    // wrong alphabet, shape or reserved value
	Oversize     Code = "oversize"     // longer than an EPC bank or a URI can be
	Unsupported  Code = "unsupported"  // header, scheme or encoding not assigned
	Unprogrammed Code = "unprogrammed" // header 00: the tag was never written
	CheckDigit   Code = "check_digit"  // GS1 check digit does not match
	Range        Code = "range"        // value does not fit its field
	Truncated    Code = "truncated"    // input ends inside a field
	Missing      Code = "missing"      // a needed part is absent
	Conflict     Code = "conflict"     // two parts contradict each other
)

var sentences = map[Code]string{
	Malformed:    "is not written as the standard demands",
	Oversize:     "is longer than a tag can hold",
	Unsupported:  "is not assigned to a known scheme",
	Unprogrammed: "shows a tag that was never written",
	CheckDigit:   "has a wrong check digit",
	Range:        "is out of range",
	Truncated:    "ends too early",
	Missing:      "is missing",
	Conflict:     "contradicts another part",
}

// Error is the only error type of this package. It never holds the input.
type Error struct {
	Code  Code
	Field string // name of the part of the EPC, e.g. "partition"
	// Offset counts characters from the start of a text input. For binary
	// input it counts hexadecimal digits, two to a byte.
	Offset int
}

// Error says the code as a sentence, with the place.
func (e *Error) Error() string {
	return "epc: " + e.Field + " " + sentences[e.Code] + " (at " + strconv.Itoa(e.Offset) + ")"
}

func fail(code Code, field string, offset int) error {
	return &Error{Code: code, Field: field, Offset: offset}
}
