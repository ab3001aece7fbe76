package sdm

import (
	"crypto/cipher"
	"crypto/subtle"

	"trueward/internal/standard/aescmac"
)

// Open decrypts an encrypted mirror with the meta key, or takes the plain one;
// meta is not used for plain modes. It always returns a claim: one that cannot
// be true is refused by Verify, at the same cost as a wrong MAC.
func (v *Verifier) Open(m *Mirror, meta *Key) Claim {
	if v.p.Mode.plain() {
		c := Claim{UID: m.uid, Ctr: m.ctr, HasCtr: m.hasCtr}
		if !m.hasCtr && !v.p.NoCounter {
			c.fault = CodeNotMirrored
		}
		return c
	}
	var plain [16]byte
	switch {
	case meta == nil:
		// No key, no claim: zeros have no valid tag byte.
	case v.p.Mode == ModeLRP:
		plain = openLRP(meta, &m.picc)
	default:
		plain = openAES(meta, &m.picc)
	}
	return v.claim(plain)
}

// openAES is AES-CBC of one block with a zero IV: the block cipher itself.
func openAES(meta *Key, picc *[24]byte) [16]byte {
	buf := append(make([]byte, 0, 16), picc[:16]...)
	meta.block().Decrypt(buf, buf)
	return [16]byte(buf)
}

// The bits of PICCDataTag (data sheet §9.3.4, AN12196 table 3).
const (
	tagUID     = 0x80
	tagCtr     = 0x40
	tagUID7    = 0x07 // UID length, the only one there is
	tagFull    = tagUID | tagCtr | tagUID7
	tagUIDOnly = tagUID | tagUID7
)

// claim reads the decrypted mirror: tag byte, UID, counter least significant
// byte first, random.
func (v *Verifier) claim(plain [16]byte) Claim {
	c := Claim{
		UID:     UID(plain[1:8]),
		Ctr:     uint32(plain[8]) | uint32(plain[9])<<8 | uint32(plain[10])<<16,
		HasCtr:  plain[0]&tagCtr != 0,
		TagByte: plain[0],
	}
	switch plain[0] {
	case tagFull:
	case tagUIDOnly:
		c.Ctr = 0
		if !v.p.NoCounter {
			c.fault = CodeNotMirrored
		}
	case 0, tagUID7, tagCtr, tagCtr | tagUID7:
		c.fault = CodeNotMirrored
	default:
		c.fault = CodeBadTagOrMAC
	}
	return c
}

// Verify checks the MAC under the file key of the claimed tag, then decrypts
// file data. A nil key stands for an unknown tag, but NewDummyKey is what costs
// the same as a known one. Refusals are CodeNotMirrored, CodeBadTagOrMAC and
// CodeBadMAC; outside this program they must look alike.
func (v *Verifier) Verify(m *Mirror, c Claim, file *Key) (Result, error) {
	if file == nil {
		file = NewDummyKey([16]byte{})
	}
	var ok bool
	var data []byte
	if v.p.Mode.lrp() {
		ok, data = verifyLRP(m, &c, file)
	} else {
		ok, data = verifyAES(m, &c, file)
	}
	switch {
	case c.fault != "":
		return Result{}, refuse(c.fault, "", -1)
	case !ok || file.dummy:
		return Result{}, refuse(CodeBadMAC, "", -1)
	}
	r := Result{UID: c.UID, Ctr: c.Ctr, HasCtr: c.HasCtr, TagByte: c.TagByte, Mode: v.p.Mode, FileData: data}
	if v.p.Tamper {
		r.Tamper = tamperAt(data, v.p.TamperOffset)
	}
	return r, nil
}

// Check is Parse, Open and Verify for a caller that has the keys at hand. file
// is called once with the claimed UID, also when the claim cannot be true.
func (v *Verifier) Check(raw string, meta *Key, file func(UID) *Key) (Result, error) {
	m, err := v.Parse(raw)
	if err != nil {
		return Result{}, err
	}
	c := v.Open(&m, meta)
	return v.Verify(&m, c, file(c.UID))
}

// sv builds a session vector: prefix ‖ UID ‖ counter, zeros to 16 bytes (data
// sheet §9.3.9). The counter stands least significant byte first.
func (c *Claim) sv(prefix uint16) [16]byte {
	v := [16]byte{byte(prefix >> 8), byte(prefix), 0x00, 0x01, 0x00, 0x80}
	copy(v[6:], c.UID[:])
	if c.HasCtr {
		v[13], v[14], v[15] = byte(c.Ctr), byte(c.Ctr>>8), byte(c.Ctr>>16)
	}
	return v
}

const (
	svEnc = 0xC33C
	svMAC = 0x3CC3
)

// verifyAES is data sheet §9.3.7 and §9.3.8.
func verifyAES(m *Mirror, c *Claim, file *Key) (bool, []byte) {
	full := file.session(c.sv(svMAC), m.macInput)
	if !equalMAC(&full, &m.mac) {
		return false, nil
	}
	if !m.hasEnc {
		return true, nil
	}
	return true, fileData(m, c, file)
}

// session is the full MAC of a text under the session key of a vector.
func (k *Key) session(sv [16]byte, text string) [16]byte {
	raw := k.mac.Sum(sv[:])
	var session aescmac.Key128
	session.Set(&raw)
	return session.SumString(text)
}

// equalMAC compares with the odd bytes of the full tag, which is how the chip
// truncates (AN12196 §4.4.4).
func equalMAC(full *[16]byte, mac *[8]byte) bool {
	var want [8]byte
	for i := range want {
		want[i] = full[2*i+1]
	}
	return subtle.ConstantTimeCompare(want[:], mac[:]) == 1
}

// fileData decrypts ENC by AES-CBC under the session key, with an IV made from
// the counter. The MAC was checked before.
func fileData(m *Mirror, c *Claim, file *Key) []byte {
	iv, key := c.dataIV(file)
	data := make([]byte, len(m.enc)/2)
	unhex(data, m.enc, true)
	cipher.NewCBCDecrypter(newBlock(key), iv[:]).CryptBlocks(data, data)
	return data
}

// dataIV is the session key of file data and its first IV, the encrypted
// counter.
func (c *Claim) dataIV(file *Key) (iv, key [16]byte) {
	sv := c.sv(svEnc)
	key = file.mac.Sum(sv[:])
	var session aescmac.AES128
	session.Set(&key)
	iv = [16]byte{byte(c.Ctr), byte(c.Ctr >> 8), byte(c.Ctr >> 16)}
	session.Encrypt(&iv, &iv)
	return iv, key
}
