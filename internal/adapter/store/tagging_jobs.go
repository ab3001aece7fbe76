package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
)

type tagJobRecord struct {
	ID         string
	RunID      string
	VendorID   string
	HospitalID *string
	Ordinal    int
	UnitID     *string
	DI         string `gorm:"column:di"`
	Lot        string
	Serial     string
	Expiry     string
	State      string
	Reason     string
	Identity   string
	Epoch      int64
	OldEpoch   int64
	TagID      *string
	Station    string
	LeaseUntil *int64
	UpdatedAt  int64
	UpdatedBy  string
}

func (tagJobRecord) TableName() string { return "tag_jobs" }

func (r tagJobRecord) tagJob() authentic.Job {
	return authentic.Job{
		ID: authentic.JobID(r.ID), Run: authentic.RunID(r.RunID), Vendor: access.OrganisationID(r.VendorID),
		Hospital: access.OrganisationID(textOrEmpty(r.HospitalID)), Position: r.Ordinal, Unit: textOrEmpty(r.UnitID),
		Label: authentic.Label{DI: r.DI, Lot: r.Lot, Serial: r.Serial, Expiry: r.Expiry},
		State: authentic.JobState(r.State), Reason: r.Reason, Identity: r.Identity, Epoch: r.Epoch, OldEpoch: r.OldEpoch,
		Tag: authentic.TagID(textOrEmpty(r.TagID)), Station: r.Station, LeasedTo: instantOrZero(r.LeaseUntil), Updated: instant(r.UpdatedAt),
	}
}

const jobHolds = "tag_jobs.state IN ('keys_stored', 'writing', 'written', 'interrupted')"

// NextJob returns the first job of a run that waits for a tag; false when none
// does.
func (q Queries) NextJob(run authentic.RunID) (authentic.Job, bool, error) {
	return q.oneJob("tag_jobs.run_id = ? AND tag_jobs.state = 'planned'", string(run))
}

// JobOfChip returns the job that holds a chip; false when none does.
func (q Queries) JobOfChip(identity string) (authentic.Job, bool, error) {
	return q.oneJob("tag_jobs.identity = ? AND "+jobHolds, identity)
}

func (q Queries) oneJob(where string, args ...any) (authentic.Job, bool, error) {
	var records []tagJobRecord
	err := q.from("tag_jobs").Where(where, args...).Order("tag_jobs.ordinal").Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return authentic.Job{}, false, err
	}
	return records[0].tagJob(), true, nil
}

// Job returns one job of the scope.
func (q Queries) Job(id authentic.JobID) (authentic.Job, error) {
	r, err := first[tagJobRecord](q.from("tag_jobs").Where("tag_jobs.id = ?", string(id)), "tag of a run")
	return r.tagJob(), err
}

// Jobs lists the jobs of a run in their order, or those in some states.
func (q Queries) Jobs(run authentic.RunID, states []authentic.JobState, page Page) (Listed[authentic.Job], error) {
	list := q.from("tag_jobs").Where("tag_jobs.run_id = ?", string(run)).Order("tag_jobs.ordinal")
	if len(states) > 0 {
		list = list.Where("tag_jobs.state IN ?", states)
	}
	list, err := page.after(list, "tag_jobs.ordinal")
	if err != nil {
		return Listed[authentic.Job]{}, err
	}
	var records []tagJobRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[authentic.Job]{}, err
	}
	part := cut(page, records, func(r tagJobRecord) []any { return []any{int64(r.Ordinal)} })
	out := Listed[authentic.Job]{Next: part.Next, Rows: make([]authentic.Job, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = r.tagJob()
	}
	return out, nil
}

// LastJobs returns the jobs of a run that changed last, newest first.
func (q Queries) LastJobs(run authentic.RunID, limit int) ([]authentic.Job, error) {
	var records []tagJobRecord
	err := q.from("tag_jobs").Where("tag_jobs.run_id = ? AND tag_jobs.state NOT IN ('planned', 'dropped')", string(run)).
		Order("tag_jobs.updated_at DESC, tag_jobs.ordinal DESC").Limit(limit).Find(&records).Error
	out := make([]authentic.Job, len(records))
	for i, r := range records {
		out[i] = r.tagJob()
	}
	return out, err
}

// errBusy is what the loser of two stations hears.
var errBusy = fault.New(fault.Conflict, "This tag is being written at another reader. Leave it there until it is done.")

// LeaseJob gives a job, with the chip it is for, to a station until an instant.
// It takes a job that waits (keys were just sealed for the chip) or one that
// holds this very chip and whose lease is over or was this station's. Of two
// stations one wins; the other gets fault.Conflict.
func (tx *Tx) LeaseJob(j authentic.Job, until time.Time) error {
	done := tx.db.Exec(`UPDATE tag_jobs SET state = ?, reason = '', identity = ?, epoch = ?, old_epoch = ?, station = ?, lease_until = ?,
		updated_at = ?, updated_by = ?
		WHERE id = ? AND (state = 'planned' OR (identity = ? AND `+jobHolds+` AND (lease_until IS NULL OR lease_until < ? OR station = ?)))`,
		string(authentic.JobKeysStored), j.Identity, j.Epoch, j.OldEpoch, j.Station, micros(until), micros(tx.now), string(tx.actor.Person),
		string(j.ID), j.Identity, micros(tx.now), j.Station)
	if done.Error == nil && done.RowsAffected != 1 {
		return errBusy
	}
	return done.Error
}

// MarkJob notes how far a leased job has come; a job that is over has no lease.
func (tx *Tx) MarkJob(id authentic.JobID, state authentic.JobState, reason string, until time.Time) error {
	lease := microsOrNull(until)
	if !state.Holds() || state == authentic.JobInterrupted {
		lease = nil
	}
	return tx.db.Exec("UPDATE tag_jobs SET state = ?, reason = ?, lease_until = ?, updated_at = ? WHERE id = ? AND "+jobHolds,
		string(state), reason, lease, micros(tx.now), string(id)).Error
}

// FinishTagJob ends a job well with its tag and reports whether it was under work.
func (tx *Tx) FinishTagJob(id authentic.JobID, state authentic.JobState, tag authentic.TagID) (bool, error) {
	done := tx.db.Exec(`UPDATE tag_jobs SET state = ?, reason = '', tag_id = ?, lease_until = NULL, updated_at = ?, updated_by = ?
		WHERE id = ? AND `+jobHolds, string(state), string(tag), micros(tx.now), string(tx.actor.Person), string(id))
	return done.RowsAffected == 1, done.Error
}

// ReplanJobs lets the failed jobs of a run wait for other tags and returns how
// many there were.
func (tx *Tx) ReplanJobs(run authentic.RunID) (int64, error) {
	done := tx.db.Exec(`UPDATE tag_jobs SET state = 'planned', reason = '', identity = '', epoch = 0, old_epoch = 0, station = '',
		lease_until = NULL, updated_at = ?, updated_by = ? WHERE run_id = ? AND state = 'failed'`,
		micros(tx.now), string(tx.actor.Person), string(run))
	return done.RowsAffected, done.Error
}

// DropJobs gives up the jobs of a run that have no tag yet and returns how many
// there were.
func (tx *Tx) DropJobs(run authentic.RunID) (int64, error) {
	done := tx.db.Exec(`UPDATE tag_jobs SET state = 'dropped', updated_at = ?, updated_by = ? WHERE run_id = ? AND state IN ('planned', 'failed')`,
		micros(tx.now), string(tx.actor.Person), string(run))
	return done.RowsAffected, done.Error
}
