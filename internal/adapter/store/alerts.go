package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
)

type alertRecord struct {
	ID             string
	HospitalID     *string
	VendorID       *string
	Kind           string
	SubjectKind    string
	SubjectID      string
	Sentence       string
	RaisedAt       int64
	AcknowledgedBy string
	AcknowledgedAt *int64
}

func (alertRecord) TableName() string { return "alerts" }

func (r alertRecord) alert() alert.Alert {
	return alert.Alert{
		ID: alert.ID(r.ID), Hospital: access.OrganisationID(textOrEmpty(r.HospitalID)), Vendor: access.OrganisationID(textOrEmpty(r.VendorID)),
		Kind: alert.Kind(r.Kind), SubjectKind: r.SubjectKind, Subject: r.SubjectID, Sentence: r.Sentence,
		RaisedAt: instant(r.RaisedAt), AcknowledgedBy: access.PersonID(r.AcknowledgedBy), AcknowledgedAt: instantOrZero(r.AcknowledgedAt),
	}
}

// Raise stores an alert and wakes the pages that show it. While one of its
// kind about the same subject waits to be looked at, it is not raised again.
func (tx *Tx) Raise(a alert.Alert) error {
	var open int64
	err := tx.Unbounded().from("alerts").Where("kind = ? AND subject_id = ? AND acknowledged_at IS NULL", string(a.Kind), a.Subject).
		Limit(1).Count(&open).Error
	if err != nil || open > 0 {
		return err
	}
	id := tx.NewID()
	tx.Announce(Event{Kind: "alert", Subject: id, HospitalID: string(a.Hospital), VendorID: string(a.Vendor)})
	return tx.db.Create(&alertRecord{
		ID: id, HospitalID: textOrNull(string(a.Hospital)), VendorID: textOrNull(string(a.Vendor)), Kind: string(a.Kind),
		SubjectKind: a.SubjectKind, SubjectID: a.Subject, Sentence: a.Sentence, RaisedAt: micros(tx.now),
	}).Error
}

// Alerts lists the scope's alerts, newest first; open leaves out what somebody
// has looked at.
func (q Queries) Alerts(open bool, page Page) (Listed[alert.Alert], error) {
	list := q.from("alerts").Order("alerts.id DESC")
	if open {
		list = list.Where("alerts.acknowledged_at IS NULL")
	}
	list, err := page.before(list, "alerts.id")
	if err != nil {
		return Listed[alert.Alert]{}, err
	}
	var records []alertRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[alert.Alert]{}, err
	}
	part := cut(page, records, func(r alertRecord) []any { return []any{r.ID} })
	out := Listed[alert.Alert]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.alert())
	}
	return out, nil
}

// AlertsAmong returns the scope's alerts with these ids that nobody has looked
// at, newest first.
func (q Queries) AlertsAmong(ids []alert.ID) ([]alert.Alert, error) {
	var records []alertRecord
	err := q.from("alerts").Where("alerts.id IN ? AND alerts.acknowledged_at IS NULL", ids).Order("alerts.id DESC").Find(&records).Error
	out := make([]alert.Alert, len(records))
	for i, r := range records {
		out[i] = r.alert()
	}
	return out, err
}

// Acknowledge notes that somebody looked at an alert of the scope and reports
// whether they were the first.
func (tx *Tx) Acknowledge(id alert.ID) (bool, error) {
	done := tx.from("alerts").Where("id = ? AND acknowledged_at IS NULL", string(id)).
		Updates(map[string]any{"acknowledged_by": string(tx.actor.Person), "acknowledged_at": micros(tx.now)})
	return done.RowsAffected == 1, done.Error
}
