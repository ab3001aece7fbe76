package authentic

import (
	"strings"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/standard/sdm"
)

// ProfileID stands in the path of a tag's URL.
type ProfileID string

// Derivation names how a tag's own keys come from its profile's master.
type Derivation string

// The derivations of package keydiv.
const (
	AN10922  Derivation = "an10922"
	Boltcard Derivation = "boltcard"
)

// Profile says what a family of tags was programmed to do. Keys are in the
// vault under KeyRef; none stands here. A profile of UHF tags has EPC alone.
type Profile struct {
	ID         ProfileID
	Vendor     access.OrganisationID
	Name       string
	Technology Technology // NTAG424, also when empty, or UHF
	EPC        EPCRule
	Mode       sdm.Mode
	// URLTemplate is the URL as programmed, with {picc} or {uid} and {ctr},
	// perhaps {enc}, and {mac}: ".../t/ID?p={picc}&m={mac}".
	URLTemplate string
	MACInput    string // placeholder at which the MAC's input begins; empty for none
	MirrorsFile bool
	Tamper      bool
	LowerCase   bool
	KeyRef      string
	Derivation  Derivation
	CreatedAt   time.Time
}

// EPCRule says how a unit's EPC is made of its GTIN and serial number.
type EPCRule struct {
	PrefixLength int // digits of the GS1 company prefix, 6 to 12
	Filter       int // 0 to 7; 1 is a single consumer item
}

// Keyed reports whether tags of the profile prove themselves with keys.
func (p Profile) Keyed() bool { return p.Technology != UHF }

// fileMirror is the length of {enc} that profiles use, in characters: one
// block of file data.
const fileMirror = 32

// Verifier prepares the profile for checks. An error means that the profile
// itself cannot be used.
func (p Profile) Verifier() (*sdm.Verifier, error) {
	s := sdm.Profile{
		Mode: p.Mode, Layout: p.Layout(), MACFrom: p.MACInput, LowerHex: p.LowerCase, Tamper: p.Tamper,
	}
	if p.MirrorsFile {
		s.EncLength = fileMirror
	}
	return sdm.NewVerifier(s)
}

// Layout is the query of the URL template: the part a tag writes into.
func (p Profile) Layout() string {
	_, query, _ := strings.Cut(p.URLTemplate, "?")
	return query
}

// FileMirrorLength is the length of {enc} in characters, 0 without file data.
func (p Profile) FileMirrorLength() int {
	if p.MirrorsFile {
		return fileMirror
	}
	return 0
}

// TagID is a UUIDv7 text.
type TagID string

// Technology is what sort of tag it is.
type Technology string

// The technologies.
const (
	NTAG424 Technology = "ntag424"
	UHF     Technology = "uhf"
	NFC     Technology = "nfc" // a bare NFC tag: its UID proves nothing
)

// TagState says whether a tag still stands for its unit.
type TagState string

// The states of a tag.
const (
	TagActive      TagState = "active"
	TagRetired     TagState = "retired"
	TagQuarantined TagState = "quarantined"
)

// Tag is one electronic carrier. Identity is a keyed digest of its UID, or its
// EPC: a stolen database names no UID.
type Tag struct {
	ID         TagID
	Identity   string
	Technology Technology
	Profile    ProfileID // empty for tags without cryptography
	Vendor     access.OrganisationID
	Hospital   access.OrganisationID // of the unit; empty while unbound
	Unit       string                // empty while unbound
	EPC        string                // hex, upper case; UHF only
	Epoch      int64                 // of its keys; a new one is the only reset of its counter
	State      TagState
	TamperedAt time.Time // zero: the seal was never reported open
	BoundAt    time.Time
	BoundBy    access.PersonID
	RetiredAt  time.Time
	CreatedAt  time.Time
}

// Tap is one check of a tag whose mirror could be read.
type Tap struct {
	ID       string
	Tag      TagID // empty when no tag of ours answers to it
	Profile  ProfileID
	Unit     string
	Hospital access.OrganisationID
	Vendor   access.OrganisationID
	Epoch    int64
	Counter  uint32
	Verdict  Verdict
	Tamper   sdm.Tamper
	Person   access.PersonID
	Source   string // "tap", "scan", "offline", "gateway"
	At       time.Time
	// Captured is when a device that was offline took the message, as it says;
	// zero for one that came at once.
	Captured time.Time
}
