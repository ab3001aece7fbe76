package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

// KioskID is a UUIDv7 text.
type KioskID string

// Kiosk is a shared workstation: a device that was enrolled for a place. It
// says nothing about who stands before it.
type Kiosk struct {
	ID         KioskID
	Hospital   access.OrganisationID
	Site       access.SiteID
	Place      custody.PlaceID
	Name       string
	EnrolledAt time.Time
	SeenAt     time.Time // zero while nobody has tapped
	RevokedAt  time.Time // zero while it may be used

	// Person holds the workstation since an instant; empty while it is locked.
	Person access.PersonID
	Since  time.Time
	// Case was open when it was locked; empty for none.
	Case usage.CaseID
}

// Held reports whether a person's session that began at an instant is the one
// that holds the workstation.
func (k Kiosk) Held(by access.PersonID, since time.Time) bool {
	return k.RevokedAt.IsZero() && k.Person == by && k.Since.Equal(since)
}

type kioskRecord struct {
	ID         string
	HospitalID string
	SiteID     string
	PlaceID    string
	Name       string
	TokenHash  string
	EnrolledBy string
	EnrolledAt int64
	SeenAt     *int64
	RevokedAt  *int64
	PersonID   *string
	BadgeSince *int64
	CaseID     *string
}

func (kioskRecord) TableName() string { return "kiosks" }

func (r kioskRecord) kiosk() Kiosk {
	return Kiosk{
		ID: KioskID(r.ID), Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID),
		Place: custody.PlaceID(r.PlaceID), Name: r.Name, EnrolledAt: instant(r.EnrolledAt),
		SeenAt: instantOrZero(r.SeenAt), RevokedAt: instantOrZero(r.RevokedAt),
		Person: access.PersonID(textOrEmpty(r.PersonID)), Since: instantOrZero(r.BadgeSince), Case: usage.CaseID(textOrEmpty(r.CaseID)),
	}
}

// CreateKiosk keeps a workstation under the digest of its token.
func (tx *Tx) CreateKiosk(k Kiosk, tokenHash string) (KioskID, error) {
	id := tx.NewID()
	return KioskID(id), tx.db.Create(&kioskRecord{
		ID: id, HospitalID: string(k.Hospital), SiteID: string(k.Site), PlaceID: string(k.Place), Name: k.Name,
		TokenHash: tokenHash, EnrolledBy: string(tx.actor.Person), EnrolledAt: micros(tx.now),
	}).Error
}

// KioskByToken finds the workstation of a token's digest that may be used;
// false when there is none.
func (q Queries) KioskByToken(tokenHash string) (Kiosk, bool, error) {
	var records []kioskRecord
	err := q.from("kiosks").Where("kiosks.token_hash = ? AND kiosks.revoked_at IS NULL", tokenHash).Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return Kiosk{}, false, err
	}
	return records[0].kiosk(), true, nil
}

// Kiosk returns one workstation of the scope.
func (q Queries) Kiosk(id KioskID) (Kiosk, error) {
	r, err := first[kioskRecord](q.from("kiosks").Where("kiosks.id = ?", string(id)), "workstation")
	return r.kiosk(), err
}

// Kiosks lists the workstations of the scope, those that are no longer used
// last.
func (q Queries) Kiosks() ([]Kiosk, error) {
	var records []kioskRecord
	err := q.from("kiosks").Order("kiosks.revoked_at IS NOT NULL, kiosks.name, kiosks.id").Limit(1000).Find(&records).Error
	out := make([]Kiosk, len(records))
	for i, r := range records {
		out[i] = r.kiosk()
	}
	return out, err
}

// RevokeKiosk ends the use of a workstation and reports whether it was used.
func (tx *Tx) RevokeKiosk(id KioskID) (bool, error) {
	done := tx.from("kiosks").Where("kiosks.id = ? AND kiosks.revoked_at IS NULL", string(id)).
		Updates(map[string]any{"revoked_at": micros(tx.now), "person_id": nil, "badge_since": nil, "case_id": nil})
	return done.RowsAffected == 1, done.Error
}

// LockKiosks makes other changes of a hospital's workstations wait, so that
// whoever enters two of them at the same moment is in one at the end, and two
// people who swap theirs do not wait for each other. On SQLite there is one
// writer anyway.
func (tx *Tx) LockKiosks(hospital access.OrganisationID) error {
	if !tx.postgres() {
		return nil
	}
	return tx.db.Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 14))`, "kiosks:"+string(hospital)).Error
}

// TakeKiosk gives a workstation to a person, who leaves every other one they
// hold: a badge is in one place.
func (tx *Tx) TakeKiosk(id KioskID, person access.PersonID) error {
	err := tx.from("kiosks").Where("kiosks.person_id = ? AND kiosks.id <> ?", string(person), string(id)).
		Updates(map[string]any{
			"person_id": nil, "badge_since": nil,
			"case_id": tx.db.Table("person_cases").Select("case_id").Where("person_id = ?", string(person)).Limit(1),
		}).Error
	if err != nil {
		return err
	}
	return tx.from("kiosks").Where("kiosks.id = ?", string(id)).Updates(map[string]any{
		"person_id": string(person), "badge_since": micros(tx.now), "seen_at": micros(tx.now), "case_id": nil,
	}).Error
}

// LockKiosk lets a workstation go that a person holds, and keeps the case that
// was open at it. It reports whether the person held it.
func (tx *Tx) LockKiosk(id KioskID, person access.PersonID, open usage.CaseID) (bool, error) {
	done := tx.from("kiosks").Where("kiosks.id = ? AND kiosks.person_id = ?", string(id), string(person)).
		Updates(map[string]any{"person_id": nil, "badge_since": nil, "case_id": textOrNull(string(open))})
	return done.RowsAffected == 1, done.Error
}

// Badge is what a person taps at a workstation, and the PIN beside it.
type Badge struct {
	Person      access.PersonID
	PINHash     string
	PINFailures int64 // since the PIN was right last
	CreatedAt   time.Time
	ProvenAt    time.Time // when the PIN was right last; zero for never
}

type badgeRecord struct {
	Digest         string
	OrganisationID string
	PersonID       string
	PINHash        string `gorm:"column:pin_hash"`
	PINFailures    int64  `gorm:"column:pin_failures"`
	CreatedAt      int64
	ProvenAt       *int64
}

func (badgeRecord) TableName() string { return "badges" }

func (r badgeRecord) badge() Badge {
	return Badge{
		Person: access.PersonID(r.PersonID), PINHash: r.PINHash, PINFailures: r.PINFailures,
		CreatedAt: instant(r.CreatedAt), ProvenAt: instantOrZero(r.ProvenAt),
	}
}

// BadgeByDigest finds a badge of an organisation; false when it is unknown.
func (q Queries) BadgeByDigest(organisation access.OrganisationID, digest string) (Badge, bool, error) {
	return q.badge("badges.digest = ? AND badges.organisation_id = ?", digest, string(organisation))
}

// BadgeOf finds the badge of a person; false when they have none.
func (q Queries) BadgeOf(person access.PersonID) (Badge, bool, error) {
	return q.badge("badges.person_id = ?", string(person))
}

func (q Queries) badge(where string, args ...any) (Badge, bool, error) {
	var records []badgeRecord
	err := q.from("badges").Where(where, args...).Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return Badge{}, false, err
	}
	return records[0].badge(), true, nil
}

// SaveBadge gives a person a badge and a PIN in place of what they had. It
// reports false when the badge is somebody else's.
func (tx *Tx) SaveBadge(organisation access.OrganisationID, person access.PersonID, digest, pinHash string) (bool, error) {
	var owners []string
	if err := tx.bounded().Raw("SELECT person_id FROM badges WHERE digest = ? AND person_id <> ?", digest, string(person)).Scan(&owners).Error; err != nil || len(owners) > 0 {
		return false, err
	}
	if _, err := tx.RemoveBadge(person); err != nil {
		return false, err
	}
	return true, tx.db.Create(&badgeRecord{
		Digest: digest, OrganisationID: string(organisation), PersonID: string(person), PINHash: pinHash, CreatedAt: micros(tx.now),
	}).Error
}

// RemoveBadge takes a person's badge away and reports whether there was one.
func (tx *Tx) RemoveBadge(person access.PersonID) (bool, error) {
	done := tx.from("badges").Where("badges.person_id = ?", string(person)).Delete(&badgeRecord{})
	return done.RowsAffected > 0, done.Error
}

// NotePIN keeps that a PIN was right, or wrong once more.
func (tx *Tx) NotePIN(person access.PersonID, right bool) error {
	if right {
		return tx.from("badges").Where("badges.person_id = ?", string(person)).
			Updates(map[string]any{"pin_failures": 0, "proven_at": micros(tx.now)}).Error
	}
	return tx.bounded().Exec("UPDATE badges SET pin_failures = pin_failures + 1 WHERE person_id = ?", string(person)).Error
}
