package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trueward/internal/adapter/replica"
	"trueward/internal/fault"
)

// replicaFlags name the place of the replica.
type replicaFlags struct {
	Replica string `help:"Keep a sealed copy of the embedded database there, about a second behind: file:///folder or s3://KEY-ID:SECRET@bucket/prefix?region=…; better in a file." env:"TRUEWARD_REPLICA" placeholder:"URL"`
}

// check refuses what cannot work before anything is opened.
func (r replicaFlags) check(d dataFlags) error {
	if r.Replica == "" {
		return nil
	}
	if d.Database != "" {
		return fault.New(fault.Conflict, "--replica copies the embedded database. PostgreSQL has its own tools: see docs/operations.md.")
	}
	if err := replica.Check(r.Replica); err != nil {
		return fault.At("replica", "--replica takes file:///folder or s3://KEY-ID:SECRET@bucket/prefix?region=… (with &endpoint=https://… for a store of your own).")
	}
	return nil
}

// fetch unpacks the replica, as it was at an instant, into folder.
func (r replicaFlags) fetch(ctx context.Context, key, database, vault string, at time.Time) error {
	err := replica.Restore(ctx, r.Replica, key, database, vault, at)
	switch {
	case errors.Is(err, replica.ErrKey):
		return fault.Wrap(fault.Conflict, "The replica does not open with this key. Name the key it was made with: --key-file FILE.", err)
	case errors.Is(err, replica.ErrNothing):
		return fault.Wrap(fault.NotFound, "There is no replica at this address.", err)
	case errors.Is(err, replica.ErrTooOld):
		return fault.Wrap(fault.NotFound, "The replica holds nothing as old as that. Name a later instant, or restore a backup.", err)
	case errors.Is(err, replica.ErrDamaged):
		return fault.Wrap(fault.Conflict, fmt.Sprintf("The replica is damaged or has a gap; nothing was restored. Use another copy or a backup. (%v)", err), err)
	}
	return err
}
