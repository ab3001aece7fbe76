package store

import (
	"time"

	"gorm.io/gorm"

	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/usage"
)

// Recall is a demand about a product and, when it names one, a lot.
type Recall struct {
	ID          string
	Vendor      access.OrganisationID
	Hospital    access.OrganisationID // empty: the vendor's, at every hospital
	Product     catalog.ProductID
	ProductName string
	Lot         string // empty: every lot
	Reason      string
	OpenedAt    time.Time
	ClosedAt    time.Time // zero while open
	Closing     string    // how it was settled
}

type recallRecord struct {
	ID         string
	VendorID   string
	HospitalID *string
	ProductID  string
	Lot        string
	Reason     string
	OpenedBy   string
	OpenedAt   int64
	ClosedBy   string
	ClosedAt   *int64
	Closing    string
}

func (recallRecord) TableName() string { return "recalls" }

type recallRow struct {
	Base        recallRecord `gorm:"embedded"`
	ProductName string
}

func (row recallRow) recall() Recall {
	r := row.Base
	return Recall{
		ID: r.ID, Vendor: access.OrganisationID(r.VendorID), Hospital: access.OrganisationID(textOrEmpty(r.HospitalID)),
		Product: catalog.ProductID(r.ProductID), ProductName: row.ProductName, Lot: r.Lot, Reason: r.Reason,
		OpenedAt: instant(r.OpenedAt), ClosedAt: instantOrZero(r.ClosedAt), Closing: r.Closing,
	}
}

// OpenRecall stores a recall and returns its id.
func (tx *Tx) OpenRecall(r Recall) (string, error) {
	id := tx.NewID()
	return id, tx.db.Create(&recallRecord{
		ID: id, VendorID: string(r.Vendor), HospitalID: textOrNull(string(r.Hospital)), ProductID: string(r.Product),
		Lot: r.Lot, Reason: r.Reason, OpenedBy: string(tx.actor.Person), OpenedAt: micros(tx.now),
	}).Error
}

// CloseRecall ends an open recall and reports whether it was open. A vendor
// closes its own, a hospital its own.
func (tx *Tx) CloseRecall(id, closing string) (bool, error) {
	done := tx.from("recalls").Where("recalls.id = ? AND recalls.closed_at IS NULL", id).
		Updates(map[string]any{"closed_by": string(tx.actor.Person), "closed_at": micros(tx.now), "closing": closing})
	return done.RowsAffected == 1, done.Error
}

func (q Queries) recalls() *gorm.DB {
	return q.from("recalls").Select("recalls.*, p.name AS product_name").Joins("JOIN products p ON p.id = recalls.product_id")
}

// Recall returns one recall of the scope.
func (q Queries) Recall(id string) (Recall, error) {
	row, err := first[recallRow](q.recalls().Where("recalls.id = ?", id), "recall")
	return row.recall(), err
}

// Recalls lists the scope's recalls, newest first.
func (q Queries) Recalls(page Page) (Listed[Recall], error) {
	list, err := page.before(q.recalls().Order("recalls.id DESC"), "recalls.id")
	if err != nil {
		return Listed[Recall]{}, err
	}
	var rows []recallRow
	if err := list.Find(&rows).Error; err != nil {
		return Listed[Recall]{}, err
	}
	part := cut(page, rows, func(r recallRow) []any { return []any{r.Base.ID} })
	out := Listed[Recall]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.recall())
	}
	return out, nil
}

// RecallsOf returns the open recalls that concern a product's lot at a
// hospital, whoever demanded them.
func (tx *Tx) RecallsOf(product catalog.ProductID, lot string, hospital access.OrganisationID) ([]Recall, error) {
	var rows []recallRow
	err := tx.Unbounded().recalls().Where("recalls.product_id = ? AND recalls.closed_at IS NULL AND (recalls.lot = '' OR recalls.lot = ?) AND (recalls.hospital_id IS NULL OR recalls.hospital_id = ?)",
		string(product), lot, string(hospital)).Order("recalls.id").Find(&rows).Error
	out := make([]Recall, len(rows))
	for i, r := range rows {
		out[i] = r.recall()
	}
	return out, err
}

// CloseIncident says how an incident of the scope was settled, and reports
// whether it was open.
func (tx *Tx) CloseIncident(id usage.IncidentID, closing string) (bool, error) {
	done := tx.from("incidents").Where("incidents.id = ? AND incidents.closed_at IS NULL", string(id)).
		Updates(map[string]any{"closed_by": string(tx.actor.Person), "closed_at": micros(tx.now), "closing": closing})
	return done.RowsAffected == 1, done.Error
}

// Incident returns one incident of the scope.
func (q Queries) Incident(id usage.IncidentID) (usage.Incident, error) {
	r, err := first[incidentRecord](q.from("incidents").Where("incidents.id = ?", string(id)), "incident")
	return r.incident(), err
}
