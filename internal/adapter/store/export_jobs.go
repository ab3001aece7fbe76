package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// The states of an export that is made in the background.
const (
	ExportWaiting = "waiting"
	ExportWorking = "working"
	ExportDone    = "done"
	ExportFailed  = "failed"
)

// ExportJob is an export that is made in the background.
type ExportJob struct {
	ID           string
	Organisation access.OrganisationID
	Actor        access.PersonID
	Format       string
	Filter       string // JSON of what was asked
	State        string
	Done, Total  int
	Run          string // once done
	Reason       string // of a failure, in a sentence
	CreatedAt    time.Time
}

type exportJobRecord struct {
	ID             string
	OrganisationID string
	ActorID        string
	Format         string
	Filter         string
	State          string
	Done           int
	Total          int
	RunID          string
	Reason         string
	CreatedAt      int64
	ChangedAt      int64
}

func (exportJobRecord) TableName() string { return "export_jobs" }

func (r exportJobRecord) job() ExportJob {
	return ExportJob{
		ID: r.ID, Organisation: access.OrganisationID(r.OrganisationID), Actor: access.PersonID(r.ActorID), Format: r.Format, Filter: r.Filter,
		State: r.State, Done: r.Done, Total: r.Total, Run: r.RunID, Reason: r.Reason, CreatedAt: instant(r.CreatedAt),
	}
}

// AddExportJob stores a waiting job of the actor's organisation and returns
// its id.
func (tx *Tx) AddExportJob(format, filter string, total int) (string, error) {
	id := tx.NewID()
	return id, tx.db.Create(&exportJobRecord{
		ID: id, OrganisationID: string(tx.actor.Organisation), ActorID: string(tx.actor.Person), Format: format, Filter: filter,
		State: ExportWaiting, Total: total, CreatedAt: micros(tx.now), ChangedAt: micros(tx.now),
	}).Error
}

// SaveExportJob keeps where a job stands.
func (tx *Tx) SaveExportJob(j ExportJob) error {
	return tx.bounded().Exec("UPDATE export_jobs SET state = ?, done = ?, total = ?, run_id = ?, reason = ?, changed_at = ? WHERE id = ?",
		j.State, j.Done, j.Total, j.Run, j.Reason, micros(tx.now), j.ID).Error
}

// ExportJob returns one job of the scope's organisation.
func (q Queries) ExportJob(id string) (ExportJob, error) {
	r, err := first[exportJobRecord](q.from("export_jobs").Where("export_jobs.id = ?", id), "export")
	return r.job(), err
}

// OpenExportJobs lists the jobs of the scope's organisation that are not done,
// and those that failed since an instant, newest first.
func (q Queries) OpenExportJobs(failedSince time.Time) ([]ExportJob, error) {
	var records []exportJobRecord
	err := q.from("export_jobs").Where("state IN ('waiting', 'working') OR (state = 'failed' AND changed_at > ?)", micros(failedSince)).
		Order("export_jobs.id DESC").Limit(20).Find(&records).Error
	out := make([]ExportJob, len(records))
	for i, r := range records {
		out[i] = r.job()
	}
	return out, err
}

// LastExport returns the instant up to which the organisation's last export of
// a format reaches; zero when there was none.
func (q Queries) LastExport(format string) (time.Time, error) {
	var records []exportRecord
	err := q.from("export_runs").Omit("bytes").Where("format = ?", format).Order("export_runs.id DESC").Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return time.Time{}, err
	}
	return instant(records[0].AsOf), nil
}

// AddExportPart stores a part (1 for the first) of a run that is in the making.
func (tx *Tx) AddExportPart(run string, part int, organisation access.OrganisationID, content []byte) error {
	return tx.db.Exec("INSERT INTO export_parts (run_id, part, organisation_id, bytes) VALUES (?, ?, ?, ?)", run, part, string(organisation), content).Error
}

// ExportBytes calls visit with the bytes of a run that Export returned, part
// by part.
func (q Queries) ExportBytes(run ExportRun, visit func([]byte) error) error {
	if run.Parts == 0 {
		return visit(run.Bytes)
	}
	for part := 1; part <= run.Parts; part++ {
		var content [][]byte
		err := q.from("export_parts").Where("run_id = ? AND part = ?", run.ID, part).Pluck("bytes", &content).Error
		if err == nil && len(content) == 0 {
			err = fault.New(fault.Internal, "A part of the stored file is missing. Tell an engineer to run the verification of exports.")
		}
		if err != nil {
			return err
		}
		if err := visit(content[0]); err != nil {
			return err
		}
	}
	return nil
}

// HoldJob keeps a claim until a later time, because its work still goes on. It
// is refused as a Conflict when the claim is no longer this worker's.
func (tx *Tx) HoldJob(job Job, until time.Time) error {
	result := tx.db.Exec("UPDATE outbox SET not_before = ? WHERE id = ? AND state = 'pending' AND attempts = ?", micros(until), job.ID, job.Attempts)
	if result.Error == nil && result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This work was taken over by another worker.")
	}
	return result.Error
}
