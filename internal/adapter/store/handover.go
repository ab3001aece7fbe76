package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
)

// Handover is a key file that an organisation sent or took in.
type Handover struct {
	ID           string
	Organisation access.OrganisationID
	Received     bool
	Other        string // the other side, as the file names it
	Profile      authentic.ProfileID
	Epoch        int64
	Digest       string // SHA-256 (hex) of the signed content
	At           time.Time
	By           access.PersonID
}

type handoverRecord struct {
	ID             string
	OrganisationID string
	Direction      string
	Other          string
	ProfileID      string
	Epoch          int64
	Digest         string
	At             int64
	ByID           string
}

func (handoverRecord) TableName() string { return "handovers" }

func direction(received bool) string {
	if received {
		return "received"
	}
	return "sent"
}

// AddHandover records a key file. The same file comes in once: a second time is
// fault.Conflict.
func (tx *Tx) AddHandover(h Handover) error {
	return tx.db.Create(&handoverRecord{
		ID: tx.NewID(), OrganisationID: string(h.Organisation), Direction: direction(h.Received), Other: h.Other,
		ProfileID: string(h.Profile), Epoch: h.Epoch, Digest: h.Digest, At: micros(tx.now), ByID: string(tx.actor.Person),
	}).Error
}

// HandoverSeen reports whether the organisation took a file in before.
func (q Queries) HandoverSeen(digest string) (bool, error) {
	var n int64
	err := q.from("handovers").Where("handovers.direction = 'received' AND handovers.digest = ?", digest).Count(&n).Error
	return n > 0, err
}

// Handovers lists the newest key files that went out or came in.
func (q Queries) Handovers(limit int) ([]Handover, error) {
	var records []handoverRecord
	err := q.from("handovers").Order("handovers.id DESC").Limit(limit).Find(&records).Error
	out := make([]Handover, len(records))
	for i, r := range records {
		out[i] = Handover{
			ID: r.ID, Organisation: access.OrganisationID(r.OrganisationID), Received: r.Direction == "received", Other: r.Other,
			Profile: authentic.ProfileID(r.ProfileID), Epoch: r.Epoch, Digest: r.Digest, At: instant(r.At), By: access.PersonID(r.ByID),
		}
	}
	return out, err
}
