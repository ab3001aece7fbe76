package keydiv

import (
	"encoding/binary"

	"trueward/internal/standard/aescmac"
)

// The labels of the versioned derivation. The scheme follows the deterministic
// card keys of the boltcard project, whose labels count up from 2D003F75h.
const (
	labelCard = 0x2D003F75
	labelKey0 = 0x2D003F76
	labelKey1 = 0x2D003F77
	labelKey2 = 0x2D003F78
	labelKey3 = 0x2D003F79
	labelKey4 = 0x2D003F7A
	labelID   = 0x2D003F7B
)

// Issuer derives all keys of a tag from one key with a version, so that a new
// version replaces every per-tag key at once. It is safe for concurrent use.
type Issuer struct {
	mac *aescmac.Key
}

// NewIssuer expands an issuer key of 16 bytes. Other lengths are CodeKeyLength.
func NewIssuer(key []byte) (*Issuer, error) {
	if len(key) != 16 {
		return nil, &Error{Code: CodeKeyLength, Length: len(key)}
	}
	mac, err := aescmac.New(key)
	if err != nil {
		return nil, &Error{Code: CodeKeyLength, Length: len(key)}
	}
	return &Issuer{mac: mac}, nil
}

// TagKeys are the five keys of an NTAG 424 DNA by key number.
type TagKeys [5][16]byte

// Keys returns the five keys of the tag with this UID at this key version. Key
// 1 is the same for all tags of the issuer: it opens the encrypted mirror, when
// the UID is not known yet.
func (i *Issuer) Keys(uid [7]byte, version uint32) (TagKeys, error) {
	secret := i.card(uid, version)
	card, err := aescmac.New(secret[:])
	if err != nil {
		return TagKeys{}, &Error{Code: CodeKeyLength, Length: len(secret)}
	}
	return TagKeys{
		card.Sum(label(labelKey0)),
		i.MetaKey(),
		card.Sum(label(labelKey2)),
		card.Sum(label(labelKey3)),
		card.Sum(label(labelKey4)),
	}, nil
}

// MetaKey is key 1 of every tag of this issuer.
func (i *Issuer) MetaKey() [16]byte { return i.mac.Sum(label(labelKey1)) }

// CardKey is the intermediate key from which keys 0, 2, 3 and 4 come.
func (i *Issuer) CardKey(uid [7]byte, version uint32) [16]byte { return i.card(uid, version) }

// ID is the identity under which a tag is stored: it cannot be turned back into
// the UID without the issuer key, so a stolen database names no tag.
func (i *Issuer) ID(uid [7]byte) [16]byte {
	return i.mac.Sum(append(label(labelID), uid[:]...))
}

func (i *Issuer) card(uid [7]byte, version uint32) [16]byte {
	msg := append(label(labelCard), uid[:]...)
	return i.mac.Sum(binary.LittleEndian.AppendUint32(msg, version))
}

func label(v uint32) []byte { return binary.BigEndian.AppendUint32(make([]byte, 0, 16), v) }
