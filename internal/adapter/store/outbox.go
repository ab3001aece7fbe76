package store

import (
	"context"
	"encoding/json"
	"time"

	"trueward/internal/fault"
)

// Job is a piece of work that follows a fact and was committed with it. A
// topic and a subject name at most one job.
type Job struct {
	ID         string
	Topic      string
	Subject    string
	HospitalID string
	VendorID   string
	Payload    string // JSON
	Attempts   int
	NotBefore  time.Time
	LastError  string
	CreatedAt  time.Time
	ChangedAt  time.Time
}

// The states of a job.
const (
	jobPending = "pending"
)

type jobRecord struct {
	ID         string
	Topic      string
	SubjectID  string
	HospitalID string
	VendorID   string
	Payload    string
	Attempts   int
	NotBefore  int64
	LastError  string
	CreatedAt  int64
	ChangedAt  int64
}

func (r jobRecord) job() Job {
	return Job{
		ID: r.ID, Topic: r.Topic, Subject: r.SubjectID, HospitalID: r.HospitalID, VendorID: r.VendorID,
		Payload: r.Payload, Attempts: r.Attempts, NotBefore: instant(r.NotBefore), LastError: r.LastError,
		CreatedAt: instant(r.CreatedAt), ChangedAt: instant(r.ChangedAt),
	}
}

const jobColumns = "id, topic, subject_id, hospital_id, vendor_id, payload, attempts, not_before, last_error, created_at, changed_at"

// Enqueue adds the job of a subject in the fact's own transaction, so that
// neither exists without the other. A job that already exists for topic and
// subject is armed anew. Workers are woken after the commit when it is due;
// losing the wake-up loses nothing.
func (tx *Tx) Enqueue(topic, subject, hospital, vendor string, notBefore time.Time, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO outbox (id, topic, subject_id, hospital_id, vendor_id, payload, state, attempts, not_before, last_error, created_at, changed_at)
		VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?, '', ?, ?)
		ON CONFLICT (topic, subject_id) DO UPDATE SET payload = excluded.payload, state = 'pending', attempts = 0,
		not_before = excluded.not_before, last_error = '', changed_at = excluded.changed_at`,
		tx.NewID(), topic, subject, hospital, vendor, string(text), micros(notBefore), micros(tx.now), micros(tx.now))
	if err == nil && !notBefore.After(tx.now) {
		tx.Announce(Event{Kind: "outbox", Subject: topic})
	}
	return err
}

// CancelJob takes the subject's job back if it is still to be done.
func (tx *Tx) CancelJob(topic, subject string) error {
	return tx.db.Exec(`UPDATE outbox SET state = 'cancelled', changed_at = ? WHERE topic = ? AND subject_id = ? AND state IN ('pending', 'parked')`,
		micros(tx.now), topic, subject).Error
}

// ClaimJobs takes up to limit due jobs of the topics for the length of the
// lease. A claim only postpones: a worker that dies after it leaves the job
// pending, and it is due again when the lease ends. The effect and FinishJob
// stand in one transaction, so the claim's loss doubles nothing.
func (s *Store) ClaimJobs(ctx context.Context, topics []string, limit int, lease time.Duration) ([]Job, error) {
	due, err := s.dueJobs(ctx, topics)
	if err != nil || !due {
		return nil, err
	}
	var records []jobRecord
	err = s.Keep(ctx, func(tx *Tx) error {
		records = nil
		return tx.db.Raw(`UPDATE outbox SET attempts = attempts + 1, not_before = ?, changed_at = ? WHERE id `+tx.oneOf(`SELECT id FROM outbox
			WHERE state = 'pending' AND not_before <= ? AND topic IN ? ORDER BY not_before, id LIMIT ?`)+` RETURNING `+jobColumns,
			micros(tx.now.Add(lease)), micros(tx.now), micros(tx.now), topics, limit).Scan(&records).Error
	})
	jobs := make([]Job, len(records))
	for i, r := range records {
		jobs[i] = r.job()
	}
	return jobs, err
}

// JobsDue reports whether a job of a topic is due.
func (s *Store) JobsDue(ctx context.Context, topic string) (bool, error) {
	return s.dueJobs(ctx, []string{topic})
}

func (s *Store) dueJobs(ctx context.Context, topics []string) (bool, error) {
	var ids []string
	err := s.db.Read(ctx).Raw(`SELECT id FROM outbox WHERE state = 'pending' AND not_before <= ? AND topic IN ? LIMIT 1`,
		micros(s.Now()), topics).Scan(&ids).Error
	return len(ids) > 0, err
}

// NextJobAt returns when the next pending job of the topics is due; zero when
// there is none.
func (s *Store) NextJobAt(ctx context.Context, topics []string) (time.Time, error) {
	var at []int64
	err := s.db.Read(ctx).Raw(`SELECT not_before FROM outbox WHERE state = 'pending' AND topic IN ? ORDER BY not_before LIMIT 1`,
		topics).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return instant(at[0]), nil
}

// FinishJob marks a claimed job done in the transaction of its effect. It
// refuses as a Conflict, and with it the effect, when the claim is no longer
// this worker's: the lease ended and another took it, or it was cancelled.
func (tx *Tx) FinishJob(job Job) error {
	return tx.endClaim(job, `UPDATE outbox SET state = 'done', last_error = '', changed_at = ? WHERE id = ? AND state = 'pending' AND attempts = ?`)
}

func (tx *Tx) endClaim(job Job, statement string) error {
	result := tx.db.Exec(statement, micros(tx.now), job.ID, job.Attempts)
	if result.Error == nil && result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This work was taken over by another worker.")
	}
	return result.Error
}

// PostponeJob leaves a claimed job pending until a later time, in the
// transaction of what was done so far. Its count of tries starts again.
func (tx *Tx) PostponeJob(job Job, until time.Time) error {
	if err := tx.FinishJob(job); err != nil {
		return err
	}
	return tx.db.Exec(`UPDATE outbox SET state = 'pending', attempts = 0, not_before = ? WHERE id = ?`, micros(until), job.ID).Error
}

// RetryJobLater notes why a claimed job failed and when it is due again.
func (s *Store) RetryJobLater(ctx context.Context, job Job, at time.Time, reason string) error {
	return s.Keep(ctx, func(tx *Tx) error {
		return tx.db.Exec(`UPDATE outbox SET not_before = ?, last_error = ?, changed_at = ? WHERE id = ? AND state = 'pending' AND attempts = ?`,
			micros(at), reason, micros(tx.now), job.ID, job.Attempts).Error
	})
}

// ParkJob puts a job into the queue that people see, with the reason in words.
func (tx *Tx) ParkJob(job Job, reason string) error {
	err := tx.db.Exec(`UPDATE outbox SET state = 'parked', last_error = ?, changed_at = ? WHERE id = ? AND state = 'pending' AND attempts = ?`,
		reason, micros(tx.now), job.ID, job.Attempts).Error
	tx.Announce(Event{Kind: "parked", Subject: job.Subject, HospitalID: job.HospitalID, VendorID: job.VendorID})
	return err
}

// ReleaseJob makes a parked job due now.
func (tx *Tx) ReleaseJob(id string) error {
	condition, args := tx.ownJobs()
	result := tx.db.Exec(`UPDATE outbox SET state = 'pending', attempts = 0, last_error = '', not_before = ?, changed_at = ?
		WHERE id = ? AND state = 'parked' AND `+condition, append([]any{micros(tx.now), micros(tx.now), id}, args...)...)
	if result.Error == nil && result.RowsAffected == 0 {
		return absent("parked work")
	}
	tx.Announce(Event{Kind: "outbox"})
	return result.Error
}

// ownJobs is the scope's bound on jobs: those that name its organisation.
func (q Queries) ownJobs() (string, []any) {
	if q.scope.ReachesAll() {
		return "1 = 1", nil
	}
	if hospital, ok := q.scope.Hospital(); ok {
		return "hospital_id = ?", []any{string(hospital)}
	}
	if vendor, ok := q.scope.Vendor(); ok {
		return "vendor_id = ?", []any{string(vendor)}
	}
	return "1 = 0", nil
}

// ParkedJobs lists parked work of the scope's organisation, oldest first.
func (q Queries) ParkedJobs(page Page) (Listed[Job], error) {
	condition, args := q.ownJobs()
	list := q.db.Table("outbox").Where("state = 'parked' AND "+condition, args...).Order("changed_at, id")
	list, err := page.after(list, "changed_at, id")
	if err != nil {
		return Listed[Job]{}, err
	}
	var records []jobRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[Job]{}, err
	}
	part := cut(page, records, func(r jobRecord) []any { return []any{r.ChangedAt, r.ID} })
	out := Listed[Job]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.job())
	}
	return out, nil
}

// JobOf returns the job of a topic and subject, whatever its state, and its
// state.
func (q Queries) JobOf(topic, subject string) (Job, string, error) {
	type row struct {
		Base  jobRecord `gorm:"embedded"`
		State string
	}
	condition, args := q.ownJobs()
	r, err := first[row](q.db.Table("outbox").Where("topic = ? AND subject_id = ?", topic, subject).Where(condition, args...), "work")
	return r.Base.job(), r.State, err
}

// CountPending returns how many jobs of the topics are pending.
func (q Queries) CountPending(topics []string) (int64, error) {
	var n int64
	err := q.db.Table("outbox").Where("state = ? AND topic IN ?", jobPending, topics).Count(&n).Error
	return n, err
}
