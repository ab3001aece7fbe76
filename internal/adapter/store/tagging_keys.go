package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
)

type tagKeysRecord struct {
	Identity  string
	ProfileID string
	Epoch     int64
	Sealed    string
	CreatedAt int64
}

func (tagKeysRecord) TableName() string { return "tag_keys" }

// KeepTagKeys stores a chip's own keys of an epoch, sealed. They are stored
// once: what was stored before the first key was written is what is in the tag.
func (tx *Tx) KeepTagKeys(identity string, profile authentic.ProfileID, epoch int64, sealed string) error {
	return tx.db.Create(&tagKeysRecord{
		Identity: identity, ProfileID: string(profile), Epoch: epoch, Sealed: sealed, CreatedAt: micros(tx.now),
	}).Error
}

// TagKeys returns a chip's own keys of an epoch, sealed; false when there are
// none. They are nothing without the vault.
func (q Queries) TagKeys(identity string, profile authentic.ProfileID, epoch int64) (string, bool, error) {
	var records []tagKeysRecord
	err := q.db.Where("identity = ? AND profile_id = ? AND epoch = ?", identity, string(profile), epoch).Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return "", false, err
	}
	return records[0].Sealed, true, nil
}

type epochRecord struct {
	ProfileID string
	Epoch     int64
	VendorID  string
	OpenedAt  int64
	OpenedBy  string
	ClosedAt  *int64
	ClosedBy  string
}

func (epochRecord) TableName() string { return "tag_epochs" }

func (r epochRecord) epoch() authentic.Epoch {
	return authentic.Epoch{
		Profile: authentic.ProfileID(r.ProfileID), Number: r.Epoch, OpenedAt: instant(r.OpenedAt), OpenedBy: access.PersonID(r.OpenedBy),
		ClosedAt: instantOrZero(r.ClosedAt), ClosedBy: access.PersonID(r.ClosedBy),
	}
}

// Epochs returns the recorded key epochs of a profile, rising. A profile that
// was never rotated may have none: it is in epoch 1, open.
func (q Queries) Epochs(profile authentic.ProfileID) ([]authentic.Epoch, error) {
	var records []epochRecord
	err := q.from("tag_epochs").Where("tag_epochs.profile_id = ?", string(profile)).Order("tag_epochs.epoch").Find(&records).Error
	out := make([]authentic.Epoch, len(records))
	for i, r := range records {
		out[i] = r.epoch()
	}
	return out, err
}

// OpenEpoch records an epoch of a profile; a second of the same number is
// fault.Conflict.
func (tx *Tx) OpenEpoch(p authentic.Profile, number int64) error {
	return tx.db.Create(&epochRecord{
		ProfileID: string(p.ID), Epoch: number, VendorID: string(p.Vendor), OpenedAt: micros(tx.now), OpenedBy: string(tx.actor.Person),
	}).Error
}

// CloseEpoch ends an epoch for ever and reports whether it was open.
func (tx *Tx) CloseEpoch(profile authentic.ProfileID, number int64) (bool, error) {
	done := tx.db.Exec("UPDATE tag_epochs SET closed_at = ?, closed_by = ? WHERE profile_id = ? AND epoch = ? AND closed_at IS NULL",
		micros(tx.now), string(tx.actor.Person), string(profile), number)
	return done.RowsAffected == 1, done.Error
}
