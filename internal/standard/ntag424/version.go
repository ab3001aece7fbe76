package ntag424

// VersionPart is one half of GetVersion, hardware or software.
type VersionPart struct {
	Vendor, Type, Subtype, Major, Minor, Storage, Protocol byte
}

// Version is the answer to GetVersion (data sheet tables 54 to 56).
type Version struct {
	Hardware, Software VersionPart
	UID                UID // zeros under random ID
	Batch              [4]byte
	BatchFab           byte
	Week, Year         byte // BCD
}

// GetVersionPart is the first of three frames; the others are MoreFrames.
func GetVersionPart() []byte { return native(InsGetVersion) }

// MoreFrames asks for the next part of an answer.
func MoreFrames() []byte { return native(InsMore) }

const versionLen = 7 + 7 + 14

// ParseVersion reads the three parts of the answer joined, 28 bytes.
func ParseVersion(b []byte) (Version, error) {
	if len(b) != versionLen {
		return Version{}, refuse(CodeMalformed, "get_version")
	}
	part := func(p []byte) VersionPart {
		return VersionPart{p[0], p[1], p[2], p[3], p[4], p[5], p[6]}
	}
	return Version{
		Hardware: part(b), Software: part(b[7:]), UID: UID(b[14:21]),
		Batch: [4]byte(b[21:25]), BatchFab: b[25], Week: b[26], Year: b[27],
	}, nil
}

// Encode is the inverse of ParseVersion.
func (v Version) Encode() []byte {
	var out []byte
	for _, p := range [...]VersionPart{v.Hardware, v.Software} {
		out = append(out, p.Vendor, p.Type, p.Subtype, p.Major, p.Minor, p.Storage, p.Protocol)
	}
	out = append(append(out, v.UID[:]...), v.Batch[:]...)
	return append(out, v.BatchFab, v.Week, v.Year)
}

// Known reports whether this is a chip of the family that this package writes.
// Subtype and versions differ between data sheets, so they are not compared.
func (v Version) Known() bool {
	for _, p := range [...]VersionPart{v.Hardware, v.Software} {
		if p.Vendor != 0x04 || p.Type != 0x04 || p.Storage != 0x11 || p.Protocol != 0x05 {
			return false
		}
	}
	return true
}

// RandomID reports whether the tag hides its UID.
func (v Version) RandomID() bool { return v.UID == UID{} }

// cascadeTag begins the first cascade level of a UID of 7 bytes (ISO/IEC
// 14443-3 §6.5.4).
const cascadeTag = 0x88

// UIDFromCascade joins the answers to the two anticollision levels, each four
// bytes and their exclusive-or. A wrong check byte is CodeMalformed.
func UIDFromCascade(cl1, cl2 [5]byte) (UID, error) {
	for _, c := range [...][5]byte{cl1, cl2} {
		if c[0]^c[1]^c[2]^c[3] != c[4] {
			return UID{}, refuse(CodeMalformed, "bcc")
		}
	}
	if cl1[0] != cascadeTag {
		return UID{}, refuse(CodeMalformed, "cascade_tag")
	}
	return UID{cl1[1], cl1[2], cl1[3], cl2[0], cl2[1], cl2[2], cl2[3]}, nil
}
