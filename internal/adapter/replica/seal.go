package replica

import (
	"bytes"
	"fmt"
	"io"

	"filippo.io/age"
)

// seal encrypts by the key-encryption key in the format of backups
// (age-encryption.org/v1, scrypt recipient).
type seal struct {
	recipient *age.ScryptRecipient
	identity  *age.ScryptIdentity
	head      int64 // bytes before the first chunk
}

// Sizes of the age format, v1, "Payload": 64 KiB chunks, each with a tag.
const (
	chunk = 64 << 10
	tag   = 16

	// workFactor is low on purpose: the passphrase is a random 256-bit key.
	workFactor = 10
)

func newSeal(key string) (s seal, err error) {
	if s.recipient, err = age.NewScryptRecipient(key); err != nil {
		return s, fmt.Errorf("replica: %w", err)
	}
	s.recipient.SetWorkFactor(workFactor)
	if s.identity, err = age.NewScryptIdentity(key); err != nil {
		return s, fmt.Errorf("replica: %w", err)
	}
	var empty bytes.Buffer
	if _, err := s.write(&empty, bytes.NewReader(nil)); err != nil {
		return s, err
	}
	s.head = int64(empty.Len()) - tag
	return s, nil
}

// write seals what r holds and returns its length.
func (s seal) write(w io.Writer, r io.Reader) (int64, error) {
	sealed, err := age.Encrypt(w, s.recipient)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(sealed, r)
	if err != nil {
		return 0, err
	}
	return n, sealed.Close()
}

// open returns what was sealed. Any change to it ends in an error, at the
// latest with the chunk that was changed.
func (s seal) open(r io.Reader) (io.Reader, error) { return age.Decrypt(r, s.identity) }

// opened is how long something is that is sealed bytes long when it is sealed.
func (s seal) opened(sealed int64) int64 {
	payload := sealed - s.head
	chunks := (payload + chunk + tag - 1) / (chunk + tag)
	return payload - chunks*tag
}
