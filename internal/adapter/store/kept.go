package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

type keptRecord struct {
	ID         string
	HospitalID string
	SiteID     string
	CaseID     string
	UnitID     *string
	PersonID   string
	SentBy     string
	Label      string
	Source     string
	Verdict    string
	Reason     string
	Trouble    string
	Sentence   string
	CapturedAt int64
	ReceivedAt int64
	State      string
	DecidedBy  string
	DecidedAt  *int64
	Decision   string
}

func (keptRecord) TableName() string { return "kept_scans" }

func (r keptRecord) keptScan() usage.KeptScan {
	return usage.KeptScan{
		ID: usage.KeptID(r.ID), Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID),
		Case: usage.CaseID(r.CaseID), Unit: custody.UnitID(textOrEmpty(r.UnitID)),
		Person: access.PersonID(r.PersonID), SentBy: access.PersonID(r.SentBy), Label: r.Label, Source: r.Source,
		Verdict: authentic.Verdict{Level: authentic.Level(r.Verdict), Reason: authentic.Reason(r.Reason)},
		Trouble: usage.Trouble(r.Trouble), Sentence: r.Sentence,
		Captured: instant(r.CapturedAt), Received: instant(r.ReceivedAt), State: usage.KeptState(r.State),
		DecidedBy: access.PersonID(r.DecidedBy), DecidedAt: instantOrZero(r.DecidedAt), Decision: r.Decision,
	}
}

// AddKept stores a scan that was kept offline and did not fit; it is open.
func (tx *Tx) AddKept(k usage.KeptScan) (usage.KeptID, error) {
	id := tx.NewID()
	return usage.KeptID(id), tx.db.Create(&keptRecord{
		ID: id, HospitalID: string(k.Hospital), SiteID: string(k.Site), CaseID: string(k.Case), UnitID: textOrNull(string(k.Unit)),
		PersonID: string(k.Person), SentBy: string(tx.actor.Person), Label: k.Label, Source: k.Source,
		Verdict: string(k.Verdict.Level), Reason: string(k.Verdict.Reason), Trouble: string(k.Trouble), Sentence: k.Sentence,
		CapturedAt: micros(k.Captured), ReceivedAt: micros(tx.now), State: string(usage.KeptOpen),
	}).Error
}

// SettleKept notes what a person decided about an open kept scan of the scope,
// and reports whether it was open.
func (tx *Tx) SettleKept(id usage.KeptID, to usage.KeptState, reason string) (bool, error) {
	done := tx.from("kept_scans").Where("kept_scans.id = ? AND kept_scans.state = 'open'", string(id)).Updates(map[string]any{
		"state": string(to), "decision": reason, "decided_by": string(tx.actor.Person), "decided_at": micros(tx.now),
	})
	return done.RowsAffected == 1, done.Error
}

// KeptScan returns one of the scope.
func (q Queries) KeptScan(id usage.KeptID) (usage.KeptScan, error) {
	r, err := first[keptRecord](q.from("kept_scans").Where("kept_scans.id = ?", string(id)), "saved scan")
	return r.keptScan(), err
}

// KeptRow is a kept scan with the words a list shows.
type KeptRow struct {
	usage.KeptScan
	Pseudonym  string
	PersonName string
	Decider    string // name; empty while open
	TimeZone   string
	Unit       UnitRow // zero when no one unit was found
}

// KeptScans lists kept scans in one of the states, newest first.
func (q Queries) KeptScans(page Page, states ...usage.KeptState) (Listed[KeptRow], error) {
	list := q.from("kept_scans").Select(`kept_scans.*, cases.pseudonym, people.name AS person_name, sites.time_zone,
		COALESCE(deciders.name, '') AS decider`).
		Joins("JOIN cases ON cases.id = kept_scans.case_id").Joins("JOIN people ON people.id = kept_scans.person_id").
		Joins("JOIN sites ON sites.id = kept_scans.site_id").Joins("LEFT JOIN people deciders ON deciders.id = kept_scans.decided_by").
		Where("kept_scans.state IN ?", states).Order("kept_scans.received_at DESC, kept_scans.id DESC")
	list, err := page.before(list, "kept_scans.received_at, kept_scans.id")
	if err != nil {
		return Listed[KeptRow]{}, err
	}
	var records []struct {
		Base       keptRecord `gorm:"embedded"`
		Pseudonym  string
		PersonName string
		TimeZone   string
		Decider    string
	}
	if err := list.Find(&records).Error; err != nil {
		return Listed[KeptRow]{}, err
	}
	out, limit := Listed[KeptRow]{}, page.limit()
	var units []custody.UnitID
	for i, r := range records {
		if i == limit {
			last := records[limit-1].Base
			out.Next = encodeCursor([]any{last.ReceivedAt, last.ID})
			break
		}
		k := r.Base.keptScan()
		out.Rows = append(out.Rows, KeptRow{KeptScan: k, Pseudonym: r.Pseudonym, PersonName: r.PersonName, Decider: r.Decider, TimeZone: r.TimeZone})
		if k.Unit != "" {
			units = append(units, k.Unit)
		}
	}
	rows, err := q.UnitRows(units...)
	for i := range out.Rows {
		out.Rows[i].Unit = rows[out.Rows[i].KeptScan.Unit]
	}
	return out, err
}

// OpenKept counts the kept scans of the scope that wait for a decision.
func (q Queries) OpenKept() (int64, error) {
	var n int64
	return n, q.from("kept_scans").Where("kept_scans.state = 'open'").Count(&n).Error
}

// SentBefore reports whether a person's command of a key was carried out, under
// the key itself or for a case.
func (q Queries) SentBefore(person access.PersonID, key string) (bool, error) {
	var n int64
	known, err := q.maybe("SELECT 1 FROM idempotency WHERE actor_id = ? AND key IN (?, ?) LIMIT 1", []any{string(person), key, key + CaseKey}, &n)
	return known, err
}

// CaseKey is what a scan's key has behind it for the part that goes into a
// case.
const CaseKey = "/case"
