package sdm

import (
	"crypto/aes"
	"crypto/cipher"
	"sync"

	"trueward/internal/standard/aescmac"
)

// Key is an expanded AES-128 key, meta or file. Making one costs more than
// using it, so it is meant to be kept. It is safe for concurrent use, prints as
// nothing and cannot give its bytes back.
type Key struct {
	mac   aescmac.Key128
	dummy bool
	raw   [16]byte // what the two below are made from, when first needed

	openOnce sync.Once
	open     cipher.Block // opens encrypted mirrors: meta keys only
	lrpOnce  sync.Once
	lrp      *lrpTables
}

// NewKey expands a key of 16 bytes.
func NewKey(b [16]byte) *Key {
	k := &Key{raw: b}
	k.mac.Set(&k.raw)
	return k
}

// NewDummyKey is the key for a tag that is not known: it costs the same as a
// real one, and no message verifies under it.
func NewDummyKey(b [16]byte) *Key {
	k := NewKey(b)
	k.dummy = true
	return k
}

// String keeps key material out of logs and error texts.
func (k *Key) String() string { return "sdm.Key" }

// GoString is String for %#v.
func (k *Key) GoString() string { return "sdm.Key" }

// tables are the LRP tables of the key.
func (k *Key) tables() *lrpTables {
	k.lrpOnce.Do(func() { k.lrp = newLRPTables(k.raw) })
	return k.lrp
}

// block is the key for decryption.
func (k *Key) block() cipher.Block {
	k.openOnce.Do(func() { k.open = newBlock(k.raw) })
	return k.open
}

func newBlock(key [16]byte) cipher.Block {
	b, _ := aes.NewCipher(key[:]) // 16 bytes are never refused
	return b
}
