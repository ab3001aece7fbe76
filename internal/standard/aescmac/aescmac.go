// Package aescmac computes AES-CMAC as RFC 4493 (NIST SP 800-38B) defines it,
// over keys that are expanded once and then used many times.
//
// It promises the full 16-byte tag, no allocation with a caller's Scratch, and
// no output of key material. It does not truncate, compare or verify: the
// standards built on CMAC each choose their own bytes of the tag, so they do
// that where they read like their text.
package aescmac

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
)

// Size is the length of a tag and of the AES block, in bytes.
const Size = aes.BlockSize

// rb is the constant of RFC 4493 §2.3 for a 128-bit block: x^7 + x^2 + x + 1.
const rb = 0x87

// Key is an expanded AES key with both CMAC subkeys (RFC 4493 §2.3). It is
// never written to after it was made, so any number of goroutines may use it.
type Key struct {
	block  cipher.Block
	k1, k2 [Size]byte
}

// Scratch is working space for one computation at a time. Passing one in keeps
// the hot paths free of allocations: the block cipher is reached through an
// interface, so a buffer of the stack would escape to the heap.
type Scratch struct {
	x [Size]byte
}

// New expands a key of 16, 24 or 32 bytes. Any other length is an
// aes.KeySizeError, which names the length and nothing else.
func New(key []byte) (*Key, error) {
	k, err := Expand(new(Scratch), key)
	if err != nil {
		return nil, err
	}
	return &k, nil
}

// Expand is New for a key that lives shortly, as session keys do.
func Expand(s *Scratch, key []byte) (Key, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return Key{}, err
	}
	k := Key{block: block}
	s.x = [Size]byte{}
	block.Encrypt(s.x[:], s.x[:])
	k.k1 = Double(s.x)
	k.k2 = Double(k.k1)
	s.x = [Size]byte{}
	return k, nil
}

// Block is the expanded block cipher under the same key.
func (k *Key) Block() cipher.Block { return k.block }

// Subkeys are K1 and K2 of RFC 4493 §2.3, for standards such as AN10922 that
// apply them by another padding rule.
func (k *Key) Subkeys() (k1, k2 [Size]byte) { return k.k1, k.k2 }

// Sum is the tag of msg.
func (k *Key) Sum(msg []byte) [Size]byte {
	return k.SumWith(new(Scratch), msg)
}

// SumWith is Sum in the caller's working space. It leaves no trace of the
// message or the tag there.
func (k *Key) SumWith(s *Scratch, msg []byte) [Size]byte {
	s.x = [Size]byte{}
	for len(msg) > Size {
		subtle.XORBytes(s.x[:], s.x[:], msg[:Size])
		k.block.Encrypt(s.x[:], s.x[:])
		msg = msg[Size:]
	}
	subtle.XORBytes(s.x[:], s.x[:], msg)
	if len(msg) == Size {
		subtle.XORBytes(s.x[:], s.x[:], k.k1[:])
	} else {
		s.x[len(msg)] ^= 0x80
		subtle.XORBytes(s.x[:], s.x[:], k.k2[:])
	}
	k.block.Encrypt(s.x[:], s.x[:])
	tag := s.x
	s.x = [Size]byte{}
	return tag
}

// Double multiplies by x in GF(2^128), the step from one subkey to the next.
func Double(b [Size]byte) [Size]byte {
	var out [Size]byte
	for i := range Size - 1 {
		out[i] = b[i]<<1 | b[i+1]>>7
	}
	// The reduction is chosen by arithmetic, not by a branch on key material.
	out[Size-1] = b[Size-1]<<1 ^ rb*(b[0]>>7)
	return out
}
