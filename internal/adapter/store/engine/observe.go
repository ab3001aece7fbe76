package engine

import "gorm.io/gorm"

// Observe registers what is told of every INSERT, UPDATE, DELETE and
// hand-written statement after it was run, with the rows it changed in
// RowsAffected. It is called once, before the first write.
func (db *DB) Observe(told func(tx *gorm.DB)) error {
	call := db.base.Callback()
	for _, register := range []func() error{
		func() error { return call.Create().After("gorm:create").Register("trueward:observe", told) },
		func() error { return call.Update().After("gorm:update").Register("trueward:observe", told) },
		func() error { return call.Delete().After("gorm:delete").Register("trueward:observe", told) },
		func() error { return call.Raw().After("gorm:raw").Register("trueward:observe", told) },
	} {
		if err := register(); err != nil {
			return err
		}
	}
	return nil
}
