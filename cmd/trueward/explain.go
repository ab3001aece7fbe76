package main

import (
	"context"
	"errors"
	"fmt"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

type explainCmd struct {
	Price explainPriceCmd `cmd:"" help:"Say why a usage costs what it costs, and compute it again."`
}

type explainPriceCmd struct {
	dataFlags
	Usage string `arg:"" help:"Id of the usage."`
}

// Run prints every revision of the decision and ends with exit code 1 if one of
// them, computed again by the engine that made it, is another.
func (e explainPriceCmd) Run(ctx context.Context, io streams) (err error) {
	s, err := e.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	decisions, err := s.Read(ctx, access.Everything()).Decisions(billing.UsageID(e.Usage))
	if err != nil {
		return err
	}
	if len(decisions) == 0 {
		return fault.New(fault.NotFound, "No price was decided for a usage of this id.")
	}
	agrees := true
	for _, d := range decisions {
		fmt.Fprintf(io.out, "revision %d, %s, %s, %s\n  %s\n", d.Revision, d.Engine, d.Outcome, d.Net, d.Steps.Sentence("en"))
		if words := d.Difference(); words != "" {
			agrees = false
			fmt.Fprintf(io.out, "  DIFFERENCE: %s\n", words)
		}
	}
	if !agrees {
		return errFailed
	}
	fmt.Fprintln(io.out, "computed again: the same")
	return nil
}
