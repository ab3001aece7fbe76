// Package ntag424 writes NXP NTAG 424 DNA tags: the commands and answers of the
// chip, EV2 secure messaging, its file and SDM settings, the NDEF image of a URL
// template, and the sequence of steps that turns a factory tag into one whose
// taps can be verified (NT4H2421Gx data sheet rev. 3.0, AN12196 rev. 1.8).
//
// It promises exact bytes and exact refusals, and does no I/O: a step takes the
// tag's last answer and returns the next command; randomness is handed in. It
// works in AES mode only: a tag switched to LRP is reported and left alone. Tap
// messages are checked by package sdm. Nothing here was tried on a chip other
// than by the published examples.
package ntag424

import (
	"errors"
	"fmt"
)

// Code names why something was refused.
type Code string

// The refusals of this package.
const (
	CodeTemplate   Code = "template"    // the URL template cannot be written
	CodeSettings   Code = "settings"    // the tag would answer 919E
	CodeMalformed  Code = "malformed"   // an answer of the wrong shape
	CodeStatus     Code = "status"      // the tag answered with an error status
	CodeBadMAC     Code = "bad_mac"     // the answer is not from this session
	CodeAuth       Code = "auth"        // the tag did not prove the key
	CodeLRPTag     Code = "lrp_tag"     // the tag works in LRP mode
	CodeNoStep     Code = "no_step"     // no command is waiting for an answer
	CodeTagChanged Code = "tag_changed" // another UID than before
	CodeForeignTag Code = "foreign_tag" // neither in factory state nor known
	CodeNotGenuine Code = "not_genuine" // the originality signature is wrong
	CodeVerify     Code = "verify"      // what was read back is not what was written
	CodeNoLoop     Code = "no_loop"     // the tag has no tamper loop
	CodeSession    Code = "session"     // no session, or its counter is used up
)

// Error is a refusal. Field names the part concerned, Status is the tag's
// status word if one decided (or would have), and Offset a byte position or -1.
// It carries no key, no random number and no UID.
type Error struct {
	Code   Code
	Field  string
	Status Status
	Offset int
}

func (e *Error) Error() string {
	s := "ntag424: " + string(e.Code)
	if e.Field != "" {
		s += " in " + e.Field
	}
	if e.Status != 0 {
		s += fmt.Sprintf(" (%04X %s)", uint16(e.Status), e.Status)
	}
	return s
}

func refuse(code Code, field string) error { return &Error{Code: code, Field: field, Offset: -1} }

// CodeOf is the code of an error of this package, "" for any other.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// UID is the 7-byte identity of a tag.
type UID [7]byte

// Key is an AES-128 key of a tag. It does not print.
type Key [16]byte

// String keeps keys out of logs and error texts.
func (Key) String() string { return "ntag424.Key" }

// GoString is String for %#v.
func (Key) GoString() string { return "ntag424.Key" }

// The application and its files (data sheet §8.2.2).
const (
	AppName = "\xD2\x76\x00\x00\x85\x01\x01"

	FileCC          = 1
	FileNDEF        = 2
	FileProprietary = 3

	IDCC          = 0xE103
	IDNDEF        = 0xE104
	IDProprietary = 0xE105

	SizeCC          = 32
	SizeNDEF        = 256
	SizeProprietary = 128

	KeyCount = 5
)

// FactoryCC is the capability container that a new tag holds (data sheet §8.2.3.1).
const FactoryCC = "\x00\x17\x20\x01\x00\x00\xFF\x04\x06\xE1\x04\x01\x00\x00\x00\x05\x06\xE1\x05\x00\x80\x82\x83"
