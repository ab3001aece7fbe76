package store

import (
	"database/sql"
	"time"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
)

// Credential is what proves a person, and who they then are.
type Credential struct {
	PasswordHash string // empty until the first password is set
	Disabled     bool
	Actor        access.Actor
	Email        string
	Theme        access.Theme
	Language     access.Language
	Preferences  access.Preferences
	// Zone is the time zone of the person's own site, or of their hospital's
	// first; of a vendor's people the one its months are kept in, else that of
	// the hospital it has served longest; empty for others.
	Zone string
	// Sample is the mark of the person's organisation.
	Sample bool
	// AccessChangedAt is when the person's roles, password or admission
	// changed last: a session that began before is over.
	AccessChangedAt time.Time
}

// credentialRows answers one row per role, and one for a person without any.
const credentialRows = `SELECT p.id, p.organisation_id, p.email, p.name, p.password_hash, p.theme, p.language, p.keys_off, p.left_handed,
	p.disabled_at IS NOT NULL, p.access_changed_at, o.name, o.kind, o.sample, COALESCE(r.role, ''), COALESCE(r.site_id, ''),
	COALESCE((SELECT s.time_zone FROM sites s WHERE s.hospital_id = o.id ORDER BY CASE WHEN s.id = r.site_id THEN 0 ELSE 1 END, s.name LIMIT 1),
		NULLIF(o.time_zone, ''), (SELECT s.time_zone FROM agreements a JOIN sites s ON s.hospital_id = a.hospital_id
		WHERE a.vendor_id = o.id ORDER BY a.id, s.id LIMIT 1), '')
	FROM people p JOIN organisations o ON o.id = p.organisation_id LEFT JOIN person_roles r ON r.person_id = p.id `

// CredentialByEmail finds who signs in with an address (in its normal form);
// ok is false when nobody does. It is asked before anybody is known and so has
// no scope.
func (q Queries) CredentialByEmail(email string) (c Credential, ok bool, err error) {
	return q.credential(credentialRows+"WHERE p.email = ? ORDER BY r.role, r.site_id", email)
}

// CredentialOf finds a person by id, disabled or not, whatever the scope: it
// decides who a session's actor is.
func (q Queries) CredentialOf(id access.PersonID) (c Credential, ok bool, err error) {
	return q.credential(credentialRows+"WHERE p.id = ? ORDER BY r.role, r.site_id", string(id))
}

// credential is asked for at every request of a signed-in person.
func (q Queries) credential(statement, key string) (c Credential, ok bool, err error) {
	err = engine.Query(q.whole(), statement, []any{key}, func(r *sql.Rows) error {
		var grant access.Grant
		var changed int64
		err := r.Scan(&c.Actor.Person, &c.Actor.Organisation, &c.Email, &c.Actor.Name, &c.PasswordHash, &c.Theme, &c.Language,
			&c.Preferences.KeysOff, &c.Preferences.LeftHanded,
			&c.Disabled, &changed, &c.Actor.OrganisationName, &c.Actor.Kind, &c.Sample, &grant.Role, &grant.Site, &c.Zone)
		c.AccessChangedAt = instant(changed)
		if grant.Role != "" {
			c.Actor.Grants = append(c.Actor.Grants, grant)
		}
		ok = true
		return err
	})
	if err != nil || !ok {
		return Credential{}, false, err
	}
	return c, true, nil
}

// HasOperator reports whether the installation has been set up.
func (q Queries) HasOperator() (bool, error) {
	var n int64
	err := q.whole().Raw(`SELECT COUNT(*) FROM people p JOIN organisations o ON o.id = p.organisation_id
		WHERE o.kind = 'operator'`).Scan(&n).Error
	return n > 0, err
}

// Failures counts the failed sign-ins of one subject.
type Failures struct {
	Count int64
	Last  time.Time
	// Known marks a subject that is no counter: it has signed in.
	Known bool
}

type failureRecord struct {
	Subject  string
	Failures int64
	LastAt   int64
}

func (failureRecord) TableName() string { return "sign_in_failures" }

// SignInFailures returns the counters of subjects; one without failures is
// absent.
func (q Queries) SignInFailures(subjects ...string) (map[string]Failures, error) {
	var records []failureRecord
	err := q.db.Where("subject IN ?", subjects).Find(&records).Error
	out := make(map[string]Failures, len(records))
	for _, r := range records {
		out[r.Subject] = Failures{Count: r.Failures, Last: instant(r.LastAt), Known: r.Failures == 0}
	}
	return out, err
}

// CountSignInFailure adds a failure to each subject. A count older than memory
// starts again.
func (tx *Tx) CountSignInFailure(memory time.Duration, subjects ...string) error {
	for _, subject := range subjects {
		err := tx.db.Exec(`INSERT INTO sign_in_failures (subject, failures, last_at) VALUES (?, 1, ?)
			ON CONFLICT (subject) DO UPDATE SET
			failures = CASE WHEN sign_in_failures.last_at < ? THEN 1 ELSE sign_in_failures.failures + 1 END,
			last_at = excluded.last_at`,
			subject, micros(tx.now), micros(tx.now.Add(-memory))).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// NoteSignIn forgets the failures of a subject that has now signed in, and
// keeps known as one that has: its row counts no failures.
func (tx *Tx) NoteSignIn(subject, known string) error {
	if err := tx.db.Where("subject = ?", subject).Delete(&failureRecord{}).Error; err != nil {
		return err
	}
	return tx.db.Exec(`INSERT INTO sign_in_failures (subject, failures, last_at) VALUES (?, 0, ?)
		ON CONFLICT (subject) DO UPDATE SET failures = 0, last_at = excluded.last_at`,
		known, micros(tx.now)).Error
}

// DropOldSignIns forgets failures before one instant and what was known before
// another.
func (tx *Tx) DropOldSignIns(failedBefore, knownBefore time.Time) error {
	return tx.db.Where("failures > 0 AND last_at < ? OR failures = 0 AND last_at < ?",
		micros(failedBefore), micros(knownBefore)).Delete(&failureRecord{}).Error
}
