package store

import (
	"context"
	"time"
)

// Ping reports whether the database answers. It reads no table.
func (s *Store) Ping(ctx context.Context) error {
	var one int64
	return s.db.Read(ctx).Raw("SELECT 1").Scan(&one).Error
}

// Condition is what an operator asks of a database before anything else.
type Condition struct {
	Dialect string // "sqlite" or "postgres"
	Schema  int64  // number of the last migration that was applied
	Pending int    // migrations this program has and the database has not
}

// Condition returns which database this is and how far its schema is.
func (s *Store) Condition(ctx context.Context) (Condition, error) {
	c := Condition{Dialect: string(s.db.Dialect())}
	steps, err := s.db.MigrationStatus(ctx)
	for _, step := range steps {
		if step.Applied {
			c.Schema = max(c.Schema, step.Version)
		} else {
			c.Pending++
		}
	}
	return c, err
}

// JobSum counts the open work of a topic.
type JobSum struct {
	Topic  string
	Parked bool // waits for a person; otherwise it goes on by itself
	Count  int64
	// Since is when the oldest of it was, or will be, due.
	Since time.Time
}

// OpenJobs counts pending and parked work of the scope's organisation by
// topic. What is done is not counted, so the count stays short.
func (q Queries) OpenJobs() ([]JobSum, error) {
	condition, args := q.ownJobs()
	var rows []struct {
		Topic, State string
		Count, Since int64
	}
	err := q.db.Raw(`SELECT topic, state, COUNT(*) AS count, MIN(not_before) AS since FROM outbox
		WHERE state IN ('pending', 'parked') AND `+condition+` GROUP BY topic, state ORDER BY topic, state`, args...).Scan(&rows).Error
	sums := make([]JobSum, len(rows))
	for i, r := range rows {
		sums[i] = JobSum{Topic: r.Topic, Parked: r.State == "parked", Count: r.Count, Since: instant(r.Since)}
	}
	return sums, err
}
