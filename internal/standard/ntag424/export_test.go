package ntag424

import "crypto/cipher"

// EncryptAnswerForTest encrypts what a tag under the session's keys would send.
func EncryptAnswerForTest(s *Session, plain []byte) []byte {
	return s.crypt(cipher.NewCBCEncrypter, labelMAC, Pad(plain))
}
