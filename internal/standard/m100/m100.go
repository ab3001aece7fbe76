// Package m100 speaks to the UHF modules of the M100 family (M100, QM100, R200,
// YRM100, JRD-4035) over their serial line: frames in both dialects, the
// commands for inventory, selection, memory and settings, and their answers.
//
// It promises exact bytes, strict parsing of lengths and checks, bounded memory,
// and frames found again behind noise. It does no I/O. No maker's manual could
// be read: frames were checked against published captures, and the layouts of
// select, write, lock and query parameters are general knowledge, never tried
// on a module.
package m100

import "strconv"

// MaxFrame is the longest frame in bytes, start and end included.
const MaxFrame = 512

const (
	overhead = 7 // head, type, command, length, check, tail
	maxParam = MaxFrame - overhead
)

// Code names why something was refused.
type Code string

// The refusals of this package.
const (
	CodeMalformed Code = "malformed" // not a frame, or not that command's answer
	CodeOversize  Code = "oversize"
	CodeTruncated Code = "truncated"
	CodeRange     Code = "range"   // a value the module cannot take
	CodeRefused   Code = "refused" // the module says that the command failed
)

var sentences = map[Code]string{
	CodeMalformed: "is not written as the protocol demands",
	CodeOversize:  "is longer than a frame may carry",
	CodeTruncated: "ends too early",
	CodeRange:     "is out of range",
	CodeRefused:   "was refused by the module",
}

// Error is a refusal, with the part concerned and its place in the input. Cause
// is the module's failure code. It carries nothing that was read.
type Error struct {
	Code   Code
	Field  string
	Offset int
	Cause  Failure
}

// Error says the code as a sentence.
func (e *Error) Error() string {
	text := "m100: " + e.Field + " " + sentences[e.Code]
	if e.Code == CodeRefused {
		return text + " (" + e.Cause.String() + ")"
	}
	return text + " (at " + strconv.Itoa(e.Offset) + ")"
}

func fail(code Code, field string, offset int) error {
	return &Error{Code: code, Field: field, Offset: offset}
}
