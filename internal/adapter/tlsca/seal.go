package tlsca

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"io"
)

// purpose keeps the sealing key apart from every other use of the
// key-encryption key.
const purpose = "trueward certificate authority v1"

// seal closes the authority's key under the key-encryption key, bound to its
// certificate.
func seal(kek [32]byte, bound, plain []byte, random io.Reader) ([]byte, error) {
	box, err := boxOf(kek)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, err
	}
	return box.Seal(nonce, nonce, plain, bound), nil
}

func unseal(kek [32]byte, bound, sealed []byte) ([]byte, error) {
	box, err := boxOf(kek)
	if err != nil {
		return nil, err
	}
	if len(sealed) < box.NonceSize() {
		return nil, errors.New("tlsca: the sealed key is cut short")
	}
	return box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], bound)
}

func boxOf(kek [32]byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, kek[:], nil, purpose, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
