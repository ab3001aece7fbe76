// Package gen2auth checks the answers of UHF tags that can authenticate
// themselves: ISO/IEC 29167-10 (AES-128), TAM1 and TAM2 with one-key encrypted
// data (ProtMode 1), as NXP UCODE DNA implements it.
//
// It promises that an accepted answer was made with the key for exactly the
// challenge given, all of it compared, in constant time. It does not make TAM2
// data trustworthy by itself: the mode encrypts without a MAC, so a changed
// second block decrypts to other data without any error. Callers must compare
// it with the identity that was read (MatchEPC, MatchTID).
//
// Challenges and keys stay on the server; a reader carries bytes and decides
// nothing. The text of the standard was not read: the layout follows public
// implementations and their test data.
package gen2auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
)

// Code names why an answer was refused.
type Code string

// The refusals of this package.
const (
	CodeMalformed        Code = "malformed"         // a length or alphabet is wrong
	CodeBadResponse      Code = "bad_response"      // not made with this key for this challenge
	CodeDataMismatch     Code = "data_mismatch"     // authentic, but of another tag, or altered
	CodeChallengeUnknown Code = "challenge_unknown" // never issued, expired, or for another read
	CodeChallengeReused  Code = "challenge_reused"  // already answered
	CodeUnsupported      Code = "unsupported"       // another suite, profile or protection mode
	CodeRemote           Code = "remote_unavailable"
)

// Error is a refusal. It carries no challenge, answer or identity.
type Error struct {
	Code  Code
	Field string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return "gen2auth: " + string(e.Code)
	}
	return "gen2auth: " + string(e.Code) + " in " + e.Field
}

func refuse(code Code, field string) error { return &Error{code, field} }

// CodeOf is the code of an error of this package, "" for any other.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Challenge is the interrogator's random number, 80 bits.
type Challenge [10]byte

// NewChallenge draws a challenge; each is for one answer.
func NewChallenge(rand io.Reader) (Challenge, error) {
	var c Challenge
	_, err := io.ReadFull(rand, c[:])
	return c, err
}

// Key is an expanded tag key. It is safe for concurrent use and does not print.
type Key struct{ block cipher.Block }

// NewKey expands a key of 16 bytes.
func NewKey(b [16]byte) *Key {
	block, _ := aes.NewCipher(b[:]) // 16 bytes are never refused
	return &Key{block}
}

// String keeps keys out of logs and error texts.
func (*Key) String() string { return "gen2auth.Key" }

// GoString is String for %#v.
func (*Key) GoString() string { return "gen2auth.Key" }

const (
	blockSize = 16
	// maxBlocks is what BlockCount, four bits counting from one, can ask for.
	maxBlocks = 16
	// constant opens every TAM1 and TAM2 plaintext.
	constantHi, constantLo = 0x96, 0xC5
)

// VerifyTAM1 checks an answer of 16 bytes: constant ‖ tag random 4 ‖ challenge
// 10, encrypted as one block.
func VerifyTAM1(k *Key, c Challenge, response []byte) error {
	if len(response) != blockSize {
		return refuse(CodeMalformed, "response")
	}
	return k.header(c, response)
}

// header checks the first block: constant and all ten challenge bytes.
func (k *Key) header(c Challenge, block []byte) error {
	plain := make([]byte, blockSize)
	k.block.Decrypt(plain, block)
	want := append([]byte{constantHi, constantLo}, plain[2:6]...)
	want = append(want, c[:]...)
	if subtle.ConstantTimeCompare(plain, want) != 1 {
		return refuse(CodeBadResponse, "")
	}
	return nil
}

// VerifyTAM2 checks an answer of 32 to 272 bytes in ProtMode 1 and returns the
// decrypted memory, a multiple of 16 bytes, which nothing authenticates yet.
func VerifyTAM2(k *Key, c Challenge, response []byte) ([]byte, error) {
	n := len(response)
	if n < 2*blockSize || n%blockSize != 0 || n > (1+maxBlocks)*blockSize {
		return nil, refuse(CodeMalformed, "response")
	}
	if err := k.header(c, response[:blockSize]); err != nil {
		return nil, err
	}
	data := make([]byte, n-blockSize)
	for at := 0; at < len(data); at += blockSize {
		k.block.Decrypt(data[at:at+blockSize], response[blockSize+at:2*blockSize+at])
		subtle.XORBytes(data[at:at+blockSize], data[at:at+blockSize], response[at:blockSize+at])
	}
	return data, nil
}

// VerifyHex is VerifyTAM1 or VerifyTAM2 by the answer's length, for readers that
// deliver hex digits; data is nil for TAM1.
func VerifyHex(k *Key, c Challenge, response string) (data []byte, err error) {
	if len(response) > 2*(1+maxBlocks)*blockSize {
		return nil, refuse(CodeMalformed, "response")
	}
	b, err := hex.DecodeString(response)
	switch {
	case err != nil:
		return nil, refuse(CodeMalformed, "response")
	case len(b) == blockSize:
		return nil, VerifyTAM1(k, c, b)
	}
	return VerifyTAM2(k, c, b)
}
