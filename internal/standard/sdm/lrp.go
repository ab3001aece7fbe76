package sdm

import (
	"crypto/subtle"
	"encoding/binary"

	"trueward/internal/standard/aescmac"
)

// Leakage Resilient Primitive, as the NT4H2421Gx data sheet §9.3 uses it and
// NXP AN12304 defines it: a tree of AES keys, one level per nibble of input.

// lrpTables are the secret plaintexts and updated keys of one key, with the
// first CMAC subkey.
type lrpTables struct {
	plaintexts [16][16]byte
	updated    [2][16]byte // 0 for the MAC and the mirror, 1 for file data
	k1, k2     [16]byte
}

func newLRPTables(key [16]byte) *lrpTables {
	t := new(lrpTables)
	h := sealed(&key, 0x55)
	for i := range t.plaintexts {
		t.plaintexts[i], h = sealed(&h, 0xAA), sealed(&h, 0x55)
	}
	h = sealed(&key, 0xAA)
	for i := range t.updated {
		t.updated[i], h = sealed(&h, 0xAA), sealed(&h, 0x55)
	}
	t.k1 = aescmac.Double(t.eval(0, make([]byte, 16)))
	t.k2 = aescmac.Double(t.k1)
	return t
}

// sealed encrypts sixteen times the same byte.
func sealed(key *[16]byte, fill byte) [16]byte {
	var in [16]byte
	for i := range in {
		in[i] = fill
	}
	var a aescmac.AES128
	a.Set(key)
	a.Encrypt(&in, &in)
	return in
}

// eval walks the tree from an updated key along the nibbles of x, high nibble
// first, and encrypts zeros under where it ends.
func (t *lrpTables) eval(u int, x []byte) [16]byte {
	y := t.updated[u]
	var a aescmac.AES128
	for _, b := range x {
		a.Set(&y)
		a.Encrypt(&y, &t.plaintexts[b>>4])
		a.Set(&y)
		a.Encrypt(&y, &t.plaintexts[b&15])
	}
	a.Set(&y)
	a.Encrypt(&y, new([16]byte))
	return y
}

// cmac is CMAC with the block cipher replaced by eval under updated key 0.
func (t *lrpTables) cmac(msg []byte) [16]byte {
	var x [16]byte
	for len(msg) > 16 {
		subtle.XORBytes(x[:], x[:], msg[:16])
		x = t.eval(0, x[:])
		msg = msg[16:]
	}
	subtle.XORBytes(x[:], x[:], msg)
	sub := t.k1
	if len(msg) < 16 {
		x[len(msg)] ^= 0x80
		sub = t.k2
	}
	subtle.XORBytes(x[:], x[:], sub[:])
	return t.eval(0, x[:])
}

// decrypt is LRICB decryption in place: block i under eval(u, counter + i). The
// counter is big-endian, keeps its length and wraps.
func (t *lrpTables) decrypt(u int, counter, data []byte) {
	for ; len(data) > 0; data = data[16:] {
		newBlock(t.eval(u, counter)).Decrypt(data[:16], data[:16])
		increment(counter)
	}
}

// encrypt is the inverse of decrypt.
func (t *lrpTables) encrypt(u int, counter, data []byte) {
	for ; len(data) > 0; data = data[16:] {
		newBlock(t.eval(u, counter)).Encrypt(data[:16], data[:16])
		increment(counter)
	}
}

// increment adds one to a big-endian counter, wrapping.
func increment(counter []byte) {
	for i := len(counter) - 1; i >= 0; i-- {
		counter[i]++
		if counter[i] != 0 {
			return
		}
	}
}

// openLRP decrypts the mirror: 8 bytes of random counter, then one block.
func openLRP(meta *Key, picc *[24]byte) [16]byte {
	counter := append([]byte(nil), picc[:8]...)
	data := append([]byte(nil), picc[8:]...)
	meta.tables().decrypt(0, counter, data)
	return [16]byte(data)
}

// lrpSV is the session vector of LRP mode: 0001 0080 ‖ UID ‖ counter, zeros and
// 1EE1 to a multiple of 16 (data sheet §9.3.9.2).
func (c *Claim) lrpSV() [16]byte {
	v := [16]byte{0x00, 0x01, 0x00, 0x80}
	copy(v[4:], c.UID[:])
	if c.HasCtr {
		v[11], v[12], v[13] = byte(c.Ctr), byte(c.Ctr>>8), byte(c.Ctr>>16)
	}
	binary.BigEndian.PutUint16(v[14:], 0x1EE1)
	return v
}

// lrpDataCounter starts file data: the read counter as in the session vector,
// then 000000.
func (c *Claim) lrpDataCounter() []byte {
	return []byte{byte(c.Ctr), byte(c.Ctr >> 8), byte(c.Ctr >> 16), 0, 0, 0}
}

// verifyLRP checks the MAC and decrypts file data with the other updated key.
func verifyLRP(m *Mirror, c *Claim, file *Key) (bool, []byte) {
	sv := c.lrpSV()
	session := newLRPTables(file.tables().cmac(sv[:]))
	full := session.cmac([]byte(m.macInput))
	if !equalMAC(&full, &m.mac) {
		return false, nil
	}
	if !m.hasEnc {
		return true, nil
	}
	data := make([]byte, len(m.enc)/2)
	unhex(data, m.enc, true)
	session.decrypt(1, c.lrpDataCounter(), data)
	return true, data
}

// LRPCMAC is CMAC_LRP of AN12304 over msg, for tests of the primitive and for
// tools that show it; messages of tags go through a Verifier.
func LRPCMAC(key [16]byte, msg []byte) [16]byte { return newLRPTables(key).cmac(msg) }
