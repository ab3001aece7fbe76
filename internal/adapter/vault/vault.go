// Package vault keeps the keys that prove a tag genuine: per profile the meta
// key that opens encrypted mirrors, per profile and epoch the master of the
// tags' own keys, and the key of the index by which a tag is known.
//
// It promises that no key stands on disk in the clear, in a log, in an error or
// in a printed value, and that keys anyone can read in public documents are
// refused. The file is a Tink keyset sealed by a key-encryption key, which is
// read from a file of its own: who copies the database, or the vault without
// that file, has no key. It does not protect against who reads the process's
// memory, nor replace a hardware module.
package vault

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"trueward/internal/domain/authentic"
	"trueward/internal/standard/keydiv"
	"trueward/internal/standard/sdm"
)

// Config says where the vault is.
type Config struct {
	Path    string // of the sealed keys; made when absent
	KeyPath string // of the key-encryption key: 64 hex digits, mode 0600
	// Random is the source of fresh keys; crypto/rand when nil.
	Random io.Reader
	// AllowWellKnown admits published keys, for tests over published vectors.
	AllowWellKnown bool
}

// ErrKeyFault: the key is one that anyone can read in a public document, so a
// tag that holds it was never commissioned.
var ErrKeyFault = authentic.ErrKeyFault

// ErrNoKey: there is no key under the reference and epoch.
var ErrNoKey = errors.New("vault: no such key")

// ErrExists: a key stands under that reference and epoch already.
var ErrExists = errors.New("vault: there is a key already")

// Vault holds the opened keys. It is safe for concurrent use and prints as
// nothing.
type Vault struct {
	cfg    Config
	kek    tink.AEAD
	handle *keyset.Handle
	sealer tink.AEAD

	mu      sync.RWMutex
	keys    map[string]secret
	metas   map[string]*sdm.Key
	masters map[string]master
	index   secret
	dummy   *sdm.Key
}

// String keeps the vault out of logs.
func (*Vault) String() string { return "vault" }

// GoString is String for %#v.
func (*Vault) GoString() string { return "vault" }

const indexName = "index"

// Open reads the vault, or makes an empty one with a fresh index key when its
// file is absent. A key-encryption key is made only together with a new vault:
// a vault whose key file is missing is lost, and a fresh key would hide that.
func Open(cfg Config) (*Vault, error) {
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	file, err := readSealed(cfg.Path)
	if err != nil {
		return nil, err
	}
	kek, err := loadKEK(cfg.KeyPath, cfg.Random, file == nil)
	if err != nil {
		return nil, err
	}
	v := &Vault{cfg: cfg, kek: kek, keys: map[string]secret{}, metas: map[string]*sdm.Key{}, masters: map[string]master{}}
	if file == nil {
		return v, v.found()
	}
	return v, v.unseal(file)
}

// found makes a new vault.
func (v *Vault) found() error {
	var err error
	if v.handle, err = newKeyset(); err != nil {
		return err
	}
	if v.sealer, err = aead.New(v.handle); err != nil {
		return err
	}
	index := make(secret, sha256.Size)
	if _, err := io.ReadFull(v.cfg.Random, index); err != nil {
		return err
	}
	v.keys[indexName] = index
	if err := v.save(); err != nil {
		return err
	}
	return v.prepare()
}

func (v *Vault) unseal(file *sealed) error {
	var err error
	if v.handle, err = openKeyset(file.Keyset, v.kek); err != nil {
		return err
	}
	if v.sealer, err = aead.New(v.handle); err != nil {
		return err
	}
	for name, text := range file.Entries {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return fmt.Errorf("vault: entry %s is damaged", name)
		}
		// The name is bound to its content, so entries cannot change places.
		if v.keys[name], err = v.sealer.Decrypt(raw, []byte(name)); err != nil {
			return fmt.Errorf("vault: entry %s does not open", name)
		}
	}
	return v.prepare()
}

// prepare expands what is always needed.
func (v *Vault) prepare() error {
	v.index = v.keys[indexName]
	if len(v.index) != sha256.Size {
		return errors.New("vault: the index key is missing")
	}
	sum := sha256.Sum256(v.index)
	v.dummy = sdm.NewDummyKey([16]byte(sum[:16]))
	return nil
}

// save seals every key and replaces the file.
func (v *Vault) save() error {
	file := sealed{Format: formatNow, Entries: map[string]string{}}
	var err error
	if file.Keyset, err = sealKeyset(v.handle, v.kek); err != nil {
		return err
	}
	for name, key := range v.keys {
		raw, err := v.sealer.Encrypt(key, []byte(name))
		if err != nil {
			return err
		}
		file.Entries[name] = base64.StdEncoding.EncodeToString(raw)
	}
	text, err := json.Marshal(file)
	if err != nil {
		return err
	}
	return replace(v.cfg.Path, text)
}

// Identity returns the name under which the tag with this UID is stored: an
// HMAC-SHA-256 that gives no UID back without the index key.
func (v *Vault) Identity(technology authentic.Technology, uid []byte) string {
	mac := hmac.New(sha256.New, v.index)
	mac.Write([]byte(technology))
	mac.Write([]byte{0})
	mac.Write(uid)
	return string(technology) + ":" + hex.EncodeToString(mac.Sum(nil)[:20])
}

// Dummy is the key for a tag that is not known: checking against it costs what
// a real check costs, and never passes.
func (v *Vault) Dummy() *sdm.Key { return v.dummy }

// Has reports whether the reference has keys of the epoch.
func (v *Vault) Has(ref string, epoch int64) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, ok := v.keys[masterName(ref, epoch)]
	return ok
}

func metaName(ref string) string { return "meta/" + ref }

func masterName(ref string, epoch int64) string { return fmt.Sprintf("master/%s/%d", ref, epoch) }

// refuseWellKnown keeps published keys out.
func (v *Vault) refuseWellKnown(key []byte) error {
	if !v.cfg.AllowWellKnown && keydiv.IsWellKnown(key) {
		return ErrKeyFault
	}
	return nil
}
