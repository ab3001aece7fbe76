package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

type personRecord struct {
	ID              string
	OrganisationID  string
	Email           string
	Name            string
	PasswordHash    string
	Theme           string
	CreatedAt       int64
	DisabledAt      *int64
	AccessChangedAt int64
}

func (personRecord) TableName() string { return "people" }

func (r personRecord) person(grants []access.Grant) access.Person {
	return access.Person{
		ID: access.PersonID(r.ID), Organisation: access.OrganisationID(r.OrganisationID),
		Email: r.Email, Name: r.Name, Theme: access.Theme(r.Theme), Grants: grants,
		Invited: r.PasswordHash == "", CreatedAt: instant(r.CreatedAt), DisabledAt: instantOrZero(r.DisabledAt),
	}
}

// Person returns one person of the scope's organisation with their roles.
func (q Queries) Person(id access.PersonID) (access.Person, error) {
	r, err := first[personRecord](q.from("people").Where("people.id = ?", string(id)), "person")
	if err != nil {
		return access.Person{}, err
	}
	grants, err := q.grants(r.ID)
	return r.person(grants[r.ID]), err
}

// PeopleFilter narrows a list of people.
type PeopleFilter struct {
	Organisation access.OrganisationID // empty: every one the scope reaches
	Text         string                // part of the name or the address
}

// People lists people by name.
func (q Queries) People(f PeopleFilter, page Page) (Listed[access.Person], error) {
	list := q.from("people").Order("people.name, people.id")
	if f.Organisation != "" {
		list = list.Where("people.organisation_id = ?", string(f.Organisation))
	}
	if f.Text != "" {
		pattern := containing(f.Text)
		list = list.Where(`LOWER(people.name) LIKE ? ESCAPE '\' OR people.email LIKE ? ESCAPE '\'`, pattern, pattern)
	}
	list, err := page.after(list, "people.name, people.id")
	if err != nil {
		return Listed[access.Person]{}, err
	}
	var records []personRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[access.Person]{}, err
	}
	part := cut(page, records, func(r personRecord) []any { return []any{r.Name, r.ID} })
	ids := make([]string, len(part.Rows))
	for i, r := range part.Rows {
		ids[i] = r.ID
	}
	grants, err := q.grants(ids...)
	out := Listed[access.Person]{Next: part.Next, Rows: make([]access.Person, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = r.person(grants[r.ID])
	}
	return out, err
}

type roleRecord struct {
	PersonID string
	Role     string
	SiteID   string
}

func (roleRecord) TableName() string { return "person_roles" }

// grants returns the roles of people whom a scoped query has returned.
func (q Queries) grants(people ...string) (map[string][]access.Grant, error) {
	var records []roleRecord
	err := q.db.Where("person_id IN ?", people).Order("person_id, role, site_id").Find(&records).Error
	out := make(map[string][]access.Grant, len(people))
	for _, r := range records {
		out[r.PersonID] = append(out[r.PersonID], access.Grant{Role: access.Role(r.Role), Site: access.SiteID(r.SiteID)})
	}
	return out, err
}

// CreatePerson adds a person without a password and returns their id.
func (tx *Tx) CreatePerson(p access.Person) (access.PersonID, error) {
	var taken []string
	if err := tx.whole().Raw("SELECT id FROM people WHERE email = ?", p.Email).Scan(&taken).Error; err != nil {
		return "", err
	}
	if len(taken) > 0 {
		return "", fault.At("email", "Somebody already signs in with this address. Use another one.")
	}
	id := tx.NewID()
	err := tx.db.Create(&personRecord{
		ID: id, OrganisationID: string(p.Organisation), Email: p.Email, Name: p.Name,
		Theme: string(p.Theme), CreatedAt: micros(tx.now), AccessChangedAt: micros(tx.now),
	}).Error
	if err != nil {
		return "", err
	}
	return access.PersonID(id), tx.insertGrants(id, p.Grants)
}

// SetGrants gives a person of the scope these roles and no others, and ends
// their sessions.
func (tx *Tx) SetGrants(id access.PersonID, grants []access.Grant) error {
	if err := tx.changeAccess(id, map[string]any{}); err != nil {
		return err
	}
	if err := tx.db.Where("person_id = ?", string(id)).Delete(&roleRecord{}).Error; err != nil {
		return err
	}
	return tx.insertGrants(string(id), grants)
}

func (tx *Tx) insertGrants(person string, grants []access.Grant) error {
	records := make([]roleRecord, len(grants))
	for i, g := range grants {
		records[i] = roleRecord{PersonID: person, Role: string(g.Role), SiteID: string(g.Site)}
	}
	if len(records) == 0 {
		return nil
	}
	return tx.db.Create(&records).Error
}

// SetDisabled lets a person of the scope no longer sign in, or (at the zero
// time) again, and ends their sessions.
func (tx *Tx) SetDisabled(id access.PersonID, at time.Time) error {
	return tx.changeAccess(id, map[string]any{"disabled_at": microsOrNull(at)})
}

// SetPassword keeps the hash of a new password and ends every session of the
// person.
func (tx *Tx) SetPassword(id access.PersonID, hash string) error {
	return tx.changeAccess(id, map[string]any{"password_hash": hash})
}

// EndSessions ends every session of a person of the scope, and nothing else.
func (tx *Tx) EndSessions(id access.PersonID) error {
	return tx.changeAccess(id, map[string]any{})
}

// changeAccess changes what a person may do: nothing of it is left to a
// session that began before.
func (tx *Tx) changeAccess(id access.PersonID, columns map[string]any) error {
	columns["access_changed_at"] = micros(tx.now)
	if err := tx.updatePerson(id, columns); err != nil {
		return err
	}
	return tx.dropSessionsOf(id)
}

// SetTheme keeps how a person wants pages to look.
func (tx *Tx) SetTheme(id access.PersonID, theme access.Theme) error {
	return tx.updatePerson(id, map[string]any{"theme": string(theme)})
}

// SetPreferences keeps how a person works with pages.
func (tx *Tx) SetPreferences(id access.PersonID, p access.Preferences) error {
	return tx.updatePerson(id, map[string]any{"keys_off": p.KeysOff, "left_handed": p.LeftHanded})
}

// SetLanguage keeps the language a person reads pages in.
func (tx *Tx) SetLanguage(id access.PersonID, language access.Language) error {
	return tx.updatePerson(id, map[string]any{"language": string(language)})
}

func (tx *Tx) updatePerson(id access.PersonID, columns map[string]any) error {
	done := tx.from("people").Where("people.id = ?", string(id)).Updates(columns)
	if done.Error == nil && done.RowsAffected == 0 {
		return absent("person")
	}
	return done.Error
}

// LockPeople makes other changes of an organisation's people wait, so that
// what is counted now still holds at the end of this write.
func (tx *Tx) LockPeople(organisation access.OrganisationID) error {
	return tx.lockOrganisation(organisation)
}

// Administrators counts the people of an organisation who administer all of it
// and may sign in.
func (q Queries) Administrators(organisation access.OrganisationID) (int64, error) {
	var n int64
	err := q.from("people").
		Joins("JOIN person_roles r ON r.person_id = people.id AND r.role = ? AND r.site_id = ''", string(access.Admin)).
		Where("people.organisation_id = ? AND people.disabled_at IS NULL", string(organisation)).
		Count(&n).Error
	return n, err
}
