package device

import (
	"encoding/hex"
	"log/slog"
	"strings"
	"time"
)

// UID is a chip's identity as upper-case hex. It does not print.
type UID string

// NewUID makes a UID from its bytes.
func NewUID(b []byte) UID { return UID(strings.ToUpper(hex.EncodeToString(b))) }

// Bytes are the UID's bytes, nil if it is not hex.
func (u UID) Bytes() []byte { return unhex(string(u)) }

// String keeps UIDs out of logs and error texts.
func (UID) String() string { return "[uid]" }

// GoString is String for %#v.
func (UID) GoString() string { return "[uid]" }

// LogValue is String for slog.
func (UID) LogValue() slog.Value { return slog.StringValue("[uid]") }

// EPC is the content of a UHF tag's EPC bank, without its control word, as
// upper-case hex. It does not print.
type EPC string

// NewEPC makes an EPC from its bytes.
func NewEPC(b []byte) EPC { return EPC(strings.ToUpper(hex.EncodeToString(b))) }

// Bytes are the EPC's bytes, nil if it is not hex.
func (e EPC) Bytes() []byte { return unhex(string(e)) }

// String keeps EPCs out of logs and error texts.
func (EPC) String() string { return "[epc]" }

// GoString is String for %#v.
func (EPC) GoString() string { return "[epc]" }

// LogValue is String for slog.
func (EPC) LogValue() slog.Value { return slog.StringValue("[epc]") }

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}

// Sighting is a tag that a reader sees, before anything is read from it. One of
// UID and EPC is set.
type Sighting struct {
	UID  UID
	EPC  EPC
	RSSI int8 // dBm, UHF only; a hint
}

// Key tells two tags apart.
func (s Sighting) Key() string { return string(s.UID) + "/" + string(s.EPC) }

// String says what was seen and not which.
func (s Sighting) String() string {
	if s.EPC != "" {
		return "[uhf tag]"
	}
	return "[nfc tag]"
}

// GoString is String for %#v.
func (s Sighting) GoString() string { return s.String() }

// LogValue is String for slog.
func (s Sighting) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Read is one observation of a tag: everything that could be read from it.
type Read struct {
	Reader     ReaderID
	Technology Technology
	Product    string // the chip's name if it told one, e.g. NTAG215
	UID        UID
	URL        string // of the NDEF message; a tap URL if the tag makes them
	EPC        EPC
	TID        EPC    // UHF only, if it could be read; tells apart two tags of one EPC
	RSSI       int8   // dBm, UHF only
	Signature  []byte // of the chip's maker, not yet verified
	At         time.Time
}

// String says what was read and not which.
func (r Read) String() string { return "[read of " + string(r.Technology) + "]" }

// GoString is String for %#v.
func (r Read) GoString() string { return r.String() }

// LogValue is the part of a read that a log may hold.
func (r Read) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("reader", string(r.Reader)),
		slog.String("technology", string(r.Technology)),
		slog.Time("at", r.At),
	)
}
