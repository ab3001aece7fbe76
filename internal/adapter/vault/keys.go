package vault

import (
	"io"

	"trueward/internal/domain/authentic"
	"trueward/internal/standard/keydiv"
	"trueward/internal/standard/sdm"
)

// keyBytes is the size of every key an NTAG 424 DNA takes.
const keyBytes = 16

// master is an expanded master key, ready for both derivations.
type master struct {
	an10922 *keydiv.Master
	issuer  *keydiv.Issuer
}

// Generate makes fresh keys for a new profile, epoch 1.
func (v *Vault) Generate(ref string) error {
	meta, file := make([]byte, keyBytes), make([]byte, keyBytes)
	for _, key := range [][]byte{meta, file} {
		if _, err := io.ReadFull(v.cfg.Random, key); err != nil {
			return err
		}
	}
	return v.Put(ref, 1, meta, file)
}

// Put stores the keys of a profile and epoch: the meta key (ignored after the
// first epoch, since every tag of a profile shares it) and the master. Keys of
// a reference and epoch are never replaced: ErrExists.
func (v *Vault) Put(ref string, epoch int64, meta, file []byte) error {
	if len(meta) != keyBytes || len(file) != keyBytes {
		return &keydiv.Error{Code: keydiv.CodeKeyLength, Length: len(file)}
	}
	for _, key := range [][]byte{meta, file} {
		if err := v.refuseWellKnown(key); err != nil {
			return err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	name := masterName(ref, epoch)
	if _, there := v.keys[name]; there {
		return ErrExists
	}
	_, hadMeta := v.keys[metaName(ref)]
	v.keys[name] = append(secret(nil), file...)
	if !hadMeta {
		v.keys[metaName(ref)] = append(secret(nil), meta...)
	}
	if err := v.save(); err != nil {
		delete(v.keys, name)
		if !hadMeta {
			delete(v.keys, metaName(ref))
		}
		return err
	}
	return nil
}

// Meta returns the key that opens the encrypted mirrors of a profile.
func (v *Vault) Meta(ref string) (*sdm.Key, error) {
	v.mu.RLock()
	key, cached := v.metas[ref]
	raw, known := v.keys[metaName(ref)]
	v.mu.RUnlock()
	switch {
	case cached:
		return key, nil
	case !known || len(raw) != keyBytes:
		return nil, ErrNoKey
	}
	if err := v.refuseWellKnown(raw); err != nil {
		return nil, err
	}
	key = sdm.NewKey([keyBytes]byte(raw))
	v.mu.Lock()
	v.metas[ref] = key
	v.mu.Unlock()
	return key, nil
}

// master returns the expanded master of a reference and epoch.
func (v *Vault) master(ref string, epoch int64) (master, error) {
	name := masterName(ref, epoch)
	v.mu.RLock()
	m, cached := v.masters[name]
	raw, known := v.keys[name]
	v.mu.RUnlock()
	switch {
	case cached:
		return m, nil
	case !known:
		return master{}, ErrNoKey
	}
	if err := v.refuseWellKnown(raw); err != nil {
		return master{}, err
	}
	var err error
	if m.an10922, err = keydiv.NewMaster(raw); err != nil {
		return master{}, err
	}
	if m.issuer, err = keydiv.NewIssuer(raw); err != nil {
		return master{}, err
	}
	v.mu.Lock()
	v.masters[name] = m
	v.mu.Unlock()
	return m, nil
}

// fileSystemID is the system identifier in the AN10922 input of our tags' file
// keys: UID ‖ application 000000 ‖ this.
const fileSystemID = "TWSDM1"

// FileKey returns the tag's own key under which its messages are signed.
func (v *Vault) FileKey(ref string, epoch int64, d authentic.Derivation, uid sdm.UID) (*sdm.Key, error) {
	raw, err := v.fileKey(ref, epoch, d, uid)
	if err != nil {
		return nil, err
	}
	return sdm.NewKey(raw), nil
}

func (v *Vault) fileKey(ref string, epoch int64, d authentic.Derivation, uid sdm.UID) ([keyBytes]byte, error) {
	m, err := v.master(ref, epoch)
	if err != nil {
		return [keyBytes]byte{}, err
	}
	if d == authentic.Boltcard {
		keys, err := m.issuer.Keys(uid, uint32(epoch))
		return keys[2], err
	}
	var s keydiv.Scratch
	return m.an10922.Derive128(&s, an10922Input(uid))
}

func an10922Input(uid sdm.UID) []byte {
	input := make([]byte, 0, len(uid)+3+len(fileSystemID))
	input = append(input, uid[:]...)
	input = append(input, 0, 0, 0)
	return append(input, fileSystemID...)
}

// Programming are the two keys that a tag must be given so that its messages
// verify: what an encoder, or a simulated tag, needs. They print as nothing.
type Programming struct {
	meta, file [keyBytes]byte
}

// String keeps keys out of logs.
func (Programming) String() string { return redacted }

// GoString is String for %#v.
func (Programming) GoString() string { return redacted }

// Meta and File give the key bytes to whoever writes the tag.
func (p Programming) Meta() [keyBytes]byte { return p.meta }

// File is the tag's own key.
func (p Programming) File() [keyBytes]byte { return p.file }

// Programming returns the keys to write into the tag with this UID.
func (v *Vault) Programming(ref string, epoch int64, d authentic.Derivation, uid sdm.UID) (Programming, error) {
	file, err := v.fileKey(ref, epoch, d, uid)
	if err != nil {
		return Programming{}, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	raw, known := v.keys[metaName(ref)]
	if !known {
		return Programming{}, ErrNoKey
	}
	return Programming{meta: [keyBytes]byte(raw), file: file}, nil
}
