package store

import (
	"context"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
)

// TakeOver fills this store, an empty PostgreSQL database, with all rows of an
// embedded database: see engine.DB.TakeOver.
func (s *Store) TakeOver(ctx context.Context, sqlitePath string, told func(engine.Moved)) error {
	return s.db.TakeOver(ctx, sqlitePath, told)
}

// NoteMove writes into the audit trail that the rows came from elsewhere.
func (s *Store) NoteMove(ctx context.Context) error {
	return s.Write(ctx, access.System("move"), func(tx *Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "database.moved", Kind: "installation", Object: "database"})
		return nil
	})
}
