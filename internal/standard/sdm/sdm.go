// Package sdm checks the messages that an NTAG 424 DNA writes into its own URL
// at every tap (Secure Unique NFC, Secure Dynamic Messaging): NXP NT4H2421Gx
// data sheet §9.3 and AN12196, in AES and in LRP mode, with plain or encrypted
// mirrors, encrypted file data and the TagTamper status.
//
// It promises that a Result comes only from a message authenticated under the
// file key, over the very bytes that were on the air, in the mode the profile
// names. It does not judge freshness: the counter in a Result is authentic, but
// whether it was seen before is the business of whoever stores counters. Nor
// does it know keys, tags or time; all are handed in.
//
// The order is fixed: Parse (lengths and alphabet) → Open (decrypt, tag byte) →
// the caller looks up the file key of the claimed UID → Verify (MAC in constant
// time, then file data). A claim that cannot be true still goes to Verify, with
// whatever key the caller has, so that a wrong tag byte, an unknown tag and a
// wrong MAC take the same path.
package sdm

import "errors"

// MaxText is the longest text that Parse looks at, in bytes.
const MaxText = 512

// Code names why a message was refused.
type Code string

// The refusals of this package.
const (
	// CodeMalformed: a length, the alphabet or the layout is wrong.
	CodeMalformed Code = "malformed"
	// CodeOversize: longer than MaxText; nothing else was looked at.
	CodeOversize Code = "oversize"
	// CodeWrongMode: a well-formed message of another mode than the profile's.
	CodeWrongMode Code = "wrong_mode"
	// CodeNotMirrored: the tag mirrors no UID, or no counter where the profile
	// needs one.
	CodeNotMirrored Code = "not_mirrored"
	// CodeBadTagOrMAC: the decrypted mirror is not one; the meta key or the
	// text is wrong.
	CodeBadTagOrMAC Code = "bad_tag_or_mac"
	// CodeBadMAC: the message was not written by a tag with this file key.
	CodeBadMAC Code = "bad_mac"
	// CodeProfile: the profile itself cannot be used.
	CodeProfile Code = "profile"
)

// Error is a refusal. Field names the part of the message or of the profile,
// Offset the byte within the text that was parsed, or -1. Neither carries any
// of the message's content.
type Error struct {
	Code   Code
	Field  string
	Offset int
}

func (e *Error) Error() string {
	if e.Field == "" {
		return "sdm: " + string(e.Code)
	}
	return "sdm: " + string(e.Code) + " in " + e.Field
}

// CodeOf is the code of an error of this package, "" for any other.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

func refuse(code Code, field string, offset int) error {
	return &Error{Code: code, Field: field, Offset: offset}
}

// UID is the 7-byte identity of the chip, first byte first.
type UID [7]byte

// Claim is what a mirror says before anything is proven: enough to look up the
// tag's key, and not to be shown, stored or trusted.
type Claim struct {
	UID     UID
	Ctr     uint32 // 24 bit; 0 is a legal value
	HasCtr  bool
	TagByte byte // PICCDataTag of an encrypted mirror, 0 for a plain one
	fault   Code // decided at Open, told only by Verify
}

// Result is what an authentic message says.
type Result struct {
	UID      UID
	Ctr      uint32
	HasCtr   bool
	TagByte  byte
	Mode     Mode
	FileData []byte // decrypted, no padding removed; nil without file data
	Tamper   Tamper
}

// Tamper is the TagTamper status, from the first two characters of the file
// data: what the tag recorded for ever, then what it measures now.
type Tamper string

// The tamper states. Everything but TamperNone (the profile has no loop) and
// TamperIntact is a reason not to trust the seal.
const (
	TamperNone          Tamper = ""
	TamperIntact        Tamper = "intact"          // CC
	TamperReclosed      Tamper = "reclosed"        // OC: opened once, closed now
	TamperOpen          Tamper = "open"            // OO
	TamperUninitialised Tamper = "not_initialised" // II
	TamperUnknown       Tamper = "unknown"         // anything else, or no data
)

// OK reports whether the status leaves the seal trusted.
func (t Tamper) OK() bool { return t == TamperNone || t == TamperIntact }

// tamperAt reads the status at offset in authenticated file data.
func tamperAt(data []byte, offset int) Tamper {
	if offset < 0 || offset+2 > len(data) {
		return TamperUnknown
	}
	switch string(data[offset : offset+2]) {
	case "CC":
		return TamperIntact
	case "OC":
		return TamperReclosed
	case "OO":
		return TamperOpen
	case "II":
		return TamperUninitialised
	}
	return TamperUnknown
}
