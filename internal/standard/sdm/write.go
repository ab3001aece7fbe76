package sdm

import (
	"crypto/cipher"
	"encoding/hex"
	"strings"
)

// Source is the tag's side: it writes the parts of a message. Simulated tags
// and tests use it; nothing that checks a message does.
type Source struct {
	Mode   Mode
	Meta   *Key // nil for plain modes
	File   *Key
	UID    UID
	Ctr    uint32
	NoCtr  bool // the tag mirrors no counter
	Random [8]byte
}

func (s *Source) claim() Claim {
	return Claim{UID: s.UID, Ctr: s.Ctr & 0xFFFFFF, HasCtr: !s.NoCtr}
}

// PlainUID is the plain mirror of the UID.
func (s *Source) PlainUID() string { return upperHex(s.UID[:]) }

// PlainCtr is the plain mirror of the counter, most significant byte first.
func (s *Source) PlainCtr() string {
	return upperHex([]byte{byte(s.Ctr >> 16), byte(s.Ctr >> 8), byte(s.Ctr)})
}

// PICC is the encrypted mirror. AES mode takes five bytes of Random, LRP all
// eight as the counter and as many as fit again behind the counter value.
func (s *Source) PICC() string {
	var plain [16]byte
	plain[0] = tagFull
	copy(plain[1:], s.UID[:])
	fill := plain[11:]
	if s.NoCtr {
		plain[0] = tagUIDOnly
		fill = plain[8:]
	} else {
		plain[8], plain[9], plain[10] = byte(s.Ctr), byte(s.Ctr>>8), byte(s.Ctr>>16)
	}
	copy(fill, s.Random[:])
	if s.Mode.lrp() {
		counter := s.Random
		out := append([]byte(nil), counter[:]...)
		s.Meta.tables().encrypt(0, counter[:], plain[:])
		return upperHex(append(out, plain[:]...))
	}
	s.Meta.mac.Encrypt(&plain, &plain)
	return upperHex(plain[:])
}

// Enc is the encrypted file data; data must be a multiple of 16 bytes, as the
// chip's settings enforce, and is cut to one otherwise.
func (s *Source) Enc(data []byte) string {
	data = append([]byte(nil), data[:len(data)&^15]...)
	c := s.claim()
	if s.Mode.lrp() {
		sv := c.lrpSV()
		session := newLRPTables(s.File.tables().cmac(sv[:]))
		session.encrypt(1, c.lrpDataCounter(), data)
		return upperHex(data)
	}
	iv, key := c.dataIV(s.File)
	cipher.NewCBCEncrypter(newBlock(key), iv[:]).CryptBlocks(data, data)
	return upperHex(data)
}

// MAC is the truncated MAC over the text between the MAC input offset and the
// MAC, as it stands in the file after all other parts were written.
func (s *Source) MAC(text string) string {
	c := s.claim()
	var full [16]byte
	if s.Mode.lrp() {
		sv := c.lrpSV()
		full = newLRPTables(s.File.tables().cmac(sv[:])).cmac([]byte(text))
	} else {
		full = s.File.session(c.sv(svMAC), text)
	}
	odd := make([]byte, 0, 8)
	for i := 1; i < len(full); i += 2 {
		odd = append(odd, full[i])
	}
	return upperHex(odd)
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
