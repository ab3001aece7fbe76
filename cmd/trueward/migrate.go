package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"trueward/internal/clock"
)

type migrateCmd struct {
	Status migrateStatusCmd `cmd:"" help:"List the migrations and which are applied."`
	Up     migrateUpCmd     `cmd:"" help:"Apply what is pending."`
}

type migrateStatusCmd struct {
	dataFlags
}

// Run lists every migration with its state.
func (m migrateStatusCmd) Run(ctx context.Context, io streams) (err error) {
	s, err := m.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	all, err := s.Engine().MigrationStatus(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(io.out, 0, 4, 2, ' ', 0)
	for _, one := range all {
		state := "pending"
		if one.Applied {
			state = "applied"
		}
		fmt.Fprintf(table, "%04d\t%s\t%s\n", one.Version, one.Name, state)
	}
	return table.Flush()
}

type migrateUpCmd struct {
	dataFlags
}

// Run applies the pending migrations.
func (m migrateUpCmd) Run(ctx context.Context, io streams) (err error) {
	if err := m.prepare(); err != nil {
		return err
	}
	s, err := m.open(ctx, clock.System{}, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	pending, err := s.Engine().PendingMigrations(ctx)
	if err != nil {
		return err
	}
	if err := s.Engine().Migrate(ctx); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%d migrations applied\n", pending)
	return nil
}
