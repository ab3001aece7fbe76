package operating

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// AllowSample notes in the audit trail that the operator lets sample data into
// the installation, and refuses it where any organisation stands already:
// made-up invoices must not mix with real ones.
func (d Desk) AllowSample(ctx context.Context, cmd store.Command) error {
	if !cmd.Actor.May(access.ManageOrganisations) {
		return fault.New(fault.Forbidden, "Only the operator's administrator can load sample data.")
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (bool, error) {
		count, err := customers(tx.Unbounded())
		switch {
		case err != nil:
			return false, err
		case count.real > 0:
			return false, fault.New(fault.Conflict, "There are real organisations here. Sample data goes into an empty installation only: run `trueward demo` in another folder.")
		case count.total() > 0:
			return false, fault.New(fault.Conflict, "Sample data was loaded already.")
		}
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "sample.allowed", Kind: "installation", Object: "sample"})
		return true, nil
	})
	return err
}
