package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

type incidentRecord struct {
	ID         string
	HospitalID string
	SiteID     string
	VendorID   string
	UsageID    *string
	UnitID     string
	Kind       string
	Sentence   string
	OpenedBy   string
	OpenedAt   int64
	ClosedBy   string
	ClosedAt   *int64
	Closing    string
}

func (incidentRecord) TableName() string { return "incidents" }

func (r incidentRecord) incident() usage.Incident {
	return usage.Incident{
		ID: usage.IncidentID(r.ID), Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID),
		Vendor: access.OrganisationID(r.VendorID), Usage: usage.ID(textOrEmpty(r.UsageID)), Unit: custody.UnitID(r.UnitID),
		Kind: r.Kind, Sentence: r.Sentence, OpenedBy: access.PersonID(r.OpenedBy), OpenedAt: instant(r.OpenedAt),
		ClosedBy: access.PersonID(r.ClosedBy), ClosedAt: instantOrZero(r.ClosedAt), Closing: r.Closing,
	}
}

// OpenIncident stores an incident and returns its id.
func (tx *Tx) OpenIncident(i usage.Incident) (usage.IncidentID, error) {
	id := tx.NewID()
	return usage.IncidentID(id), tx.db.Create(&incidentRecord{
		ID: id, HospitalID: string(i.Hospital), SiteID: string(i.Site), VendorID: string(i.Vendor),
		UsageID: textOrNull(string(i.Usage)), UnitID: string(i.Unit), Kind: i.Kind, Sentence: i.Sentence,
		OpenedBy: string(tx.actor.Person), OpenedAt: micros(tx.now),
	}).Error
}

// Incidents lists the scope's incidents, newest first; unit narrows when given.
func (q Queries) Incidents(unit custody.UnitID, page Page) (Listed[usage.Incident], error) {
	list := q.from("incidents").Order("incidents.id DESC")
	if unit != "" {
		list = list.Where("incidents.unit_id = ?", string(unit))
	}
	list, err := page.before(list, "incidents.id")
	if err != nil {
		return Listed[usage.Incident]{}, err
	}
	var records []incidentRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[usage.Incident]{}, err
	}
	part := cut(page, records, func(r incidentRecord) []any { return []any{r.ID} })
	out := Listed[usage.Incident]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.incident())
	}
	return out, nil
}
