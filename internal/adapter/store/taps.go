package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/sdm"
)

// TakeCounter advances a tag's counter to a value and reports whether the
// value was new: the row decides, so of any number of copies of one message at
// most one is accepted, on any number of instances. last is what stood there
// before (-1: never tapped in this epoch).
func (tx *Tx) TakeCounter(tag authentic.TagID, epoch int64, counter uint32) (fresh bool, last int64, err error) {
	read := "SELECT last FROM tag_counters WHERE tag_id = ? AND epoch = ?"
	if tx.postgres() {
		read += " FOR UPDATE" // so that last is what the update below replaces
	}
	var rows []struct{ Last *int64 }
	if err := tx.db.Raw(read, string(tag), epoch).Scan(&rows).Error; err != nil {
		return false, -1, err
	}
	last = -1
	if len(rows) == 1 && rows[0].Last != nil {
		last = *rows[0].Last
	}
	done := tx.db.Exec("UPDATE tag_counters SET last = ? WHERE tag_id = ? AND epoch = ? AND (last IS NULL OR last < ?)",
		counter, string(tag), epoch, counter)
	return done.RowsAffected == 1, last, done.Error
}

// MarkTampered latches that a tag's seal was reported open and reports whether
// that is news. It is never taken back.
func (tx *Tx) MarkTampered(tag authentic.TagID) (bool, error) {
	done := tx.db.Exec("UPDATE tags SET tampered_at = ? WHERE id = ? AND tampered_at IS NULL", micros(tx.now), string(tag))
	return done.RowsAffected == 1, done.Error
}

type tapRecord struct {
	ID         string
	TagID      *string
	ProfileID  string
	UnitID     *string
	HospitalID *string
	VendorID   string
	Epoch      int64
	Counter    int64
	Verdict    string
	Reason     string
	Tamper     string
	PersonID   string
	Source     string
	At         int64
	CapturedAt *int64
}

func (tapRecord) TableName() string { return "tap_events" }

func (r tapRecord) tap() authentic.Tap {
	return authentic.Tap{
		ID: r.ID, Tag: authentic.TagID(textOrEmpty(r.TagID)), Profile: authentic.ProfileID(r.ProfileID),
		Unit: textOrEmpty(r.UnitID), Hospital: access.OrganisationID(textOrEmpty(r.HospitalID)),
		Vendor: access.OrganisationID(r.VendorID), Epoch: r.Epoch, Counter: uint32(r.Counter),
		Verdict: authentic.Verdict{Level: authentic.Level(r.Verdict), Reason: authentic.Reason(r.Reason)},
		Tamper:  sdm.Tamper(r.Tamper), Person: access.PersonID(r.PersonID), Source: r.Source, At: instant(r.At),
		Captured: instantOrZero(r.CapturedAt),
	}
}

// AddTap stores a check of a tag and returns its id.
func (tx *Tx) AddTap(t authentic.Tap) (string, error) {
	id := tx.NewID()
	return id, tx.db.Exec(`INSERT INTO tap_events (id, tag_id, profile_id, unit_id, hospital_id, vendor_id, epoch, counter,
		verdict, reason, tamper, person_id, source, at, captured_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, textOrNull(string(t.Tag)), string(t.Profile), textOrNull(t.Unit), textOrNull(string(t.Hospital)), string(t.Vendor),
		t.Epoch, int64(t.Counter), string(t.Verdict.Level), string(t.Verdict.Reason), string(t.Tamper),
		string(t.Person), t.Source, micros(tx.now), microsOrNull(t.Captured)).Error
}

// Tap returns one tap event of the scope.
func (q Queries) Tap(id string) (authentic.Tap, error) {
	r, err := first[tapRecord](q.from("tap_events").Where("tap_events.id = ?", id), "tap")
	return r.tap(), err
}

// CounterSeen reports whether a message of the tag with this counter was
// accepted before, in this epoch.
func (q Queries) CounterSeen(tag authentic.TagID, epoch int64, counter uint32) (bool, error) {
	var n int64
	err := q.from("tap_events").Where(`tap_events.tag_id = ? AND tap_events.epoch = ? AND tap_events.counter = ?
		AND tap_events.reason NOT IN ('replay', 'replay_rollback', 'not_authentic')`, string(tag), epoch, int64(counter)).
		Limit(1).Count(&n).Error
	return n > 0, err
}

// Taps returns the checks of a unit's tags, oldest first, the last 200.
func (q Queries) Taps(unit custody.UnitID) ([]authentic.Tap, error) {
	var records []tapRecord
	err := q.from("tap_events").Where("tap_events.unit_id = ?", string(unit)).
		Order("tap_events.at DESC, tap_events.id DESC").Limit(200).Find(&records).Error
	out := make([]authentic.Tap, len(records))
	for i, r := range records {
		out[len(records)-1-i] = r.tap()
	}
	return out, err
}
