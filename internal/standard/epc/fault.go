package epc

import "strconv"

// Code says what is wrong with an input. The set is closed.
type Code string

// The codes an Error may carry.
const (
	CodeMalformed    Code = "malformed"    // wrong alphabet, shape or reserved value
	CodeOversize     Code = "oversize"     // longer than an EPC bank or a URI can be
	CodeUnsupported  Code = "unsupported"  // header, scheme or encoding not assigned
	CodeUnprogrammed Code = "unprogrammed" // header 00: the tag was never written
	CodeCheckDigit   Code = "check_digit"  // GS1 check digit does not match
	CodeRange        Code = "range"        // value does not fit its field
	CodeTruncated    Code = "truncated"    // input ends inside a field
	CodeMissing      Code = "missing"      // a needed part is absent
	CodeConflict     Code = "conflict"     // two parts contradict each other
)

var sentences = map[Code]string{
	CodeMalformed:    "is not written as the standard demands",
	CodeOversize:     "is longer than a tag can hold",
	CodeUnsupported:  "is not assigned to a known scheme",
	CodeUnprogrammed: "shows a tag that was never written",
	CodeCheckDigit:   "has a wrong check digit",
	CodeRange:        "is out of range",
	CodeTruncated:    "ends too early",
	CodeMissing:      "is missing",
	CodeConflict:     "contradicts another part",
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
