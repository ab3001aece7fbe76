package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

type caseRecord struct {
	ID         string
	HospitalID string
	SiteID     string
	PlaceID    string
	Pseudonym  string
	State      string
	OpenedBy   string
	OpenedAt   int64
	ClosedBy   string
	ClosedAt   *int64
}

func (caseRecord) TableName() string { return "cases" }

// caseColumns are the columns of a case in the order of fields.
const caseColumns = `cases.id, cases.hospital_id, cases.site_id, cases.place_id, cases.pseudonym, cases.state,
	cases.opened_by, cases.opened_at, cases.closed_by, cases.closed_at`

func (r *caseRecord) fields() []any {
	return []any{&r.ID, &r.HospitalID, &r.SiteID, &r.PlaceID, &r.Pseudonym, &r.State, &r.OpenedBy, &r.OpenedAt, &r.ClosedBy, &r.ClosedAt}
}

func (r caseRecord) usageCase() usage.Case {
	return usage.Case{
		ID: usage.CaseID(r.ID), Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID),
		Place: custody.PlaceID(r.PlaceID), Pseudonym: r.Pseudonym, State: usage.CaseState(r.State),
		OpenedBy: access.PersonID(r.OpenedBy), OpenedAt: instant(r.OpenedAt),
		ClosedBy: access.PersonID(r.ClosedBy), ClosedAt: instantOrZero(r.ClosedAt),
	}
}

// CaseRow is a case with the words a list shows.
type CaseRow struct {
	usage.Case
	PlaceName string
	OpenedBy  string // name
	Used      int64  // live usages
	Waiting   int64
}

// CreateCase opens a case and returns it with its id. A pseudonym that is
// taken answers false: choose another.
func (tx *Tx) CreateCase(c usage.Case) (usage.Case, bool, error) {
	c.ID, c.State, c.OpenedBy = usage.CaseID(tx.NewID()), usage.CaseOpen, tx.actor.Person
	if c.OpenedAt.IsZero() {
		c.OpenedAt = tx.now
	}
	done := tx.db.Exec(`INSERT INTO cases (id, hospital_id, site_id, place_id, pseudonym, state, opened_by, opened_at, closed_by, closed_at)
		VALUES (?, ?, ?, ?, ?, 'open', ?, ?, '', NULL) ON CONFLICT (pseudonym) DO NOTHING`,
		string(c.ID), string(c.Hospital), string(c.Site), string(c.Place), c.Pseudonym, string(c.OpenedBy), micros(c.OpenedAt))
	return c, done.RowsAffected == 1, done.Error
}

// CloseCase closes an open case of the scope and reports whether it was open.
func (tx *Tx) CloseCase(id usage.CaseID) (bool, error) {
	done := tx.from("cases").Where("id = ? AND state = 'open'", string(id)).
		Updates(map[string]any{"state": "closed", "closed_by": string(tx.actor.Person), "closed_at": micros(tx.now)})
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	return true, tx.db.Exec("DELETE FROM person_cases WHERE case_id = ?", string(id)).Error
}

// Case returns one case of the scope.
func (q Queries) Case(id usage.CaseID) (usage.Case, error) {
	var r caseRecord
	where, args := q.where("cases")
	err := q.one("case", "SELECT "+caseColumns+" FROM cases WHERE "+where+" AND cases.id = ?", append(args, string(id)), r.fields()...)
	if err != nil {
		return usage.Case{}, err
	}
	return r.usageCase(), nil
}

// Cases lists cases in a state (all when empty), newest first.
func (q Queries) Cases(state usage.CaseState, page Page) (Listed[CaseRow], error) {
	list := q.from("cases").Select(`cases.*, places.name AS place_name, people.name AS opener,
		(SELECT COUNT(*) FROM usages u WHERE u.case_id = cases.id AND NOT EXISTS (SELECT 1 FROM usage_corrections k WHERE k.usage_id = u.id)) AS used,
		(SELECT COUNT(*) FROM case_scans s WHERE s.case_id = cases.id AND s.state = 'waiting') AS waiting`).
		Joins("JOIN places ON places.id = cases.place_id").Joins("JOIN people ON people.id = cases.opened_by").
		Order("cases.opened_at DESC, cases.id DESC")
	if state != "" {
		list = list.Where("cases.state = ?", string(state))
	}
	list, err := page.before(list, "cases.opened_at, cases.id")
	if err != nil {
		return Listed[CaseRow]{}, err
	}
	var records []struct {
		Base      caseRecord `gorm:"embedded"`
		PlaceName string
		Opener    string
		Used      int64
		Waiting   int64
	}
	if err := list.Find(&records).Error; err != nil {
		return Listed[CaseRow]{}, err
	}
	out := Listed[CaseRow]{}
	limit := page.limit()
	for i, r := range records {
		if i == limit {
			last := records[limit-1]
			out.Next = encodeCursor([]any{last.Base.OpenedAt, last.Base.ID})
			break
		}
		out.Rows = append(out.Rows, CaseRow{r.Base.usageCase(), r.PlaceName, r.Opener, r.Used, r.Waiting})
	}
	return out, nil
}

// SetOpenCase makes a case the one a person has open now; the empty id closes
// it for them alone.
func (tx *Tx) SetOpenCase(person access.PersonID, id usage.CaseID) error {
	if id == "" {
		return tx.db.Exec("DELETE FROM person_cases WHERE person_id = ?", string(person)).Error
	}
	return tx.db.Exec(`INSERT INTO person_cases (person_id, case_id) VALUES (?, ?)
		ON CONFLICT (person_id) DO UPDATE SET case_id = excluded.case_id`, string(person), string(id)).Error
}

// OpenCase returns the case a person has open now; false when none.
func (q Queries) OpenCase(person access.PersonID) (usage.Case, bool, error) {
	var r caseRecord
	where, args := q.where("cases")
	open, err := q.maybe("SELECT "+caseColumns+` FROM person_cases JOIN cases ON cases.id = person_cases.case_id
		WHERE `+where+" AND person_cases.person_id = ? AND cases.state = 'open'", append(args, string(person)), r.fields()...)
	if err != nil || !open {
		return usage.Case{}, false, err
	}
	return r.usageCase(), true, nil
}

type scanRecord struct {
	ID         string
	CaseID     string
	HospitalID string
	UnitID     string
	PersonID   string
	Source     string
	Verdict    string
	Reason     string
	TapEventID string
	State      string
	ScannedAt  int64
	CapturedAt *int64
	Proof      string
	VisitAt    *int64
	SecondTap  string `gorm:"column:second_tap_id"`
	ProvedAt   *int64
}

func (scanRecord) TableName() string { return "case_scans" }

func (r scanRecord) scan() usage.Scan {
	return usage.Scan{
		ID: usage.ScanID(r.ID), Case: usage.CaseID(r.CaseID), Hospital: access.OrganisationID(r.HospitalID),
		Unit: custody.UnitID(r.UnitID), Person: access.PersonID(r.PersonID), Source: r.Source,
		Verdict: authentic.Verdict{Level: authentic.Level(r.Verdict), Reason: authentic.Reason(r.Reason)},
		Tap:     r.TapEventID, State: usage.ScanState(r.State), ScannedAt: instant(r.ScannedAt), Captured: instantOrZero(r.CapturedAt),
		Proof: catalog.Proof(r.Proof), Visit: instantOrZero(r.VisitAt), Second: r.SecondTap, Proved: instantOrZero(r.ProvedAt),
	}
}

// AddScan stores a scan that waits in its case and reports whether it is new:
// a unit waits at most once in a case.
func (tx *Tx) AddScan(s usage.Scan) (usage.ScanID, bool, error) {
	id := tx.NewID()
	done := tx.db.Exec(`INSERT INTO case_scans (id, case_id, hospital_id, unit_id, person_id, source, verdict, reason, tap_event_id, state, scanned_at, captured_at, proof, visit_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		id, string(s.Case), string(s.Hospital), string(s.Unit), string(s.Person), s.Source,
		string(s.Verdict.Level), string(s.Verdict.Reason), s.Tap, micros(tx.now), microsOrNull(s.Captured), string(s.Proof), microsOrNull(s.Visit))
	return usage.ScanID(id), done.RowsAffected == 1, done.Error
}

// StrengthenScan puts a newer check of the tag on a waiting scan.
func (tx *Tx) StrengthenScan(id usage.ScanID, v authentic.Verdict, tap string) error {
	return tx.from("case_scans").Where("id = ? AND state = 'waiting'", string(id)).
		Updates(map[string]any{"verdict": string(v.Level), "reason": string(v.Reason), "tap_event_id": tap}).Error
}

// BeginVisit makes a tap the first of a visit, for a scan that waits.
func (tx *Tx) BeginVisit(id usage.ScanID, person access.PersonID, tap string) error {
	return tx.from("case_scans").Where("id = ? AND state = 'waiting'", string(id)).Updates(map[string]any{
		"proof": string(catalog.TwoTaps), "verdict": string(authentic.Genuine), "reason": "", "tap_event_id": tap, "person_id": string(person),
		"visit_at": micros(tx.now), "second_tap_id": "", "proved_at": nil,
	}).Error
}

// EndVisit keeps the second tap of a visit, and that the tag is proven here.
func (tx *Tx) EndVisit(id usage.ScanID, tap string) error {
	return tx.from("case_scans").Where("id = ? AND state = 'waiting'", string(id)).
		Updates(map[string]any{"second_tap_id": tap, "proved_at": micros(tx.now)}).Error
}

// SettleScan ends the waiting of a unit in a case and reports whether it
// waited.
func (tx *Tx) SettleScan(c usage.CaseID, unit custody.UnitID, to usage.ScanState) (bool, error) {
	where, args := tx.where("case_scans")
	n, err := tx.exec("UPDATE case_scans SET state = ? WHERE case_id = ? AND unit_id = ? AND state = 'waiting' AND "+where,
		append([]any{string(to), string(c), string(unit)}, args...)...)
	return n == 1, err
}

// WaitingScan returns the scan with which a unit waits in a case.
func (q Queries) WaitingScan(c usage.CaseID, unit custody.UnitID) (usage.Scan, bool, error) {
	var r scanRecord
	where, args := q.where("case_scans")
	waits, err := q.maybe(`SELECT id, case_id, hospital_id, unit_id, person_id, source, verdict, reason, tap_event_id, state, scanned_at, proof, visit_at, second_tap_id, proved_at
		FROM case_scans WHERE case_id = ? AND unit_id = ? AND state = 'waiting' AND `+where, append([]any{string(c), string(unit)}, args...),
		&r.ID, &r.CaseID, &r.HospitalID, &r.UnitID, &r.PersonID, &r.Source, &r.Verdict, &r.Reason, &r.TapEventID, &r.State, &r.ScannedAt,
		&r.Proof, &r.VisitAt, &r.SecondTap, &r.ProvedAt)
	if err != nil || !waits {
		return usage.Scan{}, false, err
	}
	return r.scan(), true, nil
}

// ScanRow is a scan with who made it and the unit's words.
type ScanRow struct {
	usage.Scan
	PersonName string
	Unit       UnitRow
}

// Scans lists what waits in a case, newest first, at most 500.
func (q Queries) Scans(c usage.CaseID) ([]ScanRow, error) {
	var records []struct {
		Base       scanRecord `gorm:"embedded"`
		PersonName string
	}
	err := q.from("case_scans").Select("case_scans.*, people.name AS person_name").
		Joins("JOIN people ON people.id = case_scans.person_id").
		Where("case_scans.case_id = ? AND case_scans.state = 'waiting'", string(c)).
		Order("case_scans.scanned_at DESC, case_scans.id DESC").Limit(500).Find(&records).Error
	if err != nil {
		return nil, err
	}
	ids := make([]custody.UnitID, len(records))
	for i, r := range records {
		ids[i] = custody.UnitID(r.Base.UnitID)
	}
	units, err := q.UnitRows(ids...)
	out := make([]ScanRow, len(records))
	for i, r := range records {
		out[i] = ScanRow{Scan: r.Base.scan(), PersonName: r.PersonName, Unit: units[ids[i]]}
	}
	return out, err
}

// SiteTime writes an instant as people at a site say it: "10:02", with the day
// when it is not the day of now.
func SiteTime(at, now time.Time, zone string) string { return siteTime(at, now, zone) }
