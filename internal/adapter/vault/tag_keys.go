package vault

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"trueward/internal/domain/authentic"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/sdm"
)

// ErrSealed: sealed tag keys do not open: they are another tag's, another
// epoch's, or damaged.
var ErrSealed = errors.New("vault: sealed tag keys do not open")

// own are the keys that a tag shares with no other and that no master gives:
// the master key of the tag itself and the two that nothing uses.
var own = [...]int{ntag424.KeyMaster, 3, 4}

// tagKeysContext binds sealed keys to one tag, profile and epoch.
func tagKeysContext(identity, ref string, epoch int64) []byte {
	return fmt.Appendf(nil, "trueward tag keys v1\x00%s\x00%s\x00%d", identity, ref, epoch)
}

// NewTagKeys draws a tag's own keys and returns them sealed, to be stored
// before the first of them is written: whoever loses a tag's master key has
// lost the tag.
func (v *Vault) NewTagKeys(identity, ref string, epoch int64) (sealed string, err error) {
	fresh := make([]byte, len(own)*keyBytes)
	defer clear(fresh)
	if _, err := io.ReadFull(v.cfg.Random, fresh); err != nil {
		return "", err
	}
	text, err := v.sealer.Encrypt(fresh, tagKeysContext(identity, ref, epoch))
	return base64.StdEncoding.EncodeToString(text), err
}

// TagKeys opens a tag's own keys and joins them with those that its profile's
// keys give; they do not print. Sealed text of another tag, profile or epoch is
// ErrSealed.
func (v *Vault) TagKeys(ref string, epoch int64, d authentic.Derivation, uid sdm.UID, sealed string) (keys [ntag424.KeyCount]ntag424.Key, err error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return keys, ErrSealed
	}
	identity := v.Identity(authentic.NTAG424, uid[:])
	opened, err := v.sealer.Decrypt(raw, tagKeysContext(identity, ref, epoch))
	if err != nil || len(opened) != len(own)*keyBytes {
		return keys, ErrSealed
	}
	defer clear(opened)
	given, err := v.Programming(ref, epoch, d, uid)
	if err != nil {
		return keys, err
	}
	for i, no := range own {
		keys[no] = ntag424.Key(opened[i*keyBytes : (i+1)*keyBytes])
	}
	keys[ntag424.KeyMeta], keys[ntag424.KeyFile] = given.Meta(), given.File()
	return keys, nil
}

// Rotate makes the master of a further epoch. The meta key stays: it must open
// mirrors before anybody knows which tag, and so which epoch, wrote them.
func (v *Vault) Rotate(ref string, epoch int64) error {
	if len(v.Epochs(ref)) == 0 {
		return ErrNoKey
	}
	file := make([]byte, keyBytes)
	if _, err := io.ReadFull(v.cfg.Random, file); err != nil {
		return err
	}
	v.mu.RLock()
	meta := v.keys[metaName(ref)]
	v.mu.RUnlock()
	return v.Put(ref, epoch, meta, file)
}
