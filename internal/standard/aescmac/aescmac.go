// Package aescmac computes AES-CMAC as RFC 4493 (NIST SP 800-38B) defines it,
// over keys that are expanded once and then used many times.
//
// It promises the full 16-byte tag and no output of key material: Key takes
// every AES key size, Key128 is a value that needs no heap. It does not truncate, compare or verify: the
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

// New expands a key of 16, 24 or 32 bytes. Any other length is an
// aes.KeySizeError, which names the length and nothing else.
func New(key []byte) (*Key, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	l := make([]byte, Size)
	block.Encrypt(l, l)
	k := &Key{block: block, k1: Double([Size]byte(l))}
	k.k2 = Double(k.k1)
	return k, nil
}

// Block is the expanded block cipher under the same key.
func (k *Key) Block() cipher.Block { return k.block }

// Subkeys are K1 and K2 of RFC 4493 §2.3, for standards such as AN10922 that
// apply them by another padding rule.
func (k *Key) Subkeys() (k1, k2 [Size]byte) { return k.k1, k.k2 }

// Sum is the tag of msg.
func (k *Key) Sum(msg []byte) [Size]byte {
	x := new([Size]byte) // reached through an interface, so on the heap
	for len(msg) > Size {
		xor(x, msg)
		k.block.Encrypt(x[:], x[:])
		msg = msg[Size:]
	}
	xor(x, msg)
	if len(msg) == Size {
		xor(x, k.k1[:])
	} else {
		x[len(msg)] ^= 0x80
		xor(x, k.k2[:])
	}
	k.block.Encrypt(x[:], x[:])
	return *x
}

// xor adds up to one block of b.
func xor(x *[Size]byte, b []byte) { subtle.XORBytes(x[:], x[:], b[:min(len(b), Size)]) }

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
