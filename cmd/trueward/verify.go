package main

import (
	"context"
	"errors"
	"fmt"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/engine"
	"trueward/internal/app/auditing"
)

type verifyCmd struct {
	dataFlags
	Only []string `help:"Check these parts only: stock, ledger, audit, exports." enum:"stock,ledger,audit,exports" placeholder:"PART"`
}

// Run prints one line per part and ends with exit code 1 if any does not hold.
func (v verifyCmd) Run(ctx context.Context, io streams) (err error) {
	s, err := v.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if v.Database == "" {
		if err := soundFile(ctx, s, io); err != nil {
			return err
		}
	}
	only := make([]auditing.Check, len(v.Only))
	for i, name := range v.Only {
		only[i] = auditing.Check(name)
	}
	holds, err := walk(ctx, auditing.Desk{Store: s, Renderer: export.Writer{}}, only, io)
	if err == nil && !holds {
		return errFailed
	}
	return err
}

// walk checks parts of the record, all without any named, and prints a line
// for each.
func walk(ctx context.Context, desk auditing.Desk, only []auditing.Check, std streams) (holds bool, err error) {
	holds = true
	err = desk.Verify(ctx, only, func(sum auditing.Summary) {
		if sum.Finding == nil {
			fmt.Fprintf(std.out, "%s: %d rows, all hold\n", sum.Check, sum.Rows)
			return
		}
		holds = false
		fmt.Fprintf(std.out, "%s: BROKEN at %s %s: %s\n", sum.Check, sum.Finding.Kind, sum.Finding.ID, sum.Finding.Sentence)
	})
	return holds, err
}

// soundFile looks at the embedded file first: what is walked behind a damaged
// page proves nothing.
func soundFile(ctx context.Context, s *store.Store, io streams) error {
	err := s.Engine().CheckIntegrity(ctx)
	damaged, ok := errors.AsType[*engine.CorruptError](err)
	if !ok {
		return err
	}
	fmt.Fprintf(io.out, "file: BROKEN: %s\nThe database file is damaged. Keep a copy, and restore the last good state: trueward restore.\n", damaged.Findings[0])
	return errFailed
}
