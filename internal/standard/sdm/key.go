package sdm

import (
	"sync"

	"trueward/internal/standard/aescmac"
)

// Key is an expanded AES-128 key, meta or file. Making one costs more than
// using it, so it is meant to be kept. It is safe for concurrent use, prints as
// nothing and cannot give its bytes back.
type Key struct {
	mac   aescmac.Key
	dummy bool
	raw   [16]byte // LRP derives its tables from the key itself
	once  sync.Once
	lrp   *lrpTables
}

// NewKey expands a key of 16 bytes.
func NewKey(b [16]byte) *Key {
	k := &Key{raw: b}
	// A 16-byte key is never refused by crypto/aes.
	k.mac, _ = aescmac.Expand(new(aescmac.Scratch), b[:])
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

// tables are the LRP tables of the key, made when first needed.
func (k *Key) tables() *lrpTables {
	k.once.Do(func() { k.lrp = newLRPTables(k.raw) })
	return k.lrp
}
