package access

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
)

// NewToken returns a bearer token of 256 bits from random and the digest under
// which it is kept: whoever reads the database cannot use it.
func NewToken(random io.Reader) (token, digest string, err error) {
	var raw [32]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", "", fmt.Errorf("access: no randomness for a token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	return token, TokenDigest(token), nil
}

// TokenDigest returns the SHA-256 (lower-case hex) of a token.
func TokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
