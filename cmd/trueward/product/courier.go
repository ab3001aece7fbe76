package product

import (
	"crypto/rand"
	"encoding/json"
	"errors"

	"trueward/internal/adapter/handover"
	"trueward/internal/adapter/vault"
	"trueward/internal/app/tagging"
)

// courier joins the vault, which keeps secrets, and key files, which carry
// them.
type courier struct{ vault *vault.Vault }

// cargo is the content of a key file.
type cargo struct {
	About json.RawMessage `json:"about"`
	Keys  json.RawMessage `json:"keys"`
}

func (c courier) identity(organisation string) (handover.Identity, bool) {
	secret, ok := c.vault.Handover(organisation)
	if !ok {
		return handover.Identity{}, false
	}
	id, err := handover.Load(secret)
	return id, err == nil
}

// Keys implements tagging.Courier.
func (c courier) Keys(organisation string) (receiver, sender string, ok bool) {
	id, ok := c.identity(organisation)
	if !ok {
		return "", "", false
	}
	return id.Receiver(), id.Sender(), true
}

// Make implements tagging.Courier.
func (c courier) Make(organisation string) error {
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return err
	}
	_, secret, err := handover.New(seed)
	if err != nil {
		return err
	}
	if err := c.vault.PutHandover(organisation, secret); !errors.Is(err, vault.ErrExists) {
		return err
	}
	return nil
}

// Pack implements tagging.Courier.
func (c courier) Pack(organisation, receiver string, about []byte, ref string) (string, error) {
	if err := handover.CheckReceiver(receiver); err != nil {
		return "", translated(err)
	}
	if err := c.Make(organisation); err != nil {
		return "", err
	}
	id, _ := c.identity(organisation)
	keys, err := c.vault.Export(ref)
	if err != nil {
		return "", err
	}
	defer clear(keys)
	content, err := json.Marshal(cargo{About: about, Keys: keys})
	if err != nil {
		return "", err
	}
	defer clear(content)
	file, err := id.Seal(receiver, content)
	return file, translated(err)
}

// Open implements tagging.Courier.
func (c courier) Open(organisation, file, sender string) (tagging.Parcel, error) {
	id, ok := c.identity(organisation)
	if !ok {
		return tagging.Parcel{}, tagging.ErrReceiver
	}
	content, digest, err := id.Open(file, sender)
	if err != nil {
		return tagging.Parcel{}, translated(err)
	}
	var in cargo
	if err := json.Unmarshal(content, &in); err != nil {
		return tagging.Parcel{}, tagging.ErrFile
	}
	return tagging.Parcel{
		About: in.About, Digest: digest,
		Keep: func(ref string) ([]int64, error) {
			epochs, err := c.vault.Import(ref, in.Keys)
			return epochs, translated(err)
		},
	}, nil
}

// translated says in the use case's words what the adapters refused.
func translated(err error) error {
	for from, to := range map[error]error{
		handover.ErrFile: tagging.ErrFile, handover.ErrReceiver: tagging.ErrReceiver, handover.ErrSender: tagging.ErrSender,
		handover.ErrKey: tagging.ErrKey, vault.ErrOther: tagging.ErrOther, vault.ErrContent: tagging.ErrFile, vault.ErrKeyFault: tagging.ErrFile,
	} {
		if errors.Is(err, from) {
			return errors.Join(to, err)
		}
	}
	return err
}
