package store

import (
	"gorm.io/gorm"
)

const counterSetting = "trueward:changes"

// changeCounter counts the rows a write changed, so that a write without an
// audit entry is found out.
type changeCounter struct{ rows int64 }

// countChange is called by the engine after each changing statement.
func countChange(db *gorm.DB) {
	if v, ok := db.Get(counterSetting); ok {
		v.(*changeCounter).rows += db.RowsAffected
	}
}
