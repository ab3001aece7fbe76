package main

import (
	"context"
	"encoding/hex"
	"errors"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/vault"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/sdm"
)

// ofProfile makes the command a tag of a data folder's profile: its template,
// and the keys that the vault gives a tag with this UID. Its taps are accepted
// if the tag is on record, like those of the tag itself: who can read the vault
// can write tags.
func (t tagSimulateCmd) ofProfile(ctx context.Context) (_ tagSimulateCmd, err error) {
	if t.UID == "" || t.MetaKey != "" || t.FileKey != "" {
		return t, fault.At("profile", "--profile takes the keys from the vault, for the tag that --uid names.")
	}
	var uid ntag424.UID
	if err := fill(uid[:], "uid", t.UID, nil); err != nil {
		return t, err
	}
	s, err := t.openExisting(ctx)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	v, err := vault.Open(vault.Config{Path: t.vaultPath(), KeyPath: t.keyPath()})
	if err != nil {
		return t, err
	}
	q := s.Read(ctx, access.Everything())
	p, err := profileNamed(q, t.Profile)
	if err != nil {
		return t, err
	}
	epoch := int64(1)
	switch known, err := q.TagByIdentity(v.Identity(authentic.NTAG424, uid[:])); {
	case err == nil:
		epoch = known.Epoch
	case !fault.Is(err, fault.NotFound):
		return t, err
	}
	keys, err := v.Programming(p.KeyRef, epoch, p.Derivation, sdm.UID(uid))
	if err != nil {
		return t, fault.Wrap(fault.Conflict, "The vault holds no keys for this profile.", err)
	}
	meta, file := keys.Meta(), keys.File()
	t.MetaKey, t.FileKey = hex.EncodeToString(meta[:]), hex.EncodeToString(file[:])
	t.Template, t.MACFrom, t.EncBytes = p.URLTemplate, p.MACInput, p.FileMirrorLength()/2
	if p.Tamper && t.Loop == "none" {
		t.Loop = "closed"
	}
	return t, nil
}

// profileNamed finds a profile by id or by name.
func profileNamed(q store.Queries, text string) (authentic.Profile, error) {
	all, err := q.Profiles()
	if err != nil {
		return authentic.Profile{}, err
	}
	var found []authentic.Profile
	for _, p := range all {
		if string(p.ID) == text {
			return p, nil
		}
		if p.Name == text {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return authentic.Profile{}, fault.New(fault.NotFound, "There is no such tag profile in this data folder.")
	}
	return authentic.Profile{}, fault.New(fault.Conflict, "Several tag profiles have this name. Give the profile's id, which stands in its tags' URLs.")
}
