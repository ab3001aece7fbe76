package store

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"trueward/internal/domain/access"
)

// totalKey names a maintained total of one organisation.
type totalKey struct{ organisation, name string }

// count notes changes of maintained totals. They are written once, at the end
// of the write: totals are hot rows, and one write may touch the same ones many
// times.
func (tx *Tx) count(deltas map[totalKey]int64) {
	for k, n := range deltas {
		if n != 0 && k.organisation != "" {
			tx.totals[k] += n
		}
	}
}

// flushTotals writes the noted changes in one statement, in the order of their
// keys, so that two writers do not wait for each other in a circle.
func (tx *Tx) flushTotals() error {
	keys := slices.SortedFunc(maps.Keys(tx.totals), func(a, b totalKey) int {
		return cmp.Or(strings.Compare(a.organisation, b.organisation), strings.Compare(a.name, b.name))
	})
	keys = slices.DeleteFunc(keys, func(k totalKey) bool { return tx.totals[k] == 0 })
	if len(keys) == 0 {
		return nil
	}
	args := make([]any, 0, 3*len(keys))
	for _, k := range keys {
		args = append(args, k.organisation, k.name, tx.totals[k])
	}
	rows := strings.TrimSuffix(strings.Repeat("(?, ?, ?),", len(keys)), ",")
	_, err := tx.exec(`INSERT INTO totals (organisation_id, name, value) VALUES `+rows+
		` ON CONFLICT (organisation_id, name) DO UPDATE SET value = totals.value + excluded.value`, args...)
	return err
}

// Totals returns the maintained totals of an organisation whose names begin
// with prefix, by name. Only the scope's own organisation has any to show.
func (q Queries) Totals(organisation access.OrganisationID, prefix string) (map[string]int64, error) {
	if !q.Reaches(organisation) {
		return nil, absent("total")
	}
	var rows []struct {
		Name  string
		Value int64
	}
	err := q.db.Table("totals").Where("organisation_id = ? AND name >= ? AND name < ?",
		string(organisation), prefix, prefix+"\x7f").Order("name").Limit(5000).Find(&rows).Error
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Name] = r.Value
	}
	return out, err
}
