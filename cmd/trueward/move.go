package main

import (
	"context"
	"errors"
	"fmt"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/engine"
	"trueward/internal/app/auditing"
	"trueward/internal/clock"
	"trueward/internal/fault"
)

type moveCmd struct {
	Data string `help:"Folder of the embedded database and the keys; it stays as it is." default:"trueward-data" env:"TRUEWARD_DATA" placeholder:"DIR"`
	To   string `help:"postgres:// URL of an empty database, by the role that will own its tables; better in a file." env:"TRUEWARD_MOVE_TO" placeholder:"URL" required:""`
}

// Run fills an empty PostgreSQL database with what the data folder's embedded
// one holds, compares the two, and walks the whole record where it is now.
func (m moveCmd) Run(ctx context.Context, std streams) (err error) {
	from := dataFlags{Data: m.Data}
	if !from.exists() {
		return fault.Newf(fault.NotFound, "There is no database in %s. Name the data folder with --data.", m.Data)
	}
	s, err := store.Open(ctx, store.Config{PostgresURL: m.To, Clock: clock.System{}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var tables, rows int64
	err = s.TakeOver(ctx, from.databasePath(), func(done engine.Moved) {
		tables, rows = tables+1, rows+done.Rows
		fmt.Fprintf(std.out, "%s: %d rows\n", done.Table, done.Rows)
	})
	if err != nil {
		return moveFault(m.Data, err)
	}
	fmt.Fprintf(std.out, "%d rows of %d tables arrived as they were\n", rows, tables)
	holds, err := walk(ctx, auditing.Desk{Store: s, Renderer: export.Writer{}}, nil, std)
	if err == nil && !holds {
		err = fault.New(fault.Conflict, "What was moved does not hold, so do not use it. Look at `trueward verify` of the data folder first, and drop the PostgreSQL database.")
	}
	if err != nil {
		return err
	}
	if err := s.NoteMove(ctx); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Moved. Keys stay in %s: start the server with --data %[1]s and --database, and keep %s as a backup.\n", m.Data, from.databasePath())
	return nil
}

// moveFault says why nothing was moved, or that it is not certain.
func moveFault(folder string, err error) error {
	var altered *engine.AlteredError
	switch {
	case errors.Is(err, engine.ErrNotEmpty):
		return fault.Wrap(fault.Conflict, "The PostgreSQL database is not empty; nothing was moved. Name an empty one.", err)
	case errors.Is(err, engine.ErrInUse):
		return fault.Wrap(fault.Conflict, fmt.Sprintf("Another program has the database in %s open; nothing was moved. Stop the server first.", folder), err)
	case errors.Is(err, engine.ErrVersions):
		return fault.Wrap(fault.Conflict, fmt.Sprintf("The database in %s is of another version; nothing was moved. Bring it up to date first: trueward migrate up --data %[1]s", folder), err)
	case errors.As(err, &altered):
		return fault.Wrap(fault.Conflict, fmt.Sprintf("The rows of %s did not arrive as they were sent (%d sent, %d arrived). Nothing was kept: the PostgreSQL database has no rows.", altered.Table, altered.Sent, altered.Arrived), err)
	case errors.Is(err, engine.ErrOutcomeUnknown):
		return fault.Wrap(fault.Unavailable, "The connection broke at the last step, so it is not certain whether the rows are there. Move again: a database that has them is refused, and then `trueward verify --database` says whether they hold.", err)
	}
	return fmt.Errorf("nothing was moved: %w", err)
}
