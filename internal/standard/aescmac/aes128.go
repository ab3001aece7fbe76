package aescmac

import (
	"crypto/aes"
	"crypto/cipher"
)

// AES128 encrypts under a key that lives for a few blocks, such as a session
// key. It is a plain value: crypto/aes puts every expanded key on the heap, and
// for keys used once or twice that, and collecting it, is most of the time.
// Where the processor has AES instructions they are used directly; elsewhere,
// and when FIPS 140 mode asks for the validated module, it is crypto/aes.
//
// It only encrypts. Keys that live, and decryption, belong to crypto/aes.
type AES128 struct {
	schedule [11 * Size]byte
	standard cipher.Block // nil where schedule is used
}

// Set expands a key.
func (a *AES128) Set(key *[Size]byte) {
	if direct {
		a.standard = nil
		expand128(key, &a.schedule)
		return
	}
	a.standard, _ = aes.NewCipher(key[:]) // 16 bytes are never refused
}

// Encrypt encrypts one block; dst and src may be the same.
func (a *AES128) Encrypt(dst, src *[Size]byte) {
	if a.standard == nil {
		encrypt128(&a.schedule, dst, src)
		return
	}
	// The copy keeps dst and src of all callers off the heap.
	buf := append(make([]byte, 0, Size), src[:]...)
	a.standard.Encrypt(buf, buf)
	copy(dst[:], buf)
}

// Key128 is a CMAC key of 16 bytes as a plain value: Set, then Sum any number of
// times, also concurrently.
type Key128 struct {
	aes    AES128
	k1, k2 [Size]byte
}

// Set expands a key and its subkeys.
func (k *Key128) Set(key *[Size]byte) {
	k.aes.Set(key)
	var l [Size]byte
	k.aes.Encrypt(&l, &l)
	k.k1 = Double(l)
	k.k2 = Double(k.k1)
}

// Subkeys are K1 and K2 of RFC 4493 §2.3.
func (k *Key128) Subkeys() (k1, k2 [Size]byte) { return k.k1, k.k2 }

// Encrypt encrypts one block under the key itself.
func (k *Key128) Encrypt(dst, src *[Size]byte) { k.aes.Encrypt(dst, src) }

// Sum is the tag of msg; it allocates nothing where the processor has AES
// instructions.
func (k *Key128) Sum(msg []byte) [Size]byte {
	var x [Size]byte
	for len(msg) > Size {
		xor(&x, msg)
		k.aes.Encrypt(&x, &x)
		msg = msg[Size:]
	}
	xor(&x, msg)
	if len(msg) == Size {
		xor(&x, k.k1[:])
	} else {
		x[len(msg)] ^= 0x80
		xor(&x, k.k2[:])
	}
	k.aes.Encrypt(&x, &x)
	return x
}

// SumString is Sum of a string.
func (k *Key128) SumString(msg string) [Size]byte { return k.Sum([]byte(msg)) }
