package store

import "trueward/internal/domain/access"

type outsideRecord struct {
	Issuer         string
	Subject        string
	OrganisationID string
	PersonID       string
	LinkedAt       int64
}

func (outsideRecord) TableName() string { return "outside_identities" }

// PersonOutside finds who an issuer's subject is here; false when nobody is.
func (tx *Tx) PersonOutside(issuer, subject string) (access.PersonID, bool, error) {
	var records []outsideRecord
	err := tx.Unbounded().from("outside_identities").
		Where("outside_identities.issuer = ? AND outside_identities.subject = ?", issuer, subject).Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return "", false, err
	}
	return access.PersonID(records[0].PersonID), true, nil
}

// LinkOutside keeps who an issuer's subject is. It reports false when the
// person is another subject of that issuer already.
func (tx *Tx) LinkOutside(issuer, subject string, organisation access.OrganisationID, person access.PersonID) (bool, error) {
	var other int64
	err := tx.Unbounded().from("outside_identities").
		Where("outside_identities.issuer = ? AND outside_identities.person_id = ?", issuer, string(person)).Count(&other).Error
	if err != nil || other > 0 {
		return false, err
	}
	return true, tx.db.Create(&outsideRecord{
		Issuer: issuer, Subject: subject, OrganisationID: string(organisation), PersonID: string(person), LinkedAt: micros(tx.now),
	}).Error
}

// HasOutside reports whether a person comes through an issuer.
func (q Queries) HasOutside(person access.PersonID) (bool, error) {
	var n int64
	err := q.from("outside_identities").Where("outside_identities.person_id = ?", string(person)).Limit(1).Count(&n).Error
	return n > 0, err
}
