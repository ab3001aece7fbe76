package product

import (
	"context"
	"errors"
	"os"
	"strings"

	"trueward/internal/adapter/replica"
	"trueward/internal/fault"
)

// openReplica begins to copy the embedded database. It comes after the vault,
// whose key seals the copy.
func (p *Product) openReplica(ctx context.Context) error {
	if p.cfg.Replica == "" {
		return nil
	}
	key, err := os.ReadFile(p.cfg.KeyPath)
	if err != nil {
		return err
	}
	p.replica, err = replica.Start(ctx, replica.Config{
		Address: p.cfg.Replica, Database: p.cfg.SQLitePath, Vault: p.cfg.VaultPath,
		Key: strings.TrimSpace(string(key)), Log: p.Log, Clock: p.cfg.Clock,
	})
	if errors.Is(err, replica.ErrForeign) {
		return fault.Wrap(fault.Conflict, "The place of --replica holds a replica that this data folder did not make. Restore from it, or name an empty place.", err)
	}
	return err
}

// closeReplica sends the last writes. A place that cannot be reached by then
// does not make a stop a failure: the database has everything.
func (p *Product) closeReplica() {
	if p.replica == nil {
		return
	}
	if err := p.replica.Close(); err != nil {
		p.Log.Error("the replica lacks the last writes", "error", err.Error())
	}
}
