package store

import (
	"context"
	"time"
)

// Keeping times of the installation's own bookkeeping. Results of commands are
// kept far longer than any client repeats a request.
const (
	keepResults  = 30 * 24 * time.Hour
	keepFailures = 24 * time.Hour
)

// Tidy forgets bookkeeping that nobody asks for any more: sessions that have
// run out, results of old commands, old failed sign-ins. Facts are never
// touched. It deletes a bounded number of rows a call, so that no write waits
// long for it.
func (s *Store) Tidy(ctx context.Context) error {
	now := s.clock.Now()
	return s.Keep(ctx, func(tx *Tx) error {
		for _, old := range []struct {
			statement string
			before    time.Time
		}{
			{`DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < ? LIMIT 1000)`, now},
			{`DELETE FROM sign_in_failures WHERE subject IN (SELECT subject FROM sign_in_failures WHERE failures > 0 AND last_at < ? LIMIT 1000)`, now.Add(-keepFailures)},
			{`DELETE FROM sign_in_questions WHERE token_hash IN (SELECT token_hash FROM sign_in_questions WHERE expires_at < ? LIMIT 1000)`, now},
			{`DELETE FROM idempotency WHERE (actor_id, key) IN (SELECT actor_id, key FROM idempotency WHERE created_at < ? LIMIT 1000)`, now.Add(-keepResults)},
		} {
			if err := tx.db.Exec(old.statement, micros(old.before)).Error; err != nil {
				return err
			}
		}
		return nil
	})
}
