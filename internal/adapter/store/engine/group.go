package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Bounds of a batch. More closures share an fsync as more are waiting; the
// budget keeps the first of them from waiting long for the last.
const (
	batchJobs   = 256
	batchBudget = 10 * time.Millisecond

	slowOnSQLite = 5 * time.Millisecond
)

// job is one closure on its way through the writer.
type job struct {
	ctx  context.Context
	fn   func(*gorm.DB) error
	err  error
	done chan struct{}
}

// groupWriter is SQLite's one writer: a goroutine that takes waiting closures
// into a shared transaction, each in its own savepoint, and answers them after
// the COMMIT (group commit). Only that goroutine touches pool, conn and stmts.
type groupWriter struct {
	db      *DB
	jobs    chan *job // unbuffered: a job is either taken, and then answered, or still the caller's
	closing chan struct{}
	once    sync.Once
	stopped chan struct{}

	pool  *sql.DB
	conn  *sql.Conn // nil when it could not be reopened
	stmts *statements
}

func newGroupWriter(ctx context.Context, db *DB) (*groupWriter, error) {
	pool, err := openSQLiteWriter(db.cfg.SQLitePath, db.cfg.Followed, db.cfg.pragmas)
	if err != nil {
		return nil, err
	}
	w := &groupWriter{
		db:      db,
		jobs:    make(chan *job),
		closing: make(chan struct{}),
		stopped: make(chan struct{}),
		pool:    pool,
	}
	if err := w.connect(ctx); err != nil {
		_ = pool.Close()
		return nil, err
	}
	go w.loop()
	return w, nil
}

// write implements writer.
func (w *groupWriter) write(ctx context.Context, fn func(*gorm.DB) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return ErrClosed
	}
	<-j.done
	return j.err
}

// close implements writer: it lets the running batch finish.
func (w *groupWriter) close() error {
	w.once.Do(func() { close(w.closing) })
	<-w.stopped
	w.disconnect()
	return w.pool.Close()
}

func (w *groupWriter) loop() {
	ended := false
	defer func() {
		if ended {
			close(w.stopped)
			return
		}
		go w.loop() // a closure ended its goroutine, which was this one
	}()
	for {
		select {
		case <-w.closing:
			ended = true
			return
		case first := <-w.jobs:
			w.serve(first)
		}
	}
}

// serve runs one batch that begins with first, and answers all of it.
func (w *groupWriter) serve(first *job) {
	b := &batch{w: w}
	defer b.finish() // also when a closure ends the goroutine
	if err := b.begin(); err != nil {
		b.refuse(first, err)
		return
	}
	started := w.db.cfg.Clock.Now()
	for j := first; j != nil; j = w.next(len(b.jobs), started) {
		b.run(j)
		if b.lost != nil {
			return
		}
	}
}

// next takes another waiting job if the batch has room and time for it.
func (w *groupWriter) next(taken int, started time.Time) *job {
	if taken >= batchJobs || w.db.cfg.Clock.Now().Sub(started) >= batchBudget {
		return nil
	}
	select {
	case j := <-w.jobs:
		return j
	default:
		return nil
	}
}

// connect makes the writer's connection if there is none.
func (w *groupWriter) connect(ctx context.Context) error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("engine: connect the SQLite writer: %w", err)
	}
	w.conn, w.stmts = conn, newStatements(conn)
	return nil
}

// disconnect throws the connection away, so that nothing of it is used again.
func (w *groupWriter) disconnect() {
	if w.conn == nil {
		return
	}
	w.stmts.close()
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn, w.stmts = nil, nil
}

// exec runs one of the writer's own statements.
func (w *groupWriter) exec(query string) error {
	_, err := w.stmts.ExecContext(context.Background(), query)
	return err
}
