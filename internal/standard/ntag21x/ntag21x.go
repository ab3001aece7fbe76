// Package ntag21x is the commands and answers of NXP NTAG 213, 215 and 216
// (data sheet rev. 3.2, §10), as far as reading needs them. They are NFC Forum
// Type 2 tags: four-byte pages, no files, no cryptography but a signature that
// NXP writes at the factory; package originality checks it.
//
// It promises exact bytes and strict parsing, and does no I/O. READ_SIG is from
// general knowledge; nothing was tried on a chip.
package ntag21x

// Layout of the memory.
const (
	PageSize = 4
	ReadSize = 4 * PageSize // READ answers four pages, wrapping at the end
	PageCC   = 3            // capability container
	PageUser = 4            // first page of the data area
)

// SignatureSize is the length of the originality signature in bytes.
const SignatureSize = 32

// The commands.
const (
	CmdRead          byte = 0x30
	CmdGetVersion    byte = 0x60
	CmdReadSignature byte = 0x3C
)

// Read asks for four pages from page on.
func Read(page byte) []byte { return []byte{CmdRead, page} }

// GetVersion asks for the product; see ParseVersion.
func GetVersion() []byte { return []byte{CmdGetVersion} }

// ReadSignature asks for the originality signature.
func ReadSignature() []byte { return []byte{CmdReadSignature, 0x00} }

// Version is the answer to GetVersion (§10.1).
type Version [8]byte

// ParseVersion reads the answer: eight bytes, the first a fixed 00. Anything
// else is ErrVersion.
func ParseVersion(b []byte) (Version, error) {
	if len(b) != len(Version{}) || b[0] != 0 {
		return Version{}, ErrVersion
	}
	return Version(b), nil
}

// ErrVersion means that an answer is none to GetVersion.
var ErrVersion = versionError("ntag21x: not an answer to GET_VERSION")

type versionError string

func (e versionError) Error() string { return string(e) }

const (
	vendorNXP = 0x04
	typeNTAG  = 0x04
)

// sizes are the storage size bytes (table 28).
var sizes = map[byte]string{0x0F: "NTAG213", 0x11: "NTAG215", 0x13: "NTAG216"}

// Product is the chip's name, "" if it is not of this family.
func (v Version) Product() string {
	if v[1] != vendorNXP || v[2] != typeNTAG {
		return ""
	}
	return sizes[v[6]]
}
