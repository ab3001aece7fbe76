package store

import (
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
)

type detailsRecord struct {
	OrganisationID     string `gorm:"primaryKey"`
	EndpointScheme     string
	Endpoint           string
	GLN                string
	RegistrationScheme string
	Registration       string
	Street             string
	PostalZone         string
	City               string
	Region             string
	ContactName        string
	Phone              string
	EDIQualifier       string
	EDI                string
	ChangedAt          int64
}

func (detailsRecord) TableName() string { return "party_details" }

// PartyDetails returns what electronic documents say of an organisation;
// nothing set is no error.
func (q Queries) PartyDetails(id access.OrganisationID) (billing.PartyDetails, error) {
	var r detailsRecord
	err := q.from("party_details").Where("party_details.organisation_id = ?", string(id)).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return billing.PartyDetails{}, nil
	}
	return billing.PartyDetails{
		EndpointScheme: r.EndpointScheme, Endpoint: r.Endpoint, GLN: r.GLN, RegistrationScheme: r.RegistrationScheme, Registration: r.Registration,
		Street: r.Street, PostalZone: r.PostalZone, City: r.City, Region: r.Region, ContactName: r.ContactName, Phone: r.Phone,
		EDIQualifier: r.EDIQualifier, EDI: r.EDI,
	}, err
}

// SetPartyDetails sets them.
func (tx *Tx) SetPartyDetails(id access.OrganisationID, d billing.PartyDetails) error {
	return tx.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "organisation_id"}}, UpdateAll: true}).Create(&detailsRecord{
		OrganisationID: string(id), EndpointScheme: d.EndpointScheme, Endpoint: d.Endpoint, GLN: d.GLN, RegistrationScheme: d.RegistrationScheme,
		Registration: d.Registration, Street: d.Street, PostalZone: d.PostalZone, City: d.City, Region: d.Region, ContactName: d.ContactName,
		Phone: d.Phone, EDIQualifier: d.EDIQualifier, EDI: d.EDI, ChangedAt: micros(tx.now),
	}).Error
}
