package receiving

import (
	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
)

// bindWaiting binds the tags that were made for this unit before it came.
func bindWaiting(tx *store.Tx, u custody.Unit) error {
	bound, err := tx.BindWaiting(u)
	for _, id := range bound {
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(u.Site)), Action: "tag.bound", Kind: "unit", Object: string(u.ID),
			New: map[string]string{"tag": string(id)}, Reason: "made for this unit",
		})
	}
	return err
}
