package session

import (
	"context"
	"encoding/json"
	"time"

	"github.com/alexedwards/scs/v2"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
)

// keeper keeps sessions in the product's database by the digest of their
// tokens, together with the person, so that a change of access ends them.
type keeper struct {
	store  *store.Store
	clock  clock.Clock
	limits Limits
}

var _ scs.CtxStore = (*keeper)(nil)

// FindCtx implements scs.CtxStore.
func (k *keeper) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return k.store.Read(ctx, access.Scope{}).Session(access.TokenDigest(token), k.clock.Now())
}

// CommitCtx implements scs.CtxStore. The row ends with the idle time, if that
// is before the session's own end.
func (k *keeper) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := codec{}.Decode(data)
	if err != nil {
		return err
	}
	person, _ := values[personValue].(string)
	device, _ := values[deviceValue].(string)
	return k.store.Keep(ctx, func(tx *store.Tx) error {
		end := expiry
		if idleEnd := tx.Now().Add(k.limits.idle(Device(device))); idleEnd.Before(end) {
			end = idleEnd
		}
		outsidePerson, _ := values[outsidePersonValue].(string)
		outsideSession, _ := values[outsideSessionValue].(string)
		return tx.SaveSession(store.SavedSession{
			Hash: access.TokenDigest(token), Person: access.PersonID(person), Data: data, Expires: end,
			OutsidePerson: outsidePerson, OutsideSession: outsideSession,
		})
	})
}

// DeleteCtx implements scs.CtxStore.
func (k *keeper) DeleteCtx(ctx context.Context, token string) error {
	return k.store.Keep(ctx, func(tx *store.Tx) error { return tx.DropSession(access.TokenDigest(token)) })
}

// Find, Commit and Delete implement scs.Store, which the manager uses only
// with stores that take no context.
func (k *keeper) Find(token string) ([]byte, bool, error) {
	return k.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (k *keeper) Commit(token string, data []byte, expiry time.Time) error {
	return k.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements scs.Store.
func (k *keeper) Delete(token string) error { return k.DeleteCtx(context.Background(), token) }

// codec writes a session's values as JSON; all of them are texts.
type codec struct{}

type wire struct {
	Deadline int64             `json:"deadline"` // microseconds since 1970, UTC
	Values   map[string]string `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	w := wire{Deadline: deadline.UnixMicro(), Values: make(map[string]string, len(values))}
	for name, v := range values {
		if text, ok := v.(string); ok {
			w.Values[name] = text
		}
	}
	return json.Marshal(w)
}

// Decode implements scs.Codec.
func (codec) Decode(data []byte) (time.Time, map[string]any, error) {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return time.Time{}, nil, err
	}
	values := make(map[string]any, len(w.Values))
	for name, text := range w.Values {
		values[name] = text
	}
	return time.UnixMicro(w.Deadline).UTC(), values, nil
}
