// Package originality checks the signature that a chip maker writes into every
// chip of some families: ECDSA over the chip's UID (NXP AN11350, AN12196 §7;
// ST TruST25), on secp128r1, secp192r1 and secp224r1.
//
// A match proves that the maker of the key signed this UID, and nothing more: a
// copy of UID and signature on another chip passes as well, so it must never be
// shown as more than "this UID was issued by the maker". A signature is not an
// identity either: (r, n−s) is as good as (r, s).
//
// The package knows the published keys and needs no others. Its arithmetic for
// the two small curves is its own, on public values only, so it also works where
// crypto/elliptic refuses curves outside FIPS 186.
package originality

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"sync"
)

// Code names why a signature was refused.
type Code string

// The refusals of this package.
const (
	CodeBadSignature  Code = "bad_signature"  // no key of the family made it
	CodeUnknownFamily Code = "unknown_family" // neither a family nor a key name
	CodeMalformed     Code = "malformed"      // length of UID or signature
)

// Error is a refusal. It carries neither UID nor signature.
type Error struct {
	Code  Code
	Field string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return "originality: " + string(e.Code)
	}
	return "originality: " + string(e.Code) + " in " + e.Field
}

// CodeOf is the code of an error of this package, "" for any other.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Curve is a curve by its SEC 2 name.
type Curve string

// The curves in use.
const (
	Secp128r1 Curve = "secp128r1"
	Secp192r1 Curve = "secp192r1"
	Secp224r1 Curve = "secp224r1"
)

// size is the length of a coordinate, and of each half of a signature, in bytes.
func (c Curve) size() int {
	switch c {
	case Secp128r1:
		return 16
	case Secp192r1:
		return 24
	case Secp224r1:
		return 28
	}
	return 0
}

// SignatureSize is the only accepted length of r‖s in bytes, 0 for an unknown
// curve.
func (c Curve) SignatureSize() int { return 2 * c.size() }

// Message is how a UID becomes what is signed.
type Message string

// The message rules.
const (
	MessageUID      Message = "uid"      // the UID as an integer, not hashed
	MessageReversed Message = "reversed" // the UID last byte first, not hashed
	MessageSHA256   Message = "sha256"   // SHA-256 of the UID
)

// PublicKey is a key that can verify signatures. It is safe for concurrent use.
type PublicKey struct {
	Name    string
	Family  Family
	Curve   Curve
	Message Message

	encoded string
	once    sync.Once
	valid   bool
	small   *curve
	window  [16]point
	nist    *ecdsa.PublicKey
}

// NewPublicKey makes a key from an uncompressed point, 04h ‖ x ‖ y in hex. A
// point of another length, or not on the curve, is CodeMalformed.
func NewPublicKey(c Curve, m Message, point string) (*PublicKey, error) {
	k := &PublicKey{Curve: c, Message: m, encoded: point}
	if k.once.Do(k.expand); !k.valid {
		return nil, &Error{Code: CodeMalformed, Field: "public_key"}
	}
	return k, nil
}

var smallCurves = map[Curve]func() *curve{
	Secp128r1: sync.OnceValue(func() *curve {
		return newCurve("FFFFFFFDFFFFFFFFFFFFFFFFFFFFFFFF", "E87579C11079F43DD824993C2CEE5ED3",
			"161FF7528B899B2D0C28607CA52C5B86", "CF5AC8395BAFEB13C02DA292DDED7A83", "FFFFFFFE0000000075A30D1B9038A115")
	}),
	Secp192r1: sync.OnceValue(func() *curve {
		return newCurve("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFF", "64210519E59C80E70FA7E9AB72243049FEB8DEECC146B9B1",
			"188DA80EB03090F67CBF20EB43A18800F4FF0AFD82FF1012", "07192B95FFC8DA78631011ED6B24CDD573F977A11E794811",
			"FFFFFFFFFFFFFFFFFFFFFFFF99DEF836146BC9B1B4D22831")
	}),
}

// expand checks the point and prepares its multiples, once per key.
func (k *PublicKey) expand() {
	b, err := hex.DecodeString(k.encoded)
	size := k.Curve.size()
	if err != nil || size == 0 || len(b) != 1+2*size || b[0] != 0x04 {
		return
	}
	if k.Curve == Secp224r1 {
		k.nist, err = ecdsa.ParseUncompressedPublicKey(elliptic.P224(), b)
		k.valid = err == nil
		return
	}
	k.small = smallCurves[k.Curve]()
	q, on := k.small.point(new(big.Int).SetBytes(b[1:1+size]), new(big.Int).SetBytes(b[1+size:]))
	k.window, k.valid = k.small.multiples(q), on
}

// Verify checks a signature of exactly r‖s over a UID of 4, 7, 8 or 10 bytes.
// UIDs of ISO/IEC 15693 chips may be given in either order; E0h marks the first
// byte. Refusals are CodeMalformed and CodeBadSignature.
func (k *PublicKey) Verify(uid, signature []byte) error {
	switch len(uid) {
	case 4, 7, 8, 10:
	default:
		return &Error{Code: CodeMalformed, Field: "uid"}
	}
	if len(signature) != k.Curve.SignatureSize() || len(signature) == 0 {
		return &Error{Code: CodeMalformed, Field: "signature"}
	}
	if k.once.Do(k.expand); !k.valid {
		return &Error{Code: CodeMalformed, Field: "public_key"}
	}
	size := k.Curve.size()
	r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	if !k.check(k.representative(uid), r, s) {
		return &Error{Code: CodeBadSignature}
	}
	return nil
}

func (k *PublicKey) check(z []byte, r, s *big.Int) bool {
	if k.nist != nil {
		return ecdsa.Verify(k.nist, z, r, s)
	}
	n := k.small.n
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(n) >= 0 || s.Cmp(n) >= 0 {
		return false
	}
	// The leftmost bits of the representative count (FIPS 186-5 §6.4.2); a UID is
	// always shorter than the group, a hash is not.
	z = z[:min(len(z), k.Curve.size())]
	return k.small.verify(&k.window, new(big.Int).SetBytes(z), r, s)
}

// iso15693 is the first byte of every UID of that standard.
const iso15693 = 0xE0

func (k *PublicKey) representative(uid []byte) []byte {
	if k.Message == MessageUID {
		return uid
	}
	m := slices.Clone(uid)
	if len(m) == 8 && m[0] != iso15693 && m[7] == iso15693 {
		slices.Reverse(m)
	}
	if k.Message == MessageReversed {
		slices.Reverse(m)
		return m
	}
	sum := sha256.Sum256(m)
	return sum[:]
}

// Verify checks a signature against the keys of a family, or against the one
// key of that name, and returns the key that made it. Refusals are
// CodeUnknownFamily, CodeMalformed and CodeBadSignature.
func Verify(familyOrName string, uid, signature []byte) (*PublicKey, error) {
	var err error = &Error{Code: CodeUnknownFamily}
	for i := range published {
		k := &published[i]
		if string(k.Family) != familyOrName && k.Name != familyOrName {
			continue
		}
		e := k.Verify(uid, signature)
		if e == nil {
			return k, nil
		}
		// One key of the right length suffices to call a signature bad.
		if CodeOf(err) != CodeBadSignature {
			err = e
		}
	}
	return nil, err
}

// Keys are all published keys. They are shared: read only.
func Keys() []*PublicKey {
	out := make([]*PublicKey, len(published))
	for i := range published {
		out[i] = &published[i]
	}
	return out
}

// Point is the key as an uncompressed point in hex.
func (k *PublicKey) Point() string { return k.encoded }
