package store

import (
	"gorm.io/gorm"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
)

type runRecord struct {
	ID         string
	VendorID   string
	HospitalID *string
	ProfileID  string
	Name       string
	Size       int
	CreatedAt  int64
	CreatedBy  string
}

func (runRecord) TableName() string { return "tag_runs" }

func (r runRecord) run() authentic.Run {
	return authentic.Run{
		ID: authentic.RunID(r.ID), Vendor: access.OrganisationID(r.VendorID), Hospital: access.OrganisationID(textOrEmpty(r.HospitalID)),
		Profile: authentic.ProfileID(r.ProfileID), Name: r.Name, Size: r.Size,
		CreatedAt: instant(r.CreatedAt), CreatedBy: access.PersonID(r.CreatedBy),
	}
}

// CreateRun plans a run with its jobs, whose ordinals are given by their order,
// and returns its id.
func (tx *Tx) CreateRun(r authentic.Run, jobs []authentic.Job) (authentic.RunID, error) {
	id := tx.NewID()
	err := tx.db.Create(&runRecord{
		ID: id, VendorID: string(r.Vendor), HospitalID: textOrNull(string(r.Hospital)), ProfileID: string(r.Profile),
		Name: r.Name, Size: len(jobs), CreatedAt: micros(tx.now), CreatedBy: string(tx.actor.Person),
	}).Error
	if err != nil {
		return "", err
	}
	records := make([]tagJobRecord, len(jobs))
	for i, j := range jobs {
		records[i] = tagJobRecord{
			ID: tx.NewID(), RunID: id, VendorID: string(r.Vendor), HospitalID: textOrNull(string(j.Hospital)), Ordinal: i + 1,
			UnitID: textOrNull(j.Unit), DI: j.Label.DI, Lot: j.Label.Lot, Serial: j.Label.Serial, Expiry: j.Label.Expiry,
			State: string(authentic.JobPlanned), UpdatedAt: micros(tx.now), UpdatedBy: string(tx.actor.Person),
		}
	}
	return authentic.RunID(id), tx.db.CreateInBatches(records, 40).Error
}

// Run returns one run of the scope.
func (q Queries) Run(id authentic.RunID) (authentic.Run, error) {
	r, err := first[runRecord](q.from("tag_runs").Where("tag_runs.id = ?", string(id)), "run")
	return r.run(), err
}

// Runs lists runs, newest first.
func (q Queries) Runs(page Page) (Listed[authentic.Run], error) {
	list, err := page.before(q.from("tag_runs").Order("tag_runs.id DESC"), "tag_runs.id")
	if err != nil {
		return Listed[authentic.Run]{}, err
	}
	var records []runRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[authentic.Run]{}, err
	}
	part := cut(page, records, func(r runRecord) []any { return []any{r.ID} })
	out := Listed[authentic.Run]{Next: part.Next, Rows: make([]authentic.Run, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = r.run()
	}
	return out, nil
}

// RunSum counts the jobs of a run by state.
type RunSum map[authentic.JobState]int

// Done is how many tags came to their good end.
func (s RunSum) Done() int { return s[authentic.JobVerified] + s[authentic.JobBound] }

// Open is how many tags still wait or are under work.
func (s RunSum) Open() int {
	n := 0
	for state, count := range s {
		if state == authentic.JobPlanned || state.Holds() {
			n += count
		}
	}
	return n
}

// RunSums counts the jobs of runs.
func (q Queries) RunSums(runs ...authentic.RunID) (map[authentic.RunID]RunSum, error) {
	out := make(map[authentic.RunID]RunSum, len(runs))
	var rows []struct {
		RunID string
		State string
		N     int
	}
	if len(runs) == 0 {
		return out, nil
	}
	err := q.from("tag_jobs").Select("tag_jobs.run_id, tag_jobs.state, COUNT(*) AS n").Where("tag_jobs.run_id IN ?", runs).
		Group("tag_jobs.run_id, tag_jobs.state").Scan(&rows).Error
	for _, r := range rows {
		id := authentic.RunID(r.RunID)
		if out[id] == nil {
			out[id] = RunSum{}
		}
		out[id][authentic.JobState(r.State)] = r.N
	}
	return out, err
}

// untagged are the units that a run may plan tags for: not at their end, no
// active tag with keys (or, for UHF, no UHF tag at all: its EPC is the unit's
// own, once), and no open job that waits for one.
func (q Queries) untagged(f UnitFilter, technology authentic.Technology) *gorm.DB {
	tagged := "tags.state = 'active' AND tags.technology = 'ntag424'"
	if technology == authentic.UHF {
		tagged = "tags.technology = 'uhf'"
	}
	return f.narrow(q.listUnits()).
		Where("units.state IN ('expected', 'available', 'removed')").
		Where("NOT EXISTS (SELECT 1 FROM tags WHERE tags.unit_id = units.id AND " + tagged + ")").
		Where(`NOT EXISTS (SELECT 1 FROM tag_jobs WHERE tag_jobs.unit_id = units.id
			AND tag_jobs.state IN ('planned', 'keys_stored', 'writing', 'written', 'interrupted'))`)
}

// UntaggedUnits returns at most limit units without a tag of the technology,
// first to expire first.
func (q Queries) UntaggedUnits(f UnitFilter, technology authentic.Technology, limit int) ([]UnitRow, error) {
	return q.unitRows(q.untagged(f, technology).Order("units.expiry, units.id").Limit(limit))
}
