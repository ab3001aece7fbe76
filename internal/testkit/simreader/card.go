package simreader

import (
	"trueward/internal/standard/ntag21x"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/pn532"
)

// Card is a tag of ISO/IEC 14443 type A.
type Card interface {
	// Activate is coming into a field.
	Activate() pn532.Target
	// Exchange answers a command sent by the tag's own protocol; false is no
	// answer.
	Exchange(command []byte) ([]byte, bool)
	// Through answers raw bytes; false is no answer.
	Through(command []byte) ([]byte, bool)
}

// NTAG424 lays a simulated NTAG 424 DNA on a reader.
type NTAG424 struct{ Tag *simtag.Tag }

// Activate implements Card.
func (c NTAG424) Activate() pn532.Target {
	c.Tag.Activate()
	uid := c.Tag.UID()
	return pn532.Target{
		Number: 1, ATQA: [2]byte{0x03, 0x44}, SAK: 0x20, UID: uid[:],
		ATS: []byte{0x06, 0x77, 0x77, 0x71, 0x02, 0x80},
	}
}

// Exchange implements Card.
func (c NTAG424) Exchange(command []byte) ([]byte, bool) { return c.Tag.Transceive(command), true }

// Through implements Card: raw bytes are no ISO-DEP block.
func (NTAG424) Through([]byte) ([]byte, bool) { return nil, false }

// NTAG215 is a simulated NTAG 215, or with Plain a Type 2 tag that knows READ
// alone.
type NTAG215 struct {
	UID       [7]byte
	Signature [ntag21x.SignatureSize]byte
	Memory    [135][ntag21x.PageSize]byte
	Plain     bool
	Reads     int
}

// NewNTAG215 makes a tag whose data area holds data.
func NewNTAG215(uid [7]byte, data []byte) *NTAG215 {
	c := &NTAG215{UID: uid}
	c.Memory[ntag21x.PageCC] = [4]byte{0xE1, 0x10, 0x3E, 0x00}
	for i, b := range data {
		c.Memory[ntag21x.PageUser+i/4][i%4] = b
	}
	return c
}

// Activate implements Card.
func (c *NTAG215) Activate() pn532.Target {
	return pn532.Target{Number: 1, ATQA: [2]byte{0x00, 0x44}, UID: c.UID[:]}
}

// Exchange implements Card: the module knows READ of these tags and leaves the
// rest to raw bytes.
func (c *NTAG215) Exchange(command []byte) ([]byte, bool) {
	if len(command) != 2 || command[0] != ntag21x.CmdRead || int(command[1]) >= len(c.Memory) {
		return nil, false
	}
	c.Reads++
	out := make([]byte, 0, ntag21x.ReadSize)
	for i := range 4 {
		page := c.Memory[(int(command[1])+i)%len(c.Memory)]
		out = append(out, page[:]...)
	}
	return out, true
}

// Through implements Card.
func (c *NTAG215) Through(command []byte) ([]byte, bool) {
	switch {
	case c.Plain:
		return nil, false
	case len(command) == 1 && command[0] == ntag21x.CmdGetVersion:
		return []byte{0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x11, 0x03}, true
	case len(command) == 2 && command[0] == ntag21x.CmdReadSignature && command[1] == 0:
		return c.Signature[:], true
	}
	return nil, false
}
