package storetest

import (
	"context"

	"gorm.io/gorm"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/engine"
)

// Behind runs statements behind the product's back, as the database's owner,
// whom no tenant's bound holds. The database's own guards still do.
func Behind(ctx context.Context, s *store.Store, statements ...string) error {
	if s.Engine().Dialect() == engine.PostgreSQL {
		statements = append([]string{`SET LOCAL ROLE none`}, statements...)
	}
	return s.Engine().Write(ctx, func(tx *gorm.DB) error {
		for _, statement := range statements {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
}
