package gs1

import "strconv"

// Code classifies an [Error].
type Code string

// The codes of errors.
const (
	CodeMalformed   Code = "malformed"   // wrong alphabet or structure
	CodeOversize    Code = "oversize"    // longer than the bound or than the AI allows
	CodeUnsupported Code = "unsupported" // unknown AI, symbology or scheme, or not AI data at all
	CodeCheckDigit  Code = "check_digit" // wrong check digit or check characters
	CodeRange       Code = "range"       // well formed, but no such date, country, quantity …
	CodeTruncated   Code = "truncated"   // shorter than the AI demands
	CodeMissing     Code = "missing"     // a required companion or part is absent
	CodeConflict    Code = "conflict"    // two statements exclude each other
)

// Error tells why data were refused. Field is the AI, or the part of the input,
// at fault. Offset is the byte in the input where the fault begins; for a fault
// of the message as a whole it is that of the AI named. Detail is a constant
// sentence part; no error ever contains a value that was read.
type Error struct {
	Code   Code
	Field  string
	Offset int
	Detail string
}

// Error returns a sentence with field, detail and position.
func (e *Error) Error() string {
	s := "gs1: "
	if e.Field != "" {
		s += e.Field + ": "
	}
	return s + e.Detail + " (" + string(e.Code) + ", byte " + strconv.Itoa(e.Offset) + ")"
}

func refuse(code Code, field string, offset int, detail string) error {
	return &Error{Code: code, Field: field, Offset: offset, Detail: detail}
}

// WarningCode classifies a [Warning].
type WarningCode string

// The codes of warnings.
const (
	// WarnStraySeparator: an FNC1 where none belongs, as some hand scanners send
	// after the symbology identifier. Strict readers refuse it.
	WarnStraySeparator WarningCode = "stray_separator"
	// WarnPossibleSwallowedAI: a lot or serial ends in what could be a date with
	// its AI, as happens when a printer leaves out the separator.
	WarnPossibleSwallowedAI WarningCode = "possible_swallowed_ai"
)

// Warning is a doubt that does not make the data invalid. Field is the AI whose
// value is in doubt, or empty; Offset is the byte in the input.
type Warning struct {
	Code   WarningCode
	Field  string
	Offset int
}
