// Package replica keeps a copy of the embedded database somewhere else, about
// a second behind: in a folder (another disk, a network share) or in an S3
// bucket. It follows the write-ahead log with Litestream and seals every file
// with the installation's key-encryption key before it leaves the machine, so
// that a replica tells whoever holds it no more than a backup does.
//
// It promises that what Restore puts back is one state the database had, whole
// and in order, together with the vault that belongs to it: a replica with a
// gap, a flipped byte or another key is refused. It does not promise the last
// second before a machine is lost, and it cannot tell that the newest files of
// a replica were taken away.
package replica

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/benbjohnson/litestream"

	"trueward/internal/clock"
)

// ErrForeign means that the place holds a replica already and this data folder
// did not make it: writing there would mix two histories.
var ErrForeign = errors.New("replica: the place holds a replica that this data folder did not make")

// Bounds of how far the replica may be behind while its place can be reached:
// the log is looked at once a second, and what was found is sent within
// another.
const (
	lookEvery = time.Second
	sendEvery = time.Second

	keepFor  = 72 * time.Hour   // how long superseded files stay
	stopTime = 10 * time.Second // for the last files at the end
)

// Config says what is copied where.
type Config struct {
	// Address is file:///folder or
	// s3://KEY-ID:SECRET@bucket/prefix?region=…&endpoint=https://….
	Address string
	// Database is the path of the open embedded database.
	Database string
	// Vault is the path of the vault's sealed keys.
	Vault string
	// Key is the key-encryption key.
	Key   string
	Log   *slog.Logger
	Clock clock.Clock
}

// Replica is a running replication.
type Replica struct {
	cfg   Config
	db    *litestream.DB
	store *litestream.Store
	began time.Time
}

// Start begins to follow the database, which is open and stays open until
// Close is called. The first time it returns when the place has a whole copy;
// later a place that does not answer is tried again in the background. It fails
// with ErrForeign rather than touch another installation's replica.
func Start(ctx context.Context, cfg Config) (*Replica, error) {
	s, err := openShelf(cfg.Address)
	if err != nil {
		return nil, err
	}
	c, err := newClient(s, cfg.Key, cfg.Vault)
	if err != nil {
		return nil, err
	}
	db := litestream.NewDB(cfg.Database)
	first, err := isFirst(ctx, c, db.MetaPath())
	if err != nil {
		return nil, err
	}
	log := slog.New(trouble{cfg.Log})
	db.MonitorInterval = lookEvery
	db.Replica = litestream.NewReplicaWithClient(db, c)
	db.Replica.SyncInterval = sendEvery
	store := litestream.NewStore([]*litestream.DB{db}, litestream.DefaultCompactionLevels)
	store.Logger = log
	store.SnapshotRetention = keepFor
	db.SetLogger(log)
	db.ShutdownSyncTimeout = stopTime
	if err := store.Open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("replica: %w", err), store.Close(ctx))
	}
	r := &Replica{cfg: cfg, db: db, store: store, began: cfg.Clock.Now()}
	err = db.SyncAndWait(ctx)
	switch {
	case err != nil && first:
		return nil, errors.Join(fmt.Errorf("replica: its place does not take a copy: %w", err), store.Close(ctx), os.RemoveAll(db.MetaPath()))
	case err != nil:
		log.Warn("not reached at the start", "error", err)
	}
	return r, nil
}

// isFirst reports whether this data folder begins a replica, for which the
// place must be empty; otherwise it goes on with the one it began.
func isFirst(ctx context.Context, c *client, own string) (bool, error) {
	if _, err := os.Stat(own); !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	things, err := c.shelf.list(ctx, "")
	if err != nil {
		return false, fmt.Errorf("replica: its place does not answer: %w", err)
	}
	if len(things) > 0 {
		return false, ErrForeign
	}
	return true, nil
}

// Behind returns how long the replica has lacked something of the database:
// zero while it is up to date.
func (r *Replica) Behind() time.Duration {
	here, err := r.db.Pos()
	if err == nil && here.TXID > 0 && here.TXID == r.db.Replica.Pos().TXID && r.db.SyncDiagnostic().Error == "" {
		return 0
	}
	last := r.db.LastSuccessfulSyncAt()
	if last.Before(r.began) {
		last = r.began
	}
	return max(0, r.cfg.Clock.Now().Sub(last))
}

// Close sends what is left and ends. The database's own connections are closed
// by then, so that nothing is written behind the last look.
func (r *Replica) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*stopTime)
	defer cancel()
	if err := r.store.Close(ctx); err != nil {
		return fmt.Errorf("replica: the last writes are not in it: %w", err)
	}
	return nil
}
