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
}

func (sessionRecord) TableName() string { return "sessions" }

// Session returns the data of an unexpired session by the hash of its token;
// ok is false when there is none.
func (q Queries) Session(tokenHash string, now time.Time) (data []byte, ok bool, err error) {
	err = engine.Query(q.db, `SELECT data FROM sessions WHERE token_hash = ? AND expires_at > ?`,
		[]any{tokenHash, micros(now)}, func(r *sql.Rows) error { ok = true; return r.Scan(&data) })
	return data, ok && err == nil, err
}

// SaveSession keeps a session's data under the hash of its token, in place of
// what was there.
func (tx *Tx) SaveSession(tokenHash string, person access.PersonID, data []byte, expires time.Time) error {
	return tx.db.Exec(`INSERT INTO sessions (token_hash, person_id, data, expires_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (token_hash) DO UPDATE
		SET person_id = excluded.person_id, data = excluded.data, expires_at = excluded.expires_at`,
		tokenHash, string(person), data, micros(expires)).Error
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
