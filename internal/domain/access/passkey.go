package access

import "time"

// PasskeyID is a UUIDv7 text.
type PasskeyID string

// Passkey is a key pair that an authenticator of a person holds (Web
// Authentication Level 3, W3C). What is kept here checks its answers and can
// make none.
type Passkey struct {
	ID     PasskeyID
	Person PersonID
	// Credential is the name that the authenticator gave the key, in base64url.
	Credential string
	// Record is what checks an answer: public key, flags, how it was made.
	Record []byte
	// Counter is how often the authenticator says it has signed; always 0 for
	// those that do not count.
	Counter   uint32
	Name      string // as its owner calls it
	CreatedAt time.Time
	UsedAt    time.Time // zero while it was never used
	// StoppedAt is when its counter went back: there are two of it. It opens
	// nothing from then on.
	StoppedAt time.Time
}

// Stopped reports whether the passkey opens nothing any more.
func (p Passkey) Stopped() bool { return !p.StoppedAt.IsZero() }
