package store

import "trueward/internal/domain/authentic"

// LastCounter returns the highest counter accepted of a tag in its epoch;
// tapped is false while there was none (0 is a legal counter).
func (q Queries) LastCounter(tag authentic.TagID, epoch int64) (last int64, tapped bool, err error) {
	var rows []struct{ Last *int64 }
	err = q.db.Raw(`SELECT last FROM tag_counters WHERE tag_id = ? AND epoch = ?`, string(tag), epoch).Scan(&rows).Error
	if err != nil || len(rows) == 0 || rows[0].Last == nil {
		return 0, false, err
	}
	return *rows[0].Last, true, nil
}
