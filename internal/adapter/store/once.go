package store

import (
	"context"
	"encoding/json"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// Command is who asks for a change and, for requests that may come twice, the
// key the client chose and the SHA-256 (hex) of what it asked.
type Command struct {
	Actor      access.Actor
	Key        string // empty: not repeatable by key (workers, command line)
	BodySHA256 string
}

// Once runs fn like Write, at most once per actor and key. The result is
// stored in the same transaction and returned, instead of running fn, when the
// key comes again with the same body; with another body it is refused as
// fault.Mismatch. A refusal is not stored: nothing happened, so asking again
// asks anew. T must survive encoding/json.
func Once[T any](ctx context.Context, s *Store, cmd Command, fn func(*Tx) (T, error)) (T, error) {
	result, err := once(ctx, s, cmd, fn)
	if cmd.Key != "" && fault.Is(err, fault.Conflict) {
		// Two copies of one command may run side by side: the one that lost
		// finds the winner's result under its own key.
		return once(ctx, s, cmd, fn)
	}
	return result, err
}

func once[T any](ctx context.Context, s *Store, cmd Command, fn func(*Tx) (T, error)) (T, error) {
	var result T
	err := s.Write(ctx, cmd.Actor, func(tx *Tx) error {
		stored, done, err := tx.recall(cmd)
		if err != nil {
			return err
		}
		if done {
			return json.Unmarshal([]byte(stored), &result)
		}
		var fresh T
		if fresh, err = fn(tx); err != nil {
			return err
		}
		result = fresh
		return tx.remember(cmd, result)
	})
	return result, err
}

// recall returns the stored result of the command's key, if it has one.
func (tx *Tx) recall(cmd Command) (string, bool, error) {
	if cmd.Key == "" {
		return "", false, nil
	}
	var body, result string
	known, err := tx.maybe("SELECT body_sha256, result FROM idempotency WHERE actor_id = ? AND key = ?",
		[]any{string(cmd.Actor.Person), cmd.Key}, &body, &result)
	switch {
	case err != nil || !known:
		return "", false, err
	case body != cmd.BodySHA256:
		return "", false, fault.New(fault.Mismatch, "This form was already sent with other content. Reload the page and enter it again.")
	}
	return result, true, nil
}

// remember stores the result under the command's key. Two transactions that
// come here at once with one key collide on the primary key, and Once asks
// again for the one that lost.
func (tx *Tx) remember(cmd Command, result any) error {
	if cmd.Key == "" {
		return nil
	}
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	_, err = engine.Exec(tx.db, "INSERT INTO idempotency (actor_id, key, body_sha256, result, created_at) VALUES (?, ?, ?, ?, ?)",
		string(cmd.Actor.Person), cmd.Key, cmd.BodySHA256, string(text), micros(tx.now)) // bookkeeping of a fact: no change by itself
	return err
}
