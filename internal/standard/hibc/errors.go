package hibc

import "strconv"

// Code classifies an [Error].
type Code string

// The codes of errors.
const (
	CodeMalformed   Code = "malformed"   // wrong alphabet or structure
	CodeOversize    Code = "oversize"    // longer than the bound or than the field allows
	CodeUnsupported Code = "unsupported" // a field that this package does not know
	CodeCheckDigit  Code = "check_digit" // wrong check character
	CodeRange       Code = "range"       // well formed, but no such date
	CodeTruncated   Code = "truncated"   // shorter than the field demands
	CodeMissing     Code = "missing"     // a part is absent
	CodeConflict    Code = "conflict"    // a field is repeated with another value
)

// Error tells why a label was refused. Field names the part at fault; Offset is
// the byte in the input where that part or its fault begins. Detail is constant;
// no error ever contains a value that was read.
type Error struct {
	Code   Code
	Field  string
	Offset int
	Detail string
}

// Error returns a sentence with field, detail and position.
func (e *Error) Error() string {
	return "hibc: " + e.Field + ": " + e.Detail + " (" + string(e.Code) + ", byte " + strconv.Itoa(e.Offset) + ")"
}

func refuse(code Code, field string, offset int, detail string) error {
	return &Error{Code: code, Field: field, Offset: offset, Detail: detail}
}
