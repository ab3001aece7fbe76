package store

import (
	"time"

	"trueward/internal/domain/access"
)

type passkeyRecord struct {
	ID             string
	OrganisationID string
	PersonID       string
	Credential     string
	Record         []byte
	Counter        int64
	Name           string
	CreatedAt      int64
	UsedAt         *int64
	StoppedAt      *int64
}

func (passkeyRecord) TableName() string { return "passkeys" }

func (r passkeyRecord) passkey() access.Passkey {
	return access.Passkey{
		ID: access.PasskeyID(r.ID), Person: access.PersonID(r.PersonID), Credential: r.Credential, Record: r.Record,
		Counter: uint32(r.Counter), Name: r.Name, CreatedAt: instant(r.CreatedAt), // written from a uint32
		UsedAt: instantOrZero(r.UsedAt), StoppedAt: instantOrZero(r.StoppedAt),
	}
}

// PasskeysOf lists the passkeys of a person of the scope, oldest first.
func (q Queries) PasskeysOf(person access.PersonID) ([]access.Passkey, error) {
	var records []passkeyRecord
	err := q.from("passkeys").Where("passkeys.person_id = ?", string(person)).Order("passkeys.id").Limit(100).Find(&records).Error
	out := make([]access.Passkey, len(records))
	for i, r := range records {
		out[i] = r.passkey()
	}
	return out, err
}

// PasskeyByCredential finds a passkey by its authenticator's name for it; false
// when it is unknown.
func (q Queries) PasskeyByCredential(credential string) (access.Passkey, bool, error) {
	var records []passkeyRecord
	err := q.from("passkeys").Where("passkeys.credential = ?", credential).Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return access.Passkey{}, false, err
	}
	return records[0].passkey(), true, nil
}

// CreatePasskey keeps a new passkey of a person of an organisation. It reports
// false when the credential is known already.
func (tx *Tx) CreatePasskey(organisation access.OrganisationID, p access.Passkey) (access.PasskeyID, bool, error) {
	_, known, err := tx.Unbounded().PasskeyByCredential(p.Credential)
	if err != nil || known {
		return "", false, err
	}
	id := tx.NewID()
	return access.PasskeyID(id), true, tx.db.Create(&passkeyRecord{
		ID: id, OrganisationID: string(organisation), PersonID: string(p.Person), Credential: p.Credential, Record: p.Record,
		Counter: int64(p.Counter), Name: p.Name, CreatedAt: micros(tx.now),
	}).Error
}

// UsePasskey keeps a passkey's new counter and reports false when it is not
// above the kept one: of two answers that come at once, one is right.
// Authenticators that do not count stay at 0.
func (tx *Tx) UsePasskey(id access.PasskeyID, counter uint32) (bool, error) {
	done := tx.from("passkeys").Where("passkeys.id = ? AND passkeys.stopped_at IS NULL AND (counter < ? OR counter = 0 AND ? = 0)",
		string(id), int64(counter), int64(counter)).
		Updates(map[string]any{"counter": int64(counter), "used_at": micros(tx.now)})
	return done.RowsAffected == 1, done.Error
}

// StopPasskey lets a passkey open nothing any more and reports whether it did.
func (tx *Tx) StopPasskey(id access.PasskeyID) (bool, error) {
	done := tx.from("passkeys").Where("passkeys.id = ? AND passkeys.stopped_at IS NULL", string(id)).
		Updates(map[string]any{"stopped_at": micros(tx.now)})
	return done.RowsAffected == 1, done.Error
}

// RenamePasskey gives a person's passkey another name and reports whether they
// have it.
func (tx *Tx) RenamePasskey(person access.PersonID, id access.PasskeyID, name string) (bool, error) {
	done := tx.from("passkeys").Where("passkeys.id = ? AND passkeys.person_id = ?", string(id), string(person)).
		Updates(map[string]any{"name": name})
	return done.RowsAffected == 1, done.Error
}

// RemovePasskey forgets a person's passkey and reports whether they had it.
func (tx *Tx) RemovePasskey(person access.PersonID, id access.PasskeyID) (bool, error) {
	done := tx.from("passkeys").Where("passkeys.id = ? AND passkeys.person_id = ?", string(id), string(person)).Delete(&passkeyRecord{})
	return done.RowsAffected == 1, done.Error
}

// RemovePasskeysOf forgets all passkeys of a person of the scope, ends every
// session they have, and returns how many passkeys there were.
func (tx *Tx) RemovePasskeysOf(person access.PersonID) (int64, error) {
	done := tx.from("passkeys").Where("passkeys.person_id = ?", string(person)).Delete(&passkeyRecord{})
	if done.Error != nil || done.RowsAffected == 0 {
		return 0, done.Error
	}
	return done.RowsAffected, tx.changeAccess(person, map[string]any{})
}

// Question is what was asked of a browser and waits for its answer.
type Question struct {
	Kind   string
	Person access.PersonID // empty while nobody is known
	Data   []byte
}

type questionRecord struct {
	TokenHash string
	Kind      string
	PersonID  *string
	Data      []byte
	ExpiresAt int64
}

func (questionRecord) TableName() string { return "sign_in_questions" }

// Ask keeps a question under the hash of its token until an instant.
func (tx *Tx) Ask(tokenHash string, question Question, until time.Time) error {
	return tx.db.Create(&questionRecord{
		TokenHash: tokenHash, Kind: question.Kind, PersonID: textOrNull(string(question.Person)), Data: question.Data, ExpiresAt: micros(until),
	}).Error
}

// TakeQuestion returns the question of a token's hash and forgets it: it is
// answered once, right or wrong. False when there is none of the kind, or it
// has waited too long.
func (tx *Tx) TakeQuestion(tokenHash, kind string) (Question, bool, error) {
	var records []questionRecord
	err := tx.db.Raw(`DELETE FROM sign_in_questions WHERE token_hash = ? AND kind = ?
		RETURNING token_hash, kind, person_id, data, expires_at`, tokenHash, kind).Scan(&records).Error
	if err != nil || len(records) == 0 || records[0].ExpiresAt <= micros(tx.now) {
		return Question{}, false, err
	}
	r := records[0]
	return Question{Kind: r.Kind, Person: access.PersonID(textOrEmpty(r.PersonID)), Data: r.Data}, true, nil
}
