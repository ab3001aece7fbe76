package edge

import (
	"context"

	"trueward/internal/domain/device"
	"trueward/internal/fault"
)

// job has the reader for one tag.
type job struct {
	ctx  context.Context
	want func(device.Sighting) bool
	do   func(context.Context, Reader, device.Sighting) error
	done chan error
}

var (
	errEnded = fault.New(fault.Unavailable, "The reader was stopped.")
	errTaken = fault.New(fault.Conflict, "The reader is waiting for a tag of another task. Finish that one first.")
)

// Next waits for the next tag that is wanted and gives it to do, with the
// reader to itself. The tag is not also delivered as a read. It returns do's
// error, or the context's, or a fault: Conflict while another job waits,
// Unavailable once the desk has stopped. It waits across unplugging.
func (d *Desk) Next(ctx context.Context, want func(device.Sighting) bool, do func(context.Context, Reader, device.Sighting) error) error {
	j := &job{ctx: ctx, want: want, do: do, done: make(chan error, 1)}
	if err := d.enqueue(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if d.withdraw(j) {
			return ctx.Err()
		}
		return <-j.done // it runs, and ends soon
	}
}

func (d *Desk) enqueue(j *job) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.ended:
		return errEnded
	case d.job != nil:
		return errTaken
	}
	d.job = j
	return nil
}

// withdraw reports whether the job had not begun.
func (d *Desk) withdraw(j *job) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.job != j {
		return false
	}
	d.job = nil
	return true
}

// take is the job that wants this tag, if there is one.
func (d *Desk) take(s device.Sighting) *job {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.job
	if j == nil || j.ctx.Err() != nil || !j.want(s) {
		return nil
	}
	d.job = nil
	return j
}

// run does the job and tells who waits. It ends with the desk as well.
func (j *job) run(ctx context.Context, r Reader, s device.Sighting) error {
	own, cancel := context.WithCancel(j.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := j.do(own, r, s)
	j.done <- err
	return err
}
