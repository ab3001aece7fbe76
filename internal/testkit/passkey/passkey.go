// Package passkey is an authenticator for tests: it makes and answers passkeys
// as a browser with a security key would (Web Authentication Level 3, 6.1 and
// 6.3), and can be told to lie about each thing that a relying party checks.
package passkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"
)

// Authenticator holds one key. The fields may be changed between answers.
type Authenticator struct {
	Origin  string // what the browser says the page's origin is
	Domain  string // whose digest the authenticator signs
	Counter uint32 // of the next answer
	// Unverified leaves out that the person was verified.
	Unverified bool
	// Challenge replaces the one that was asked, when not empty.
	Challenge string
	// Type replaces the kind of ceremony, when not empty.
	Type string
	// Handle replaces whose key it says it is, when not nil.
	Handle []byte
	// Key signs; one of the moment does when it is nil.
	Key *ecdsa.PrivateKey

	id     []byte
	person []byte
}

// New returns an authenticator of a browser that stands on an origin.
func New(t testing.TB, origin, domain string) *Authenticator {
	t.Helper()
	a := &Authenticator{Origin: origin, Domain: domain, Key: newKey(t), id: make([]byte, 32)}
	if _, err := rand.Read(a.id); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Make answers PublicKeyCredentialCreationOptionsJSON.
func (a *Authenticator) Make(t testing.TB, options []byte) []byte {
	t.Helper()
	var asked struct {
		Challenge string
		User      struct{ ID string }
	}
	read(t, options, &asked)
	a.person = unText(t, asked.User.ID)
	data := a.data(0x45)
	data = append(data, make([]byte, 16)...) // AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), a.cose(t)...)
	object := append([]byte{0xa3, 0x63}, "fmt"...)
	object = append(append(object, 0x64), "none"...)
	object = append(append(append(object, 0x67), "attStmt"...), 0xa0, 0x68)
	object = append(append(object, "authData"...), 0x59)
	object = binary.BigEndian.AppendUint16(object, uint16(len(data)))
	object = append(object, data...)
	return a.write(t, map[string]any{"clientDataJSON": text(a.client(t, "webauthn.create", asked.Challenge)), "attestationObject": text(object)})
}

// Answer answers PublicKeyCredentialRequestOptionsJSON.
func (a *Authenticator) Answer(t testing.TB, options []byte) []byte {
	t.Helper()
	var asked struct{ Challenge string }
	read(t, options, &asked)
	data, client := a.data(0x05), a.client(t, "webauthn.get", asked.Challenge)
	of := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], of[:]...))
	key := a.Key
	if key == nil {
		key = newKey(t)
	}
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	handle := a.person
	if a.Handle != nil {
		handle = a.Handle
	}
	return a.write(t, map[string]any{
		"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text(handle),
	})
}

// data is the authenticator data up to the counter (6.1).
func (a *Authenticator) data(flags byte) []byte {
	if a.Unverified {
		flags &^= 0x04
	}
	of := sha256.Sum256([]byte(a.Domain))
	return binary.BigEndian.AppendUint32(append(of[:], flags), a.Counter)
}

func (a *Authenticator) client(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	if a.Type != "" {
		kind = a.Type
	}
	if a.Challenge != "" {
		challenge = a.Challenge
	}
	out, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cose is the public key (RFC 9053, 7.1.1): EC2, ES256, P-256.
func (a *Authenticator) cose(t testing.TB) []byte {
	t.Helper()
	point, err := a.Key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	out = append(append(out, point[1:33]...), 0x22, 0x58, 0x20)
	return append(out, point[33:]...)
}

func (a *Authenticator) write(t testing.TB, response map[string]any) []byte {
	t.Helper()
	out, err := json.Marshal(map[string]any{
		"id": text(a.id), "rawId": text(a.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t testing.TB, options []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(options, into); err != nil {
		t.Fatal(fmt.Errorf("options: %w", err))
	}
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unText(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
