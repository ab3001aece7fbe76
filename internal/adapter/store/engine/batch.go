package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// batch is one transaction and the jobs in it.
type batch struct {
	w       *groupWriter
	jobs    []*job
	current *job  // running; still set after run only if its goroutine ended
	lost    error // why the transaction is gone
	begun   bool
}

// begin opens the transaction, on a fresh connection if the last one broke.
func (b *batch) begin() error {
	ctx := context.Background()
	if err := b.w.connect(ctx); err != nil {
		return err
	}
	err := b.w.exec("BEGIN IMMEDIATE")
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		b.w.disconnect()
		if err := b.w.connect(ctx); err != nil {
			return err
		}
		err = b.w.exec("BEGIN IMMEDIATE")
	}
	if err != nil {
		return fmt.Errorf("engine: begin: %w", err)
	}
	b.begun = true
	return nil
}

// refuse answers a job for which no transaction could be begun.
func (b *batch) refuse(j *job, err error) {
	j.err = err
	b.jobs = append(b.jobs, j)
	b.w.disconnect()
}

// run gives one job its savepoint. A failed job is undone to it, a broken
// savepoint means the transaction itself is gone.
func (b *batch) run(j *job) {
	b.jobs = append(b.jobs, j)
	if j.err = j.ctx.Err(); j.err != nil {
		return
	}
	if b.lost = b.w.exec("SAVEPOINT tw_job"); b.lost != nil {
		return
	}
	b.current = j
	h := &handle{pool: b.w.stmts, ctx: context.Background(), asked: j.ctx}
	defer h.over.Store(true)
	j.err = b.w.db.call(j.ctx, h, j.fn)
	b.current = nil
	if j.err != nil {
		b.lost = b.w.exec("ROLLBACK TO tw_job")
	}
	if b.lost == nil {
		b.lost = b.w.exec("RELEASE tw_job")
	}
}

// finish commits, or gives the transaction up, and answers every job: its own
// error, else the batch's.
func (b *batch) finish() {
	if b.current != nil {
		b.current.err, b.lost = errGoexit, errGoexit
	}
	shared := b.end()
	for _, j := range b.jobs {
		if j.err == nil {
			j.err = shared
		}
		close(j.done)
	}
}

// end returns the error that all jobs share.
func (b *batch) end() error {
	if !b.begun {
		return nil
	}
	if b.lost != nil {
		b.giveUp(b.lost)
		return fmt.Errorf("%w: %w", ErrBatchLost, b.lost)
	}
	err := b.w.exec("COMMIT")
	if err == nil {
		return nil
	}
	b.giveUp(err)
	if is(err, nil, "", sqliteIOError) {
		// The log may hold the whole transaction without its fsync: after a
		// crash now it may turn up again.
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return fmt.Errorf("%w: %w", ErrBatchLost, translate(err))
}

// giveUp undoes what may be left and lets the next batch reconnect.
func (b *batch) giveUp(cause error) {
	b.w.db.cfg.Logger.Error("write batch lost", "jobs", len(b.jobs), "cause", cause)
	_ = b.w.exec("ROLLBACK") // fails when the transaction is gone already
	b.w.disconnect()
}
