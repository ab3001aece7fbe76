// Package pn532 speaks to NXP PN532 contactless readers over their high-speed
// UART (UM0701-02 chapters 6 and 7): frames, the commands that a tag reader
// needs, and their answers.
//
// It promises exact bytes, strict parsing of every length and check, bounded
// memory, and frames found again behind noise. It does no I/O and keeps no
// time: when to wait, repeat and give up is the driver's business. Frames were
// checked against published captures, never against a reader.
package pn532

import "strconv"

// Bounds of a frame (UM0701-02 §6.2.1.2).
const (
	MaxData  = 265 // bytes from TFI on
	maxFrame = 8 + MaxData + 2
)

// MaxExchange is the number of bytes that one exchange with a tag may carry in
// either direction.
const MaxExchange = 262

// WakeUp is sent before the first frame: the reader may be asleep and needs the
// edges and some 2 ms.
func WakeUp() []byte { return append([]byte{0x55, 0x55}, make([]byte, 14)...) }

// Code names why something was refused.
type Code string

// The refusals of this package.
const (
	CodeMalformed Code = "malformed" // not a frame, or not that command's answer
	CodeOversize  Code = "oversize"  // more than a frame may carry
	CodeTruncated Code = "truncated" // ends too early
)

var sentences = map[Code]string{
	CodeMalformed: "is not written as the manual demands",
	CodeOversize:  "is longer than a frame may carry",
	CodeTruncated: "ends too early",
}

// Error is a refusal, with the part concerned and its place in the input. It
// carries nothing that was read.
type Error struct {
	Code   Code
	Field  string
	Offset int
}

// Error says the code as a sentence.
func (e *Error) Error() string {
	return "pn532: " + e.Field + " " + sentences[e.Code] + " (at " + strconv.Itoa(e.Offset) + ")"
}

func fail(code Code, field string, offset int) error {
	return &Error{Code: code, Field: field, Offset: offset}
}
