package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

type linkRecord struct {
	TokenHash string
	PersonID  *string
	Kind      string
	CreatedAt int64
	ExpiresAt int64
	UsedAt    *int64
}

func (linkRecord) TableName() string { return "one_time_links" }

// errLinkClosed is the one answer for a link that never was, is used up or is
// too old.
func errLinkClosed() error {
	return fault.New(fault.NotFound, "This link cannot be used any more. Ask your administrator for a new one.")
}

// OpenLink returns the link of a token's hash if it may still be used.
func (q Queries) OpenLink(tokenHash string, now time.Time) (access.Link, error) {
	var records []linkRecord
	err := q.db.Where("token_hash = ?", tokenHash).Limit(1).Find(&records).Error
	if err != nil {
		return access.Link{}, err
	}
	if len(records) == 0 {
		return access.Link{}, errLinkClosed()
	}
	r := records[0]
	link := access.Link{Kind: access.LinkKind(r.Kind), ExpiresAt: instant(r.ExpiresAt), UsedAt: instantOrZero(r.UsedAt)}
	if r.PersonID != nil {
		link.Person = access.PersonID(*r.PersonID)
	}
	if !link.Open(now) {
		return access.Link{}, errLinkClosed()
	}
	return link, nil
}

// CreateLink keeps a new link under the hash of its token. Earlier links of
// the person that were not used end: the newest one alone opens.
func (tx *Tx) CreateLink(tokenHash string, link access.Link) error {
	r := linkRecord{TokenHash: tokenHash, Kind: string(link.Kind), CreatedAt: micros(tx.now), ExpiresAt: micros(link.ExpiresAt)}
	if link.Person != "" {
		person := string(link.Person)
		r.PersonID = &person
	}
	if err := tx.endLinks(link.Person); err != nil {
		return err
	}
	return tx.db.Create(&r).Error
}

// UseLink marks a link as used; of two who use it at once one is refused.
func (tx *Tx) UseLink(tokenHash string) error {
	done := tx.db.Exec("UPDATE one_time_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?",
		micros(tx.now), tokenHash, micros(tx.now))
	if done.Error == nil && done.RowsAffected == 0 {
		return errLinkClosed()
	}
	return done.Error
}

// EndLinks ends the unused links of a person.
func (tx *Tx) EndLinks(person access.PersonID) error { return tx.endLinks(person) }

func (tx *Tx) endLinks(person access.PersonID) error {
	open := tx.db.Where("used_at IS NULL")
	if person == "" {
		open = open.Where("person_id IS NULL")
	} else {
		open = open.Where("person_id = ?", string(person))
	}
	return open.Delete(&linkRecord{}).Error
}
