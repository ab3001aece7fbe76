package store

import (
	"time"

	"trueward/internal/domain/authentic"
)

// MarkRestore records that the database was put back to an older state: the
// counters in it may stand lower than those of the tags.
func (tx *Tx) MarkRestore() error {
	return tx.db.Exec("INSERT INTO restores (id, at) VALUES (?, ?)", tx.NewID(), micros(tx.now)).Error
}

// Standing is what a fresh message of a tag may prove now.
type Standing struct {
	Closed   bool      // its key epoch was closed
	Restored time.Time // when the database was last put back; zero for never
}

// Standing reads both with one statement: it is asked at every tap.
func (q Queries) Standing(profile authentic.ProfileID, epoch int64) (Standing, error) {
	var row struct {
		Closed   int64
		Restored *int64
	}
	err := q.bounded().Raw(`SELECT
		(SELECT COUNT(*) FROM tag_epochs WHERE profile_id = ? AND epoch = ? AND closed_at IS NOT NULL) AS closed,
		(SELECT MAX(at) FROM restores) AS restored`, string(profile), epoch).Scan(&row).Error
	return Standing{Closed: row.Closed > 0, Restored: instantOrZero(row.Restored)}, err
}

// TappedSince reports whether a message of a tag was accepted after an instant.
func (q Queries) TappedSince(tag authentic.TagID, since time.Time) (bool, error) {
	var n int64
	err := q.from("tap_events").Where("tap_events.tag_id = ? AND tap_events.at > ? AND tap_events.verdict = 'genuine'", string(tag), micros(since)).
		Limit(1).Count(&n).Error
	return n > 0, err
}
