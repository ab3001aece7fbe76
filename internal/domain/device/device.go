// Package device is about the readers beside a desk or in a cabinet: how one is
// named and addressed, what it reads, when a tag that lies on it counts as read
// again, and how it is doing.
//
// A read is evidence, not truth, and a missing read proves nothing. Nothing here
// does I/O or asks for the time. UIDs, EPCs and tap URLs do not print: what
// travels here must not reach a log by accident.
package device

import "trueward/internal/standard/originality"

// ReaderID names a reader within one installation.
type ReaderID string

// Kind is the sort of module a reader is.
type Kind string

// The kinds. KindFind asks the reader itself, on the port a person named.
const (
	KindFind  Kind = ""
	KindPN532 Kind = "pn532" // NFC desk reader
	KindR200  Kind = "r200"  // UHF desk module of the M100 family
)

// Kinds are the kinds that can be asked for.
func Kinds() []Kind { return []Kind{KindPN532, KindR200} }

// Technology is what sort of tag was read.
type Technology string

// The technologies.
const (
	NTAG424 Technology = "ntag424"
	NTAG21x Technology = "ntag21x"
	NFC     Technology = "nfc" // any other tag of ISO/IEC 14443 type A
	UHF     Technology = "uhf"
)

// Originality is the family of published keys whose signature such a tag
// carries, "" for none.
func (t Technology) Originality() originality.Family {
	switch t {
	case NTAG424:
		return originality.FamilyDESFire
	case NTAG21x:
		return originality.FamilyUltralight
	}
	return ""
}
