// Package keydiv derives the keys of one tag from a key that a hospital or
// vendor holds for many: NXP's AN10922 and a CMAC derivation with versions and
// a private tag identity.
//
// It promises the derived bytes and nothing else: it stores no key, knows no
// profile, and its errors name lengths, never values. Which of the two schemes
// a tag uses, and whether a key may be used at all (see IsWellKnown), is
// decided above.
package keydiv

import (
	"crypto/subtle"

	"trueward/internal/standard/aescmac"
)

// Code says what was wrong with an input of this package.
type Code string

// The codes of this package.
const (
	CodeKeyLength   Code = "key_length"   // not an AES key of the scheme
	CodeInputLength Code = "input_length" // diversification input is empty or too long
)

// Error is a refused derivation. It carries no key and no UID.
type Error struct {
	Code   Code
	Length int // the length found, in bytes
}

func (e *Error) Error() string {
	if e.Code == CodeKeyLength {
		return "keydiv: a master key has 16, 24 or 32 bytes"
	}
	return "keydiv: a diversification input has 1 to 31 bytes"
}

const (
	// maxInput leaves one byte of the two blocks of AN10922 §2 for the constant.
	maxInput  = 2*aescmac.Size - 1
	divAES128 = 0x01 // AN10922 §2.2
	divAES192 = 0x11 // AN10922 §2.3, first half; the second is one higher
	divAES256 = 0x41 // AN10922 §2.4, first half; the second is one higher
)

// Master is an expanded AN10922 master key. It is safe for concurrent use.
type Master struct {
	mac  *aescmac.Key
	size int
}

// NewMaster expands a master key of 16, 24 or 32 bytes; the derived keys have
// the same length. Other lengths are CodeKeyLength.
func NewMaster(key []byte) (*Master, error) {
	mac, err := aescmac.New(key)
	if err != nil {
		return nil, &Error{Code: CodeKeyLength, Length: len(key)}
	}
	return &Master{mac: mac, size: len(key)}, nil
}

// KeySize is the length of derived keys in bytes.
func (m *Master) KeySize() int { return m.size }

// Scratch is working space for Derive128, for one goroutine at a time.
type Scratch struct {
	x [aescmac.Size]byte
}

// Derive returns the key for a diversification input, which AN10922 builds as
// UID ‖ AID ‖ system identifier. An input outside 1 to 31 bytes is
// CodeInputLength.
func (m *Master) Derive(input []byte) ([]byte, error) {
	if len(input) == 0 || len(input) > maxInput {
		return nil, &Error{Code: CodeInputLength, Length: len(input)}
	}
	var s Scratch
	switch m.size {
	case 24:
		a, b := m.half(&s, divAES192, input), m.half(&s, divAES192+1, input)
		subtle.XORBytes(a[8:], a[8:], b[:8])
		return append(a[:], b[8:]...), nil
	case 32:
		a, b := m.half(&s, divAES256, input), m.half(&s, divAES256+1, input)
		return append(a[:], b[:]...), nil
	}
	key := m.half(&s, divAES128, input)
	return key[:], nil
}

// Derive128 is Derive for AES-128, the only size an NTAG 424 DNA takes, in the
// caller's working space. Another master size is CodeKeyLength.
func (m *Master) Derive128(s *Scratch, input []byte) ([16]byte, error) {
	if m.size != 16 {
		return [16]byte{}, &Error{Code: CodeKeyLength, Length: m.size}
	}
	if len(input) == 0 || len(input) > maxInput {
		return [16]byte{}, &Error{Code: CodeInputLength, Length: len(input)}
	}
	return m.half(s, divAES128, input), nil
}

// half is the CMAC of AN10922 over constant ‖ input. It differs from RFC 4493
// in the padding alone: always two blocks, and K2 whenever padding was added.
func (m *Master) half(s *Scratch, constant byte, input []byte) [aescmac.Size]byte {
	var d [2 * aescmac.Size]byte
	d[0] = constant
	n := 1 + copy(d[1:], input)
	sub, padded := m.mac.Subkeys()
	if n < len(d) {
		d[n] = 0x80
		sub = padded
	}
	block := m.mac.Block()
	copy(s.x[:], d[:])
	block.Encrypt(s.x[:], s.x[:])
	subtle.XORBytes(s.x[:], s.x[:], d[aescmac.Size:])
	subtle.XORBytes(s.x[:], s.x[:], sub[:])
	block.Encrypt(s.x[:], s.x[:])
	key := s.x
	s.x = [aescmac.Size]byte{}
	return key
}
