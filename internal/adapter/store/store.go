// Package store keeps the product's facts in SQLite or PostgreSQL. It is the
// only importer of GORM.
//
// There is one way to change data, Write (and Once, its idempotent form): one
// transaction per fact, with the audit rows of what it did. Reads go through
// Queries, which carry the scope of whoever asks; a statement on a tenant's
// table without a scope is refused, never answered with all rows. Records are
// private structs; what comes in and goes out are domain types.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
)

// Config says where the data is.
type Config struct {
	// SQLitePath is the file of the embedded database; used when PostgresURL
	// is empty.
	SQLitePath string
	// PostgresURL is a postgres:// connection URL.
	PostgresURL string
	// Followed says that a replica is made of the embedded database.
	Followed bool
	Clock    clock.Clock
	// Random is the source of ids; crypto/rand when nil.
	Random io.Reader
	Log    *slog.Logger
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db       *engine.DB
	clock    clock.Clock
	ids      *idSource
	announce func([]Event)
	zones    sync.Map // calendar of each organisation's books
}

// Open opens the database; it does not migrate it.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	db, err := engine.Open(ctx, engine.Config{
		SQLitePath: cfg.SQLitePath, PostgresURL: cfg.PostgresURL, Clock: cfg.Clock, Logger: cfg.Log, Protect: policies,
		Followed: cfg.Followed,
	})
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, clock: cfg.Clock, ids: newIDSource(cfg.Clock, cfg.Random), announce: func([]Event) {}}
	db.Guard(refuseUnscoped)
	if err := db.Observe(countChange); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close waits for running writes and closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Engine gives the parts of the store that know dialects (migration, backup)
// to the command line.
func (s *Store) Engine() *engine.DB { return s.db }

// Now returns the store's time.
func (s *Store) Now() time.Time { return s.clock.Now() }

// OnCommit registers what is told the events of each committed write. It is
// set once, before the first write. The events are wake-ups: losing them loses
// nothing.
func (s *Store) OnCommit(f func([]Event)) { s.announce = f }

// Event says that something changed, to whom it matters and nothing more.
type Event struct {
	Kind       string // "unit", "case", "invoice", "outbox", "alert", "reader"
	Subject    string // id of what changed
	HospitalID string // empty when no hospital may know
	VendorID   string // empty when no vendor may know
	PersonID   string // set when it concerns one person's pages alone
}

// errUnaudited is a fault of the program: rows were changed without a word in
// the audit trail.
var errUnaudited = errors.New("store: a write changed rows without an audit entry")

// Write runs fn in one transaction as actor. fn may be run again after a
// serialisation failure or a lost batch, so it changes nothing outside. Totals
// and audit entries are written last (a chain's head is the hottest row),
// events are announced after the commit. A write that changes rows and audits
// nothing fails.
func (s *Store) Write(ctx context.Context, actor access.Actor, fn func(*Tx) error) error {
	return s.write(ctx, actor, true, fn)
}

// Keep runs fn like Write for the product's own bookkeeping, which is no
// business fact and has no audit entry: sessions, sign-in failures, the state
// of outbox rows.
func (s *Store) Keep(ctx context.Context, fn func(*Tx) error) error {
	return s.write(ctx, access.System("bookkeeping"), false, fn)
}

func (s *Store) write(ctx context.Context, actor access.Actor, audited bool, fn func(*Tx) error) error {
	var events []Event
	err := s.db.Write(ctx, func(db *gorm.DB) error {
		tx := s.newTx(db, actor)
		if err := fn(tx); err != nil {
			return err
		}
		if audited && tx.counter.rows > 0 && len(tx.changes) == 0 {
			return errUnaudited
		}
		events = tx.events
		if err := tx.flushTotals(); err != nil {
			return err
		}
		return tx.appendAudit()
	})
	if err != nil {
		return translate(err)
	}
	if len(events) > 0 {
		s.announce(events)
	}
	return nil
}

// Read returns queries bounded by scope, on the pool of reading connections.
func (s *Store) Read(ctx context.Context, scope access.Scope) Queries {
	return Queries{db: s.onBehalf(s.db.Read(ctx), scope), scope: scope}
}

// Tx is a running write. Its embedded Queries read inside the transaction,
// bounded by the actor's scope.
type Tx struct {
	Queries
	store   *Store
	actor   access.Actor
	now     time.Time
	changes []audit.Change
	events  []Event
	counter *changeCounter
	totals  map[totalKey]int64 // changes noted so far, see count
}

func (s *Store) newTx(db *gorm.DB, actor access.Actor) *Tx {
	counter := &changeCounter{}
	return &Tx{
		Queries: Queries{db: s.onBehalf(db.Set(counterSetting, counter).Session(&gorm.Session{}), actor.Scope()), scope: actor.Scope()},
		store:   s, actor: actor, now: s.clock.Now(), counter: counter, totals: map[totalKey]int64{},
	}
}

// Now is the one instant of this write.
func (tx *Tx) Now() time.Time { return tx.now }

// Actor is who writes.
func (tx *Tx) Actor() access.Actor { return tx.actor }

// NewID returns a fresh UUIDv7.
func (tx *Tx) NewID() string { return tx.store.ids.next() }

// Audit notes what this write did. It must be called for every business fact.
func (tx *Tx) Audit(c audit.Change) { tx.changes = append(tx.changes, c) }

// Announce tells live pages and workers about the change after the commit.
func (tx *Tx) Announce(e Event) { tx.events = append(tx.events, e) }

// Unbounded returns queries of the same transaction without the actor's scope,
// for what a fact needs from the other side (the agreement's terms, a counter
// of the vendor). What it returns must not reach the actor's screen unread.
func (tx *Tx) Unbounded() Queries {
	return Queries{db: tx.store.onBehalf(tx.db, access.Everything()), scope: access.Everything()}
}

// Queries read, bounded by a scope. The zero value reaches nothing.
type Queries struct {
	db    *gorm.DB
	scope access.Scope
}

// Scope returns the bound of the queries.
func (q Queries) Scope() access.Scope { return q.scope }
