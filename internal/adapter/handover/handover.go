// Package handover seals content for one receiver and signs it by its sender:
// the file in which keys of tags travel between two installations.
//
// The form is an age file (age-encryption.org/v1, X25519 recipient, ASCII
// armour) whose content is signed with Ed25519 (RFC 8032). The signature covers
// the receiver, so that a file which was opened cannot be passed on as if it
// had been meant for somebody else. It promises that only the receiver opens a
// file and that one changed anywhere does not open. Whether a sender is to be
// trusted, and whether a file came before, is decided above.
package handover

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// The refusals of this package.
var (
	// ErrFile: this is no file of this form, or it was changed on its way.
	ErrFile = errors.New("handover: not a whole file")
	// ErrReceiver: the file was made for another receiver.
	ErrReceiver = errors.New("handover: for another receiver")
	// ErrSender: the named sender did not sign it.
	ErrSender = errors.New("handover: not signed by the sender")
	// ErrKey: a receiver's or sender's key is not of its form.
	ErrKey = errors.New("handover: not a key")
)

// MaxFile is the longest file that is looked at, in bytes.
const MaxFile = 64 << 10

const (
	receiverPrefix = "age1"
	senderPrefix   = "twsign1"
	context        = "trueward key hand-over v1\x00"
)

// Identity is an organisation's own half: it opens files and signs them. It
// does not print.
type Identity struct {
	age  *age.X25519Identity
	sign ed25519.PrivateKey
}

// String keeps keys out of logs.
func (Identity) String() string { return "[secret]" }

// GoString is String for %#v.
func (Identity) GoString() string { return "[secret]" }

// New makes an identity and its secret, to be kept sealed. Seed is randomness
// of 32 bytes for the signature; the other half draws its own.
func New(seed [32]byte) (Identity, []byte, error) {
	own, err := age.GenerateX25519Identity()
	if err != nil {
		return Identity{}, nil, err
	}
	id := Identity{age: own, sign: ed25519.NewKeyFromSeed(seed[:])}
	return id, []byte(own.String() + "\n" + hex.EncodeToString(seed[:])), nil
}

// Load reads the secret that New made.
func Load(secret []byte) (Identity, error) {
	first, second, _ := strings.Cut(string(secret), "\n")
	own, err := age.ParseX25519Identity(first)
	seed, bad := hex.DecodeString(second)
	if err != nil || bad != nil || len(seed) != ed25519.SeedSize {
		return Identity{}, ErrKey
	}
	return Identity{age: own, sign: ed25519.NewKeyFromSeed(seed)}, nil
}

// Receiver is the key to be given to those who send: files are sealed for it.
func (id Identity) Receiver() string { return id.age.Recipient().String() }

// Sender is the key to be given to those who receive: signatures are checked
// with it.
func (id Identity) Sender() string {
	return senderPrefix + base64.RawURLEncoding.EncodeToString(id.sign.Public().(ed25519.PublicKey))
}

// envelope is what stands inside the encryption.
type envelope struct {
	Format    int    `json:"format"`
	Content   []byte `json:"content"`
	Signature []byte `json:"signature"`
}

func signed(receiver string, content []byte) []byte {
	return append([]byte(context+receiver+"\x00"), content...)
}

// CheckReceiver reports whether a text is a receiver's key.
func CheckReceiver(receiver string) error {
	if _, err := age.ParseX25519Recipient(receiver); err != nil || !strings.HasPrefix(receiver, receiverPrefix) {
		return ErrKey
	}
	return nil
}

// Seal writes a file that the receiver alone can open, signed by the identity.
func (id Identity) Seal(receiver string, content []byte) (string, error) {
	to, err := age.ParseX25519Recipient(receiver)
	if err != nil {
		return "", ErrKey
	}
	text, err := json.Marshal(envelope{Format: 1, Content: content, Signature: ed25519.Sign(id.sign, signed(to.String(), content))})
	if err != nil {
		return "", err
	}
	var file bytes.Buffer
	armoured := armor.NewWriter(&file)
	sealed, err := age.Encrypt(armoured, to)
	if err != nil {
		return "", err
	}
	_, err = sealed.Write(text)
	err = errors.Join(err, sealed.Close(), armoured.Close())
	return file.String(), err
}

// Open opens a file that was sealed for the identity and checks that the sender
// signed it. digest names its content, the same each time the file comes.
func (id Identity) Open(file, sender string) (content []byte, digest string, err error) {
	text, ours := strings.CutPrefix(strings.TrimSpace(sender), senderPrefix)
	public, err := base64.RawURLEncoding.DecodeString(text)
	if !ours || err != nil || len(public) != ed25519.PublicKeySize {
		return nil, "", ErrKey
	}
	if len(file) > MaxFile {
		return nil, "", ErrFile
	}
	opened, err := age.Decrypt(armor.NewReader(strings.NewReader(strings.TrimSpace(file)+"\n")), id.age)
	var stranger *age.NoIdentityMatchError
	if errors.As(err, &stranger) {
		return nil, "", ErrReceiver
	}
	if err != nil {
		return nil, "", ErrFile
	}
	raw, err := io.ReadAll(io.LimitReader(opened, MaxFile))
	if err != nil {
		return nil, "", ErrFile
	}
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil || e.Format != 1 {
		return nil, "", ErrFile
	}
	if !ed25519.Verify(public, signed(id.Receiver(), e.Content), e.Signature) {
		return nil, "", ErrSender
	}
	sum := sha256.Sum256(e.Content)
	return e.Content, hex.EncodeToString(sum[:]), nil
}
