package vault

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"strconv"
)

// ErrOther: keys of the same reference and epoch are kept already, and are
// others.
var ErrOther = errors.New("vault: other keys are kept under that name")

// ErrContent: exported keys are not in their form.
var ErrContent = errors.New("vault: not exported keys")

// exported are the keys of a profile as they travel to another vault.
type exported struct {
	Meta   []byte            `json:"meta"`
	Epochs map[string][]byte `json:"epochs"` // master by epoch
}

// Export returns the keys of a reference in the clear, to be sealed for
// another vault and for nothing else.
func (v *Vault) Export(ref string) ([]byte, error) {
	epochs := v.Epochs(ref)
	if len(epochs) == 0 {
		return nil, ErrNoKey
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := exported{Meta: v.keys[metaName(ref)], Epochs: map[string][]byte{}}
	for _, e := range epochs {
		out.Epochs[strconv.FormatInt(e, 10)] = v.keys[masterName(ref, e)]
	}
	return json.Marshal(out)
}

// Import keeps exported keys under a reference and returns their epochs. Keys
// that are there already must be the same: ErrOther, and nothing is changed.
func (v *Vault) Import(ref string, text []byte) ([]int64, error) {
	var in exported
	if err := json.Unmarshal(text, &in); err != nil || len(in.Meta) != keyBytes || len(in.Epochs) == 0 {
		return nil, ErrContent
	}
	if there := v.Epochs(ref); len(there) > 0 {
		if _, err := v.Meta(ref); err != nil {
			return nil, err
		}
		if !v.same(metaName(ref), in.Meta) {
			return nil, ErrOther
		}
	}
	fresh := map[int64][]byte{}
	for text, key := range in.Epochs {
		epoch, err := strconv.ParseInt(text, 10, 64)
		if err != nil || epoch < 1 || epoch > 255 || len(key) != keyBytes {
			return nil, ErrContent
		}
		switch {
		case !v.Has(ref, epoch):
			fresh[epoch] = key
		case !v.same(masterName(ref, epoch), key):
			return nil, ErrOther
		}
	}
	for epoch, key := range fresh {
		if err := v.Put(ref, epoch, in.Meta, key); err != nil {
			return nil, err
		}
	}
	return v.Epochs(ref), nil
}

func (v *Vault) same(name string, key []byte) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return subtle.ConstantTimeCompare(v.keys[name], key) == 1
}

const identityPrefix = "handover/"

// Handover returns the secret half of an organisation's identity for key
// files; false when none was made.
func (v *Vault) Handover(organisation string) ([]byte, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	raw, ok := v.keys[identityPrefix+organisation]
	return append([]byte(nil), raw...), ok
}

// PutHandover keeps the secret half of an organisation's identity. It is never
// replaced: ErrExists.
func (v *Vault) PutHandover(organisation string, raw []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	name := identityPrefix + organisation
	if _, there := v.keys[name]; there {
		return ErrExists
	}
	v.keys[name] = append(secret(nil), raw...)
	if err := v.save(); err != nil {
		delete(v.keys, name)
		return err
	}
	return nil
}
