package ntag424

import (
	"crypto/cipher"
	"crypto/subtle"

	"trueward/internal/standard/aescmac"
)

// Auth is an EV2 authentication under way (data sheet §9.1). It proves that the
// tag holds the key; the reader's side of the proof is the tag's business.
type Auth struct {
	key   Key
	keyNo byte
	rndA  [16]byte
	rndB  [16]byte
	prior *Session // NonFirst keeps its transaction identifier and counter
}

// StartAuth begins AuthenticateEV2First with a random number of 16 bytes that
// must be used once, and returns the first command.
func StartAuth(keyNo byte, key Key, rndA [16]byte) (*Auth, []byte) {
	return &Auth{key: key, keyNo: keyNo, rndA: rndA}, native(InsAuthFirst, keyNo, 0)
}

// StartAuthNonFirst is StartAuth inside a session, for another key: transaction
// identifier and counter go on.
func (s *Session) StartAuthNonFirst(keyNo byte, key Key, rndA [16]byte) (*Auth, []byte) {
	return &Auth{key: key, keyNo: keyNo, rndA: rndA, prior: s}, native(InsAuthNonFirst, keyNo)
}

// lrpAnswer is how a tag in LRP mode answers part one: one byte 01 in front.
const lrpAnswer = 0x01

// Challenge takes the tag's challenge and returns the second command. A tag in
// LRP mode is CodeLRPTag.
func (a *Auth) Challenge(answer []byte) ([]byte, error) {
	r, err := ParseAnswer(answer)
	switch {
	case err != nil:
		return nil, err
	case r.Status == StatusPermission, len(r.Data) == 17 && r.Data[0] == lrpAnswer:
		return nil, &Error{Code: CodeLRPTag, Field: "authenticate", Status: r.Status, Offset: -1}
	}
	data, err := want(answer, StatusMore, 16, "authenticate")
	if err != nil {
		return nil, err
	}
	block := cmacOf(a.key).Block()
	block.Decrypt(a.rndB[:], data)
	proof := append(append([]byte(nil), a.rndA[:]...), rotateLeft(a.rndB)...)
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(proof, proof)
	return native(InsMore, proof...), nil
}

// Finish takes the tag's proof and opens the session. A wrong proof is CodeAuth.
func (a *Auth) Finish(answer []byte) (*Session, error) {
	length := 32
	if a.prior != nil {
		length = 16
	}
	data, err := want(answer, StatusOK, length, "authenticate")
	if err != nil {
		return nil, err
	}
	block := cmacOf(a.key).Block()
	plain := make([]byte, length)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(plain, data)
	proof := plain
	if a.prior == nil {
		proof = plain[4:20]
	}
	if subtle.ConstantTimeCompare(proof, rotateLeft(a.rndA)) != 1 {
		return nil, refuse(CodeAuth, "authenticate")
	}
	s := NewSession(DeriveSession(a.key, a.rndA, a.rndB))
	s.KeyNo = a.keyNo
	if a.prior != nil {
		s.ti, s.ctr = a.prior.ti, a.prior.ctr
		a.prior.Drop()
		return s, nil
	}
	copy(s.ti[:], plain)
	copy(s.PDCap[:], plain[20:26])
	copy(s.PCDCap[:], plain[26:32])
	return s, nil
}

// SessionKeys are the two keys of a session.
type SessionKeys struct{ Enc, MAC Key }

// DeriveSession is data sheet §9.1.7: CMAC over labels and a mixture of both
// random numbers.
func DeriveSession(key Key, rndA, rndB [16]byte) SessionKeys {
	mac := cmacOf(key)
	vector := func(label [2]byte) []byte {
		v := []byte{label[0], label[1], 0x00, 0x01, 0x00, 0x80}
		v = append(v, rndA[0:2]...)
		for i := range 6 {
			v = append(v, rndA[2+i]^rndB[i])
		}
		return append(append(v, rndB[6:16]...), rndA[8:16]...)
	}
	return SessionKeys{
		Enc: mac.Sum(vector(labelEnc)),
		MAC: mac.Sum(vector(labelMAC)),
	}
}

var (
	labelEnc = [2]byte{0xA5, 0x5A}
	labelMAC = [2]byte{0x5A, 0xA5}
)

func rotateLeft(b [16]byte) []byte { return append(append([]byte(nil), b[1:]...), b[0]) }

func cmacOf(k Key) *aescmac.Key {
	m, _ := aescmac.New(k[:]) // 16 bytes are never refused
	return m
}
