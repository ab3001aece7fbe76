package store

import "trueward/internal/domain/access"

// SavedView is a list as a person wants to see it again.
type SavedView struct {
	ID    string
	List  string // name of the list's route
	Name  string
	Query string // of the list's address
}

type savedViewRecord struct {
	ID             string
	OrganisationID string
	PersonID       string
	List           string
	Name           string
	Query          string
	CreatedAt      int64
}

func (savedViewRecord) TableName() string { return "saved_views" }

func (r savedViewRecord) view() SavedView {
	return SavedView{ID: r.ID, List: r.List, Name: r.Name, Query: r.Query}
}

// SavedViews are a person's views of a list, by name.
func (q Queries) SavedViews(person access.PersonID, list string) ([]SavedView, error) {
	var records []savedViewRecord
	err := q.from("saved_views").Where("saved_views.person_id = ? AND saved_views.list = ?", string(person), list).
		Order("saved_views.name").Find(&records).Error
	out := make([]SavedView, len(records))
	for i, r := range records {
		out[i] = r.view()
	}
	return out, err
}

// SavedView returns one view of a person.
func (q Queries) SavedView(person access.PersonID, id string) (SavedView, error) {
	r, err := first[savedViewRecord](q.from("saved_views").Where("saved_views.id = ? AND saved_views.person_id = ?", id, string(person)), "saved view")
	return r.view(), err
}

// SaveView keeps a view of the actor's, in place of the one with its name.
func (tx *Tx) SaveView(v SavedView) (SavedView, error) {
	done := tx.from("saved_views").Where("saved_views.person_id = ? AND saved_views.list = ? AND saved_views.name = ?", string(tx.actor.Person), v.List, v.Name).
		Updates(map[string]any{"query": v.Query})
	if done.Error != nil || done.RowsAffected > 0 {
		return v, done.Error
	}
	v.ID = tx.NewID()
	return v, tx.db.Create(&savedViewRecord{
		ID: v.ID, OrganisationID: string(tx.actor.Organisation), PersonID: string(tx.actor.Person),
		List: v.List, Name: v.Name, Query: v.Query, CreatedAt: micros(tx.now),
	}).Error
}

// DropView forgets a view of the actor's.
func (tx *Tx) DropView(id string) error {
	done := tx.from("saved_views").Where("saved_views.id = ? AND saved_views.person_id = ?", id, string(tx.actor.Person)).Delete(&savedViewRecord{})
	if done.Error == nil && done.RowsAffected == 0 {
		return absent("saved view")
	}
	return done.Error
}
