package sdm

import "strings"

// Mode is how a tag writes its mirror and with which primitive it signs.
type Mode string

// The modes. They differ in shape, but only the profile decides which is taken.
const (
	ModePlain    Mode = "plain"     // UID and counter readable, AES
	ModeAES      Mode = "aes"       // encrypted mirror of 16 bytes
	ModePlainLRP Mode = "plain_lrp" // UID and counter readable, LRP
	ModeLRP      Mode = "lrp"       // encrypted mirror of 24 bytes
)

func (m Mode) plain() bool { return m == ModePlain || m == ModePlainLRP }
func (m Mode) lrp() bool   { return m == ModeLRP || m == ModePlainLRP }

// piccLen is the length of the encrypted mirror in hex characters.
func (m Mode) piccLen() int {
	switch m {
	case ModeAES:
		return 32
	case ModeLRP:
		return 48
	}
	return 0
}

// The placeholders of a layout and the lengths of the plain ones in hex
// characters (data sheet §9.3.3).
const (
	PlacePICC = "picc"
	PlaceUID  = "uid"
	PlaceCtr  = "ctr"
	PlaceEnc  = "enc"
	PlaceMAC  = "mac"

	uidLen = 14
	ctrLen = 6
	macLen = 16
	encMod = 32
)

// Profile says what the messages of a kind of tag look like. A profile is the
// only thing that admits a mode: the shape of a message never does.
type Profile struct {
	Mode Mode
	// Layout is the text from some fixed point of the URL to its end, with a
	// placeholder in braces for each mirrored part: "p={picc}&m={mac}",
	// "u={uid}x{ctr}&e={enc}&m={mac}". Everything else must be met byte for
	// byte, so nothing can be added, dropped, doubled, reordered or re-encoded.
	Layout string
	// MACFrom names the placeholder at which the MAC's input begins; the input
	// ends before the MAC. "" or "mac" is the empty input.
	MACFrom string
	// EncLength is the length of {enc} in characters, a multiple of 32.
	EncLength int
	// NoCounter admits tags that mirror no counter. Nothing they send can ever
	// be called fresh.
	NoCounter bool
	// Tamper reads the TagTamper status from the file data at TamperOffset.
	Tamper       bool
	TamperOffset int
	// LowerHex admits lower-case hex digits. Tags write upper case.
	LowerHex bool
}

// piece is a run of fixed text and the placeholder that follows it, if any.
type piece struct {
	text  string
	place string
	size  int
}

// Verifier checks messages of one profile. It is safe for concurrent use.
type Verifier struct {
	p       Profile
	pieces  []piece
	length  int // of a whole text
	hasEnc  bool
	hasCtr  bool
	macFrom string
}

// NewVerifier prepares a profile. A profile that contradicts itself is
// CodeProfile with the field's name; one whose plain layout mirrors no UID, or
// no counter without NoCounter, is CodeNotMirrored. An empty layout is allowed
// and means that only ParseFields is used.
func NewVerifier(p Profile) (*Verifier, error) {
	if !p.Mode.plain() && p.Mode.piccLen() == 0 {
		return nil, refuse(CodeProfile, "mode", -1)
	}
	if p.EncLength < 0 || p.EncLength%encMod != 0 || p.EncLength > MaxText {
		return nil, refuse(CodeProfile, "enc_length", -1)
	}
	if p.TamperOffset < 0 || p.TamperOffset > MaxText/2-2 {
		return nil, refuse(CodeProfile, "tamper_offset", -1)
	}
	v := &Verifier{p: p, macFrom: p.MACFrom}
	if v.macFrom == "" {
		v.macFrom = PlaceMAC
	}
	if p.Layout == "" {
		return v, nil
	}
	if err := v.compile(); err != nil {
		return nil, err
	}
	return v, v.consistent()
}

// Profile returns what the verifier was made from.
func (v *Verifier) Profile() Profile { return v.p }

// compile cuts the layout into pieces.
func (v *Verifier) compile() error {
	rest, seen := v.p.Layout, ""
	for rest != "" {
		text, tail, open := strings.Cut(rest, "{")
		if strings.ContainsAny(text, "}") {
			return refuse(CodeProfile, "layout", len(v.p.Layout)-len(rest))
		}
		pc := piece{text: text}
		if open {
			name, after, closed := strings.Cut(tail, "}")
			pc.place, pc.size = name, v.placeLen(name)
			if !closed || pc.size == 0 || strings.Contains(seen, "{"+name+"}") {
				return refuse(CodeProfile, "layout", len(v.p.Layout)-len(tail))
			}
			seen += "{" + name + "}"
			tail = after
		}
		v.pieces = append(v.pieces, pc)
		v.length += len(pc.text) + pc.size
		rest = tail
	}
	v.hasEnc = strings.Contains(seen, "{"+PlaceEnc+"}")
	v.hasCtr = strings.Contains(seen, "{"+PlaceCtr+"}")
	if !strings.Contains(seen, "{"+PlaceMAC+"}") || !strings.Contains(seen, "{"+v.macFrom+"}") {
		return refuse(CodeProfile, "layout", -1)
	}
	if v.length > MaxText {
		return refuse(CodeProfile, "layout", -1)
	}
	return v.mirrored(seen)
}

// mirrored refuses a layout that carries no identity for its mode.
func (v *Verifier) mirrored(seen string) error {
	if !v.p.Mode.plain() {
		if !strings.Contains(seen, "{"+PlacePICC+"}") {
			return refuse(CodeNotMirrored, PlacePICC, -1)
		}
		return nil
	}
	if !strings.Contains(seen, "{"+PlaceUID+"}") {
		return refuse(CodeNotMirrored, PlaceUID, -1)
	}
	if !v.hasCtr && !v.p.NoCounter {
		return refuse(CodeNotMirrored, PlaceCtr, -1)
	}
	return nil
}

// consistent refuses flags that need what the layout does not have.
func (v *Verifier) consistent() error {
	switch {
	case v.p.Tamper && !v.hasEnc:
		return refuse(CodeProfile, "tamper", -1)
	case v.hasEnc && v.p.NoCounter:
		// The key of file data is derived from UID and counter.
		return refuse(CodeProfile, "no_counter", -1)
	case v.order(v.macFrom) > v.order(PlaceMAC):
		return refuse(CodeProfile, "mac_from", -1)
	}
	return nil
}

// order is the position of a placeholder among the pieces.
func (v *Verifier) order(place string) int {
	for i := range v.pieces {
		if v.pieces[i].place == place {
			return i
		}
	}
	return -1
}

// placeLen is the length of a placeholder in this profile, 0 if the mode has no
// such part.
func (v *Verifier) placeLen(name string) int {
	switch name {
	case PlacePICC:
		return v.p.Mode.piccLen()
	case PlaceMAC:
		return macLen
	case PlaceEnc:
		return v.p.EncLength
	}
	if !v.p.Mode.plain() {
		return 0
	}
	switch name {
	case PlaceUID:
		return uidLen
	case PlaceCtr:
		return ctrLen
	}
	return 0
}
