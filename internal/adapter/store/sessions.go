package store

import (
	"database/sql"
	"time"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
)

type sessionRecord struct {
	TokenHash string
	PersonID  *string
	Data      []byte
	ExpiresAt int64
	// digests of who and which session it is at the house's own sign-in
	OutsidePerson  *string
	OutsideSession *string
}

func (sessionRecord) TableName() string { return "sessions" }

// Session returns the data of an unexpired session by the hash of its token;
// ok is false when there is none.
func (q Queries) Session(tokenHash string, now time.Time) (data []byte, ok bool, err error) {
	err = engine.Query(q.db, `SELECT data FROM sessions WHERE token_hash = ? AND expires_at > ?`,
		[]any{tokenHash, micros(now)}, func(r *sql.Rows) error { ok = true; return r.Scan(&data) })
	return data, ok && err == nil, err
}

// SavedSession is a session as it is kept: by the hash of its token.
type SavedSession struct {
	Hash    string
	Person  access.PersonID
	Data    []byte
	Expires time.Time
	// OutsidePerson and OutsideSession name what it follows at the house's own
	// sign-in (access.OutsideEnd.Digests); empty for none.
	OutsidePerson, OutsideSession string
}

// SaveSession keeps a session, in place of what was there.
func (tx *Tx) SaveSession(s SavedSession) error {
	return tx.db.Exec(`INSERT INTO sessions (token_hash, person_id, data, expires_at, outside_person, outside_session) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (token_hash) DO UPDATE
		SET person_id = excluded.person_id, data = excluded.data, expires_at = excluded.expires_at,
			outside_person = excluded.outside_person, outside_session = excluded.outside_session`,
		s.Hash, string(s.Person), s.Data, micros(s.Expires),
		textOrNull(s.OutsidePerson), textOrNull(s.OutsideSession)).Error
}

// DropOutsideSessions ends the sessions that follow one of the house's own
// sign-in, or all that follow one of a person there, and returns whose they
// were.
func (tx *Tx) DropOutsideSessions(end access.OutsideEnd) (people []access.PersonID, err error) {
	person, session := end.Digests()
	column, digest := "outside_session", session
	if session == "" {
		column, digest = "outside_person", person
	}
	if digest == "" {
		return nil, nil
	}
	var owners []string
	err = tx.db.Model(&sessionRecord{}).Distinct().Where(column+" = ?", digest).Order("person_id").Pluck("person_id", &owners).Error
	if err != nil || len(owners) == 0 {
		return nil, err
	}
	for _, id := range owners {
		people = append(people, access.PersonID(id))
	}
	return people, tx.db.Where(column+" = ?", digest).Delete(&sessionRecord{}).Error
}

// DropSession ends a session.
func (tx *Tx) DropSession(tokenHash string) error {
	return tx.db.Where("token_hash = ?", tokenHash).Delete(&sessionRecord{}).Error
}

// DropExpiredSessions forgets sessions that nobody can use any more.
func (tx *Tx) DropExpiredSessions() error {
	return tx.db.Where("expires_at <= ?", micros(tx.now)).Delete(&sessionRecord{}).Error
}

// dropSessionsOf ends every session of a person.
func (tx *Tx) dropSessionsOf(person access.PersonID) error {
	return tx.db.Where("person_id = ?", string(person)).Delete(&sessionRecord{}).Error
}
