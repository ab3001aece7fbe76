// Package carrier answers one question: what is this scan? It takes what a
// scanner, a tag reader, a keyboard or a camera delivers and gives one typed
// answer, from whichever standard it belongs to: GS1 element strings and
// Digital Links, EAN numbers, HIBC, ISBT 128, EPC in hexadecimal digits or as
// URI, the tap URL of a tag, a chip's own number.
//
// It promises one answer or one typed Error, never both and never a guess: text
// that lost its separators is accepted only if it can be read in a single way
// as a device label, and carries a warning then. Input is bounded (MaxScan,
// MaxQuery) before anything is parsed. Error texts hold nothing that was read.
//
// It does not say that a carrier is genuine, does not check the cryptography of
// a tap URL (package sdm does), never fetches a link and never trusts a host.
package carrier

import (
	"time"

	"trueward/internal/standard/civil"
	"trueward/internal/standard/epc"
	"trueward/internal/standard/gs1"
)

// Bounds of what is looked at, in bytes.
const (
	MaxScan  = 4096
	MaxQuery = 512 // query of a tap URL
)

// Kind says what a scan is. The set is closed.
type Kind string

// The kinds of scans.
const (
	GS1         Kind = "gs1"          // element string, raw or in brackets
	DigitalLink Kind = "digital_link" // GS1 Digital Link URI
	GTIN        Kind = "gtin"         // EAN or UPC number, 8 to 14 digits
	HIBC        Kind = "hibc"         // label of the Health Industry Bar Code standard
	ISBT128     Kind = "isbt128"      // label of ICCBBA
	EPCHex      Kind = "epc_hex"      // EPC bank of a UHF tag
	EPCURI      Kind = "epc_uri"      // EPC Tag URI or pure identity URI
	Tap         Kind = "tap"          // URL of a tag, /t/{profile}?...
	UID         Kind = "uid"          // number of an NFC chip
	TID         Kind = "tid"          // number of a UHF chip
	Text        Kind = "text"         // a symbol that says it holds plain text
	Unknown     Kind = "unknown"
)

// WarningCode classifies a doubt that does not make a scan invalid.
type WarningCode string

// The codes of warnings.
const (
	StraySeparator      WarningCode = "stray_separator"       // separator where none belongs
	PossibleSwallowedAI WarningCode = "possible_swallowed_ai" // a lot or serial may hold a date
	MissingSeparator    WarningCode = "missing_separator"     // separators are lost; one reading fits
)

// Warning is a doubt. Field is the AI concerned, or empty.
type Warning struct {
	Code  WarningCode
	Field string
}

// TapURL is the part of a tap URL that package sdm checks. Query is raw, as it
// came over the air.
type TapURL struct {
	Host    string
	Profile string
	Query   string
}

// Answer is what a scan says. Fields that its kind does not have are empty.
type Answer struct {
	Kind      Kind
	Symbology string // AIM identifier such as "]d2", if one was sent

	// Elements are the GS1 elements in their order, also of an EPC.
	Elements []gs1.Element
	GTIN     string // 14 digits
	// DI is the device identifier as its issuer writes it: the GTIN, or that of
	// HIBC or ISBT 128.
	DI           string
	Lot          string
	Serial       string
	DonationID   string     // ISBT 128 donation identification number
	Expiry       civil.Date // last day of use; zero if none
	Manufactured civil.Date // zero if none

	EPC    epc.Tag // zero if the scan is no EPC
	Tap    TapURL
	ChipID string // UID or TID in upper-case hexadecimal digits

	Warnings []Warning
}

// Options say what the text itself does not.
type Options struct {
	// Symbology is the AIM identifier of the symbol, "]d2" or "d2", if the
	// scanner reports it beside the data.
	Symbology string
	// Now chooses the century of two-digit years.
	Now time.Time
}

// Identify says what a scan is. It tolerates what hand scanners do wrong and
// reports it in Warnings.
//
// Errors: always an *Error.
func Identify(s string, o Options) (Answer, error) {
	var a Answer
	if err := a.identify(trimLineEnd(s), &o); err != nil {
		return Answer{}, err
	}
	return a, nil
}

func (a *Answer) identify(s string, o *Options) error {
	if len(s) > MaxScan {
		return refuse(Unknown, CodeOversize, "scan", MaxScan, "the scan is too long")
	}
	if o.Symbology != "" && (s == "" || s[0] != ']') {
		return a.fromSymbol(withSymbology(o.Symbology, s), o.Now)
	}
	if s == "" {
		return refuse(Unknown, CodeMissing, "scan", 0, "there is nothing to read")
	}
	if s[0] == ']' {
		return a.fromSymbol(s, o.Now)
	}
	return a.fromText(s, o.Now)
}

// IdentifyBytes is Identify for the bytes of a scanner.
func IdentifyBytes(p []byte, o Options) (Answer, error) {
	if len(p) > MaxScan+2 {
		p = p[:MaxScan+2]
	}
	return Identify(string(p), o)
}

// trimLineEnd takes off the line end that a keyboard wedge sends behind a scan.
func trimLineEnd(s string) string {
	for s != "" && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

func withSymbology(id, s string) string {
	if id[0] != ']' {
		id = "]" + id
	}
	return id + s
}
